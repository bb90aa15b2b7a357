import type { DiskCounters, DiskRates, NewDiskErrors } from '../../domain/disk.ts';
import { DISK_ERROR_MODULES, DISK_MODULES } from '../../parse/kstat-disks.ts';
import { KstatLayout } from './kstat-layout.ts';
import type { KstatValues } from './kstat-layout.ts';

/** The operands of kstat(8) for I/O and for the errors that are news as soon as they rise. */
export const DISK_OPERANDS = [
  `${DISK_MODULES}::/^[a-z]+[0-9]+$/:/^(nread|nwritten|reads|writes|rtime|rlentime)$/`,
  `${DISK_ERROR_MODULES}:::/^(Hard Errors|Transport Errors|Media Error)$/`,
] as const;

/** What is read of them. */
export const DISK_LAYOUT = new KstatLayout({
  disk: {
    nread: 'counter',
    nwritten: 'counter',
    reads: 'counter',
    writes: 'counter',
    rtime: 'decimal',
    rlentime: 'decimal',
    'Hard Errors': 'whole',
    'Transport Errors': 'whole',
    'Media Error': 'whole',
  },
} as const);

/** The sums of one disk. */
export const toDiskCounters = (values: KstatValues): DiskCounters => ({
  readBytes: DISK_LAYOUT.counter(values, 'disk:nread'),
  writtenBytes: DISK_LAYOUT.counter(values, 'disk:nwritten'),
  reads: DISK_LAYOUT.counter(values, 'disk:reads'),
  writes: DISK_LAYOUT.counter(values, 'disk:writes'),
  busySeconds: DISK_LAYOUT.number(values, 'disk:rtime'),
  serviceSeconds: DISK_LAYOUT.number(values, 'disk:rlentime'),
  hardErrors: DISK_LAYOUT.number(values, 'disk:Hard Errors'),
  transportErrors: DISK_LAYOUT.number(values, 'disk:Transport Errors'),
  mediaErrors: DISK_LAYOUT.number(values, 'disk:Media Error'),
});

/** What one frame alone tells: nothing has risen yet. */
export const firstDiskRates = (now: DiskCounters, atSeconds: number | null): DiskRates => ({
  readBytesPerSecond: null,
  writeBytesPerSecond: null,
  operationsPerSecond: null,
  serviceMs: null,
  busyPercent: null,
  newErrors:
    atSeconds === null || !hasErrorCounters(now)
      ? null
      : { hard: 0, transport: 0, media: 0, sinceSeconds: atSeconds, roseAtSeconds: null },
});

const hasErrorCounters = ({ hardErrors, transportErrors, mediaErrors }: DiskCounters): boolean =>
  hardErrors !== null || transportErrors !== null || mediaErrors !== null;

/** A disk's counters with what is known of them since the console looks. */
export type DiskFrame = { readonly counters: DiskCounters; readonly rates: DiskRates | undefined };

/**
 * The rates between two frames that are `seconds` apart. A counter that fell was made anew, for another disk in the
 * same place: nothing is known then, and its errors are counted from there.
 */
export function diskRates(
  before: DiskFrame | undefined,
  now: DiskCounters,
  seconds: number,
  atSeconds: number | null,
): DiskRates {
  const first = firstDiskRates(now, atSeconds);
  if (!before) return first;
  const old = before.counters;
  const read = rise(old.readBytes, now.readBytes);
  const written = rise(old.writtenBytes, now.writtenBytes);
  const reads = rise(old.reads, now.reads);
  const writes = rise(old.writes, now.writes);
  const operations = reads === null || writes === null ? null : reads + writes;
  const busy = rise(old.busySeconds, now.busySeconds);
  const service = rise(old.serviceSeconds, now.serviceSeconds);
  return {
    readBytesPerSecond: read === null ? null : read / seconds,
    writeBytesPerSecond: written === null ? null : written / seconds,
    operationsPerSecond: operations === null ? null : operations / seconds,
    serviceMs: service === null || !operations ? null : (1000 * service) / operations,
    busyPercent: busy === null ? null : Math.min(100, (100 * busy) / seconds),
    newErrors: moreErrors(before.rates?.newErrors ?? null, old, now, atSeconds) ?? first.newErrors,
  };
}

/** How far a counter went; null when it is not known or fell. */
function rise(before: bigint | number | null, now: bigint | number | null): number | null {
  if (before === null || now === null || now < before) return null;
  // Both are of one kind; only as numbers may they be subtracted without regard to which.
  return typeof now === 'bigint' && typeof before === 'bigint'
    ? Number(now - before)
    : Number(now) - Number(before);
}

function moreErrors(
  known: NewDiskErrors | null,
  before: DiskCounters,
  now: DiskCounters,
  atSeconds: number | null,
): NewDiskErrors | null {
  if (!known || atSeconds === null) return null;
  const grew = (old: number | null, next: number | null): number | null =>
    old === null && next === null ? 0 : rise(old ?? next, next);
  const hard = grew(before.hardErrors, now.hardErrors);
  const transport = grew(before.transportErrors, now.transportErrors);
  const media = grew(before.mediaErrors, now.mediaErrors);
  if (hard === null || transport === null || media === null) return null;
  return {
    hard: known.hard + hard,
    transport: known.transport + transport,
    media: known.media + media,
    sinceSeconds: known.sinceSeconds,
    roseAtSeconds: hard + transport + media > 0 ? atSeconds : known.roseAtSeconds,
  };
}
