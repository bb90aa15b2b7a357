import { invalid } from './api-error.ts';
import { isJsonObject, type Draft, type JsonObject } from './object.ts';

/** What a kind's `admit` may say: the object with its defaults, or an error for a field that is missing. */
export type Admit = (draft: Draft) => Draft;

/** A field of an object as a record; empty when it is none. */
export function record(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** @throws {ApiError} 422 that names the field. */
export function required(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  field: string,
): never {
  throw invalid(kind, name, [{ reason: 'FieldValueRequired', field, message: 'Required value' }]);
}

/** A name as a DNS subdomain: RFC 1123. */
const DNS_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/u;

/** @throws {ApiError} 422 when the name is none that objects may have. */
export function checkName(
  kind: { readonly group: string; readonly kind: string },
  name: string,
): void {
  if (name === '') required(kind, name, 'metadata.name');
  if (DNS_NAME.test(name)) return;
  throw invalid(kind, name, [
    {
      reason: 'FieldValueInvalid',
      field: 'metadata.name',
      message: `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
    },
  ]);
}

/** The containers of a pod spec. @throws {ApiError} 422 when there are none, or one without name or image. */
export function checkContainers(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  spec: JsonObject,
  path: string,
): void {
  const { containers } = spec;
  if (!Array.isArray(containers) || containers.length === 0)
    required(kind, name, `${path}.containers`);
  for (const [index, container] of (containers as readonly unknown[]).entries()) {
    for (const field of ['name', 'image']) {
      if (typeof record(container)[field] !== 'string')
        required(kind, name, `${path}.containers[${index}].${field}`);
    }
  }
}

/** A pod template with the metadata that controllers read. */
export const templateWithLabels = (template: JsonObject): JsonObject => ({
  ...template,
  metadata: {
    ...record(template['metadata']),
    labels: record(record(template['metadata'])['labels']),
  },
});

/** Defaults and checks of Deployments, ReplicaSets, DaemonSets and StatefulSets. */
export function admitWorkload(kind: { readonly group: string; readonly kind: string }): Admit {
  return (draft) => {
    const { name } = draft.metadata;
    const spec = record(draft['spec']);
    const template = record(spec['template']);
    if (!isJsonObject(record(spec['selector'])['matchLabels']))
      required(kind, name, 'spec.selector');
    checkContainers(kind, name, record(template['spec']), 'spec.template.spec');
    const replicas = kind.kind === 'DaemonSet' ? {} : { replicas: spec['replicas'] ?? 1 };
    return {
      ...draft,
      spec: { ...spec, ...replicas, template: templateWithLabels(template) },
      status: record(draft['status']),
    };
  };
}
