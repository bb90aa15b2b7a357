import { expect, test } from 'vitest';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import type { ProblemState } from '../../src/derive/problems.ts';
import type { Feed } from '../../src/domain/feed.ts';
import type { HostInventory, Inventory } from '../../src/domain/inventory.ts';
import { changesIn } from '../../src/domain/lasting.ts';
import type { HostRule, Rule } from '../../src/domain/problem.ts';
import { rules } from '../../src/registry.ts';
import { dataset } from '../support/datasets.ts';
import { createLabInventory } from '../support/lab-inventory.ts';
import type { LabScenario } from '../support/lab-inventory.ts';
import { poolStatus, scan } from '../support/pools.ts';
import { answered, lost, makeHost, makeInventory, makeKstats, makeZone, NOW } from './inventory.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A rule that finds the zones that are not running, and the hosts that it was asked of. */
function counting(change: Partial<HostRule<'zones'>> = {}): {
  readonly rule: Rule;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const rule: HostRule<'zones'> = {
    id: 'zone.off',
    scope: 'host',
    severity: 'warning',
    holdSeconds: 0,
    needs: ['zones'],
    check: ({ zones }, host, now, context) => {
      asked.push(host.name);
      return zones.flatMap(({ name, state }) => {
        const subject = `zone:${host.name}/${name}` as const;
        context.raised(subject);
        changesIn(60_000 - (now % 60_000));
        return state === 'running' ? [] : [{ subject, title: state, evidence: {}, hint: '' }];
      });
    },
    ...change,
  };
  return { rule, asked };
}

const host = (name: string, state: 'running' | 'installed' = 'running', at = NOW): HostInventory =>
  makeHost(name, { zones: answered([makeZone('web', { state })], at) });
const names = Array.from({ length: 50 }, (_, index) => `omni${index}`);
const lab = makeInventory({ hosts: names.map((name) => host(name)) });
const withHost = (inventory: Inventory, index: number, changed: HostInventory): Inventory => ({
  ...inventory,
  hosts: inventory.hosts.with(index, changed),
});

test('an answer of one host asks the rules of that host only', () => {
  const { rule, asked } = counting();
  const all = [rule];
  let state = nextProblems(noProblems, all, lab, NOW);
  expect(asked).toHaveLength(50);
  asked.length = 0;
  state = nextProblems(state, all, lab, NOW + 500);
  expect(asked).toEqual([]);
  const next = withHost(lab, 7, host('omni7', 'installed', NOW + 1000));
  state = nextProblems(state, all, next, NOW + 1000);
  expect(asked).toEqual(['omni7']);
  expect(state.problems.map(({ id }) => id)).toEqual(['zone.off@zone:omni7/web']);
});

test('it is asked again when it is told another thing of what is raised, and then no more', () => {
  const { rule, asked } = counting();
  const all = [rule];
  const down = withHost(lab, 7, host('omni7', 'installed'));
  let state = nextProblems(noProblems, all, down, NOW);
  asked.length = 0;
  state = nextProblems(state, all, down, NOW + 500);
  expect(asked).toEqual(['omni7']);
  state = nextProblems(state, all, down, NOW + 1000);
  expect(asked).toEqual(['omni7']);
});

test('it is asked again when time makes another answer of it, the clock is set back, or it has other limits', () => {
  const { rule, asked } = counting();
  const all = [rule];
  const one = makeInventory({ hosts: [host('omni1')] });
  const at = (state: ProblemState, seconds: number, limits = {}): ProblemState => {
    asked.length = 0;
    return nextProblems(state, all, one, NOW + seconds * 1000, limits);
  };
  const limits = {};
  const first = at(noProblems, 0, limits);
  const second = at(first, 16, limits);
  expect(asked).toEqual([]);
  at(first, -1, limits);
  expect(asked).toEqual(['omni1']);
  at(second, 16, { 'zone.off': { warning: 1, critical: 2 } });
  expect(asked).toEqual(['omni1']);
  const stale = makeInventory({
    hosts: [makeHost('omni1', { zones: { ...freshFor(100), value: [makeZone('web')] } })],
  });
  const long = nextProblems(noProblems, all, stale, NOW);
  asked.length = 0;
  nextProblems(long, all, stale, NOW + 59_999);
  expect(asked).toEqual([]);
  nextProblems(long, all, stale, NOW + 60_000);
  expect(asked).toEqual(['omni1']);
});

const freshFor = (seconds: number) => ({
  ...(answered([]) as Extract<Feed<never[]>, { status: 'ok' }>),
  freshUntil: NOW + seconds * 1000,
});

test('what is found of a host that has not changed stays the same object beside one that has', () => {
  const { rule } = counting();
  const all = [rule];
  const down = withHost(lab, 7, host('omni7', 'installed'));
  const first = nextProblems(noProblems, all, down, NOW);
  const more = withHost(down, 8, host('omni8', 'installed', NOW + 1000));
  const second = nextProblems(first, all, more, NOW + 1000);
  expect(second.problems).toHaveLength(2);
  expect(second.problems.find(({ subject }) => subject === 'zone:omni7/web')).toBe(
    first.problems[0],
  );
});

test('a host that falls silent is unconfirmed at once, and a problem is gone with its host', () => {
  const { rule } = counting();
  const all = [rule];
  const down = withHost(lab, 7, host('omni7', 'installed'));
  const first = nextProblems(noProblems, all, down, NOW);
  const silent = withHost(down, 7, { ...host('omni7', 'installed'), source: lost });
  const second = nextProblems(first, all, silent, NOW + 500);
  expect(second.problems).toMatchObject([{ confirmed: false, since: NOW }]);
  const without = { ...silent, hosts: silent.hosts.toSpliced(7, 1) };
  expect(nextProblems(second, all, without, NOW + 1000).problems).toEqual([]);
});

test('for an answer of one host rules look into few answers of the others', async () => {
  const { settings, inventory, now } = await createLabInventory({ scale: 6, samples: 2 });
  let reads = 0;
  const counted = {
    ...inventory(),
    hosts: inventory().hosts.map((each) => ({
      ...each,
      feeds: new Proxy(each.feeds, {
        get: (feeds, name) => {
          reads += 1;
          return Reflect.get(feeds, name) as unknown;
        },
      }),
    })),
  };
  const [first] = counted.hosts;
  if (!first) throw new Error('the lab has no host');
  const before = nextProblems(noProblems, rules, counted, now(), settings.thresholds);
  const readsOfAll = reads;
  const { observer } = first;
  const changed = withHost(counted, 0, { ...first, observer: { ...observer } });
  reads = 0;
  nextProblems(before, rules, changed, now(), settings.thresholds);
  const others = counted.hosts.length - 1;
  const share = readsOfAll / counted.hosts.length;
  // Those that tell whether an answer still holds, and which zones are parts of a control plane.
  expect((reads - share) / others).toBeLessThan(30);
  expect(share).toBeGreaterThan(100);
});

/** As if nobody remembered what rules have said: all are asked again, of hosts that nobody has seen. */
const forgetful = (
  state: ProblemState,
  inventory: Inventory,
  now: number,
  thresholds: Inventory['thresholds'],
): ProblemState => {
  const hosts = inventory.hosts.map((each) => ({ ...each }));
  return nextProblems(state, [...rules], { ...inventory, hosts }, now, thresholds);
};

test('what the rules say of a host that does not change is right at any time', () => {
  const feeds = {
    zones: [
      makeZone('stuck', { state: 'shutting_down', stateSince: NOW - 5000 }),
      makeZone('often'),
    ],
    kstats: makeKstats({
      previousBootTimeSeconds: NOW / 1000 - 500_000,
      zoneBoots: new Map([
        [
          'often',
          [50, 30, 20, 4].map((minutes) => ({
            at: NOW - minutes * 60_000,
            zoneId: 3,
            bootTimeSeconds: null,
            initPid: 100,
            kind: 'zone' as const,
          })),
        ],
      ]),
    }),
    poolStatus: [
      poolStatus({ name: 'tank', scan: scan('scrub-done', { finishedAt: NOW, errors: 0 }) }),
      poolStatus({ name: 'rpool', scan: scan('none') }),
    ],
    datasets: [dataset('rpool', { createdAt: NOW - 10 * DAY })],
    snapshots: [{ dataset: 'tank/backup', count: 7, name: 'daily', createdAt: NOW - 11 * HOUR }],
  };
  const { counters } = feeds.kstats;
  const lasting = <T>(value: T): Feed<T> =>
    ({ ...answered(value), freshUntil: Infinity }) as Feed<T>;
  const made = makeHost('omni1', {
    zones: lasting(feeds.zones),
    kstats: lasting({
      ...feeds.kstats,
      // Without its own time the host's starts are judged by the console's.
      counters: { ...counters, bootTimeSeconds: NOW / 1000 - 60, snaptimeSeconds: null },
    }),
    poolStatus: lasting(feeds.poolStatus),
    datasets: lasting(feeds.datasets),
    snapshots: lasting(feeds.snapshots),
    links: answered([]),
  });
  const inventory = makeInventory({
    hosts: [{ ...made, snapshotHours: new Map([['tank/backup', 12]]) }],
  });
  const seen = new Set<string>();
  let kept = noProblems;
  let fresh = noProblems;
  let at = NOW;
  for (let step = 0; step < 4000; step += 1) {
    // Seconds at first, hours in the end: limits are passed within a minute and after months.
    at += step % 5 === 0 ? 1 : Math.round(700 * 1.003 ** step);
    kept = nextProblems(kept, rules, inventory, at, inventory.thresholds);
    fresh = forgetful(fresh, inventory, at, inventory.thresholds);
    expect(kept.problems).toEqual(fresh.problems);
    for (const { rule, severity } of kept.problems) seen.add(`${rule} ${severity}`);
  }
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'zone.stuck critical',
      'zone.restarting warning',
      'host.rebooted info',
      'pool.scrub warning',
      'pool.scrub critical',
      'snapshot.age warning',
      'source.stale warning',
    ]),
  );
});

test.for<LabScenario>(['zone-crash', 'host-down'])(
  'the problems of the lab are those that rules find who are asked each time: %s',
  async (scenario) => {
    const { settings, inventory, now, tick, pass } = await createLabInventory({
      scenario,
      samples: 20,
    });
    let kept = noProblems;
    let fresh = noProblems;
    let most = 0;
    for (let step = 0; step < 60; step += 1) {
      if (step % 3 === 0) pass(700);
      else await tick();
      kept = nextProblems(kept, rules, inventory(), now(), settings.thresholds);
      fresh = forgetful(fresh, inventory(), now(), settings.thresholds);
      expect(kept.problems).toEqual(fresh.problems);
      most = Math.max(most, kept.problems.length);
    }
    expect(most).toBeGreaterThan(0);
  },
);
