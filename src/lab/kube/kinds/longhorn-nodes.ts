import {
  DISK_PATH,
  diskIdOf,
  LONGHORN_API_VERSION,
  longhornCondition,
  longhornMeta,
  longhornVolumes,
  managerOf,
  replicaPlaces,
} from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { conditionOf, type Condition } from '../pod.ts';
import { longhornKind, printed } from './longhorn-kind.ts';

export type LonghornNode = KubeObject & {
  readonly spec: { readonly allowScheduling?: boolean; readonly [field: string]: unknown };
  readonly status: {
    readonly conditions?: readonly Condition[];
    readonly diskStatus?: { readonly [disk: string]: DiskStatus };
    readonly [field: string]: unknown;
  };
};
export type DiskStatus = {
  readonly conditions: readonly Condition[];
  readonly storageAvailable: number;
  readonly [field: string]: unknown;
};

const GIB = 1024 ** 3;

/** The nodes as Longhorn sees them: whether replicas may be placed there, and their disks. */
export const longhornNodes = longhornKind<LonghornNode>({
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['lhn'],
  columns: [
    printed(
      'Ready',
      'Indicate whether the node is ready',
      ({ status }) => conditionOf(status.conditions, 'Ready')?.status,
    ),
    printed(
      'AllowScheduling',
      'Indicate whether the user disabled/enabled replica scheduling for the node',
      ({ spec }) => spec.allowScheduling,
      'boolean',
    ),
    printed(
      'Schedulable',
      'Indicate whether Longhorn can schedule replicas on the node',
      ({ status }) => conditionOf(status.conditions, 'Schedulable')?.status,
    ),
  ],
  seed: (model) => {
    const volumes = longhornVolumes(model);
    const made = model.ago(164 * 86_400);
    const replicas = new Map<string, Record<string, number>>();
    for (const volume of volumes)
      for (const { node, name } of replicaPlaces(model, volume))
        replicas.set(node, { ...replicas.get(node), [name]: volume.sizeBytes });
    const used = volumes.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
    return model.nodes.map(({ name, architecture }) => {
      const isStore = architecture === 'amd64';
      const maximum = (isStore ? 880 : 110) * GIB;
      const own = replicas.get(name) ?? {};
      return {
        apiVersion: LONGHORN_API_VERSION,
        kind: 'Node',
        metadata: { name, ...longhornMeta(model, 164) },
        spec: {
          allowScheduling: isStore,
          disks: {
            'default-disk-1': {
              allowScheduling: isStore,
              diskDriver: '',
              diskType: 'filesystem',
              evictionRequested: false,
              path: DISK_PATH,
              storageReserved: Math.round(maximum * 0.3),
              tags: [],
            },
          },
          evictionRequested: false,
          instanceManagerCPURequest: 0,
          name,
          tags: [],
        },
        status: {
          autoEvicting: false,
          conditions: [
            longhornCondition('Ready', 'True', made, { message: `Node ${name} is ready` }),
            longhornCondition('MountPropagation', 'True', made),
            longhornCondition('Schedulable', 'True', made),
          ],
          diskStatus: {
            'default-disk-1': {
              conditions: [
                longhornCondition('Ready', 'True', made, {
                  message: `Disk default-disk-1(${DISK_PATH}) on node ${name} is ready`,
                }),
                longhornCondition('Schedulable', 'True', made, {
                  message: `Disk default-disk-1(${DISK_PATH}) on node ${name} is schedulable`,
                }),
              ],
              diskDriver: '',
              diskName: 'default-disk-1',
              diskPath: DISK_PATH,
              diskType: 'filesystem',
              diskUUID: diskIdOf(name),
              filesystemType: 'ext2/ext3',
              instanceManagerName: managerOf(name),
              scheduledReplica: own,
              storageAvailable: maximum - 64 * GIB - (Object.keys(own).length > 0 ? used : 0),
              storageMaximum: maximum,
              storageScheduled: Object.values(own).reduce((sum, size) => sum + size, 0),
            },
          },
          region: '',
          zone: 'rack1',
        },
      };
    });
  },
});
