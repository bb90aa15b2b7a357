import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../../../src/collect/kube/line-splitter.ts';
import type { LineSplitter } from '../../../src/collect/kube/line-splitter.ts';

const lines = (splitter: LineSplitter, chunk: Buffer): readonly string[] =>
  Array.from(splitter.push(chunk), (line) => line.toString('utf8'));

const split = (chunks: readonly Buffer[]): readonly string[] => {
  const splitter = createLineSplitter(1000);
  return chunks.flatMap((chunk) => lines(splitter, chunk));
};

test('gives the same lines however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 20 })),
      fc.array(fc.nat({ max: 400 })),
      (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b)];
        const chunks = edges.map((edge, index) =>
          bytes.subarray(edge, edges[index + 1] ?? bytes.length),
        );
        expect(split(chunks)).toEqual(
          texts.flatMap((text) => text.split('\n')).filter((text) => text !== ''),
        );
      },
    ),
  );
});

test('tells what is left of a line', () => {
  const splitter = createLineSplitter(1000);
  lines(splitter, Buffer.from('whole\nha'));
  lines(splitter, Buffer.from('lf'));
  expect(splitter.rest()).toBe(4);
  expect(lines(splitter, Buffer.from('\n'))).toEqual(['half']);
  expect(splitter.rest()).toBe(0);
});

test('keeps a copy of the rest, not the chunk', () => {
  const splitter = createLineSplitter(1000);
  const chunk = Buffer.from('abc');
  lines(splitter, chunk);
  chunk.fill('x');
  expect(lines(splitter, Buffer.from('\n'))).toEqual(['abc']);
});

test.for([
  ['in one chunk', [`${'x'.repeat(1001)}\n`]],
  ['over chunks', ['x'.repeat(600), 'x'.repeat(600)]],
] as const)('refuses a line over the limit %s', ([, chunks]) => {
  expect(() => split(chunks.map((chunk) => Buffer.from(chunk)))).toThrow(RangeError);
});
