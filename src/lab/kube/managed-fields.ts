import { isJsonObject, type Fields, type JsonObject, type ManagedFields } from './object.ts';
import { rfc3339 } from './time.ts';

/** Who wrote: a manager, and the subresource through which it wrote. */
export type Writer = { readonly manager: string; readonly subresource?: string };

const LEAF: Fields = {};

/**
 * Sets of fields that were seen before, by their text. Ten thousand pods have a handful of shapes; without sharing,
 * managedFields would be the larger half of the store.
 */
const shared = new Map<string, Fields>();

/**
 * The `FieldsV1` set of the given part of an object. Lists of objects with a key (`type`, `name`) are written
 * as `k:{"name":"x"}`, other lists as one field, as the structured-merge-diff schemas of the built-in kinds do.
 */
export function fieldsOf(part: JsonObject): Fields {
  const fields = collect(part);
  const text = JSON.stringify(fields);
  const known = shared.get(text);
  if (known) return known;
  shared.set(text, fields);
  return fields;
}

function collect(part: JsonObject): Fields {
  const fields: Record<string, Fields> = {};
  for (const [name, value] of Object.entries(part)) {
    if (isJsonObject(value) && Object.keys(value).length > 0)
      fields[`f:${name}`] = { '.': LEAF, ...collect(value) };
    else if (Array.isArray(value)) fields[`f:${name}`] = collectList(value);
    else fields[`f:${name}`] = LEAF;
  }
  return fields;
}

function collectList(list: readonly unknown[]): Fields {
  const fields: Record<string, Fields> = {};
  for (const element of list) {
    if (!isJsonObject(element)) return LEAF;
    const key = ['name', 'type', 'ip', 'uid', 'containerPort'].find(
      (candidate) => candidate in element,
    );
    if (key === undefined) return LEAF;
    fields[`k:${JSON.stringify({ [key]: element[key] })}`] = { '.': LEAF, ...collect(element) };
  }
  return fields;
}

/** The parts of an object that a writer owns: `status` through the status subresource, else the rest. */
function ownedPart(object: JsonObject, writer: Writer): JsonObject {
  if (writer.subresource) return isJsonObject(object['status']) ? { status: object['status'] } : {};
  const { apiVersion: _apiVersion, kind: _kind, metadata, status: _status, ...rest } = object;
  const { labels, annotations, ownerReferences } = isJsonObject(metadata) ? metadata : {};
  return {
    metadata: {
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    ...rest,
  };
}

/** The managedFields after a write: the writer's entry gets the time and, when it is new, its fields. */
export function written(
  object: JsonObject & { readonly apiVersion: string },
  entries: readonly ManagedFields[],
  writer: Writer,
  nowMs: number,
): readonly ManagedFields[] {
  const time = rfc3339(nowMs);
  const mine = (entry: ManagedFields): boolean =>
    entry.manager === writer.manager && entry.subresource === writer.subresource;
  if (entries.some(mine)) return entries.map((entry) => (mine(entry) ? { ...entry, time } : entry));
  return [
    ...entries,
    {
      manager: writer.manager,
      operation: 'Update',
      apiVersion: object.apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: fieldsOf(ownedPart(object, writer)),
      ...(writer.subresource && { subresource: writer.subresource }),
    },
  ];
}
