import { expect, test } from 'vitest';
import { toSnapshot } from '../../../src/derive/snapshot.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import type { VirtualMachine } from '../../../src/domain/kubevirt.ts';
import { bindView } from '../../../src/domain/view.ts';
import { vmView } from '../../../src/resources/zone/vm.view.ts';
import { cluster, host, lab, node, NOW, zone } from '../../support/inventory.ts';
import { instance, migration, tableOf, withTables } from '../../support/storage.ts';

const machine = (name: string, status: string): VirtualMachine => ({
  namespace: 'apps',
  name,
  status,
  isReady: status === 'Running',
  runStrategy: status === 'Running' ? 'Always' : 'Halted',
  vcpus: 2,
  memoryBytes: 4 * 2 ** 30,
  claims: [],
  createdAt: NOW - 86_400_000,
});
const nodes = [node('worker1'), node('worker2', { ready: 'Unknown' })];
const known = withTables(
  {
    virtualMachines: tableOf(
      machine('moving', 'Running'),
      machine('off', 'Stopped'),
      machine('quiet', 'Running'),
      machine('well', 'Running'),
    ),
    virtualMachineInstances: tableOf(
      instance('moving'),
      instance('quiet', { node: 'worker2' }),
      instance('stray', { hasAgent: null }),
      instance('well'),
    ),
    migrations: tableOf(
      migration('m1', { instance: 'moving', phase: 'PreparingTarget' }),
      migration('m0', { instance: 'well', phase: 'Failed' }),
    ),
  },
  cluster('k', nodes, []),
);
const hosts = [host('omni1', { zones: [zone('jump', { brand: 'bhyve' })] })];
const bound = bindView(vmView);
const cells = (of: ClusterInventory) =>
  bound
    .rows(lab(hosts, [of]), NOW)
    .map((row) =>
      [
        row.sign,
        ...['name', 'state', 'host', 'brand', 'vcpu', 'ram', 'guest'].map((id) =>
          row.text(bound.columns.findIndex((each) => each.id === id)),
        ),
      ].join('|'),
    );

test('machines of KubeVirt stand beside those of hosts', () => {
  const [own, ...rest] = cells(known);
  expect(own).toMatch(/^ok\|jump\|running\|omni1\|bhyve\|/);
  expect(rest).toEqual([
    'changing|moving|Migrating|worker1|kubevirt|4|8.0G|PreparingTarget',
    'off|off|Stopped|-|kubevirt|2|4.0G|',
    'unknown|quiet|Running|worker2|kubevirt|4|8.0G|agent',
    'ok|stray|Running|worker1|kubevirt|4|8.0G|no agent',
    'ok|well|Running|worker1|kubevirt|4|8.0G|not moved',
  ]);
});

test('a detail leads to its node and its disks, and tells how far a migration is', () => {
  const blocks = bound.detail('kubevirt:k/apps/moving', lab([], [known]), NOW) ?? [];
  expect(blocks.map(({ title }) => title)).toEqual(['Machine', 'Guest', 'Disks', 'Migration m1']);
  expect(blocks.flatMap(({ lines }) => lines.flatMap(({ ref }) => ref ?? []))).toEqual([
    'node:k/worker1',
    'storage:k/PersistentVolumeClaim/apps/moving-root',
  ]);
});

test('the snapshot has them with namespace and node; where they are is unknown while the cluster is silent', () => {
  const vms = (of: ClusterInventory) =>
    toSnapshot(lab([], [of]), [], NOW).vms.map(({ kind, namespace, name, state, node: on }) =>
      [kind, namespace, name, state, on].join(' '),
    );
  expect(vms(known)[0]).toBe('kubevirt apps moving Migrating worker1');
  const silent = { ...known, source: { ...known.source, state: 'down' as const } };
  expect(vms(silent)[0]).toBe('kubevirt apps moving unknown ');
});
