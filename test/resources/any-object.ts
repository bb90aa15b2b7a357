import fc from 'fast-check';
import { expect } from 'vitest';

/** That a watch projects an object whatever its spec and status are, and none that has no metadata. */
export const projectsAnyObject = (
  { project }: { readonly project: (object: unknown) => unknown },
  metadata: { readonly name: string },
) =>
  fc.property(fc.jsonValue(), fc.jsonValue(), (spec, status) => {
    expect(project({ metadata, spec, status })).toMatchObject({ name: metadata.name });
    expect(project({ spec, status })).toBeUndefined();
  });
