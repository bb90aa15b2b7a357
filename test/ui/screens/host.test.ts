import { expect, test } from 'vitest';
import { targetsOf } from '../../../src/ui/paint/panel.ts';
import { createScreen } from '../../../src/ui/screen.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import { drawScreen, tones } from '../../support/drawn.ts';
import { richModel } from '../../support/rich-lab.ts';

const page = (ref: `host:${string}`, tab = 0) =>
  richModel({ session: go(initialSession, { kind: 'detail', view: 'hosts', ref, tab }) });
const drawn = (ref: `host:${string}`, tab = 0, cols = 120, rows = 40) =>
  drawScreen(page(ref, tab), cols, rows);

test('at 120x40 the summary has two columns: charts, pools, what depends on it', () => {
  const { boxes, titled } = drawn('host:omni1');
  expect(new Set(boxes.map(({ rect }) => rect.x))).toEqual(new Set([0, 60]));
  expect(titled('CPU  12 cores')).toMatch(/31%/);
  expect(titled('CPU')).toMatch(/[▂▃▄▅▆▇█]{8}/);
  expect(titled('Memory  64G')).toMatch(/arc +▇+░+ +22G/);
  expect(titled('Memory')).toMatch(/swap +▇+░+ 1\.0G of 16G/);
});

test('at 200x50 it has three, at 80x24 one that scrolls', () => {
  const columns = (cols: number, rows: number) =>
    new Set(drawn('host:omni1', 0, cols, rows).boxes.map(({ rect }) => rect.x)).size;
  expect(columns(200, 50)).toBe(3);
  expect(columns(80, 24)).toBe(1);
  const screen = createScreen(() => tones);
  const [list] = screen.panels(page('host:omni1'), 80, 24);
  expect(list?.lines.length).toBeGreaterThan(list?.height ?? 0);
});

test('samples that are missing are a gap in the chart, never a zero', () => {
  const bottom = drawn('host:omni2')
    .titled('CPU')
    .split('\n')
    .findLast((line) => /[█▁]/.test(line));
  expect(bottom).toMatch(/█┄{3,}/);
});

test('what a silent host said last is marked with its age, and its things are unknown', () => {
  const { titled, text } = drawn('host:omni2');
  expect(titled('CPU')).toMatch(/24% 7m ago/);
  expect(titled('Pools')).toMatch(/\? rpool +unknown/);
  expect(titled('Network')).toMatch(/unknown ─/);
  expect(titled('Problems')).toMatch(/unreachable: port closed(.|\n)*is sshd running\?/);
  expect(text).toContain('down  r151058');
});

test('a degraded pool shows the devices at fault with their errors, and the resilver', () => {
  const pools = drawn('host:store1').titled('Pools');
  expect(pools).toMatch(/◐ tank +DEGRADED/);
  expect(pools).toMatch(/c2t3d0 +FAULTED.* 41 /);
  expect(pools).toMatch(/resilver in progress/);
});

test('the storage tab has the whole tree of devices with its branches', () => {
  const pools = drawn('host:store1', 1).titled('Pools and devices');
  expect(pools).toMatch(/├ c2t1d0 +ONLINE/);
  expect(pools).toMatch(/└ spare-2 +DEGRADED|├ spare-2 +DEGRADED/);
  expect(pools).toMatch(/├ c2t3d0 +FAULTED.*41 +9/);
  expect(pools).toMatch(/└ c2t9d0 +ONLINE.*resilvering/);
  expect(pools).toMatch(/logs slog0/);
  expect(pools).toContain('Replace the faulted device');
});

test('what depends on it names zones, VMs, nodes, and the redundancy without it', () => {
  const depends = drawn('host:omni1').titled('What depends on omni1');
  expect(depends).toMatch(/zones 3 +● etcd1 squid oldbuild/);
  expect(depends).toMatch(/VMs 1 +● k8sw1/);
  expect(depends).toMatch(/node +● worker1 on k8sw1 with 2 pods/);
  expect(depends).toMatch(/without it +▲ etcd +1 of 3 stay, needs 2/);
});

test('its problems include those of the nodes that run on it', () => {
  expect(drawn('host:omni2', 0, 200, 50).titled('Problems')).toContain('node worker2');
});

test('only tabs with collected data are offered, with how many zones there are', () => {
  const screen = createScreen(() => tones);
  expect(screen.tabs(page('host:omni1'))).toEqual([
    'Summary',
    'Storage',
    'Zones 4',
    'Network',
    'System',
    'Answers',
  ]);
  expect(drawn('host:omni1').text).toContain('[Summary]');
  expect(drawn('host:omni1', 2).text).toContain('[Zones 4]');
});

test('the tab of links has state, speed, VLAN and traffic of every link', () => {
  const links = drawn('host:store1', 3).titled('Links of store1');
  expect(links).toMatch(/✗ ixgbe1 +phys/);
  expect(links).toMatch(/● etcd3_0 +vnic +aggr0 +48 +etcd3/);
});

test('the tab of answers tells the age of every answer', () => {
  const { titled } = drawn('host:omni2', 5);
  expect(titled('Connection')).toMatch(/because +port closed/);
  expect(titled('Connection')).toMatch(/attempts +3, next in 9s/);
  expect(titled('Answers')).toMatch(/\? kstat +7m/);
});

test('the selection goes through everything that can be opened, each thing once', () => {
  const screen = createScreen(() => tones);
  const refs = screen
    .panels(page('host:omni1', 2), 120, 40)
    .flatMap((panel) => targetsOf(panel).map(({ ref }) => ref));
  expect(refs).toContain('zone:omni1/squid');
  expect(new Set(refs).size).toBe(refs.length);
});

test('a message is shown in place of facts, and is cut rather than left out', () => {
  const session = {
    ...go(initialSession, { kind: 'detail', view: 'hosts', ref: 'host:omni1' } as const),
    message: { text: `could not ${'x'.repeat(200)}`, tone: 'bad' as const, until: Infinity },
  };
  const { lines } = drawScreen(richModel({ session }), 100, 30);
  expect(lines[1]).toMatch(/^ hosts > omni1 +could not x+…$/);
});
