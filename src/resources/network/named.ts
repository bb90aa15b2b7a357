import type { EpochMs } from '../../domain/time.ts';
import { textAt, timeAt } from '../../parse/json-fields.ts';

/** What is kept of the metadata of each object. */
export type Named = {
  readonly name: string;
  readonly uid: string;
  readonly createdAt: EpochMs | null;
};

/** The name of an object that lies in no namespace; undefined without one. */
export function readNamed(object: unknown): Named | undefined {
  const name = textAt(object, 'metadata', 'name');
  return name === null
    ? undefined
    : {
        name,
        uid: textAt(object, 'metadata', 'uid') ?? '',
        createdAt: timeAt(object, 'metadata', 'creationTimestamp'),
      };
}

/** The same of an object in a namespace. */
export function readNamespaced(
  object: unknown,
): (Named & { readonly namespace: string }) | undefined {
  const named = readNamed(object);
  const namespace = textAt(object, 'metadata', 'namespace');
  return named === undefined || namespace === null ? undefined : { namespace, ...named };
}
