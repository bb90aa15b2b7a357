import { LONGHORN_NAMESPACE, longhornVolumes, replicaBody } from './longhorn.ts';
import { fieldsOf } from './managed-fields.ts';
import type { KubeObject } from './object.ts';
import { createRandom } from './random.ts';
import type { Simulation } from './simulation.ts';

/** A controller that makes objects without end. */
export type Storm = {
  /**
   * longhorn-manager makes replicas of one volume, so many in a second, until there are so many. Returns what ends it;
   * the replicas stay.
   */
  readonly startReplicaStorm: (perSecond: number, upTo: number) => () => void;
};

const RESOURCE = 'replicas.longhorn.io';
const TICK_MS = 250;
/** Between the numbers in the names of two replicas: 200,000 of them fit into eight hexadecimal digits. */
const STEP = 20_000;

/** See {@link Storm}. Only what differs between the replicas is kept of each. */
export function createStorm({ model, store, timers }: Simulation): Storm {
  const [volume] = longhornVolumes(model);
  const random = createRandom(model.seed);
  let number = 0;
  let owner: { readonly name: string; readonly uid: string } | undefined;

  function add(node: string): void {
    if (!volume) return;
    // Rising names go to the end of the list of keys, so that each costs the same.
    number += 1 + random.integer(STEP);
    const name = `${volume.name}-r-${number.toString(16).padStart(8, '0')}`;
    store.createLazy(RESOURCE, LONGHORN_NAMESPACE, name, (given): KubeObject => {
      const labels = {
        longhornnode: node,
        longhornvolume: volume.name,
        'longhorn.io/managed-by': 'longhorn-manager',
      };
      const body = replicaBody({ name, volume, node, state: 'stopped' });
      return {
        apiVersion: 'longhorn.io/v1beta2',
        kind: 'Replica',
        metadata: {
          ...given,
          name,
          namespace: LONGHORN_NAMESPACE,
          generation: 1,
          finalizers: ['longhorn.io'],
          labels,
          ...(owner && {
            ownerReferences: [{ apiVersion: 'longhorn.io/v1beta2', kind: 'Volume', ...owner }],
          }),
          managedFields: [
            {
              manager: 'longhorn-manager',
              operation: 'Update',
              apiVersion: 'longhorn.io/v1beta2',
              time: given.creationTimestamp,
              fieldsType: 'FieldsV1',
              fieldsV1: fieldsOf({ metadata: { labels }, ...body }),
            },
          ],
        },
        ...body,
      };
    });
  }

  return {
    startReplicaStorm: (perSecond, upTo) => {
      const nodes = model.nodes.filter(({ architecture }) => architecture === 'amd64');
      const known = volume && store.get('volumes.longhorn.io', LONGHORN_NAMESPACE, volume.name);
      owner = known && { name: known.metadata.name, uid: known.metadata.uid };
      let owed = 0;
      const stop = timers.every(TICK_MS, () => {
        owed += (perSecond * TICK_MS) / 1000;
        for (; owed >= 1; owed -= 1) {
          if (store.count(RESOURCE) >= upTo) return stop();
          add(nodes[number % nodes.length]?.name ?? '');
        }
      });
      return stop;
    },
  };
}
