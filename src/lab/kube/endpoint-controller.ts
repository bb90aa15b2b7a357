import { readEntry } from './collection.ts';
import { hasSameEndpoints, selects, sliceName, sliceOf, type Selecting } from './endpoints.ts';
import type { Pod } from './pod.ts';
import type { Simulation } from './simulation.ts';

const SLICES = 'endpointslices.discovery.k8s.io';
const WRITER = { manager: 'kube-controller-manager' };

/**
 * Keeps the EndpointSlice of each service with a selector: after a change of the service or of a pod that it selects.
 * `whenAlive` runs a task a moment later, if the controller manager lives then.
 */
export function startEndpointController(
  { store }: Pick<Simulation, 'store'>,
  whenAlive: (key: string, task: () => void) => void,
): () => void {
  const reconcile = (namespace: string, name: string): void => {
    const service: Selecting | undefined = store.get('services', namespace, name);
    if (!service) {
      store.remove(SLICES, namespace, sliceName({ metadata: { namespace, name } }));
      return;
    }
    if (Object.keys(service.spec?.selector ?? {}).length === 0) return;
    const next = sliceOf(service, store.list('pods', namespace) as readonly Pod[]);
    const present = store.get(SLICES, namespace, next.metadata.name);
    if (!present) store.create(SLICES, next, WRITER);
    else if (!hasSameEndpoints(present, next))
      store.modify(
        SLICES,
        namespace,
        next.metadata.name,
        (slice) => ({ ...slice, endpoints: next['endpoints'], ports: next['ports'] }),
        WRITER,
      );
  };
  const enqueue = ({ metadata: { namespace = '', name } }: Selecting): void =>
    whenAlive(`endpoints ${namespace}/${name}`, () => reconcile(namespace, name));

  store.subscribe('services', ({ object }) => enqueue(readEntry(object)));
  store.subscribe('pods', ({ object }) => {
    const pod = readEntry(object) as Pod;
    for (const service of store.list('services', pod.metadata.namespace))
      if (selects(service, pod)) enqueue(service);
  });
  return () => {
    for (const service of store.list('services')) enqueue(service);
  };
}
