import { expect, test } from 'vitest';
import { jsonPatch, mergePatch } from '../../../src/lab/kube/patch.ts';

test.for([
  [{ a: 1, b: { c: 2 } }, { b: { c: null, d: 3 } }, { a: 1, b: { d: 3 } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: 'x' }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  [{ a: 1 }, { $patch: 'merge', b: 2 }, { a: 1, b: 2 }],
] as const)('merging %j with %j', ([target, patch, result]) => {
  const before = structuredClone(target);
  expect(mergePatch(target, patch)).toEqual(result);
  expect(target).toEqual(before);
});

test.for([
  [{ a: [1, 2] }, [{ op: 'add', path: '/a/-', value: 3 }], { a: [1, 2, 3] }],
  [{ a: [1, 2] }, [{ op: 'add', path: '/a/0', value: 0 }], { a: [0, 1, 2] }],
  [{ a: { 'x/y': 1 } }, [{ op: 'replace', path: '/a/x~1y', value: 2 }], { a: { 'x/y': 2 } }],
  [{ a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
  [{ a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
  [{ a: { c: 1 } }, [{ op: 'copy', from: '/a', path: '/b' }], { a: { c: 1 }, b: { c: 1 } }],
  [{ a: 1 }, [{ op: 'test', path: '/a', value: 1 }], { a: 1 }],
] as const)('JSON patch of %j with %j', ([target, operations, result]) => {
  const before = structuredClone(target);
  expect(jsonPatch(target, operations)).toEqual(result);
  expect(target).toEqual(before);
});

test.for([
  [{ op: 'remove', path: '/none' }, 'doc is missing path'],
  [{ op: 'replace', path: '/a/9', value: 1 }, 'invalid index'],
  [{ op: 'test', path: '/a', value: 1 }, 'testing value'],
  [{ op: 'turn', path: '/a' }, 'unexpected kind'],
  [{ op: 'add', path: 'a', value: 1 }, 'not a JSON pointer'],
] as const)('%j cannot be applied', ([operation, message]) => {
  expect(() => jsonPatch({ a: [1] }, [operation])).toThrow(message);
});
