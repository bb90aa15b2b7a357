import { expect, test } from 'vitest';
import { initialSession } from '../../../src/ui/session.ts';
import type { Session } from '../../../src/ui/session.ts';
import { drawScreen } from '../../support/drawn.ts';
import { cluster, host, lab, node, pod, zone } from '../../support/inventory.ts';
import { model as modelOf, problem } from '../../support/model.ts';
import { richLab, richModel } from '../../support/rich-lab.ts';

const focus = (change: Partial<Session>) =>
  richModel({ session: { ...initialSession, ...change } });
const calm = lab(
  [host('omni1', { zones: [zone('etcd1'), zone('squid')] })],
  [cluster('infrak8s', [node('worker1')], [pod('web-1')])],
);

test('at 80x24 hosts are told in a line each, with the names of the values', () => {
  const hosts = drawScreen(richModel(), 80, 24).inside('hosts');
  expect(hosts).toMatch(/✗ omni2 +cpu ┄+ +┄ +mem +┄/);
  expect(hosts).toMatch(/● omni1 +cpu .*31% +mem/);
  expect(hosts).toMatch(/pools ◐ store1\/tank DEGRADED/);
});

test('at 80x24 zones are counted, faults come one by one before the names of the rest', () => {
  const zones = drawScreen(richModel(), 80, 24).inside('zones').split('\n');
  expect(zones[0]).toMatch(/\? 6 unknown +● 4 running +○ 1 off/);
  expect(zones[1]).toMatch(/etcd ●\?● 2\/3/);
  expect(zones.join('\n')).toMatch(/\? etcd2 +omni2 +unknown/);
  expect(zones.at(-1)).toMatch(/\d+ more/);
});

test('a selection in a summary is shown as a table row', () => {
  const zones = drawScreen(
    focus({ focus: 'zones', cursors: { 'zones.0': { ref: 'zone:store1/gitea', top: 0 } } }),
    80,
    24,
  ).inside('zones');
  expect(zones).toMatch(/>● gitea/);
});

test('at 120x40 the hosts have facts beneath their table, and nothing is told of what is not collected', () => {
  const hosts = drawScreen(richModel(), 120, 40).inside('hosts');
  expect(hosts).toMatch(/net +omni1 \S+ 293K\/146K/);
  expect(hosts).toMatch(/net(.|\n)*omni2 ┄+ ┄/);
  expect(hosts).toMatch(/store1\/tank +DEGRADED|◐ store1\/tank DEGRADED/);
  expect(hosts).toMatch(/links ✗ store1\/ixgbe1/);
  expect(hosts).toMatch(/os +r151058 on every host/);
  expect(hosts).not.toMatch(/fma|smf|temp/i);
});

test('a higher screen has a table of all pools, worst first', () => {
  const hosts = drawScreen(richModel(), 120, 60).inside('hosts').split('\n');
  const header = hosts.findIndex((line) => line.includes('POOL') && line.includes('SCAN'));
  expect(header).toBeGreaterThan(0);
  expect(hosts[header + 1]).toMatch(/◐ store1\/tank +DEGRADED ▇+░* +91%.*resilver 62%/);
  expect(hosts[header + 2]).toMatch(/\? omni2\/rpool +unknown/);
});

test('at 200x50 there is a third column, the worst in full, and the last hour', () => {
  const drawn = drawScreen(richModel(), 200, 50);
  const problems = drawn.inside('problems');
  expect(problems).toMatch(/✗ CRIT +7m42s +host omni2 +unreachable: port closed/);
  expect(problems).toMatch(/why +error refused · attempts 3 · last data age 7m42s/);
  expect(problems).toMatch(/└─ ✗ node worker2/);
  expect(problems).toMatch(/next +is sshd running\?/);
  const timeline = drawn.inside('timeline').split('\n');
  expect(timeline[0]).toMatch(/^ hosts +▄{100,}█{15,} *$/);
  expect(timeline.at(-1)).toMatch(/\d\d:\d\d/);
});

test('a calm lab has one line of problems, and nothing is claimed beyond who answers', () => {
  for (const [cols, rows] of [
    [80, 24],
    [120, 40],
    [200, 50],
  ] as const) {
    const drawn = drawScreen(richModel({ inventory: calm, problems: [] }), cols, rows);
    expect(drawn.inside('problems')).toBe('');
    expect(drawn.text).toContain('● nothing wrong   blind 0   1 host and 1 cluster answer');
  }
});

test('with nothing configured nothing is called well', () => {
  const { text } = drawScreen(richModel({ inventory: lab([]), problems: [] }), 80, 24);
  expect(text).not.toContain('nothing wrong');
  expect(text).toContain('nothing is configured to be watched');
});

test('redundancy that can lose no more stands first', () => {
  const zones = drawScreen(richModel(), 120, 40).inside('zones');
  expect(zones.indexOf('etcd ●')).toBeGreaterThan(0);
  const groups = zones.split('\n').find((line) => line.includes('mail'));
  expect(groups).toMatch(/mail \?\? 0\/2/);
});

test('pods that are unknown with their node are counted, pods that fail are named', () => {
  const text = drawScreen(richModel(), 120, 40).inside('cluster');
  expect(text).toMatch(/1\/3 running +✗ 1 failing +\? 1 unknown/);
  expect(text).toContain('default/api-1');
  expect(text).toContain('CrashLoopBackOff');
  expect(text).not.toContain('default/web-2');
});

test("the cluster's pane bears its name; several clusters have theirs inside", () => {
  expect(drawScreen(richModel(), 120, 40).titled('5 Cluster infrak8s')).not.toBe('');
  const [one] = richLab.clusters;
  if (!one) throw new Error('the rich lab has a cluster');
  const two = { ...richLab, clusters: [one, { ...one, name: 'other' }] };
  const drawn = drawScreen(richModel({ inventory: two }), 120, 40);
  expect(drawn.titled('5 Cluster infrak8s')).toBe('');
  expect(drawn.inside('cluster')).toContain('infrak8s');
});

test('a long name stands in full in the strip where the titles leave room for it, in one column', () => {
  const subject = 'resource:infrak8s/replicas.longhorn.io' as const;
  const draw = (title: string): readonly string[] =>
    drawScreen(
      modelOf({
        problems: [
          problem({ id: 'a', subject, title: '120000 objects' }),
          problem({ id: 'b', subject: 'host:omni1', title }),
        ],
      }),
      120,
      40,
    )
      .inside('problems')
      .split('\n');
  const [long, short] = draw('unreachable');
  expect(long).toContain('resource replicas.longhorn.io  120000 objects');
  expect(short?.indexOf('unreachable')).toBe(long?.indexOf('120000'));
  const [cut] = draw('a title that needs more than half of the line '.repeat(2).trim());
  expect(cut).toMatch(/resource replicas\S*… {2}120000 objects/);
});
