import { expect, test } from 'vitest';
import { readOwner } from '../../src/parse/object-meta.ts';

test.for([
  [
    [
      { kind: 'A', name: 'x' },
      { kind: 'B', name: 'y', controller: true },
    ],
    'B/y',
  ],
  [[{ kind: 'A', name: 'x', controller: false }], null],
  [[{ kind: 'A', controller: true }], null],
  ['none', null],
] as const)('the owner among %j', ([ownerReferences, owner]) => {
  expect(readOwner({ metadata: { ownerReferences } })).toBe(owner);
});
