import {
  ENGINE_IMAGE,
  engineName,
  LONGHORN_API_VERSION,
  longhornMeta,
  longhornVolumes,
  replicaPlaces,
} from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { longhornKind, printed } from './longhorn-kind.ts';

export type Engine = KubeObject & {
  readonly spec: {
    readonly dataEngine?: string;
    readonly nodeID?: string;
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly currentState?: string;
    readonly instanceManagerName?: string;
    readonly currentImage?: string;
    readonly [field: string]: unknown;
  };
};

/** The engines of Longhorn volumes: each writes to the replicas of its volume. */
export const longhornEngines = longhornKind<Engine>({
  kind: 'Engine',
  plural: 'engines',
  singular: 'engine',
  shortNames: ['lhe'],
  columns: [
    printed('Data Engine', 'The data engine of the engine', ({ spec }) => spec.dataEngine),
    printed('State', 'The current state of the engine', ({ status }) => status.currentState),
    printed('Node', 'The node that the engine is on', ({ spec }) => spec.nodeID),
    printed(
      'InstanceManager',
      'The instance manager of the engine',
      ({ status }) => status.instanceManagerName,
    ),
    printed('Image', 'The current image of the engine', ({ status }) => status.currentImage),
  ],
  seed: (model) =>
    longhornVolumes(model).map((volume) => ({
      apiVersion: LONGHORN_API_VERSION,
      kind: 'Engine',
      metadata: {
        name: engineName(volume.name),
        ...longhornMeta(model, volume.ageDays, { longhornvolume: volume.name }),
      },
      spec: {
        active: true,
        dataEngine: 'v1',
        desireState: 'stopped',
        image: ENGINE_IMAGE,
        nodeID: '',
        replicaAddressMap: Object.fromEntries(
          replicaPlaces(model, volume).map(({ node, name }, index) => [
            name,
            `${model.nodes.find((each) => each.name === node)?.address ?? ''}:${10_000 + index * 10}`,
          ]),
        ),
        volumeName: volume.name,
        volumeSize: String(volume.sizeBytes),
      },
      status: {
        currentImage: '',
        currentSize: String(volume.sizeBytes),
        currentState: 'stopped',
        instanceManagerName: '',
        ownerID: '',
        rebuildStatus: null,
        replicaModeMap: null,
        started: false,
      },
    })),
});
