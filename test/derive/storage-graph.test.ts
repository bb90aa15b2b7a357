import { expect, test } from 'vitest';
import { explain } from '../../src/derive/causes.ts';
import { related } from '../../src/derive/related.ts';
import { refText } from '../../src/domain/ref.ts';
import type { Ref } from '../../src/domain/ref.ts';
import { cluster, lab, node, NOW, pod } from '../support/inventory.ts';
import {
  claim,
  diskPool,
  engine,
  instance,
  longhornNode,
  longhornVolume,
  persistentVolume,
  replica,
  tableOf,
  withTables,
} from '../support/storage.ts';
import { makeProblem } from './inventory.ts';

const pods = [
  pod('web', { namespace: 'media', claims: ['config'], node: 'worker1' }),
  pod('launcher', { namespace: 'apps', owner: 'VirtualMachineInstance/vm', claims: ['vm-root'] }),
];
const inventory = lab(
  [],
  [
    withTables(
      {
        claims: tableOf(claim('config', { volume: 'v' })),
        persistentVolumes: tableOf(persistentVolume('v', { claim: 'media/config' })),
        longhornVolumes: tableOf(longhornVolume('v', { robustness: 'degraded' })),
        longhornEngines: tableOf(engine('v', { 'v-r-worker1': 'RW', 'v-r-worker2': 'ERR' })),
        longhornReplicas: tableOf(replica('v', 'worker1'), replica('v', 'worker2', NOW)),
        longhornNodes: tableOf(longhornNode('worker1'), longhornNode('worker2')),
        diskPools: tableOf(diskPool('pool-2', { node: 'worker2' })),
        virtualMachineInstances: tableOf(instance('vm')),
      },
      cluster('k', [node('worker1'), node('worker2')], pods),
    ),
  ],
);
const from = (ref: Ref): readonly Ref[] => related(ref, inventory).map((each) => each.ref);

test('one goes from pod to claim to volume to node, and back', () => {
  expect(from('pod:k/media/web')).toContain('storage:k/PersistentVolumeClaim/media/config');
  expect(from('storage:k/PersistentVolumeClaim/media/config')).toEqual([
    'pod:k/media/web',
    'node:k/worker1',
    'storage:k/PersistentVolume/v',
    'storage:k/LonghornVolume/longhorn-system/v',
    'cluster:k',
  ]);
  expect(from('storage:k/PersistentVolume/v')).toEqual(
    expect.arrayContaining([
      'storage:k/PersistentVolumeClaim/media/config',
      'storage:k/LonghornVolume/longhorn-system/v',
    ]),
  );
  expect(from('storage:k/LonghornVolume/longhorn-system/v')).toEqual(
    expect.arrayContaining(['node:k/worker1', 'node:k/worker2', 'pod:k/media/web']),
  );
  expect(from('node:k/worker2')).toEqual(
    expect.arrayContaining([
      'storage:k/LonghornNode/longhorn-system/worker2',
      'storage:k/DiskPool/openebs/pool-2',
    ]),
  );
});

test('a machine leads to its node, its disks and its pod, and they to it', () => {
  expect(from('kubevirt:k/apps/vm')).toEqual([
    'node:k/worker1',
    'storage:k/PersistentVolumeClaim/apps/vm-root',
    'pod:k/apps/launcher',
    'cluster:k',
  ]);
  expect(from('pod:k/apps/launcher')).toContain('kubevirt:k/apps/vm');
  expect(from('node:k/worker1')).toContain('kubevirt:k/apps/vm');
});

const VOLUME: Ref = 'storage:k/LonghornVolume/longhorn-system/v';
const causeOf = (rule: string, subject: Ref, ...others: ReturnType<typeof makeProblem>[]) =>
  explain([makeProblem(rule, subject, { since: NOW }), ...others], inventory).find(
    (problem) => problem.rule === rule && problem.subject === subject,
  )?.cause;
const silent = (name: string) => makeProblem('node.notready', `node:k/${name}`, { since: NOW });

test('a volume that lost a replica with its node stands beneath the node', () => {
  expect(causeOf('volume.degraded', VOLUME, silent('worker2'))).toBe(
    'node.notready@node:k/worker2',
  );
  expect(causeOf('volume.degraded', VOLUME, silent('worker1'))).toBeNull();
});

test('disks that fail explain the volume, a volume that is gone explains its pods', () => {
  const disks = makeProblem('storage.pool', 'storage:k/LonghornNode/longhorn-system/worker2');
  expect(causeOf('volume.degraded', VOLUME, disks)).toBe(disks.id);
  expect(causeOf('storage.pool', disks.subject, silent('worker2'))).toBe(
    'node.notready@node:k/worker2',
  );
  const gone = makeProblem('volume.faulted', VOLUME);
  expect(causeOf('pod.crashloop', 'pod:k/media/web', gone)).toBe(gone.id);
});

test('a claim that gets no volume explains the pod that waits for it', () => {
  const pending = makeProblem('pvc.pending', 'storage:k/PersistentVolumeClaim/media/config');
  expect(causeOf('pod.pending', 'pod:k/media/web', pending)).toBe(pending.id);
});

test.for<[Ref, string]>([
  ['storage:k/PersistentVolumeClaim/media/config', 'claim media/config'],
  ['storage:k/PersistentVolume/v', 'volume v'],
  ['storage:k/LonghornVolume/longhorn-system/v', 'Longhorn volume v'],
  ['storage:k/DiskPool/openebs/pool-2', 'disk pool openebs/pool-2'],
  ['kubevirt:k/apps/vm', 'VM apps/vm'],
  ['object:k/BGPPeer/10.127.0.1', 'BGP router 10.127.0.1'],
  ['object:k/BGPPeer/w1/10.127.0.1', 'BGP peer w1/10.127.0.1'],
])('%s is called %s', ([ref, text]) => {
  expect(refText(ref)).toBe(text);
});

test('pools that are not online explain a volume of Mayastor that has too few of them', () => {
  const pool = makeProblem('storage.pool', 'storage:k/DiskPool/pool-2');
  const degraded = makeProblem('volume.degraded', 'storage:k/PersistentVolume/m');
  const mayastor = lab(
    [],
    [
      withTables({
        persistentVolumes: tableOf(persistentVolume('m', { driver: 'io.openebs.csi-mayastor' })),
        diskPools: tableOf(diskPool('pool-2', { namespace: '', status: 'Faulted' })),
      }),
    ],
  );
  expect(explain([pool, degraded], mayastor).map(({ id, cause }) => [id, cause])).toEqual([
    [pool.id, null],
    [degraded.id, pool.id],
  ]);
});
