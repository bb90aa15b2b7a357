import { expect, test } from 'vitest';
import type { ClusterInventory, Inventory } from '../../../src/domain/inventory.ts';
import { paneViews } from '../../../src/registry.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import type { Session } from '../../../src/ui/session.ts';
import { drawScreen } from '../../support/drawn.ts';
import {
  cluster,
  condition,
  host,
  lab,
  node,
  NOW,
  ok,
  pod,
  withWorkloads,
  workload,
  zone,
} from '../../support/inventory.ts';
import { model, tabOf } from '../../support/model.ts';
import { openConsole } from '../../support/opened.ts';

const roles = new Map([
  ['etcd1', ['etcd']],
  ['etcd2', ['etcd']],
  ['etcd3', ['etcd']],
]);
const hosts = ['omni1', 'omni2', 'store1'].map((name, index) => ({
  ...host(name, {
    zones: [zone(`etcd${index + 1}`)],
    feeds: {
      processes: ok(new Map([[`etcd${index + 1}`, { count: 1, top: [], programs: ['etcd'] }]])),
    },
    ...(name === 'omni2' ? { source: { state: 'down' as const } } : {}),
  }),
  configuredRoles: roles,
}));
const infrak8s = withWorkloads(
  cluster(
    'infrak8s',
    [node('worker1'), node('worker2', { ready: 'Unknown', status: 'NotReady' })],
    [pod('web-1'), pod('web-2', { status: 'CrashLoopBackOff', readyContainers: 0, restarts: 9 })],
  ),
  [
    workload('Deployment', 'web', {
      desired: 2,
      available: 0,
      conditions: [condition('Available', 'False')],
    }),
    workload('Deployment', 'api'),
    workload('Job', 'once', { conditions: [condition('Complete', 'True')] }),
  ],
);
const silent: ClusterInventory = {
  ...infrak8s,
  latencyMs: null,
  source: {
    ...infrak8s.source,
    state: 'down',
    since: NOW - 130_000,
    error: { code: 'refused', message: 'the API refuses', hint: 'see whether it runs' },
  },
};
const drawn = (
  of: Inventory,
  session: Partial<Session> = {},
  [cols, rows]: readonly [number, number] = [120, 40],
) =>
  drawScreen(
    model({
      inventory: of,
      problems: [],
      session: { ...go(initialSession, tabOf('cluster', 'cluster')), ...session },
    }),
    cols,
    rows,
  );

test('the first tab is a page: the control plane from the zones, nodes, and what is not well', () => {
  const { titled, text } = drawn(lab(hosts, [infrak8s]));
  expect(titled('Control plane')).toMatch(
    /▲ etcd +● etcd1 omni1 +\? etcd2 omni2 .* ● etcd3 store1 +2\/3 no loss left/,
  );
  expect(titled('Nodes')).toMatch(/1\/2 ready(.|\n)*✗ worker2 +NotReady(.|\n)*● worker1 +Ready/);
  expect(titled('Workloads not available')).toMatch(/✗ default\/web +Deployment +1\/2/);
  expect(titled('Workloads not available')).toMatch(/● +1 available(.|\n)*○ +1 ended or suspended/);
  expect(titled('Pods in trouble')).toMatch(/✗ default\/web-2 +CrashLoopBackOff/);
  expect(text).toMatch(/\[Cluster\] Control plane .* v1\.34\.1 · api 5ms/);
});

test('when the API is gone it says since when; the zones are told as they are, objects as they were', () => {
  const { titled, text } = drawn(lab(hosts, [silent]));
  expect(text).toMatch(/✗ api down 2m10s/);
  expect(titled('Control plane, read from the zones')).toMatch(/live(.|\n)*▲ etcd +● etcd1/);
  expect(titled('Control plane')).toContain('what runs in pods goes on');
  expect(titled('Nodes')).toMatch(/as of \d\d:\d\d:\d\d(.|\n)*\? worker1 +Ready/);
  expect(titled('Pods')).toContain('2 of 2 running, 1 failing when last told');
  expect(titled('Workloads not available')).toMatch(/✗ +1 unavailable/);
  expect(titled('Problems')).toMatch(/unknown(.|\n)*no problem is known;/);
  expect(titled('Connection')).toMatch(/refuses(.|\n)*see whether it runs/);
});

test('of pods when last told those that have ended are no part, as while the API answers', () => {
  const done = pod('done', { phase: 'Succeeded', status: 'Completed' });
  const told = cluster('k', [node('w1')], [pod('web-1'), done]);
  expect(drawn(lab([], [told])).titled('Pods')).toContain('1/1 running');
  expect(drawn(lab([], [{ ...told, source: silent.source }])).titled('Pods')).toContain(
    '1 of 1 running when last told',
  );
});

test('at 80x24 it is one list, and that the API is gone is not left out for the tabs', () => {
  const { lines, boxes } = drawn(lab(hosts, [silent]), {}, [80, 24]);
  expect(boxes.map(({ id }) => id)).toEqual(['list']);
  expect(lines[1]).toMatch(/\[Cluster\].*✗ api down 2m10s/);
});

test('with several clusters the page tells of all, and each has a page of its own', () => {
  const both = lab(hosts, [infrak8s, cluster('edge', [node('pi1')], [])]);
  const { titled, text } = drawn(both, {}, [200, 50]);
  expect(titled('Nodes')).toMatch(/worker1(.|\n)*pi1|pi1(.|\n)*worker1/);
  expect(text).toMatch(/infrak8s degraded.*edge serving/);
  const place = { kind: 'detail', view: 'cluster', ref: 'cluster:edge' } as const;
  const edge = drawn(both, go(initialSession, place));
  expect(edge.titled('Nodes')).toContain('pi1');
  expect(edge.titled('Nodes')).not.toContain('worker1');
});

test('without a cluster the page says so', () => {
  expect(drawn(lab(hosts)).titled('Nodes')).toContain('no cluster configured');
});

test('tabs go round with tab, panels with l; a panel zooms, esc leaves zoom and page', async () => {
  const console = await openConsole();
  await console.key('5');
  const { tab: first } = tabOf('cluster', 'cluster') as { readonly tab: number };
  expect(console.session().place).toMatchObject({ kind: 'pane', pane: 'cluster', tab: first });
  await console.key('\t');
  expect((await console.lines())[1]).toContain('[Control plane]');
  await console.key(`\u001B[Z`);
  expect((await console.lines())[1]).toContain('[Cluster]');
  await console.key('l');
  expect(console.session().panels['cluster.0']).toBe('nodes');
  await console.key('+');
  expect((await console.lines()).join('\n')).not.toContain('Control plane ━');
  await console.key('\u001B');
  expect((await console.lines()).join('\n')).toContain('Control plane');
  await console.key('q');
  expect(console.session().place.kind).toBe('overview');
});

test('a click on an instance opens it, one on a node line selects and opens the node', async () => {
  const console = await openConsole();
  await console.key('5');
  await console.click('● etcd2');
  expect(console.session().place).toMatchObject({
    kind: 'detail',
    ref: 'component:infrak8s/etcd/etcd2',
  });
  await console.key('5');
  await console.click('worker1');
  expect(console.session().panels['cluster.0']).toBe('nodes');
  await console.click('worker1');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'node:infrak8s/worker1' });
});

test('tabs that have no room are counted at their end, and a click there goes one on', async () => {
  const console = await openConsole('calm', 80, 24);
  await console.key('5');
  const total = paneViews.cluster.length;
  const tabs = (): Promise<string> => console.lines().then((lines) => lines[1] ?? '');
  for (let index = 0; index < total; index += 1) {
    const line = await tabs();
    const title = paneViews.cluster[index]?.title ?? '';
    expect(line, `${index}`).toContain(`[${title}]`);
    const before = Number(/‹(\d+) /.exec(line)?.[1] ?? 0);
    const behind = Number(/ (\d+)›/.exec(line)?.[1] ?? 0);
    const shown = paneViews.cluster.filter(({ title: name }) => line.includes(name)).length;
    // A title may stand within another one, never may one be missing.
    expect(before + behind + shown).toBeGreaterThanOrEqual(total);
    await console.key('\t');
  }
  expect(await tabs()).toContain(`[${paneViews.cluster[0]?.title ?? ''}]`);
});

test('pods that nothing is known of are counted where none is in trouble', () => {
  const unknownPods = cluster(
    'k',
    [node('w1', { ready: 'Unknown', status: 'NotReady' })],
    [pod('web-1', { node: 'w1' }), pod('web-2', { node: 'w1' })],
  );
  expect(drawn(lab([], [unknownPods])).titled('Pods')).toMatch(/2 unknown/);
});

test('the memory of nodes is not cut', () => {
  const usage = { cores: 1, memoryBytes: 6.4 * 2 ** 30, at: NOW };
  const used = cluster('k', [node('w1', { memoryAllocatableBytes: 124 * 2 ** 30 })], []);
  const told = {
    ...used,
    feeds: { ...used.feeds, nodeUsage: ok({ revision: 1, byKey: new Map([['w1', usage]]) }) },
  };
  expect(drawn(lab([], [told])).titled('Nodes')).toMatch(/ 6\.4G\/124G /);
});
