import fc from 'fast-check';
import { expect, test } from 'vitest';
import { podsWatch } from '../../../src/resources/pod/pods.watch.ts';

const metadata = { name: 'web-1', namespace: 'shop', uid: 'u1' };

test('keeps what is shown of a pod', () => {
  const object = {
    metadata: {
      ...metadata,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ownerReferences: [
        { kind: 'Other', name: 'x' },
        { kind: 'ReplicaSet', name: 'web-5d8', controller: true },
      ],
    },
    spec: {
      nodeName: 'worker1',
      containers: [{ name: 'web' }],
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'data', persistentVolumeClaim: { claimName: 'web-data' } },
      ],
    },
    status: {
      phase: 'Running',
      podIP: '10.1.1.1',
      podIPs: [{ ip: '10.1.1.1' }, { ip: 'fd00::1' }],
      containerStatuses: [{ name: 'web', ready: true, restartCount: 0, state: { running: {} } }],
    },
  };
  expect(podsWatch.project(object)).toEqual({
    namespace: 'shop',
    name: 'web-1',
    uid: 'u1',
    status: 'Running',
    phase: 'Running',
    readyContainers: 1,
    totalContainers: 1,
    restarts: 0,
    lastRestartAt: null,
    ip: '10.1.1.1',
    node: 'worker1',
    createdAt: Date.UTC(2026, 0, 1),
    owner: 'ReplicaSet/web-5d8',
    workload: null,
    claims: ['web-data'],
    reason: null,
    deletionAt: null,
    finalizers: [],
    oomKilledAt: null,
    oomKilled: null,
  });
});

test('keeps until when a pod that ends should be gone, and what holds it back', () => {
  const deleted = {
    ...metadata,
    deletionTimestamp: '2026-01-01T00:00:30Z',
    finalizers: ['batch.kubernetes.io/job-tracking', 7],
  };
  expect(podsWatch.project({ metadata: deleted })).toMatchObject({
    deletionAt: Date.UTC(2026, 0, 1, 0, 0, 30),
    finalizers: ['batch.kubernetes.io/job-tracking'],
  });
  expect(podsWatch.project({ metadata: { ...metadata, finalizers: ['x'] } })).toMatchObject({
    deletionAt: null,
    finalizers: [],
  });
});

test('keeps the latest end of a container for want of memory', () => {
  const ended = (name: string, reason: string, finishedAt: string) => ({
    name,
    lastState: { terminated: { reason, finishedAt, exitCode: 137 } },
  });
  const containerStatuses = [
    ended('web', 'OOMKilled', '2026-01-01T00:00:00Z'),
    ended('cache', 'OOMKilled', '2026-01-02T00:00:00Z'),
    ended('log', 'Error', '2026-01-03T00:00:00Z'),
  ];
  expect(podsWatch.project({ metadata, status: { containerStatuses } })).toMatchObject({
    oomKilledAt: Date.UTC(2026, 0, 2),
    oomKilled: 'cache',
  });
});

test.for([
  ['ReplicaSet', 'web-5d8', { 'pod-template-hash': '5d8' }, 'Deployment/web'],
  // The hash is of another set, or there is none: nothing tells of a deployment.
  ['ReplicaSet', 'web-5d8', { 'pod-template-hash': 'd8' }, null],
  ['ReplicaSet', 'web-5d8', {}, null],
  ['StatefulSet', 'db', {}, 'StatefulSet/db'],
  ['DaemonSet', 'cilium', {}, 'DaemonSet/cilium'],
  ['Job', 'backup-29', {}, 'Job/backup-29'],
  ['VirtualMachineInstance', 'win', { 'pod-template-hash': 'win' }, null],
] as const)('a pod of %s %s belongs to its workload', ([kind, name, labels, workload]) => {
  const ownerReferences = [{ kind, name, controller: true }];
  expect(podsWatch.project({ metadata: { ...metadata, labels, ownerReferences } })).toMatchObject({
    owner: `${kind}/${name}`,
    workload,
  });
});

test('gives the reason why a pod is not scheduled', () => {
  const message = '0/4 nodes are available: 4 Insufficient cpu.';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  const object = { metadata, status: { phase: 'Pending', conditions } };
  expect(podsWatch.project(object)).toMatchObject({ status: 'Pending', reason: message });
});

test('gives the message of a waiting container, made safe for a screen', () => {
  const state = { waiting: { reason: 'ErrImagePull', message: 'no such\u001B[31m image\u0000' } };
  const object = { metadata, status: { containerStatuses: [{ state: {} }, { state }] } };
  expect(podsWatch.project(object)?.reason).toBe('no such image·');
});

test('projects an object that has nothing but its name', () => {
  expect(podsWatch.project({ metadata: { name: 'p', namespace: 'n' } })).toMatchObject({
    phase: 'Unknown',
    totalContainers: 0,
    ip: null,
    node: null,
    owner: null,
  });
});

test('has no pod for an object without name or namespace', () => {
  expect([podsWatch.project({ metadata: { name: 'p' } }), podsWatch.project([])]).toEqual([
    undefined,
    undefined,
  ]);
});

test('takes any JSON whatever', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(() => [
        podsWatch.project(value),
        podsWatch.project({ metadata, spec: value, status: value }),
        podsWatch.project({
          metadata,
          status: {
            containerStatuses: [value],
            initContainerStatuses: [value],
            conditions: [value],
          },
        }),
      ]).not.toThrow();
    }),
  );
});
