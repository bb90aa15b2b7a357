import { expect, test } from 'vitest';
import { summarize } from '../../src/derive/summary.ts';
import {
  answered,
  lost,
  makeCluster,
  makeConfig,
  makeHost,
  makeInventory,
  makeNode,
  makePod,
  makeProblem,
  makeZone,
  NOW,
  nodesOf,
  podsOf,
} from './inventory.ts';

const feeds = {
  zones: answered([
    makeZone('a'),
    makeZone('b', { state: 'installed' }),
    makeZone('c', { state: 'installed' }),
    makeZone('d', { state: 'shutting_down' }),
    makeZone('e', { state: 'unknown' }),
    makeZone('vm', { brand: 'bhyve' }),
  ]),
  zoneConfigs: answered([makeConfig('b', { autoboot: false }), makeConfig('c')]),
};

test('counts zones and VMs by what is known of them', () => {
  const inventory = makeInventory({
    hosts: [makeHost('omni1', feeds), makeHost('omni2', feeds, lost)],
  });
  const summary = summarize(inventory, [], NOW);
  expect(summary.hosts).toEqual({ up: 1, total: 2 });
  expect(summary.zones).toEqual({
    total: 10,
    running: 1,
    unknown: 6,
    off: 1,
    changing: 1,
    down: 1,
  });
  expect(summary.vms).toMatchObject({ total: 2, running: 1, unknown: 1 });
  expect(summary.blind).toEqual(['omni2']);
});

test('nothing that is older than three intervals counts as running', () => {
  const inventory = makeInventory({ hosts: [makeHost('omni1', feeds)] });
  expect(summarize(inventory, [], NOW + 60_000).zones).toMatchObject({ running: 0, unknown: 5 });
});

test('counts roots by severity and what they fold', () => {
  const problems = [
    makeProblem('host.unreachable', 'host:omni1', { consequences: 5 }),
    makeProblem('zone.down', 'zone:omni1/a', { cause: 'host.unreachable@host:omni1' }),
    makeProblem('pool.state', 'pool:omni2/tank', { severity: 'warning', consequences: 1 }),
  ];
  const summary = summarize(makeInventory(), problems, NOW);
  expect(summary.problems).toEqual({ critical: 1, warning: 1, info: 0 });
  expect(summary.folded).toBe(6);
});

test('a cluster is as bad as the worst of it', () => {
  const up = makeCluster('k', {
    nodes: answered(nodesOf(makeNode('w1'), makeNode('w2', { ready: 'False' }))),
    pods: answered(podsOf(makePod('a'), makePod('b', { phase: 'Failed', status: 'Error' }))),
  });
  const stateOf = (cluster: typeof up, ...problems: Parameters<typeof summarize>[1]) =>
    summarize(makeInventory({ clusters: [cluster] }), problems, NOW).clusters[0];
  expect(stateOf(up)).toMatchObject({
    state: 'ok',
    nodes: { ready: 1, total: 2 },
    pods: { running: 1, total: 2, failing: 1 },
  });
  expect(stateOf(up, makeProblem('node.notready', 'node:k/w2'))?.state).toBe('degraded');
  expect(stateOf(up, makeProblem('node.notready', 'node:other/w2'))?.state).toBe('ok');
  expect(stateOf(up, makeProblem('x', 'pod:k/a/b', { severity: 'warning' }))?.state).toBe(
    'warning',
  );
  expect(stateOf(up, makeProblem('api.down', 'cluster:k'))?.state).toBe('down');
  expect(stateOf({ ...up, source: lost })?.state).toBe('unknown');
  expect(stateOf(makeCluster('k'))).toMatchObject({ state: 'unknown', nodes: null, pods: null });
});
