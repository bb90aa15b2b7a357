import type { StorageClass } from '../../domain/storage.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { textAt } from '../../parse/json-fields.ts';

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

/** Where the volumes of claims come from. */
export const storageClassesWatch: ClusterWatch<'storageClasses'> = {
  feed: 'storageClasses',
  group: 'storage.k8s.io',
  versions: ['v1'],
  resource: 'storageclasses',
  namespaced: false,
  maxObjects: 1_000,
  shows: 'classes of storage',
  project: projectClass,
};

function projectClass(object: unknown): StorageClass | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === null) return undefined;
  return {
    name,
    provisioner: textAt(object, 'provisioner'),
    waitsForConsumer: textAt(object, 'volumeBindingMode') === 'WaitForFirstConsumer',
    isDefault: textAt(object, 'metadata', 'annotations', DEFAULT) === 'true',
    replicas: replicasOf(object),
  };
}

/** Parameters are texts; Mayastor and Longhorn each have their own name for this one. */
function replicasOf(object: unknown): number | null {
  const text =
    textAt(object, 'parameters', 'repl') ?? textAt(object, 'parameters', 'numberOfReplicas');
  return text !== null && /^[0-9]{1,3}$/.test(text) ? Number(text) : null;
}
