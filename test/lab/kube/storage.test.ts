import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { resourceOf } from '../../../src/lab/kube/kinds/kind.ts';
import type { KubeObject } from '../../../src/lab/kube/object.ts';
import type { Pod } from '../../../src/lab/kube/pod.ts';
import { part, startQuickApi } from './client.ts';

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

const CLAIM = 'media/jellyfin-config';
const claims = (): readonly KubeObject[] => api.store.list('persistentvolumeclaims');
const volumeOf = (claim: string): string => {
  const [namespace, name = ''] = claim.split('/');
  return part<{ volumeName: string }>(
    api.store.get('persistentvolumeclaims', namespace, name),
    'spec',
  ).volumeName;
};
const longhorn = <T>(resource: string, name: string, field: string): T =>
  part<T>(api.store.get(`${resource}.longhorn.io`, 'longhorn-system', name), field);
type Status = {
  state: string;
  robustness: string;
  currentNodeID: string;
  lastDegradedAt: string;
  kubernetesStatus: { workloadsStatus: readonly { podName: string }[] };
};
const status = (claim: string): Status => longhorn('volumes', volumeOf(claim), 'status');
const modes = (claim: string): readonly string[] =>
  Object.values(
    longhorn<{ replicaModeMap: Record<string, string> }>(
      'engines',
      `${volumeOf(claim)}-e-0`,
      'status',
    ).replicaModeMap,
  );

test('every claim is bound to a volume that is bound to it, and some pod mounts it', () => {
  const mounted = new Set(
    (api.store.list('pods') as readonly Pod[]).flatMap(({ metadata, spec }) =>
      (spec['volumes'] as readonly { persistentVolumeClaim?: { claimName: string } }[]).flatMap(
        ({ persistentVolumeClaim }) =>
          persistentVolumeClaim ? `${metadata.namespace}/${persistentVolumeClaim.claimName}` : [],
      ),
    ),
  );
  expect(claims().length).toBeGreaterThan(5);
  for (const claim of claims()) {
    const path = `${claim.metadata.namespace}/${claim.metadata.name}`;
    const volume = api.store.get('persistentvolumes', undefined, volumeOf(path));
    expect(part<{ claimRef: object }>(volume, 'spec').claimRef).toMatchObject({
      uid: claim.metadata.uid,
      name: claim.metadata.name,
    });
    expect(mounted).toContain(path);
  }
});

test('a volume is attached where its pod runs, with three replicas that take writes', () => {
  const { state, robustness, currentNodeID, kubernetesStatus } = status(CLAIM);
  expect({ state, robustness }).toEqual({ state: 'attached', robustness: 'healthy' });
  const [user] = kubernetesStatus.workloadsStatus;
  const pod = api.store.get('pods', 'media', user?.podName ?? '') as Pod;
  expect(pod.spec.nodeName).toBe(currentNodeID);
  expect(modes(CLAIM)).toEqual(['RW', 'RW', 'RW']);
});

test('a replica that fails leaves its volume degraded until it is rebuilt', () => {
  api.failReplica(CLAIM, 'worker2');
  expect(status(CLAIM)).toMatchObject({
    robustness: 'degraded',
    lastDegradedAt: '2026-09-01T12:00:00Z',
  });
  expect(modes(CLAIM).toSorted()).toEqual(['ERR', 'RW', 'RW']);
  api.rebuildReplica(CLAIM, 'worker2');
  vi.advanceTimersByTime(10);
  expect(modes(CLAIM).toSorted()).toEqual(['RW', 'RW', 'WO']);
  expect(status(CLAIM).robustness).toBe('degraded');
  vi.advanceTimersByTime(1000);
  expect(modes(CLAIM)).toEqual(['RW', 'RW', 'RW']);
  expect(status(CLAIM)).toMatchObject({ robustness: 'healthy', lastDegradedAt: '' });
});

test('without a replica a volume is faulted', () => {
  for (const node of ['worker1', 'worker2', 'worker3']) api.failReplica(CLAIM, node);
  expect(status(CLAIM).robustness).toBe('faulted');
  expect(() => api.failReplica(CLAIM, 'rk1')).toThrow('no replica of');
});

test('a silent node takes its replicas with it, and rebuilds them when it is back', () => {
  api.setNodeReady('worker3', 'Unknown', 'NodeStatusUnknown', 'silent');
  vi.advanceTimersByTime(1000);
  for (const { metadata } of api.store.list('volumes.longhorn.io'))
    expect(longhorn<Status>('volumes', metadata.name, 'status').robustness).toBe('degraded');
  api.setNodeReady('worker3', 'True', 'KubeletReady', 'kubelet is posting ready status');
  vi.advanceTimersByTime(2000);
  for (const { metadata } of api.store.list('volumes.longhorn.io'))
    expect(longhorn<Status>('volumes', metadata.name, 'status').robustness).toBe('healthy');
});

test.for([
  [
    'persistentvolumeclaims',
    'NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE',
  ],
  [
    'persistentvolumes',
    'NAME CAPACITY ACCESS MODES RECLAIM POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE',
  ],
  ['volumes.longhorn.io', 'NAME DATA ENGINE STATE ROBUSTNESS SCHEDULED SIZE NODE AGE'],
  ['diskpools.openebs.io', 'NAME NODE STATE POOL_STATUS CAPACITY USED AVAILABLE'],
  ['virtualmachines.kubevirt.io', 'NAME AGE STATUS READY'],
  ['virtualmachineinstances.kubevirt.io', 'NAME AGE PHASE IP NODENAME READY'],
] as const)('the table of %s has the columns that kubectl prints', ([resource, columns]) => {
  const kind = api.store.kinds.find((each) => resourceOf(each) === resource);
  expect(
    kind?.columns
      .filter(({ wide }) => !wide)
      .map(({ name }) => name.toUpperCase())
      .join(' '),
  ).toBe(columns);
});

test('a disk pool tells what its control plane knows of it', () => {
  api.setDiskPool('pool-worker1', 'Faulted');
  expect(api.store.get('diskpools.openebs.io', 'openebs', 'pool-worker1')).toMatchObject({
    status: { cr_state: 'Created', pool_status: 'Faulted' },
  });
  expect(() => api.setDiskPool('none', 'Online')).toThrow('no such disk pool');
});
