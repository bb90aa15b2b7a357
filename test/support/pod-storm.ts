import fc from 'fast-check';
import { createKindTable } from '../../src/collect/kube/kind-table.ts';
import type { KubeTable, Pod } from '../../src/domain/kube.ts';
import { pod } from './inventory.ts';

/** What may happen to a table of pods before it is looked at again. */
export type PodEvent =
  | { readonly kind: 'put'; readonly pod: Pod }
  | { readonly kind: 'remove'; readonly pod: Pod }
  | { readonly kind: 'relist'; readonly pods: readonly Pod[] };

const anyPod: fc.Arbitrary<Pod> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'web1', 'web2', 'web10'),
    namespace: fc.constantFrom('default', 'infra'),
    phase: fc.constantFrom('Running', 'Running', 'Succeeded', 'Pending'),
    status: fc.constantFrom('Running', 'CrashLoopBackOff', 'Completed'),
    node: fc.constantFrom('worker1', 'worker2', null),
    readyContainers: fc.nat(1),
    restarts: fc.nat(4),
  })
  .map(({ name, ...change }) => pod(name, change));

export const podEvents: fc.Arbitrary<readonly PodEvent[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), pod: anyPod }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), pod: anyPod }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('relist' as const),
        pods: fc.array(anyPod, { maxLength: 12 }),
      }),
    },
  ),
  { maxLength: 12 },
);

export const podKey = ({ namespace, name }: Pod): string => `${namespace}/${name}`;

/** A table of pods as a watch keeps it. */
export function podTable(first: readonly Pod[] = []): {
  readonly happen: (events: readonly PodEvent[]) => KubeTable<Pod>;
  readonly publish: () => KubeTable<Pod>;
} {
  const table = createKindTable<Pod>();
  const relist = (pods: readonly Pod[]): void => {
    table.begin();
    for (const each of pods) table.add(podKey(each), each);
    table.replace();
  };
  const publish = (): KubeTable<Pod> => table.publish() ?? { revision: 0, byKey: new Map() };
  relist(first);
  publish();
  return {
    publish,
    happen: (events) => {
      for (const event of events)
        if (event.kind === 'put') table.put(podKey(event.pod), event.pod);
        else if (event.kind === 'remove') table.remove(podKey(event.pod));
        else relist(event.pods);
      return publish();
    },
  };
}
