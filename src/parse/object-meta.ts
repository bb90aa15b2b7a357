import { isTrueAt, listAt, textAt } from './json-fields.ts';

/** Kind/name of the owner that controls an object. */
export function readOwner(object: unknown): string | null {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((reference) =>
    isTrueAt(reference, 'controller'),
  );
  const kind = textAt(owner, 'kind');
  const name = textAt(owner, 'name');
  return kind === null || name === null ? null : `${kind}/${name}`;
}
