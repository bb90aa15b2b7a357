import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutManagedFields } from '../../../src/collect/kube/managed-fields.ts';

const read = (text: string): unknown => JSON.parse(withoutManagedFields(Buffer.from(text)));

test('leaves the lists of managed fields out of an event and of each object of a list', () => {
  const fields = [
    {
      manager: 'kubelet',
      fieldsV1: {
        'f:status': { 'k:{"type":"Ready"}': { '.': {}, 'f:status': {} }, 'v:"a\\"]"': {} },
      },
    },
    { manager: 'kubectl', time: null },
  ];
  const pod = (name: string, managedFields: unknown) => ({
    metadata: { managedFields, name, labels: { app: 'grün ✓' } },
    status: { phase: 'Running' },
  });
  const event = (managedFields: unknown) => ({ type: 'ADDED', object: pod('a', managedFields) });
  expect(read(JSON.stringify(event(fields)))).toEqual(event([]));
  const list = (managedFields: unknown) => ({
    items: [pod('a', managedFields), pod('b', []), pod('c', managedFields)],
  });
  expect(read(JSON.stringify(list(fields)))).toEqual(list([]));
});

test('what only looks like the key stays', () => {
  const texts = [
    '"managedFields":[',
    '\\"managedFields":["',
    'managedFields',
    '"managedFields":[]',
  ];
  for (const text of texts) {
    const object = { metadata: { annotations: { [text]: text } }, managedFields: { a: 1 } };
    expect(read(JSON.stringify(object))).toEqual(object);
  }
});

test('JSON is the same but for these lists; what is no JSON does not become JSON', () => {
  const key = fc.constantFrom('managedFields', 'name', '"managedFields":[', '\\', ']}');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(null, true, 1.5),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree), fc.nat(), (value, cut) => {
      const text = JSON.stringify(value);
      expect(read(text)).toEqual(emptied(value));
      const part = text.slice(0, cut % text.length);
      expect(() => read(part)).toThrow(SyntaxError);
    }),
  );
});

/** The value with no element in any list under that key. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(emptied);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'managedFields' && Array.isArray(inner) ? [] : emptied(inner),
    ]),
  );
}
