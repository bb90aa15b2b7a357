import fc from 'fast-check';
import { expect, test } from 'vitest';
import { virtualMachineInstancesWatch } from '../../../src/resources/kubevirt/virtual-machine-instances.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { hardware, metadata, noHardware, spec } from './machine-objects.ts';

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

test('what nobody tells of a machine is not known', () => {
  expect(
    virtualMachineInstancesWatch.project({ metadata: { name: 'vm', namespace: 'apps' } }),
  ).toEqual({
    namespace: 'apps',
    name: 'vm',
    phase: null,
    node: null,
    isReady: null,
    guest: null,
    hasAgent: null,
    isMigratable: null,
    isPaused: false,
    ip: null,
    ...noHardware,
    startedAt: null,
    migration: null,
  });
});

test('one that does not tell since when it runs counts from when it was made', () => {
  expect(virtualMachineInstancesWatch.project({ metadata })).toMatchObject({
    startedAt: Date.UTC(2026, 0, 1),
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(virtualMachineInstancesWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(virtualMachineInstancesWatch.project({ metadata: { name: 'vm' } })).toBeUndefined();
});
