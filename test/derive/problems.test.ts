import { expect, test } from 'vitest';
import {
  changesOf,
  nextProblems,
  nextRaiseAt,
  noProblems,
  raisesBy,
} from '../../src/derive/problems.ts';
import type { ProblemState } from '../../src/derive/problems.ts';
import type { Feed, Gap } from '../../src/domain/feed.ts';
import type { Inventory, SourceStatus } from '../../src/domain/inventory.ts';
import type { ClusterRule, Finding, HostRule, LabRule, Rule } from '../../src/domain/problem.ts';
import type { Workload } from '../../src/domain/workload.ts';
import { workload } from '../support/inventory.ts';
import {
  answered,
  lost,
  makeCluster,
  makeHost,
  makeInventory,
  makeNode,
  makeZone,
  NOW,
  nodesOf,
  source,
} from './inventory.ts';

/** Finds every zone that is not running. */
const zoneOff = (change: Partial<HostRule<'zones'>> = {}): HostRule<'zones'> => ({
  id: 'zone.off',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['zones'],
  check: ({ zones }, host) =>
    zones
      .filter(({ state }) => state !== 'running')
      .map(({ name, state }) => ({
        subject: `zone:${host.name}/${name}`,
        title: state,
        evidence: { state },
        hint: '',
      })),
  ...change,
});

const labRule = (change: Partial<LabRule> & Pick<LabRule, 'check'>): LabRule => ({
  id: 'lab.rule',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  ...change,
});

const finding = (change: Partial<Finding> = {}): Finding => ({
  subject: 'host:omni1',
  title: 'is wrong',
  evidence: {},
  hint: '',
  ...change,
});

const lab = (at: number, isRunning: boolean, status: SourceStatus = source()): Inventory =>
  makeInventory({
    hosts: [
      makeHost(
        'omni1',
        { zones: answered([makeZone('web', { state: isRunning ? 'running' : 'installed' })], at) },
        status,
      ),
    ],
  });

/** Plays a story: seconds since NOW, and what the inventory is then. */
function play(
  rules: readonly Rule[],
  story: readonly (readonly [second: number, inventory: (at: number) => Inventory])[],
  from: ProblemState = noProblems,
): ProblemState {
  let state = from;
  for (const [second, inventory] of story) {
    const at = NOW + second * 1000;
    state = nextProblems(state, rules, inventory(at), at);
  }
  return state;
}
const up = (at: number) => lab(at, true);
const down = (at: number) => lab(at, false);
const ids = ({ problems }: ProblemState) => problems.map(({ id }) => id);

test('nothing is wrong while no rule finds anything', () => {
  expect(play([zoneOff()], [[0, up]]).problems).toEqual([]);
});

test('tells whether what is held now is a problem by a time', () => {
  const rules = [zoneOff({ holdSeconds: 3 })];
  const found = play(rules, [
    [0, up],
    [1, down],
  ]);
  expect(found.problems).toEqual([]);
  expect(raisesBy(found, rules, NOW + 3999)).toBe(false);
  expect(raisesBy(found, rules, NOW + 4000)).toBe(true);
  // It is one already, or nothing is found any more.
  expect(raisesBy(play(rules, [[4, down]], found), rules, NOW + 9000)).toBe(false);
  expect(raisesBy(play(rules, [[2, up]], found), rules, NOW + 9000)).toBe(false);
});

test('tells when the next of what is held becomes a problem', () => {
  const rules = [zoneOff({ holdSeconds: 0.5 })];
  const found = play(rules, [
    [0, up],
    [1, down],
  ]);
  expect(nextRaiseAt(found, rules)).toBe(NOW + 1500);
  expect(nextRaiseAt(play(rules, [[2, down]], found), rules)).toBeNull();
  expect(nextRaiseAt(noProblems, rules)).toBeNull();
});

test('a finding becomes a problem with all that the rule told', () => {
  expect(play([zoneOff()], [[0, down]]).problems).toEqual([
    {
      id: 'zone.off@zone:omni1/web',
      rule: 'zone.off',
      severity: 'warning',
      subject: 'zone:omni1/web',
      title: 'installed',
      since: NOW,
      lastSeen: NOW,
      confirmed: true,
      cause: null,
      folds: {},
      consequences: 0,
      evidence: { state: 'installed' },
      hint: '',
    },
  ]);
});

test('keeps its since while it is found again', () => {
  const [problem] = play(
    [zoneOff()],
    [
      [0, down],
      [60, down],
    ],
  ).problems;
  expect(problem).toMatchObject({ since: NOW, lastSeen: NOW + 60_000 });
});

test('is raised only after the hold time, and then since it was first found', () => {
  const rules = [zoneOff({ holdSeconds: 60 })];
  const held = play(rules, [
    [0, down],
    [59, down],
  ]);
  expect(ids(held)).toEqual([]);
  expect(play(rules, [[60, down]], held).problems).toMatchObject([{ since: NOW }]);
});

test('a break starts the hold time anew', () => {
  const rules = [zoneOff({ holdSeconds: 60 })];
  const state = play(rules, [
    [0, down],
    [30, up],
    [35, down],
    [70, down],
  ]);
  expect(ids(state)).toEqual([]);
  expect(ids(play(rules, [[95, down]], state))).toHaveLength(1);
});

test('a silence starts the hold time anew', () => {
  const rules = [zoneOff({ holdSeconds: 60 })];
  const state = play(rules, [
    [0, down],
    [30, (at) => lab(at, false, lost)],
    [65, down],
  ]);
  expect(ids(state)).toEqual([]);
});

test('evidence may tell an earlier beginning, but none in the future', () => {
  const began = (time: number) =>
    play([labRule({ check: () => [finding({ began: time })] })], [[0, up]]).problems[0]?.since;
  expect(began(NOW - 90_000)).toBe(NOW - 90_000);
  expect(began(NOW + 90_000)).toBe(NOW);
});

test('lingers for three seconds and is cleared then', () => {
  const state = play(
    [zoneOff()],
    [
      [0, down],
      [5, up],
      [7, up],
    ],
  );
  expect(state.problems).toMatchObject([{ confirmed: true }]);
  expect(ids(play([zoneOff()], [[8, up]], state))).toEqual([]);
});

test('found again while it lingers, it keeps its since', () => {
  const state = play(
    [zoneOff()],
    [
      [0, down],
      [5, up],
      [7, down],
      [9, up],
      [11, up],
    ],
  );
  expect(state.problems).toMatchObject([{ since: NOW }]);
});

test.for<[string, (at: number) => Inventory]>([
  ['its host is down', (at) => lab(at, true, lost)],
  ['its answer is too old', () => lab(NOW - 60_000, true)],
  [
    'its question failed',
    (at) => {
      const zones: Feed<never> = {
        status: 'failed',
        error: { code: 'timeout', message: '', hint: '' },
        at,
      };
      return makeInventory({ hosts: [makeHost('omni1', { zones })] });
    },
  ],
])('stays unconfirmed with its since while %s', ([, silent]) => {
  const state = play(
    [zoneOff()],
    [
      [0, down],
      [10, silent],
      [100, silent],
    ],
  );
  expect(state.problems).toMatchObject([{ since: NOW, lastSeen: NOW, confirmed: false }]);
  expect(play([zoneOff()], [[110, down]], state).problems).toMatchObject([
    { since: NOW, confirmed: true },
  ]);
});

test('a host rule is not asked while its host is not up', () => {
  expect(ids(play([zoneOff()], [[0, (at) => lab(at, false, lost)]]))).toEqual([]);
});

test('a cluster rule is asked only while the cluster is up', () => {
  const rule: ClusterRule<'nodes'> = {
    id: 'node.any',
    scope: 'cluster',
    severity: 'info',
    holdSeconds: 0,
    needs: ['nodes'],
    check: ({ nodes }, { name }) =>
      [...nodes.byKey.keys()].map((node) => finding({ subject: `node:${name}/${node}` })),
  };
  const cluster = (status: SourceStatus) => (at: number) =>
    makeInventory({
      clusters: [makeCluster('infrak8s', { nodes: answered(nodesOf(makeNode('w1')), at) }, status)],
    });
  expect(ids(play([rule], [[0, cluster(lost)]]))).toEqual([]);
  expect(ids(play([rule], [[0, cluster(source())]]))).toEqual(['node.any@node:infrak8s/w1']);
});

test('a rule that looks from one table into another is not asked while a part of one is hidden', () => {
  const rule = (needs: ClusterRule<'nodes' | 'pods'>['needs']): ClusterRule<'nodes' | 'pods'> => ({
    id: 'node.empty',
    scope: 'cluster',
    severity: 'info',
    holdSeconds: 0,
    needs,
    check: () => [finding({ subject: 'node:infrak8s/w1' })],
  });
  const cluster = (gap?: Gap) => (at: number) => {
    const pods = answered({ revision: 1, byKey: new Map() }, at);
    const nodes = answered(nodesOf(makeNode('w1')), at);
    const partly = pods.status === 'ok' && gap ? { ...pods, gap } : pods;
    return makeInventory({
      clusters: [makeCluster('infrak8s', { nodes, pods: partly }, source())],
    });
  };
  const gap = { reason: 'only in media', hides: 'the pods of 3 other namespaces' };
  expect(ids(play([rule(['nodes', 'pods'])], [[0, cluster()]]))).toHaveLength(1);
  expect(ids(play([rule(['nodes', 'pods'])], [[0, cluster(gap)]]))).toEqual([]);
  expect(ids(play([rule(['pods'])], [[0, cluster(gap)]]))).toHaveLength(1);
});

test('is gone at once with its host or its rule', () => {
  const state = play([zoneOff()], [[0, down]]);
  expect(ids(play([zoneOff()], [[1, () => makeInventory()]], state))).toEqual([]);
  expect(ids(play([], [[1, down]], state))).toEqual([]);
});

test('a finding overrides the severity of its rule', () => {
  const rule = labRule({ check: () => [finding({ severity: 'critical' })] });
  expect(play([rule], [[0, up]]).problems).toMatchObject([{ severity: 'critical' }]);
});

test('a rule that throws is a problem of its own, and what it had found stays unconfirmed', () => {
  const broken = zoneOff({
    check: () => {
      throw new TypeError('no such field');
    },
  });
  const other = labRule({ check: () => [finding()] });
  const state = play([broken, other], [[5, down]], play([zoneOff(), other], [[0, down]]));
  expect(ids(state).toSorted()).toEqual([
    'lab.rule@host:omni1',
    'labtop.rule@source:zone.off',
    'zone.off@zone:omni1/web',
  ]);
  expect(state.problems.find(({ rule }) => rule === 'labtop.rule')).toMatchObject({
    severity: 'warning',
    evidence: { error: 'no such field', asked: 'host:omni1/zones' },
  });
  expect(state.problems.find(({ rule }) => rule === 'zone.off')?.confirmed).toBe(false);
});

test('counts how often a problem comes and goes, also after it went, for 40 minutes', () => {
  const id = 'zone.off@zone:omni1/web';
  const state = play(
    [zoneOff()],
    [
      [0, down],
      [10, up],
      [20, up],
      [30, down],
      [40, up],
      [50, up],
    ],
  );
  expect(changesOf(state, id)).toBe(4);
  expect(changesOf(play([zoneOff()], [[41 * 60, up]], state), id)).toBe(0);
  expect(play([zoneOff()], [[60, down]], state).problems).toMatchObject([
    { evidence: { state: 'installed', flapping: '5 changes in 40 min' } },
  ]);
});

test('sorts roots first, then by severity, then the older, then by name', () => {
  const rules = [
    labRule({
      id: 'a',
      check: () => [
        finding({ subject: 'host:b', severity: 'warning', began: NOW - 5000 }),
        finding({ subject: 'host:a', severity: 'warning', began: NOW - 5000 }),
        finding({ subject: 'host:c', severity: 'warning', began: NOW - 9000 }),
        finding({ subject: 'host:d', severity: 'info', began: NOW - 99_000 }),
        finding({ subject: 'pool:omni1/rpool', severity: 'critical', began: NOW - 50_000 }),
      ],
    }),
    labRule({
      id: 'host.unreachable',
      severity: 'critical',
      check: () => [finding({ began: NOW - 60_000 })],
    }),
  ];
  expect(play(rules, [[0, up]]).problems.map(({ subject }) => subject)).toEqual([
    'host:omni1',
    'host:c',
    'host:a',
    'host:b',
    'host:d',
    'pool:omni1/rpool',
  ]);
});

test('the list and its problems stay the same objects while nothing about them changes', () => {
  const inventory = down(NOW);
  const first = nextProblems(noProblems, [zoneOff()], inventory, NOW);
  const second = nextProblems(first, [zoneOff()], inventory, NOW + 1000);
  expect(second.problems).toBe(first.problems);
});

test('an hour that the clock is set back neither keeps a cleared problem nor hides a new one', () => {
  const rules = [zoneOff({ holdSeconds: 10 })];
  const state = play(rules, [
    [0, down],
    [10, down],
    [20, up],
    [-3600, up],
    [-3596, up],
  ]);
  expect(ids(state)).toEqual([]);
  expect(
    ids(
      play(rules, [
        [0, down],
        [-3600, down],
        [-3590, down],
      ]),
    ),
  ).toHaveLength(1);
});

test('a rule is told its limits, configured or its own, and what it has raised', () => {
  const told: unknown[] = [];
  const rule: Rule = {
    id: 'lab.full',
    scope: 'lab',
    severity: 'warning',
    holdSeconds: 0,
    limits: {
      unit: '%',
      meaning: 'how full',
      worse: 'above',
      min: 0,
      max: 100,
      defaults: { warning: 80, critical: 90 },
    },
    check: (_inventory, _now, { limits, raised }) => {
      told.push([limits, raised('host:omni1')]);
      return [
        { subject: 'host:omni1', title: 'full', severity: 'critical', evidence: {}, hint: '' },
      ];
    },
  };
  const inventory = makeInventory({});
  const first = nextProblems(noProblems, [rule], inventory, NOW);
  nextProblems(first, [rule], inventory, NOW + 1000, { 'lab.full': { warning: 1, critical: 2 } });
  expect(told).toEqual([
    [{ warning: 80, critical: 90 }, null],
    [{ warning: 1, critical: 2 }, 'critical'],
  ]);
});

test('rules of one id that look into several feeds do not clear what the others have found', () => {
  const rule = (feed: 'deployments' | 'daemonsets', isFound: () => boolean): Rule => ({
    id: 'workload.off',
    scope: 'object',
    severity: 'warning',
    holdSeconds: 0,
    feed,
    check: ({ kind, name }: Workload) =>
      isFound() ? { finding: finding({ subject: `workload:k/${kind}/default/${name}` }) } : null,
  });
  let isDeploymentOff = true;
  const both = [rule('deployments', () => isDeploymentOff), rule('daemonsets', () => true)];
  const table = (...all: readonly Workload[]) => ({
    revision: 1,
    byKey: new Map(all.map((each) => [each.name, each])),
  });
  const at = (now: number) =>
    makeInventory({
      clusters: [
        makeCluster('k', {
          deployments: answered(table(workload('Deployment', 'web')), now),
          daemonsets: answered(table(workload('DaemonSet', 'agent')), now),
        }),
      ],
    });
  const ids = ({ problems }: ProblemState) => problems.map(({ subject }) => subject).toSorted();
  const first = nextProblems(noProblems, both, at(NOW), NOW);
  expect(ids(first)).toHaveLength(2);
  const kept = nextProblems(first, both, at(NOW + 4000), NOW + 4000);
  expect(ids(kept)).toEqual(ids(first));
  isDeploymentOff = false;
  const left = [8000, 12_000].reduce(
    (state, ms) => nextProblems(state, both, at(NOW + ms), NOW + ms),
    kept,
  );
  expect(ids(left)).toEqual(['workload:k/DaemonSet/default/agent']);
});

test('what one of several rules of an id cannot tell keeps nothing that another has found', () => {
  const sick: ClusterRule<'nodes'> = {
    id: 'part.sick',
    scope: 'cluster',
    severity: 'warning',
    holdSeconds: 0,
    needs: ['nodes'],
    check: ({ nodes }, { name }) =>
      [...nodes.byKey.values()]
        .filter(({ ready }) => ready !== 'True')
        .map((node) => finding({ subject: `node:${name}/${node.name}` })),
  };
  // Its feed is not there in most clusters.
  const elsewhere: ClusterRule<'cephClusters'> = {
    ...sick,
    needs: ['cephClusters'],
    check: () => [],
  };
  const at = (ready: 'True' | 'False', now: number) =>
    makeInventory({
      clusters: [makeCluster('k', { nodes: answered(nodesOf(makeNode('w1', { ready })), now) })],
    });
  let state = nextProblems(noProblems, [sick, elsewhere], at('False', NOW), NOW);
  expect(state.problems.map(({ confirmed }) => confirmed)).toEqual([true]);
  for (const now of [NOW + 1000, NOW + 4500])
    state = nextProblems(state, [sick, elsewhere], at('True', now), now);
  expect(state.problems).toEqual([]);
});
