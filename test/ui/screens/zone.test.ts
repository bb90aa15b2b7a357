import { expect, test } from 'vitest';
import type { Model } from '../../../src/ui/model.ts';
import { targetsOf } from '../../../src/ui/paint/panel.ts';
import { createScreen } from '../../../src/ui/screen.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import type { Place } from '../../../src/ui/session.ts';
import { drawScreen, tones } from '../../support/drawn.ts';
import { richModel } from '../../support/rich-lab.ts';

type Ref = Extract<Place, { kind: 'detail' }>['ref'];
const page = (view: string, ref: Ref) =>
  richModel({ session: go(initialSession, { kind: 'detail', view, ref }) });
const targets = (model: Model, cols: number, rows: number) =>
  createScreen(() => tones)
    .panels(model, cols, rows)
    .flatMap((panel) => targetsOf(panel).map(({ ref }) => ref));
const zone = (ref: Ref, cols = 120, rows = 40) => drawScreen(page('zones', ref), cols, rows);

test('a zone has its state, charts of CPU and memory, its links and its configuration', () => {
  const { titled } = zone('zone:omni1/etcd1');
  expect(titled('State')).toMatch(/● running/);
  expect(titled('CPU')).toMatch(/now 6% of one cpu/);
  expect(titled('CPU')).toMatch(/[▂▃▄▅▆▇█]{8}/);
  expect(titled('Memory')).toMatch(/now 1\.0G resident/);
  expect(titled('Network')).toMatch(/● etcd1_0 48 etcd aggr0/);
  expect(titled('Configuration')).toMatch(/net +etcd1_0 +vlan 48 +on aggr0 +10\.0\.48\.71\/26/);
});

test('it tells what it needs, and what would be left without it', () => {
  const needs = zone('zone:omni1/etcd1').titled('Needs');
  expect(needs).toMatch(/needs +● host omni1/);
  expect(needs).toMatch(/● pool tank ONLINE/);
  expect(needs).toMatch(/● link aggr0 +network only/);
  expect(needs).toMatch(/needed by +▲ etcd +●\?● +2\/3, no loss left/);
  expect(needs).toMatch(/without it +✗ 1 of 3 up, needs 2/);
});

test('a machine names the node that runs in it, which can be opened', () => {
  const needs = drawScreen(page('vms', 'vm:omni1/k8sw1'), 120, 40).titled('Needs');
  expect(needs).toMatch(/needed by +● node worker1 with 2 pods ›/);
  expect(targets(page('vms', 'vm:omni1/k8sw1'), 120, 40)).toContain('node:infrak8s/worker1');
});

test('a machine has its virtual hardware', () => {
  const config = drawScreen(page('vms', 'vm:omni1/k8sw1'), 120, 40).titled('Configuration');
  expect(config).toMatch(/machine +8 vcpus, 16G ram +bhyve/);
  expect(config).toMatch(/vnc +on/);
  expect(config).toMatch(/disks +tank\/k8sw1\/disk0/);
});

test('a zone on a silent host is unknown, whatever it was', () => {
  const { titled, text } = zone('zone:omni2/imap');
  expect(titled('State')).toMatch(/\? unknown; running 7m ago/);
  expect(titled('Network')).toMatch(/unknown ─/);
  expect(text).not.toMatch(/● running/);
});

test('of a zone on a silent host nothing is said to be well: the host is its problem', () => {
  expect(zone('zone:omni2/imap').titled('Problems')).toMatch(/✗ 7m42s host omni2 +unreachable/);
  const model = { ...page('zones', 'zone:omni2/imap'), problems: [] };
  const problems = drawScreen(model, 120, 40).titled('Problems');
  expect(problems).toContain('? nobody tells now how zone omni2/imap is');
});

test('a memory cap has a bar, and what is not known of swap a gap', () => {
  const memory = zone('zone:store1/gitea').titled('Memory');
  expect(memory).toMatch(/now 2\.0G of 2\.0G/);
  expect(memory).toMatch(/rss +▇{20} +2\.0G of 2\.0G/);
});

test('a zone that is off on purpose is not at fault', () => {
  const { titled } = zone('zone:omni1/oldbuild');
  expect(titled('State')).toMatch(/○ installed/);
  expect(titled('State')).toMatch(/autoboot +no/);
  expect(titled('Problems')).toContain('nothing is known to be wrong');
});

test('its links lead to their VLANs', () => {
  expect(targets(page('zones', 'zone:omni1/etcd1'), 80, 24)).toEqual(['host:omni1', 'vlan:48']);
});

test('the preview beneath the table shows the selected zone with its chart', () => {
  const session = {
    ...go(initialSession, { kind: 'pane', pane: 'zones', tab: 0 } as const),
    cursors: { 'zones.0': { ref: 'zone:omni1/etcd1' as const, top: 0 } },
  };
  const preview = drawScreen(richModel({ session }), 120, 40).inside('preview');
  expect(preview).toMatch(/State .*CPU .*Needs, and needed by/);
  expect(preview).toMatch(/[▂▃▄▅▆▇█]{8}/);
});
