import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodesWatch } from '../../../src/resources/node/nodes.watch.ts';

const ready = (status: string) => ({
  type: 'Ready',
  status,
  reason: 'KubeletReady',
  message: 'kubelet is posting ready status',
  lastTransitionTime: '2026-01-02T03:04:05Z',
});
const node = (status: object, spec: object = {}) => ({
  metadata: { name: 'worker1', uid: 'u1' },
  spec,
  status,
});
const statusOf = (object: unknown) => nodesWatch.project(object)?.status;

test('keeps what is shown of a node', () => {
  const object = {
    metadata: {
      name: 'rk1',
      uid: 'u2',
      creationTimestamp: '2025-01-01T00:00:00Z',
      labels: {
        'node-role.kubernetes.io/worker': '',
        'node-role.kubernetes.io/edge': 'true',
        'kubernetes.io/role': 'worker',
      },
    },
    spec: {
      unschedulable: true,
      taints: [
        { key: 'arch', value: 'arm64', effect: 'NoSchedule' },
        { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
      ],
    },
    status: {
      conditions: [
        { type: 'MemoryPressure', status: 'True' },
        { type: 'DiskPressure', status: 'False' },
        ready('True'),
      ],
      nodeInfo: {
        kubeletVersion: 'v1.33.1',
        architecture: 'arm64',
        osImage: 'Debian GNU/Linux 13',
        kernelVersion: '6.12.1',
      },
      addresses: [
        { type: 'Hostname', address: 'rk1' },
        { type: 'InternalIP', address: '10.0.127.4' },
      ],
      allocatable: { cpu: '3920m', memory: '16Gi', pods: '110' },
    },
  };
  expect(nodesWatch.project(object)).toEqual({
    name: 'rk1',
    uid: 'u2',
    status: 'Ready,SchedulingDisabled',
    ready: 'True',
    readyReason: 'KubeletReady',
    readyMessage: 'kubelet is posting ready status',
    readySince: Date.UTC(2026, 0, 2, 3, 4, 5),
    roles: ['edge', 'worker'],
    version: 'v1.33.1',
    architecture: 'arm64',
    osImage: 'Debian GNU/Linux 13',
    kernelVersion: '6.12.1',
    internalIp: '10.0.127.4',
    unschedulable: true,
    taints: ['arch=arm64:NoSchedule', 'node.kubernetes.io/unschedulable:NoSchedule'],
    pressures: ['MemoryPressure'],
    cpuAllocatable: 3.92,
    memoryAllocatableBytes: 17179869184,
    podsAllocatable: 110,
    createdAt: Date.UTC(2025, 0, 1),
  });
});

test('prints the status as kubectl does, also for a silent kubelet', () => {
  expect(statusOf(node({ conditions: [ready('True')] }))).toBe('Ready');
  expect(statusOf(node({ conditions: [ready('False')] }))).toBe('NotReady');
  expect(statusOf(node({ conditions: [ready('Unknown')] }))).toBe('NotReady');
  expect(statusOf(node({ conditions: [] }))).toBe('Unknown');
  expect(statusOf(node({ conditions: [] }, { unschedulable: true }))).toBe(
    'Unknown,SchedulingDisabled',
  );
});

test('tells a silent kubelet from one that is not ready', () => {
  expect(nodesWatch.project(node({ conditions: [ready('Unknown')] }))?.ready).toBe('Unknown');
  expect(nodesWatch.project(node({}))?.ready).toBeNull();
});

test('a condition that is True when all is well is no pressure', () => {
  const condition = (type: string, status = 'True') => ({ type, status });
  const object = {
    metadata: { name: 'n' },
    status: {
      conditions: [
        condition('Ready'),
        condition('EtcdIsVoter'),
        condition('DiskPressure'),
        condition('MemoryPressure', 'False'),
      ],
    },
  };
  expect(nodesWatch.project(object)?.pressures).toEqual(['DiskPressure']);
});

test('projects an object that has nothing but a name', () => {
  expect(nodesWatch.project({ metadata: { name: 'bare' } })).toMatchObject({
    name: 'bare',
    status: 'Unknown',
    roles: [],
    cpuAllocatable: null,
    createdAt: null,
  });
});

test('has no node for an object without a name', () => {
  expect([nodesWatch.project({}), nodesWatch.project(null)]).toEqual([undefined, undefined]);
});

test('takes any JSON whatever', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(() => [
        nodesWatch.project(value),
        nodesWatch.project({ metadata: { name: 'n' }, spec: value, status: value }),
      ]).not.toThrow();
    }),
  );
});
