import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import type { Node } from '../../../src/lab/kube/kinds/nodes.ts';
import { printPod } from '../../../src/lab/kube/pod-printer.ts';
import { conditionOf, type Pod } from '../../../src/lab/kube/pod.ts';
import { part, startQuickApi } from './client.ts';

let api: KubeApi;

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'],
  });
  // Objects know whole seconds only.
  vi.setSystemTime(Date.UTC(2026, 8, 1, 12, 0, 0));
  api = await startQuickApi({ clock: Date.now });
});

afterEach(async () => {
  vi.useRealTimers();
  await api.close();
});

const node = (name: string): Node => api.store.get('nodes', undefined, name) as Node;
const podsOn = (name: string): readonly Pod[] =>
  (api.store.list('pods') as readonly Pod[]).filter(({ spec }) => spec.nodeName === name);
const renewTime = (namespace: string, name: string): string =>
  part<{ renewTime: string }>(api.store.get('leases.coordination.k8s.io', namespace, name), 'spec')
    .renewTime;
const eventsAbout = (name: string): readonly (readonly unknown[])[] =>
  api.store
    .list('events')
    .filter((event) => (event['involvedObject'] as { name: string }).name === name)
    .map((event) => [event['type'], event['reason'], event['count']]);
const silence = (): void =>
  api.setNodeReady(
    'worker2',
    'Unknown',
    'NodeStatusUnknown',
    'Kubelet stopped posting node status.',
  );

test('a calm cluster renews its leases: leaders each two seconds, nodes and API servers each ten', () => {
  vi.advanceTimersByTime(60_000);
  const now = Date.now();
  for (const { metadata, ...lease } of api.store.list('leases.coordination.k8s.io')) {
    const { renewTime, leaseDurationSeconds } = lease['spec'] as {
      renewTime: string;
      leaseDurationSeconds: number;
    };
    expect(now - Date.parse(renewTime), metadata.name).toBeLessThanOrEqual(
      leaseDurationSeconds === 15 ? 2000 : 10_000,
    );
  }
});

test('a calm cluster beats its nodes in five minutes and keeps no event longer than an hour', () => {
  const version = api.store.version();
  vi.advanceTimersByTime(300_000);
  for (const name of ['worker1', 'rk1'])
    expect(
      Date.now() -
        Date.parse(conditionOf(node(name).status.conditions, 'Ready')?.lastHeartbeatTime ?? ''),
    ).toBeLessThanOrEqual(301_000);
  expect(api.store.eventsSince('nodes', version)).toHaveLength(4);
  expect(api.store.eventsSince('events', version).length).toBeGreaterThan(1);
  vi.advanceTimersByTime(3_700_000);
  for (const event of api.store.list('events'))
    expect(Date.now() - Date.parse(String(event['lastTimestamp']))).toBeLessThanOrEqual(3_661_000);
});

test('a silent kubelet: conditions unknown, tainted, no more leases, its pods not ready, events', () => {
  const pods = podsOn('worker2').length;
  silence();
  vi.advanceTimersByTime(30_000);
  const { status, spec } = node('worker2');
  expect(conditionOf(status.conditions, 'Ready')).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  });
  expect(conditionOf(status.conditions, 'MemoryPressure')?.status).toBe('Unknown');
  expect(conditionOf(status.conditions, 'NetworkUnavailable')?.status).toBe('False');
  expect(spec.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ]);
  expect(Date.now() - Date.parse(renewTime('kube-node-lease', 'worker2'))).toBeGreaterThanOrEqual(
    30_000,
  );
  expect(podsOn('worker2')).toHaveLength(pods);
  for (const pod of podsOn('worker2').filter(({ status }) => status.phase === 'Running')) {
    expect(conditionOf(pod.status.conditions, 'Ready')?.status).toBe('False');
    expect(printPod(pod, Date.now()).status).toBe('Running');
    expect(eventsAbout(pod.metadata.name)).toContainEqual(['Warning', 'NodeNotReady', 1]);
  }
  expect(eventsAbout('worker2')).toContainEqual(['Normal', 'NodeNotReady', 1]);
  const cilium = api.store.get('daemonsets.apps', 'kube-system', 'cilium')?.['status'];
  expect(cilium).toMatchObject({ desiredNumberScheduled: 4, numberReady: 3, numberUnavailable: 1 });
});

test('a node that is back: everything as before', () => {
  const before = podsOn('worker2').map(({ metadata }) => metadata.uid);
  silence();
  vi.advanceTimersByTime(20_000);
  api.setNodeReady('worker2', 'True', 'KubeletReady', 'kubelet is posting ready status');
  vi.advanceTimersByTime(12_000);
  const { status, spec } = node('worker2');
  expect(conditionOf(status.conditions, 'Ready')).toMatchObject({
    status: 'True',
    reason: 'KubeletReady',
  });
  expect(spec.taints).toEqual([]);
  expect(Date.now() - Date.parse(renewTime('kube-node-lease', 'worker2'))).toBeLessThanOrEqual(
    10_000,
  );
  expect(podsOn('worker2').map(({ metadata }) => metadata.uid)).toEqual(before);
  for (const pod of podsOn('worker2').filter(({ status }) => status.phase === 'Running'))
    expect(conditionOf(pod.status.conditions, 'Ready')?.status).toBe('True');
  expect(api.store.get('daemonsets.apps', 'kube-system', 'cilium')?.['status']).toMatchObject({
    numberReady: 4,
  });
});

test('after five minutes the pods of a silent node are replaced elsewhere and stay terminating, except those of DaemonSets', () => {
  const movable = podsOn('worker2').filter(
    ({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'ReplicaSet',
  );
  silence();
  vi.advanceTimersByTime(310_000);
  for (const { metadata } of movable) {
    const pod = api.store.get('pods', metadata.namespace, metadata.name) as Pod;
    expect(printPod(pod, Date.now()).status).toBe('Terminating');
    const set = metadata.ownerReferences?.[0]?.name ?? '';
    const { replicas } = part<{ replicas: number }>(
      api.store.get('replicasets.apps', metadata.namespace, set),
      'spec',
    );
    expect(api.store.get('replicasets.apps', metadata.namespace, set)?.['status']).toMatchObject({
      replicas,
      readyReplicas: replicas,
    });
  }
  const daemon = podsOn('worker2').filter(
    ({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'DaemonSet',
  );
  expect(daemon.every(({ metadata }) => metadata.deletionTimestamp === undefined)).toBe(true);
});

test('a node that says it is not ready keeps its lease and has the other taint', () => {
  api.setNodeReady('rk1', 'False', 'KubeletNotReady', 'container runtime network not ready');
  vi.advanceTimersByTime(15_000);
  expect(node('rk1').spec.taints?.[0]?.key).toBe('node.kubernetes.io/not-ready');
  expect(Date.now() - Date.parse(renewTime('kube-node-lease', 'rk1'))).toBeLessThanOrEqual(10_000);
  expect(conditionOf(node('rk1').status.conditions, 'MemoryPressure')?.status).toBe('False');
});

test('a pod that crashes in a loop counts its restarts at growing distances until it is taken back', () => {
  const name = api.store.list('pods', 'media')[0]?.metadata.name ?? '';
  const cells = () => printPod(api.store.get('pods', 'media', name) as Pod, Date.now());
  const undo = api.setPodCrashLooping('media', name);
  expect(cells()).toEqual({ ready: '0/1', status: 'CrashLoopBackOff', restarts: '1 (0s ago)' });
  vi.advanceTimersByTime(9_900);
  expect(cells().restarts).toBe('1 (9s ago)');
  vi.advanceTimersByTime(30_200);
  expect(cells().restarts).toBe('3 (10s ago)');
  expect(eventsAbout(name)).toContainEqual(['Warning', 'BackOff', 3]);
  undo();
  expect(cells()).toEqual({ ready: '1/1', status: 'Running', restarts: '3 (10s ago)' });
  vi.advanceTimersByTime(600_000);
  expect(cells().restarts).toMatch(/^3 /u);
});

test('while the scheduler has no lease a new pod waits without a word; later it is bound', () => {
  api.setLeaseRenewing('kube-system', 'kube-scheduler', false);
  const [pod] = api.store.list('pods', 'media');
  api.store.remove('pods', 'media', pod?.metadata.name ?? '');
  vi.advanceTimersByTime(20_000);
  const waiting = (api.store.list('pods', 'media') as readonly Pod[]).filter(
    ({ status }) => status.phase === 'Pending',
  );
  expect(waiting.map(({ spec, status }) => [spec.nodeName, status.conditions])).toEqual([
    [undefined, undefined],
  ]);
  expect(
    Date.now() - Date.parse(renewTime('kube-system', 'kube-scheduler')),
  ).toBeGreaterThanOrEqual(20_000);
  api.setLeaseRenewing('kube-system', 'kube-scheduler', true);
  vi.advanceTimersByTime(1000);
  expect(
    (api.store.list('pods', 'media') as readonly Pod[]).every(
      ({ status }) => status.phase === 'Running',
    ),
  ).toBe(true);
});

test('while the controller manager has no lease nothing is replaced and generations are not observed', () => {
  api.setLeaseRenewing('kube-system', 'kube-controller-manager', false);
  const count = api.store.list('pods', 'media').length;
  api.store.remove('pods', 'media', api.store.list('pods', 'media')[0]?.metadata.name ?? '');
  api.store.modify('deployments.apps', 'media', 'jellyfin', (object) => ({
    ...object,
    spec: { ...(object['spec'] as object), replicas: 3 },
  }));
  vi.advanceTimersByTime(20_000);
  expect(api.store.list('pods', 'media')).toHaveLength(count - 1);
  expect(api.store.get('deployments.apps', 'media', 'jellyfin')).toMatchObject({
    metadata: { generation: 2 },
    status: { observedGeneration: 1 },
  });
  api.setLeaseRenewing('kube-system', 'kube-controller-manager', true);
  vi.advanceTimersByTime(1000);
  expect(api.store.get('deployments.apps', 'media', 'jellyfin')).toMatchObject({
    status: { observedGeneration: 2, readyReplicas: 3 },
  });
});

test('what is not there is named', () => {
  expect(() => api.setNodeReady('worker9', 'True', '', '')).toThrow(
    /no such node in the lab: worker9; there are rk1, worker1/u,
  );
  expect(() => api.setPodCrashLooping('media', 'none')).toThrow(
    'no such pod in the lab: media/none',
  );
  expect(() => api.setLeaseRenewing('media', 'none', true)).toThrow(
    /no such lease in the lab: media\/none/u,
  );
});
