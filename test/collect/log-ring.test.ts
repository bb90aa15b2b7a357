import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogRing } from '../../src/collect/log-ring.ts';
import type { LogLine } from '../../src/domain/log.ts';

const lineOf = (id: number, at: number | null, text = 'x', nanos = 0): LogLine => ({
  id,
  text,
  tone: 'plain',
  at,
  nanos,
  pod: 'web-1',
  container: 'web',
});
const ids = (lines: readonly LogLine[]): readonly number[] => lines.map(({ id }) => id);

/** What several containers wrote, each in the order of its times, as it comes in pieces. */
const batches = fc.array(
  fc
    .array(fc.record({ at: fc.integer({ min: 0, max: 50 }), text: fc.string({ maxLength: 40 }) }), {
      maxLength: 12,
    })
    .map((lines) => lines.toSorted((a, b) => a.at - b.at)),
  { maxLength: 30 },
);

test('whatever comes, it stays within its limits, in the order of the times, and counts what is dropped', () => {
  fc.assert(
    fc.property(
      batches,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 200, max: 6000 }),
      (all, lines, bytes) => {
        const ring = createLogRing({ lines, bytes });
        let id = 0;
        for (const batch of all) {
          ring.add(batch.map(({ at, text }) => lineOf((id += 1), at, text)));
          const kept = ring.lines();
          expect(kept.length).toBeLessThanOrEqual(lines);
          expect(kept.length === 1 || ring.bytes() <= bytes).toBe(true);
          expect(kept.length + ring.droppedLines()).toBe(id);
          const times = kept.map(({ at }) => at ?? Number.NaN);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
      },
    ),
  );
});

test('with room for all, it is what a stable sort by time gives', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const ring = createLogRing({ lines: 10_000, bytes: 10_000_000 });
      const came = all.map((batch, index) =>
        batch.map(({ at, text }, place) => lineOf(index * 100 + place, at, text)),
      );
      for (const batch of came) ring.add(batch);
      const sorted = came.flat().toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
      expect(ids(ring.lines())).toEqual(ids(sorted));
    }),
  );
});

test('nanoseconds tell the order within a millisecond', () => {
  const ring = createLogRing({ lines: 10, bytes: 10_000 });
  ring.add([lineOf(1, 5, 'a', 300)]);
  ring.add([lineOf(2, 5, 'b', 200), lineOf(3, 5, 'c', 400)]);
  expect(ids(ring.lines())).toEqual([2, 1, 3]);
});

test('a mark stays where it came: what was written before it does not pass it', () => {
  const ring = createLogRing({ lines: 10, bytes: 10_000 });
  ring.add([lineOf(1, 10)]);
  ring.add([lineOf(2, null)]);
  ring.add([lineOf(3, 5), lineOf(4, 20)]);
  expect(ids(ring.lines())).toEqual([1, 2, 3, 4]);
});

test('what was given out does not change, and a line larger than all room is kept alone', () => {
  const ring = createLogRing({ lines: 3, bytes: 500 });
  ring.add([lineOf(1, 1), lineOf(2, 2)]);
  const before = ring.lines();
  expect(ring.isFull()).toBe(false);
  ring.add([lineOf(3, 3, 'y'.repeat(2000))]);
  expect(ids(before)).toEqual([1, 2]);
  expect(ids(ring.lines())).toEqual([3]);
  expect(ring.isFull()).toBe(true);
});
