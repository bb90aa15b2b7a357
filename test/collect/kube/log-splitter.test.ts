import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogSplitter } from '../../../src/collect/kube/log-splitter.ts';
import { compareStamps, readStamp } from '../../../src/collect/kube/log-stamp.ts';

const split = (chunks: readonly Buffer[], limit: number) => {
  const splitter = createLogSplitter(limit);
  return [...chunks.flatMap(splitter.push), ...splitter.end()];
};

test('lines are the same however they come in pieces, empty ones among them', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc
          .string({ unit: 'grapheme', maxLength: 30 })
          .map((text) => text.replaceAll(/[\r\n]/gu, '')),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
      (lines, sizes) => {
        const whole = Buffer.from(`${lines.join('\n')}\n`);
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(whole.subarray(at, at + size));
          at += size;
        }
        expect(split(chunks, 1000).map(({ text }) => text)).toEqual(lines);
      },
    ),
  );
});

test('of a line that is too long its start is kept, and how much is missing is told', () => {
  const long = Buffer.from(`${'a'.repeat(25)}\nb\n`);
  const chunks = Array.from({ length: Math.ceil(long.length / 4) }, (_, index) =>
    long.subarray(index * 4, index * 4 + 4),
  );
  for (const pieces of [[long], chunks])
    expect(split(pieces, 10)).toEqual([
      { text: 'a'.repeat(10), cutBytes: 15 },
      { text: 'b', cutBytes: 0 },
    ]);
});

test('a carriage return at the end goes, and a last line without an end is given at the end', () => {
  expect(split([Buffer.from('one\r\ntwo')], 100).map(({ text }) => text)).toEqual(['one', 'two']);
});

test.for([
  ['2026-09-01T12:00:00.123456789Z hello', 123, 456_789, 'hello'],
  ['2026-09-01T12:00:00Z hello there', 0, 0, 'hello there'],
  ['2026-09-01T14:00:00.5+02:00 ', 500, 0, ''],
] as const)('the kubelet puts the time before a line: %s', ([line, ms, nanos, rest]) => {
  const { stamp, text } = readStamp(line);
  expect([stamp?.at, stamp?.nanos, text]).toEqual([Date.UTC(2026, 8, 1, 12) + ms, nanos, rest]);
  expect(stamp?.text).toBe(line.split(' ')[0]);
});

test('a line without a time stays as it is', () => {
  for (const line of ['', 'hello', '2026-09-01 12:00:00 hello', '2026-99-99T12:00:00Z x'])
    expect(readStamp(line)).toEqual({ stamp: null, text: line });
});

test('times are told apart to the nanosecond', () => {
  const [a, b] = ['2026-09-01T12:00:00.000000001Z', '2026-09-01T12:00:00.000000002Z'].map(
    (text) => readStamp(text).stamp,
  );
  expect(a && b && compareStamps(a, b)).toBeLessThan(0);
});
