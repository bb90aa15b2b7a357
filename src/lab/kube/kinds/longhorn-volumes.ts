import { backupsOf } from '../backups.ts';
import {
  ENGINE_IMAGE,
  LONGHORN_API_VERSION,
  longhornCondition,
  longhornMeta,
  longhornVolumes,
  REPLICAS,
} from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { conditionOf, type Condition } from '../pod.ts';
import { longhornKind, printed } from './longhorn-kind.ts';

export type LonghornVolumeObject = KubeObject & {
  readonly spec: {
    readonly dataEngine?: string;
    readonly size?: string;
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly state?: string;
    readonly robustness?: string;
    readonly currentNodeID?: string;
    readonly conditions?: readonly Condition[];
    readonly kubernetesStatus?: { readonly [field: string]: unknown };
    readonly [field: string]: unknown;
  };
};

/** Volumes of Longhorn; longhorn-manager attaches them to where their pods are. */
export const longhornVolumeKind = longhornKind<LonghornVolumeObject>({
  kind: 'Volume',
  plural: 'volumes',
  singular: 'volume',
  shortNames: ['lhv'],
  columns: [
    printed('Data Engine', 'The data engine of the volume', ({ spec }) => spec.dataEngine),
    printed('State', 'The state of the volume', ({ status }) => status.state),
    printed('Robustness', 'The robustness of the volume', ({ status }) => status.robustness),
    printed(
      'Scheduled',
      'The scheduled condition of the volume',
      // The CRD names a condition that its controller calls Scheduled: the column stays empty.
      ({ status }) => conditionOf(status.conditions, 'Schedulable')?.status,
    ),
    printed('Size', 'The size of the volume', ({ spec }) => spec.size),
    printed(
      'Node',
      'The node that the volume is currently attaching to',
      ({ status }) => status.currentNodeID,
    ),
  ],
  seed: (model) =>
    longhornVolumes(model).map((volume) => {
      const made = model.ago(volume.ageDays * 86_400 - 6);
      return {
        apiVersion: LONGHORN_API_VERSION,
        kind: 'Volume',
        metadata: {
          name: volume.name,
          ...longhornMeta(model, volume.ageDays, {
            longhornvolume: volume.name,
            'recurring-job-group.longhorn.io/default': 'enabled',
            'setting.longhorn.io/remove-snapshots-during-filesystem-trim': 'ignored',
          }),
        },
        spec: {
          Standby: false,
          accessMode: volume.mode === 'ReadWriteMany' ? 'rwx' : 'rwo',
          backupTargetName: 'default',
          dataEngine: 'v1',
          dataLocality: 'disabled',
          frontend: 'blockdev',
          image: ENGINE_IMAGE,
          migratable: volume.mode === 'ReadWriteMany',
          nodeID: '',
          numberOfReplicas: REPLICAS,
          replicaAutoBalance: 'ignored',
          size: String(volume.sizeBytes),
          staleReplicaTimeout: 30,
        },
        status: {
          actualSize: volume.usedBytes,
          conditions: [
            longhornCondition('WaitForBackingImage', 'False', made),
            longhornCondition('TooManySnapshots', 'False', made),
            longhornCondition('Scheduled', 'True', made),
            longhornCondition('Restore', 'False', made),
          ],
          currentImage: ENGINE_IMAGE,
          currentMigrationNodeID: '',
          currentNodeID: '',
          frontendDisabled: false,
          isStandby: false,
          kubernetesStatus: {
            lastPVCRefAt: '',
            lastPodRefAt: '',
            namespace: volume.namespace,
            pvName: volume.name,
            pvStatus: 'Bound',
            pvcName: volume.claim,
            workloadsStatus: null,
          },
          lastBackup: backupsOf(model, volume)[0]?.name ?? '',
          lastBackupAt: backupsOf(model, volume)[0]?.at ?? '',
          lastDegradedAt: '',
          ownerID: '',
          restoreInitiated: false,
          restoreRequired: false,
          robustness: 'unknown',
          shareEndpoint: '',
          shareState: '',
          state: 'detached',
        },
      };
    }),
});
