import { expect, test } from 'vitest';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import type { ProblemState } from '../../src/derive/problems.ts';
import { noteReads } from '../../src/derive/reads.ts';
import type { ControlPlane, SeenCertificate } from '../../src/domain/control-plane.ts';
import { known, lastValue } from '../../src/domain/feed.ts';
import type { Feed } from '../../src/domain/feed.ts';
import type {
  ClusterInventory,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../../src/domain/inventory.ts';
import { spanSince } from '../../src/domain/lasting.ts';
import type { ClusterRule, LabRule, Rule } from '../../src/domain/problem.ts';
import { rules } from '../../src/registry.ts';
import { createLabInventory, LAB_SCENARIOS } from '../support/lab-inventory.ts';
import { seeded, seeds } from '../support/seeded.ts';
import {
  answered,
  lost,
  makeCluster,
  makeHost,
  makeInventory,
  makeNode,
  makeZone,
  nodesOf,
  NOW,
} from './inventory.ts';

const DAY = 86_400_000;
const jumpLost = { code: 'jump', message: 'no way', hint: '', jump: 'bastion' };
const plain = { severity: 'warning', holdSeconds: 0, evidence: {}, hint: '' } as const;

/** Rules that count how often they are asked. */
function counting() {
  const asked = { cluster: 0, lab: 0 };
  const overCluster: ClusterRule<'nodes'> = {
    ...plain,
    id: 'node.notready',
    scope: 'cluster',
    needs: ['nodes'],
    check: ({ nodes }, cluster, _now, context) => {
      asked.cluster += 1;
      const jobs = known(cluster.feeds.jobs, { revision: 0, byKey: new Map() }).byKey.size;
      return [...nodes.byKey.values()].flatMap(({ name, ready }) => {
        const subject = `node:k/${name}` as const;
        const title = `${jobs} jobs, raised ${context.raised(subject) ?? 'not'}`;
        return ready === 'True' ? [] : [{ ...plain, subject, title }];
      });
    },
  };
  const overAll: LabRule = {
    ...plain,
    id: 'lab.old',
    scope: 'lab',
    check: ({ hosts }, now) => {
      asked.lab += 1;
      return hosts.flatMap(({ name, source: { since } }) =>
        spanSince(since, now, [10_000]) < 10_000
          ? []
          : [{ ...plain, subject: `host:${name}` as const, title: 'old' }],
      );
    },
  };
  const all: readonly Rule[] = [overCluster, overAll];
  const countOf = (work: () => ProblemState): readonly [ProblemState, number, number] => {
    asked.cluster = asked.lab = 0;
    const state = work();
    return [state, asked.cluster, asked.lab];
  };
  return { all, countOf };
}

const cluster = makeCluster('k', { nodes: answered(nodesOf(makeNode('worker1'))) });
const host = (since: number): HostInventory => {
  const made = makeHost('omni1', { zones: answered([makeZone('web')]) });
  return { ...made, source: { ...made.source, since } };
};
const young = makeInventory({ hosts: [host(NOW)], clusters: [cluster] });
const lasting = <T>(value: T): Feed<T> => ({ ...answered(value), freshUntil: Infinity }) as Feed<T>;

test('a step in which nothing is new asks nobody, and gives the state of before', () => {
  const { all, countOf } = counting();
  const thresholds = {};
  const step = (state: ProblemState, ms: number, inventory = young) =>
    countOf(() => nextProblems(state, all, inventory, NOW + ms, thresholds));
  const [first, ...asked] = step(noProblems, 0);
  expect(asked).toEqual([1, 1]);
  expect(step(first, 9_999)).toEqual([first, 0, 0]);
  expect(step(first, 9_999)[0]).toBe(first);
  expect(step(first, 10_000).slice(1)).toEqual([0, 1]);
  expect(step(first, -1).slice(1)).toEqual([1, 1]);
});

test('a rule over a cluster is asked again when something that it has read is another thing, and for nothing else', () => {
  const { all, countOf } = counting();
  const thresholds = {};
  const changed = (change: Partial<ClusterInventory>): number => {
    const [first] = countOf(() => nextProblems(noProblems, all, young, NOW, thresholds));
    const inventory = { ...young, clusters: [{ ...cluster, ...change }] };
    return countOf(() => nextProblems(first, all, inventory, NOW + 500, thresholds))[1];
  };
  const { feeds, source } = cluster;
  expect(changed({})).toBe(0);
  expect(changed({ latencyMs: 7, source: { ...source, lastDataAt: NOW + 400 } })).toBe(0);
  expect(changed({ feeds: { ...feeds, pods: lasting({ revision: 1, byKey: new Map() }) } })).toBe(
    0,
  );
  expect(changed({ feeds: { ...feeds, jobs: lasting({ revision: 1, byKey: new Map() }) } })).toBe(
    1,
  );
  expect(changed({ feeds: { ...feeds, nodes: answered(nodesOf(makeNode('worker1'))) } })).toBe(1);
  // It is down: nobody is asked, and what was said is not said again.
  expect(changed({ source: lost })).toBe(0);
});

test('a rule is asked again when it is told another thing of what it has raised, and then no more', () => {
  const { all, countOf } = counting();
  const thresholds = {};
  const down = {
    ...young,
    clusters: [
      makeCluster('k', { nodes: answered(nodesOf(makeNode('worker1', { ready: 'False' }))) }),
    ],
  };
  let state = nextProblems(noProblems, all, down, NOW, thresholds);
  expect(state.problems[0]?.title).toBe('0 jobs, raised not');
  let asked: number;
  [state, asked] = countOf(() => nextProblems(state, all, down, NOW + 500, thresholds));
  expect([asked, state.problems[0]?.title]).toEqual([1, '0 jobs, raised warning']);
  [state, asked] = countOf(() => nextProblems(state, all, down, NOW + 1000, thresholds));
  expect([asked, state.problems[0]?.title]).toEqual([0, '0 jobs, raised warning']);
});

test('whoever goes through all of a cluster has read all of it', () => {
  const noted = noteReads(cluster);
  expect({ ...noted.cluster, feeds: { ...noted.cluster.feeds } }).toMatchObject({ name: 'k' });
  const { reads } = noted;
  expect(reads.areSameIn({ ...cluster })).toBe(true);
  expect(reads.areSameIn({ ...cluster, latencyMs: 3 })).toBe(false);
  const feeds = { ...cluster.feeds, pods: lasting({ revision: 1, byKey: new Map() }) };
  expect(reads.areSameIn({ ...cluster, feeds })).toBe(false);
});

/** As if nobody remembered what rules have said: all are asked again, about things that nobody has seen. */
const forgetful = (state: ProblemState, inventory: Inventory, now: number): ProblemState =>
  nextProblems(
    state,
    [...rules],
    {
      ...inventory,
      hosts: inventory.hosts.map((each) => ({ ...each })),
      clusters: inventory.clusters.map((each) => ({ ...each })),
    },
    now,
    inventory.thresholds,
  );

type Draw = <T>(from: readonly [T, ...T[]] | readonly T[]) => T;

/** What may become of an answer: that of another lab, as old as it wants to be, or none. */
function anotherFeed(draw: Draw, others: readonly Feed<unknown>[], now: number): Feed<unknown> {
  const feed = draw(others);
  const error = { code: 'section', message: 'exit code 1', hint: '' };
  const gap = { reason: 'of 9 the newest 3 are kept', hides: '6 older' };
  switch (draw(['fresh', 'fresh', 'fresh', 'fresh', 'stale', 'old', 'failed', 'none', 'gap'])) {
    case 'fresh':
      return feed.status === 'ok' ? { ...feed, at: now, freshUntil: now + 17_000 } : feed;
    case 'stale':
      return feed.status === 'ok' ? { ...feed, at: now - 9000, freshUntil: now + 700 } : feed;
    case 'gap':
      return feed.status === 'ok' ? { ...feed, at: now, freshUntil: now + 60_000, gap } : feed;
    case 'failed':
      return feed.status === 'ok'
        ? { status: 'failed', error, at: now, last: { value: feed.value, at: feed.at } }
        : { status: 'failed', error, at: now };
    case 'none':
      return { status: 'absent', reason: 'command not found: x', at: now };
    case 'old':
      return feed;
    default:
      return { status: 'pending' };
  }
}

function anotherSource(draw: Draw, before: SourceStatus, now: number): SourceStatus {
  const state = draw([
    'up',
    'up',
    'up',
    'down',
    'frozen',
    'stale',
    'connecting',
    'auth-failed',
  ] as const);
  return state === 'down'
    ? { ...lost, since: now }
    : { ...before, state, since: draw([before.since, now]), lastDataAt: now, error: null };
}

type Part = HostInventory | ClusterInventory;

/** The same host, or cluster, of other labs. */
function patched<T extends Part>(part: T, same: readonly T[], draw: Draw, now: number): T {
  const names = Object.keys(part.feeds) as (keyof T['feeds'])[];
  if (draw([true, false, false, false]))
    return { ...part, source: anotherSource(draw, part.source, now) };
  const taken = Array.from({ length: draw([1, 1, 2, 5, 40]) }, () => draw(names));
  const feeds = taken.map((name) => [
    name,
    anotherFeed(
      draw,
      same.map((each) => (each.feeds as Record<keyof T['feeds'], Feed<unknown>>)[name]),
      now,
    ),
  ]);
  return { ...part, feeds: { ...part.feeds, ...Object.fromEntries(feeds) } };
}

/** Something of an inventory becomes what it is in another. */
function nextInventory(
  inventory: Inventory,
  all: readonly Inventory[],
  draw: Draw,
  now: number,
): Inventory {
  const { hosts, clusters } = inventory;
  const place = draw([...hosts.keys()]);
  switch (
    draw([
      'host',
      'host',
      'host',
      'host',
      'cluster',
      'cluster',
      'cluster',
      'nothing',
      'whole',
      'limits',
      'groups',
    ])
  ) {
    case 'host': {
      const same = all.flatMap((each) => each.hosts[place] ?? []);
      return {
        ...inventory,
        hosts: hosts.map((each, index) =>
          index === place ? patched(each, same, draw, now) : each,
        ),
      };
    }
    case 'cluster': {
      const same = all.flatMap((each) => each.clusters[0] ?? []);
      return { ...inventory, clusters: clusters.map((each) => patched(each, same, draw, now)) };
    }
    case 'whole':
      return draw(all);
    case 'limits':
      return {
        ...inventory,
        thresholds: {
          ...inventory.thresholds,
          'cert.expiry': { warning: draw([1, 168, 2000]), critical: 24 },
        },
      };
    case 'groups':
      return { ...inventory, groups: draw(all).groups.slice(draw([0, 0, 1, 3])) };
    default:
      return inventory;
  }
}

test('rules that are asked only when something is new say what they say who are asked each time', async () => {
  const labs = [];
  for (const scenario of LAB_SCENARIOS)
    labs.push(await createLabInventory({ scenario, samples: 13 }));
  const all = labs.map((lab) => lab.inventory());
  const seen = new Set<string>();
  for (const seed of seeds(8)) {
    const random = seeded(seed);
    const draw: Draw = (from) => from[Math.floor(random() * from.length)] as never;
    let inventory = draw(all);
    let now = labs[0]?.now() ?? NOW;
    let kept = noProblems;
    let fresh = noProblems;
    for (let step = 0; step < 100; step += 1) {
      now += draw([0, 1, 20, 100, 499, 500, 501, 1000, 1000, 1000, 5000, 60_000, 3_600_000, -1000]);
      inventory = nextInventory(inventory, all, draw, now);
      const before = kept.problems;
      kept = nextProblems(kept, rules, inventory, now, inventory.thresholds);
      fresh = forgetful(fresh, inventory, now);
      expect(kept.problems, `seed ${seed}, step ${step}`).toEqual(fresh.problems);
      // What says what it said is the same object.
      const old = new Map(before.map((problem) => [problem.id, problem]));
      const same = kept.problems.filter(
        (problem) => JSON.stringify(problem) === JSON.stringify(old.get(problem.id)),
      );
      expect(same.every((problem) => problem === old.get(problem.id))).toBe(true);
      for (const { rule } of kept.problems) seen.add(rule);
    }
  }
  expect(seen.size, [...seen].join(' ')).toBeGreaterThan(15);
});

test('what rules say of what does not change is right at any time', async () => {
  const lab = await createLabInventory({ scenario: 'vm-migration', samples: 13 });
  const start = lab.now();
  const seen: SeenCertificate = {
    subject: 'kubernetes',
    issuer: 'infrak8s-ca',
    names: [],
    notBefore: start - 25 * DAY,
    notAfter: start + 5 * DAY,
    at: start,
  };
  const clusters = lab.inventory().clusters.map((each): ClusterInventory => {
    const plane = lastValue(each.feeds.controlPlane);
    if (plane === undefined) throw new Error('the lab has no control plane');
    const feeds = Object.fromEntries(
      Object.entries(each.feeds).map(([name, feed]) => [
        name,
        feed.status === 'ok' ? { ...feed, freshUntil: Infinity } : feed,
      ]),
    ) as ClusterInventory['feeds'];
    const leases = plane.leases.map((lease) => ({
      ...lease,
      renewedAt: start - 40_000,
      readAt: start - 300,
    }));
    const value: ControlPlane = {
      ...plane,
      leases,
      leasesAt: start - 300,
      certificates: [{ node: null, address: null, certificate: seen }],
    };
    return { ...each, feeds: { ...feeds, controlPlane: lasting(value) } };
  });
  const away = { ...lost, since: start, lastDataAt: start - 7300, error: jumpLost };
  const hosts = lab
    .inventory()
    .hosts.map((each, index) => (index === 0 ? each : { ...each, source: away }));
  const inventory = { ...lab.inventory(), clusters, hosts };
  const found = new Set<string>();
  let kept = noProblems;
  let fresh = noProblems;
  let now = start;
  for (let step = 0; step < 1500; step += 1) {
    now += step % 4 === 0 ? 1 : Math.round(130 * 1.007 ** step);
    kept = nextProblems(kept, rules, inventory, now, inventory.thresholds);
    fresh = forgetful(fresh, inventory, now);
    expect(kept.problems, `${now - start} ms`).toEqual(fresh.problems);
    for (const { rule, severity } of kept.problems) found.add(`${rule} ${severity}`);
  }
  expect([...found]).toEqual(
    expect.arrayContaining([
      'backup.age warning',
      'backup.age critical',
      'cert.expiry warning',
      'cert.expiry critical',
      'jump.down critical',
      'scheduler.lease critical',
      'vm.migration warning',
      'vm.migration critical',
    ]),
  );
});
