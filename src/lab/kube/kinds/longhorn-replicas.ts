import { LONGHORN_NAMESPACE, longhornVolumes, replicaBody } from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { ageColumn, defineKind, nameColumn, type Column } from './kind.ts';

type Replica = KubeObject & {
  readonly spec: {
    readonly dataEngine?: string;
    readonly nodeID?: string;
    readonly diskID?: string;
  };
  readonly status: {
    readonly currentState?: string;
    readonly instanceManagerName?: string;
    readonly currentImage?: string;
  };
};

const column = (
  name: string,
  description: string,
  cell: (replica: Replica) => string | undefined,
): Column<Replica> => ({
  name,
  type: 'string',
  description,
  cell: (replica) => cell(replica) ?? '',
});

/** Replicas of Longhorn volumes, with the printer columns of their CRD. */
export const longhornReplicas = defineKind<Replica>({
  group: 'longhorn.io',
  version: 'v1beta2',
  kind: 'Replica',
  plural: 'replicas',
  singular: 'replica',
  shortNames: ['lhr'],
  namespaced: true,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    column('Data Engine', 'The data engine of the replica', ({ spec }) => spec.dataEngine),
    column('State', 'The current state of the replica', ({ status }) => status.currentState),
    column('Node', 'The node that the replica is on', ({ spec }) => spec.nodeID),
    column('Disk', 'The disk that the replica is on', ({ spec }) => spec.diskID),
    column(
      'InstanceManager',
      'The instance manager of the replica',
      ({ status }) => status.instanceManagerName,
    ),
    column('Image', 'The current image of the replica', ({ status }) => status.currentImage),
    ageColumn,
  ],
  fields: {},
  seed: (model) =>
    longhornVolumes(model).flatMap((volume) =>
      model.nodes
        .filter(({ architecture }) => architecture === 'amd64')
        .slice(0, 3)
        .map((node) => {
          const name = `${volume.name}-r-${model.uid('replicas', undefined, `${volume.name}/${node.name}`).slice(0, 8)}`;
          return {
            apiVersion: 'longhorn.io/v1beta2',
            kind: 'Replica',
            metadata: {
              name,
              namespace: LONGHORN_NAMESPACE,
              creationTimestamp: model.ago(80 * 86_400),
              finalizers: ['longhorn.io'],
              labels: {
                longhornnode: node.name,
                longhornvolume: volume.name,
                'longhorn.io/managed-by': 'longhorn-manager',
              },
            },
            ...replicaBody({ name, volume, node: node.name, state: 'running' }),
          };
        }),
    ),
});
