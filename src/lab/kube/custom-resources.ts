import { record } from './admission.ts';
import { ageColumn, nameColumn, resourceOf, type Kind } from './kinds/kind.ts';
import type { KubeObject } from './object.ts';
import type { Store } from './store.ts';
import { rfc3339 } from './time.ts';
import type { Timers } from './timers.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const WRITER = { manager: 'kube-apiserver', subresource: 'status' };

/**
 * Serves what a CustomResourceDefinition defines a moment after it was created, and no longer when it is deleted: its
 * objects go with it, and their watches end.
 */
export function followDefinitions(
  store: Store,
  { timers, clock }: { readonly timers: Timers; readonly clock: () => number },
): void {
  store.subscribe(DEFINITIONS, ({ type, object }) => {
    // Its listeners must not write, nor change what is served, while the store does.
    const definition = typeof object === 'function' ? object() : object;
    const { name } = definition.metadata;
    timers.soon(`definition ${name} ${type}`, () => {
      const present = store.get(DEFINITIONS, undefined, name);
      if (present) establish(store, present, clock());
      else if (store.kinds.some((kind) => resourceOf(kind) === name)) withdraw(store, name);
    });
  });
}

function withdraw(store: Store, resource: string): void {
  for (const { metadata } of store.list(resource))
    store.remove(resource, metadata.namespace, metadata.name);
  store.unserve(resource);
}

function establish(store: Store, definition: KubeObject, nowMs: number): void {
  const kind = kindOf(definition);
  if (!kind) return;
  if (!store.kinds.some((known) => resourceOf(known) === resourceOf(kind))) store.serve(kind);
  const { name } = definition.metadata;
  if (listAt(record(definition['status'])['conditions']).length > 0) return;
  const condition = (type: string, reason: string, message: string): object => ({
    type,
    status: 'True',
    lastTransitionTime: rfc3339(nowMs),
    reason,
    message,
  });
  store.modify(
    DEFINITIONS,
    undefined,
    name,
    (object) => ({
      ...object,
      status: {
        conditions: [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ],
        acceptedNames: record(object['spec'])['names'],
        storedVersions: [kind.version],
      },
    }),
    WRITER,
  );
}

/** The kind in its first version that is served; undefined for a definition that serves none. */
function kindOf(definition: KubeObject): Kind | undefined {
  const spec = record(definition['spec']);
  const names = record(spec['names']);
  const version = listAt(spec['versions'])
    .map(record)
    .find(({ served }) => served === true);
  const [group, plural, kind] = [spec['group'], names['plural'], names['kind']].map(textAt);
  if (!version || !group || !plural || !kind) return undefined;
  return {
    group,
    plural,
    kind,
    version: textAt(version['name']),
    singular: textAt(names['singular']) || kind.toLowerCase(),
    shortNames: listAt(names['shortNames']).map(textAt),
    namespaced: spec['scope'] === 'Namespaced',
    custom: true,
    generation: true,
    subresources: record(version['subresources'])['status'] === undefined ? [] : ['status'],
    columns: [nameColumn, ageColumn],
    fields: {},
    seed: () => [],
  };
}

const listAt = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textAt = (value: unknown): string => (typeof value === 'string' ? value : '');
