import type { StorageMeta } from '../../domain/storage.ts';
import type { EpochMs } from '../../domain/time.ts';
import { listAt, numberAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { parseQuantity } from '../../parse/quantities.ts';

/** What every object has; undefined for one without a name, or without a namespace where it should have one. */
export function readMeta(object: unknown, isNamespaced = true): StorageMeta | undefined {
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace') ?? '';
  if (name === null || (isNamespaced && namespace === '')) return undefined;
  return { namespace, name, createdAt: timeAt(object, 'metadata', 'creationTimestamp') };
}

/** The quantity under a path in bytes; null when there is none. */
export const bytesAt = (object: unknown, ...path: readonly string[]): number | null =>
  positive(parseQuantity(textAt(object, ...path) ?? ''));

/** A count of bytes as a number or, as Longhorn writes it, as text. */
export const sizeAt = (object: unknown, ...path: readonly string[]): number | null =>
  positive(numberAt(object, ...path) ?? parseQuantity(textAt(object, ...path) ?? ''));

const positive = (value: number | null): number | null =>
  value === null || value < 0 ? null : value;

/** `namespace/name` of what an object refers to. */
export function pathAt(
  object: unknown,
  [namespaceKey, nameKey]: readonly [string, string],
  ...path: readonly string[]
): string | null {
  const namespace = textAt(object, ...path, namespaceKey);
  const name = textAt(object, ...path, nameKey);
  return namespace === null || name === null ? null : `${namespace}/${name}`;
}

export type ConditionStatus = 'True' | 'False' | 'Unknown';
type Condition = {
  readonly status: ConditionStatus | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly since: EpochMs | null;
};

/** The condition of a type in a list of them. */
export function conditionAt(
  object: unknown,
  type: string,
  ...path: readonly string[]
): Condition | undefined {
  const found = listAt(object, ...path).find((each) => textAt(each, 'type') === type);
  if (found === undefined) return undefined;
  const status = textAt(found, 'status');
  return {
    status: status === 'True' || status === 'False' || status === 'Unknown' ? status : null,
    reason: textAt(found, 'reason'),
    message: textAt(found, 'message'),
    since: timeAt(found, 'lastTransitionTime'),
  };
}

/** The labels of an object with that prefix, without it, whose value is `enabled`. */
export function enabledLabels(object: unknown, prefix: string): readonly string[] {
  const labels = valueAt(object, 'metadata', 'labels');
  return typeof labels === 'object' && labels !== null
    ? Object.entries(labels as Record<string, unknown>).flatMap(([label, value]) =>
        label.startsWith(prefix) && value === 'enabled'
          ? (textAt({ label: label.slice(prefix.length) }, 'label') ?? [])
          : [],
      )
    : [];
}
