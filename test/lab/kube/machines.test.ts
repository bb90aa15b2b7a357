import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import type { Migration } from '../../../src/lab/kube/kinds/virtual-machine-instance-migrations.ts';
import type { Instance } from '../../../src/lab/kube/kinds/virtual-machine-instances.ts';
import type { Pod } from '../../../src/lab/kube/pod.ts';
import { startQuickApi } from './client.ts';

let api: KubeApi;
beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'],
  });
  vi.setSystemTime(Date.UTC(2026, 8, 1, 12, 0, 0));
  api = await startQuickApi({ clock: Date.now });
});
afterEach(async () => {
  vi.useRealTimers();
  await api.close();
});

const VM = 'build-debian';
const instance = (): Instance =>
  api.store.get('virtualmachineinstances.kubevirt.io', 'apps', VM) as Instance;
const migration = (name: string): Migration =>
  api.store.get('virtualmachineinstancemigrations.kubevirt.io', 'apps', name) as Migration;
const launchers = (): readonly (string | undefined)[] =>
  (api.store.list('pods', 'apps') as readonly Pod[])
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === instance().metadata.uid),
    )
    .map(({ spec }) => spec.nodeName);

test('a machine runs in its pod; one that is switched off has none', () => {
  expect(instance().status).toMatchObject({ phase: 'Running', nodeName: 'worker1' });
  expect(launchers()).toEqual(['worker1']);
  expect(
    api.store.get('virtualmachineinstances.kubevirt.io', 'apps', 'win-template'),
  ).toBeUndefined();
  expect(api.store.get('virtualmachines.kubevirt.io', 'apps', 'win-template')).toMatchObject({
    status: { printableStatus: 'Stopped' },
  });
});

test('a migration moves the machine, its pod and its volume to another node', () => {
  const name = api.migrate('apps', VM);
  const phases = new Set<string>();
  for (let turn = 0; turn < 40; turn += 1) {
    vi.advanceTimersByTime(5);
    phases.add(migration(name).status.phase ?? '');
  }
  vi.advanceTimersByTime(1000);
  expect([...phases].filter((phase) => phase !== '')).toEqual([
    'Pending',
    'Scheduling',
    'Scheduled',
    'PreparingTarget',
    'TargetReady',
    'Running',
    'Succeeded',
  ]);
  const { nodeName, migrationState } = instance().status;
  expect(nodeName).not.toBe('worker1');
  expect(migrationState).toMatchObject({
    sourceNode: 'worker1',
    targetNode: nodeName,
    completed: true,
    migrationUid: migration(name).metadata.uid,
  });
  expect(migration(name).status).toMatchObject({ migrationState });
  expect(launchers()).toEqual([nodeName]);
  const volumes = api.store.list('volumes.longhorn.io') as unknown as readonly {
    readonly status: { currentNodeID: string; kubernetesStatus: { pvcName: string } };
  }[];
  expect(
    volumes.find(({ status }) => status.kubernetesStatus.pvcName === `${VM}-root`)?.status
      .currentNodeID,
  ).toBe(nodeName);
});

test('a migration that fails leaves the machine where it was', () => {
  api.setMigrationFault('Live migration is not possible: guest memory changes too fast');
  const name = api.migrate('apps', VM);
  vi.advanceTimersByTime(2000);
  expect(migration(name).status.phase).toBe('Failed');
  expect(instance().status).toMatchObject({
    nodeName: 'worker1',
    migrationState: { failed: true, failureReason: expect.stringContaining('too fast') as string },
  });
  expect(launchers()).toEqual(['worker1']);
});

test('without a second node a migration waits', () => {
  for (const node of ['worker2', 'worker3'])
    api.setNodeReady(node, 'Unknown', 'NodeStatusUnknown', 'silent');
  const name = api.migrate('apps', VM);
  vi.advanceTimersByTime(60_000);
  expect(migration(name).status.phase).toBe('Scheduling');
  expect(instance().status.nodeName).toBe('worker1');
});
