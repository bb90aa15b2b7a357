import { lastKnown } from '../domain/feed.ts';
import type { ClusterInventory } from '../domain/inventory.ts';
import type { KubeTable } from '../domain/kube.ts';
import type { ObjectCount } from '../domain/objects.ts';
import { resourceRef } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { PutSample } from './sample.ts';

/** Samples what there is of a cluster: the objects of each resource. */
export function sampleCluster(name: string, objects: KubeTable<ObjectCount>, put: PutSample): void {
  for (const { name: resource, count, trouble } of objects.byKey.values())
    put(resourceRef(name, resource), 'count', trouble === null ? count : null);
}

/** The things of a cluster that there are samples of. */
export function* clusterRefs({ name, feeds }: ClusterInventory): Generator<Ref> {
  for (const resource of lastKnown(feeds.objects)?.value.byKey.keys() ?? [])
    yield resourceRef(name, resource);
}
