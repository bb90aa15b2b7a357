import type { LinkCounters, LinkRates, RisingErrors, Silence } from '../../domain/host.ts';

/** What one frame alone tells. */
export const NO_LINK_RATES: LinkRates = {
  rxBytesPerSecond: null,
  txBytesPerSecond: null,
  txBytesPerSecondBefore: null,
  errors: null,
  silence: null,
};

/** Seconds that errors are looked back at. */
const WINDOW_SECONDS = 60;

/** Two frames of one link; times are seconds since boot. */
export type LinkFrames = {
  readonly before: LinkCounters;
  readonly beforeAt: number;
  readonly now: LinkCounters;
  readonly nowAt: number;
};

/**
 * The errors of a link in the last minute. `known` is what the frame before told. null while its counters are not
 * known; a counter that fell was made anew, and begins anew.
 */
export function nextErrors(
  known: RisingErrors | null,
  { before, beforeAt, now, nowAt }: LinkFrames,
): RisingErrors | null {
  const total = sum(now.rxErrors, now.txErrors);
  const totalBefore = sum(before.rxErrors, before.txErrors);
  if (total === null || totalBefore === null) return null;
  const marks = known?.marks ?? [{ at: beforeAt, total: totalBefore }];
  const last = marks.at(-1)?.total ?? totalBefore;
  if (total < last) return errorsOf([{ at: nowAt, total }], total, nowAt);
  return errorsOf(total > last ? [...marks, { at: nowAt, total }] : marks, total, nowAt);
}

/** The last one of a link without errors: those of a host that are well have theirs in common. */
let quiet: RisingErrors | undefined;

function errorsOf(marks: RisingErrors['marks'], total: bigint, nowAt: number): RisingErrors {
  const start = nowAt - WINDOW_SECONDS;
  const begin = Math.max(
    0,
    marks.findLastIndex(({ at }) => at <= start),
  );
  const kept = begin === 0 ? marks : marks.slice(begin);
  const first = kept[0] ?? { at: nowAt, total };
  const seconds = Math.min(WINDOW_SECONDS, nowAt - first.at);
  const rises = Math.max(0, kept.length - 1);
  if (rises === 0 && quiet?.seconds === seconds) {
    const same = quiet.marks[0];
    if (same?.at === first.at && same.total === first.total) return quiet;
  }
  const errors = { seconds, count: Number(total - first.total), rises, marks: kept };
  if (rises === 0) quiet = errors;
  return errors;
}

/** Of a link that has received packets since the frame before. */
const HEARD: Silence = { seconds: 0, sent: 0, since: 0, sentBefore: 0n };

/** How long a link has received no packet, and what it sent meanwhile; null while its counters are not known. */
export function nextSilence(
  known: Silence | null,
  { before, beforeAt, now, nowAt }: LinkFrames,
): Silence | null {
  const { rxPackets, txPackets } = now;
  if (rxPackets === null || txPackets === null) return null;
  if (before.rxPackets === null || before.txPackets === null) return null;
  const isSilent = rxPackets === before.rxPackets && txPackets >= before.txPackets;
  if (!isSilent) return HEARD;
  const { since, sentBefore } =
    known === null || known.seconds === 0
      ? { since: beforeAt, sentBefore: before.txPackets }
      : known;
  return { seconds: nowAt - since, sent: Number(txPackets - sentBefore), since, sentBefore };
}

const sum = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null && b === null ? null : (a ?? 0n) + (b ?? 0n);
