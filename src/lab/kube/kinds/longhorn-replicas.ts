import {
  LONGHORN_API_VERSION,
  longhornMeta,
  longhornVolumes,
  replicaBody,
  replicaPlaces,
} from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { longhornKind, printed } from './longhorn-kind.ts';

export type Replica = KubeObject & {
  readonly spec: {
    readonly dataEngine?: string;
    readonly nodeID?: string;
    readonly diskID?: string;
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly currentState?: string;
    readonly instanceManagerName?: string;
    readonly currentImage?: string;
    readonly [field: string]: unknown;
  };
};

/** Replicas of Longhorn volumes, with the printer columns of their CRD. */
export const longhornReplicas = longhornKind<Replica>({
  kind: 'Replica',
  plural: 'replicas',
  singular: 'replica',
  shortNames: ['lhr'],
  columns: [
    printed('Data Engine', 'The data engine of the replica', ({ spec }) => spec.dataEngine),
    printed('State', 'The current state of the replica', ({ status }) => status.currentState),
    printed('Node', 'The node that the replica is on', ({ spec }) => spec.nodeID),
    printed('Disk', 'The disk that the replica is on', ({ spec }) => spec.diskID),
    printed(
      'InstanceManager',
      'The instance manager of the replica',
      ({ status }) => status.instanceManagerName,
    ),
    printed('Image', 'The current image of the replica', ({ status }) => status.currentImage),
  ],
  seed: (model) =>
    longhornVolumes(model).flatMap((volume) =>
      replicaPlaces(model, volume).map(({ node, name }) => ({
        apiVersion: LONGHORN_API_VERSION,
        kind: 'Replica',
        metadata: {
          name,
          ...longhornMeta(model, volume.ageDays, {
            longhornnode: node,
            longhornvolume: volume.name,
          }),
        },
        ...replicaBody({ name, volume, node, state: 'running' }),
      })),
    ),
});
