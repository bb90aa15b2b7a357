import { sanitize } from '../domain/text.ts';
import type { WorkloadCondition } from '../domain/workload.ts';
import { isTrueAt, keysAt, listAt, textAt, timeAt } from './json-fields.ts';

/** Kind/name of the owner that controls an object. */
export function readOwner(object: unknown): string | null {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((reference) =>
    isTrueAt(reference, 'controller'),
  );
  const kind = textAt(owner, 'kind');
  const name = textAt(owner, 'name');
  return kind === null || name === null ? null : `${kind}/${name}`;
}

/** The conditions under a path of keys, such as `status`, `conditions`; one without a type or a status is left out. */
export const readConditions = (
  object: unknown,
  ...path: readonly string[]
): readonly WorkloadCondition[] =>
  listAt(object, ...path).flatMap((condition) => {
    const type = textAt(condition, 'type');
    const status = textAt(condition, 'status');
    return type === null || status === null
      ? []
      : [
          {
            type,
            status,
            reason: textAt(condition, 'reason'),
            message: textAt(condition, 'message'),
            since: timeAt(condition, 'lastTransitionTime'),
          },
        ];
  });

/** Labels or a selector of labels under a path of keys, in the order of their names. */
export const readLabels = (
  object: unknown,
  ...path: readonly string[]
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    keysAt(object, ...path).map((key) => [sanitize(key), textAt(object, ...path, key) ?? '']),
  );
