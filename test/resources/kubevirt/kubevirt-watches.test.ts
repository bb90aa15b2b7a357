import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrationsWatch } from '../../../src/resources/kubevirt/migrations.watch.ts';
import { virtualMachineInstancesWatch } from '../../../src/resources/kubevirt/virtual-machine-instances.watch.ts';
import { virtualMachinesWatch } from '../../../src/resources/kubevirt/virtual-machines.watch.ts';

const metadata = {
  name: 'vm',
  namespace: 'apps',
  uid: 'u',
  creationTimestamp: '2026-01-01T00:00:00Z',
};
const spec = {
  domain: { cpu: { cores: 2, sockets: 2, threads: 1 }, memory: { guest: '4Gi' } },
  volumes: [
    { name: 'root', persistentVolumeClaim: { claimName: 'vm-root' } },
    { name: 'data', dataVolume: { name: 'vm-data' } },
    { name: 'init', cloudInitNoCloud: {} },
  ],
};
const hardware = { vcpus: 4, memoryBytes: 4 * 2 ** 30, claims: ['vm-root', 'vm-data'] };

test('keeps what is shown of a virtual machine', () => {
  const object = {
    metadata,
    spec: { runStrategy: 'Always', template: { spec } },
    status: { printableStatus: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  expect(virtualMachinesWatch.project(object)).toEqual({
    namespace: 'apps',
    name: 'vm',
    status: 'Running',
    isReady: true,
    runStrategy: 'Always',
    ...hardware,
    createdAt: Date.UTC(2026, 0, 1),
  });
  expect(
    virtualMachinesWatch.project({ metadata, spec: { running: false, template: { spec: {} } } }),
  ).toMatchObject({ runStrategy: 'Halted', vcpus: null, memoryBytes: null, isReady: null });
});

test('a machine of which no CPUs are named has one; its memory may be a request', () => {
  const domain = { resources: { requests: { memory: '512Mi' } } };
  expect(virtualMachineInstancesWatch.project({ metadata, spec: { domain } })).toMatchObject({
    vcpus: 1,
    memoryBytes: 512 * 2 ** 20,
  });
});

test('keeps what is shown of a machine that runs', () => {
  const object = {
    metadata,
    spec,
    status: {
      phase: 'Running',
      nodeName: 'worker1',
      guestOSInfo: { prettyName: 'Debian GNU/Linux 13' },
      interfaces: [{ ipAddress: '10.244.0.9' }],
      conditions: [
        { type: 'AgentConnected', status: 'True' },
        { type: 'LiveMigratable', status: 'False' },
        { type: 'Paused', status: 'True' },
      ],
      phaseTransitionTimestamps: [
        { phase: 'Pending', phaseTransitionTimestamp: '2026-02-01T00:00:00Z' },
        { phase: 'Running', phaseTransitionTimestamp: '2026-02-01T00:01:00Z' },
      ],
      migrationState: {
        migrationUid: 'm',
        sourceNode: 'worker1',
        targetNode: 'worker2',
        startTimestamp: '2026-02-02T00:00:00Z',
        completed: true,
        failed: true,
        failureReason: 'too fast',
      },
    },
  };
  expect(virtualMachineInstancesWatch.project(object)).toEqual({
    namespace: 'apps',
    name: 'vm',
    phase: 'Running',
    node: 'worker1',
    isReady: null,
    guest: 'Debian GNU/Linux 13',
    hasAgent: true,
    isMigratable: false,
    isPaused: true,
    ip: '10.244.0.9',
    ...hardware,
    startedAt: Date.UTC(2026, 1, 1, 0, 1),
    migration: {
      uid: 'm',
      source: 'worker1',
      target: 'worker2',
      mode: null,
      startedAt: Date.UTC(2026, 1, 2),
      endedAt: null,
      isCompleted: true,
      isFailed: true,
      reason: 'too fast',
    },
  });
});

test('keeps what is shown of a migration', () => {
  const object = {
    metadata,
    spec: { vmiName: 'vm' },
    status: {
      phase: 'Running',
      phaseTransitionTimestamps: [
        { phase: 'Pending', phaseTransitionTimestamp: '2026-02-01T00:00:00Z' },
      ],
    },
  };
  expect(migrationsWatch.project(object)).toMatchObject({
    uid: 'u',
    instance: 'vm',
    phase: 'Running',
    phases: [{ phase: 'Pending', at: Date.UTC(2026, 1, 1) }],
    state: null,
  });
});

test('any object gives a projection or nothing', () => {
  const watches = [virtualMachinesWatch, virtualMachineInstancesWatch, migrationsWatch];
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (anySpec, status) => {
      for (const watch of watches) {
        expect(watch.project({ metadata, spec: anySpec, status })).toMatchObject({ name: 'vm' });
        expect(watch.project({ spec: anySpec, status })).toBeUndefined();
      }
    }),
  );
});
