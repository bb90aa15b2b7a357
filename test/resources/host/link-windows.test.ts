import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RisingErrors, Silence } from '../../../src/domain/host.ts';
import { nextErrors, nextSilence } from '../../../src/resources/host/link-windows.ts';
import { linkCounters } from '../../derive/inventory.ts';

/** What is told after each of the frames, five seconds apart, with those sums of errors. */
function errorsOver(...sums: readonly (number | null)[]): readonly (RisingErrors | null)[] {
  let known: RisingErrors | null = null;
  return sums.slice(1).map((sum, index) => {
    const at = (index + 1) * 5;
    const counters = (value: number | null | undefined) =>
      linkCounters({ rxErrors: value === null || value === undefined ? null : BigInt(value) });
    known = nextErrors(known, {
      before: counters(sums[index]),
      beforeAt: at - 5,
      now: counters(sum),
      nowAt: at,
    });
    return known;
  });
}
const counts = (...sums: readonly (number | null)[]) =>
  errorsOver(...sums).map((errors) => errors && [errors.count, errors.rises, errors.seconds]);

test('errors of the last minute are counted, and the frames in which there were any', () => {
  expect(counts(7, 7, 9, 9, 12)).toEqual([
    [0, 0, 5],
    [2, 1, 10],
    [2, 1, 15],
    [5, 2, 20],
  ]);
});

test('what is older than a minute is forgotten', () => {
  const quiet = Array.from({ length: 12 }, () => 9);
  expect(counts(7, 9, ...quiet).at(-1)).toEqual([0, 0, 60]);
  expect(counts(7, 9, ...quiet.slice(1)).at(-1)).toEqual([2, 1, 60]);
});

test('a counter that fell begins anew, one that is not known tells nothing', () => {
  expect(counts(7, 9, 1, 2)).toEqual([
    [2, 1, 5],
    [0, 0, 0],
    [1, 1, 5],
  ]);
  expect(counts(null, 9, 9)).toEqual([null, [0, 0, 5]]);
  expect(counts(9, null)).toEqual([null]);
});

test('errors of both directions count together, also where one is not known', () => {
  const before = linkCounters({ txErrors: 3n });
  const now = linkCounters({ rxErrors: 1n, txErrors: 5n });
  expect(nextErrors(null, { before, beforeAt: 0, now, nowAt: 5 })).toMatchObject({ count: 3 });
});

test('whatever the counters do, no more than thirteen marks are kept and no count is negative', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 60 }), (sums) => {
      for (const errors of errorsOver(...sums)) {
        expect(errors?.count).toBeGreaterThanOrEqual(0);
        expect(errors?.seconds).toBeLessThanOrEqual(60);
        expect(errors?.marks.length).toBeLessThanOrEqual(13);
      }
    }),
  );
});

/** The same for packets in and out. */
function silenceOver(
  ...packets: readonly (readonly [rx: number, tx: number])[]
): readonly (Silence | null)[] {
  let known: Silence | null = null;
  return packets.slice(1).map(([rx, tx], index) => {
    const [rxBefore, txBefore] = packets[index] ?? [0, 0];
    const at = (index + 1) * 5;
    known = nextSilence(known, {
      before: linkCounters({ rxPackets: BigInt(rxBefore), txPackets: BigInt(txBefore) }),
      beforeAt: at - 5,
      now: linkCounters({ rxPackets: BigInt(rx), txPackets: BigInt(tx) }),
      nowAt: at,
    });
    return known;
  });
}

test('silence lasts while nothing comes in, and counts what goes out', () => {
  const told = silenceOver([4, 10], [5, 11], [5, 13], [5, 13], [5, 18], [6, 19]);
  expect(told.map((silence) => [silence?.seconds, silence?.sent])).toEqual([
    [0, 0],
    [5, 2],
    [10, 2],
    [15, 7],
    [0, 0],
  ]);
});

test('silence begins with the first frame that is known, and anew when a counter fell', () => {
  expect(silenceOver([5, 10], [5, 12])[0]).toMatchObject({ seconds: 5, sent: 2 });
  expect(silenceOver([5, 10], [5, 12], [5, 1])[1]).toMatchObject({ seconds: 0, sent: 0 });
  const unknown = linkCounters();
  expect(nextSilence(null, { before: unknown, beforeAt: 0, now: unknown, nowAt: 5 })).toBeNull();
});

test('links of a frame without errors and silence have what is told of them in common', () => {
  const frame = (errors: bigint) => {
    const before = linkCounters({ rxErrors: errors, rxPackets: 1n, txPackets: 1n });
    return { before, beforeAt: 0, now: { ...before, rxPackets: 2n + errors }, nowAt: 5 };
  };
  const [first, alike, other] = [frame(7n), frame(7n), frame(8n)].map((each) => ({
    errors: nextErrors(null, each),
    silence: nextSilence(null, each),
  }));
  expect(alike?.errors).toBe(first?.errors);
  expect(other?.errors).not.toBe(first?.errors);
  expect(alike?.silence).toBe(first?.silence);
  expect(other?.silence).toBe(first?.silence);
});
