import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createListSplitter } from '../../../src/collect/kube/list-splitter.ts';

type List = { readonly items: readonly unknown[]; readonly rest: unknown };

/** The chunks read as a list; undefined for what is no JSON object. */
function split(chunks: readonly Buffer[], limit = 100_000): List | undefined {
  const splitter = createListSplitter(limit);
  const items: unknown[] = [];
  try {
    for (const chunk of chunks)
      for (const json of splitter.push(chunk)) items.push(JSON.parse(json.toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const rest = splitter.end();
  return rest === undefined ? undefined : { items, rest };
}

/** The same by JSON.parse. */
function parsed(text: string): List | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { items } = value as { readonly items?: unknown };
  return Array.isArray(items)
    ? { items, rest: { ...value, items: [] } }
    : { items: [], rest: value };
}

const one = (text: string): List | undefined => split([Buffer.from(text)]);
const byByte = (text: string): List | undefined =>
  split(Array.from(Buffer.from(text), (byte) => Buffer.from([byte])));

/** The bytes cut at these places. */
function cutAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const edges = [
    0,
    ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return edges.slice(1).map((edge, index) => Buffer.from(bytes.subarray(edges[index], edge)));
}

/** JSON with this between any two of its tokens. */
function write(value: unknown, space: string): string {
  if (typeof value !== 'object' || value === null)
    return `${space}${JSON.stringify(value)}${space}`;
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((entry) => write(entry, space))]
    : [
        '{',
        '}',
        Object.entries(value).map(
          ([key, entry]) => `${space}${JSON.stringify(key)}${space}:${write(entry, space)}`,
        ),
      ];
  return `${space}${open}${parts.length === 0 ? space : parts.join(',')}${close}${space}`;
}

const key = fc.constantFrom('items', 'metadata', 'kind', '', 'ä"}', '[\\', '日本');
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('items', '"items":[', '\\', '\\"', '\\\\', ']}', '},{', '\u0000\n', '😀'),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.constantFrom(null, true, false, 0, -1.5e-7, 12),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}));
/** Its keys in any order, `items` a list mostly. */
const list = fc
  .uniqueArray(
    fc.oneof(fc.tuple(fc.constant('items'), fc.array(tree, { maxLength: 6 })), fc.tuple(key, tree)),
    { selector: ([name]) => name, maxLength: 5 },
  )
  .map((entries) => Object.fromEntries(entries));
const space = fc.constantFrom('', '', ' ', '\n\t', '\r\n  ');
const cuts = fc.array(fc.nat(), { maxLength: 30 });

test('reads what JSON.parse reads, however the bytes are cut', () => {
  fc.assert(
    fc.property(list, space, cuts, (value, between, edges) => {
      const json = write(value, between);
      const expected = parsed(json);
      expect(expected).toBeDefined();
      expect(split(cutAt(Buffer.from(json), edges))).toEqual(expected);
      expect(byByte(json)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('takes for JSON exactly what JSON.parse does', () => {
  const harm = fc.record({
    at: fc.nat(),
    removed: fc.nat({ max: 2 }),
    added: fc.constantFrom('', ',', ':', '"', '\\', '{', '}', '[', ']', ' ', '1', 'null', '\u00E9'),
  });
  fc.assert(
    fc.property(list, space, fc.array(harm, { minLength: 1, maxLength: 2 }), cuts, (...args) => {
      const [value, between, harms, edges] = args;
      let json = write(value, between);
      for (const { at, removed, added } of harms) {
        const from = at % (json.length + 1);
        json = json.slice(0, from) + added + json.slice(from + removed);
      }
      const bytes = Buffer.from(json);
      expect(split(cutAt(bytes, edges))).toEqual(parsed(bytes.toString('utf8')));
    }),
    { numRuns: 3000 },
  );
});

test('no bytes throw anything but what is told, and each beginning of a list is no list', () => {
  const json = write({ kind: 'List', items: [{ a: ['ü'] }, 1], metadata: { continue: '' } }, ' ');
  const bytes = Buffer.from(json.trim());
  for (let length = 0; length < bytes.length; length += 1)
    expect(split([bytes.subarray(0, length)])).toBeUndefined();
  expect(split([bytes])).toBeDefined();
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }), (pieces) => {
      expect(split(pieces.map((piece) => Buffer.from(piece)))).toEqual(
        parsed(Buffer.concat(pieces).toString('utf8')),
      );
    }),
  );
});

test.for([
  ['null', '{"items":null,"kind":"List"}', { items: [], rest: { items: null, kind: 'List' } }],
  ['absent', '{"kind":"Status"}', { items: [], rest: { kind: 'Status' } }],
  ['an object', '{"items":{"items":[1]}}', { items: [], rest: { items: { items: [1] } } }],
  ['only a value', '{"a":"items","b":[1]}', { items: [], rest: { a: 'items', b: [1] } }],
  ['only within', '{"a":{"items":[1]}}', { items: [], rest: { a: { items: [1] } } }],
  ['written with an escape', String.raw`{"\u0069tems":[1]}`, { items: [1], rest: { items: [] } }],
  ['empty', '{"items":[ ]}', { items: [], rest: { items: [] } }],
  ['there twice', '{"items":[1],"items":[2]}', undefined],
  ['there twice, null at first', '{"items":null,"items":[2]}', undefined],
  ['followed by another object', '{"items":[1]}{}', undefined],
  ['in a list', '[{"items":[1]}]', undefined],
  ['nowhere', '', undefined],
] as const)('items that are %s', ([, json, expected]) => {
  expect(one(json)).toEqual(expected);
  expect(byByte(json)).toEqual(expected);
});

test('an element is given with the chunk that completes it, without a copy where it lies within', () => {
  const splitter = createListSplitter(1000);
  const seen = (part: string): readonly (readonly [json: string, isCopy: boolean])[] => {
    const chunk = Buffer.from(part);
    return Array.from(splitter.push(chunk), (json) => [
      json.toString('utf8'),
      json.buffer !== chunk.buffer,
    ]);
  };
  const allIn = ([json]: readonly [string, boolean]) => json;
  expect(seen('{"metadata":{},"items":[{"a":1},{"b"')).toEqual([['{"a":1}', false]]);
  expect(seen(':"}')).toEqual([]);
  expect(seen('"},3').map(allIn)).toEqual(['{"b":"}"}']);
  expect(seen(',[],').map(allIn)).toEqual(['3', '[]']);
});

test('what is not complete is kept as a copy, not with its chunk', () => {
  const splitter = createListSplitter(1000);
  for (const part of ['{"kind":"Li', 'st","it', 'ems":[{"a":"b', 'c"}]}']) {
    const chunk = Buffer.from(part);
    for (const json of splitter.push(chunk)) expect(json.toString('utf8')).toBe('{"a":"bc"}');
    chunk.fill('x');
  }
  expect(splitter.end()).toEqual({ kind: 'List', items: [] });
});

test.for([
  ['an object in one chunk', ['{"items":["', 'x'.repeat(1001), '"]}'], 'an object of a list'],
  [
    'an object over chunks',
    ['{"items":["', 'x'.repeat(600), 'x'.repeat(600)],
    'an object of a list',
  ],
  ['a key', ['{"', 'x'.repeat(600), 'x'.repeat(600)], 'a key of a list'],
  ['the rest', ['{"a":"', 'x'.repeat(600), 'x'.repeat(600)], 'what is around'],
] as const)('refuses %s over the limit', ([, parts, what]) => {
  const chunks = parts.map((part) => Buffer.from(part));
  expect(() => split(chunks, 1000)).toThrow(RangeError);
  expect(() => split(chunks, 1000)).toThrow(what);
  expect(() => split([Buffer.concat(chunks)], 1000)).toThrow(RangeError);
});

test('many objects under the limit may together be more', () => {
  const chunk = Buffer.from(`"${'x'.repeat(500)}",`);
  const chunks = [Buffer.from('{"items":['), ...Array.from({ length: 100 }, () => chunk)];
  expect(split([...chunks, Buffer.from('1]}')], 1000)?.items).toHaveLength(101);
});
