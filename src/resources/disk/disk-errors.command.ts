import type { HostCommand } from '../../domain/command.ts';
import type { DiskEntry, DiskErrors } from '../../domain/disk.ts';
import { followsDisks } from '../../domain/follows-disks.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { DISK_ERROR_MODULES, diskInstance } from '../../parse/kstat-disks.ts';
import type { KstatRow } from '../../parse/kstat-lines.ts';
import { parseKstatLines } from '../../parse/kstat-lines.ts';
import { isAbsent, parseCounter } from '../../parse/numbers.ts';

/**
 * Who the disks are and all kinds of their errors, from the kstats of class device_error. Any user may read them,
 * and a host without disks of its own matches nothing.
 */
export const diskErrors: HostCommand<'disks'> = {
  id: 'disk-errors',
  feed: 'disks',
  pace: 'inventory',
  timeoutSeconds: 20,
  // Those that count as news come with each frame.
  follows: followsDisks,
  question: () => [['kstat', '-p', DISK_ERROR_MODULES]],
  parse: parseDiskErrors,
  hides: 'maker, serial number, size and errors of disks',
  // kstat(8): 1 when nothing matched.
  goodExitCodes: [1],
};

/** The statistics that count errors (sd.c `sd_create_errstats`, blkdev.c, cmdk.c). */
export const ERROR_STATISTICS: Readonly<Record<keyof DiskErrors, string>> = {
  soft: 'Soft Errors',
  hard: 'Hard Errors',
  transport: 'Transport Errors',
  media: 'Media Error',
  notReady: 'Device Not Ready',
  noDevice: 'No Device',
  recoverable: 'Recoverable',
  illegalRequests: 'Illegal Request',
  predictedFailures: 'Predictive Failure Analysis',
};
const ERROR_KINDS = Object.entries(ERROR_STATISTICS) as readonly (readonly [
  keyof DiskErrors,
  string,
])[];
/** The statistics that are whole numbers. */
export const NUMBERS: ReadonlySet<string> = new Set([...Object.values(ERROR_STATISTICS), 'Size']);
/** What disks are known by; NVMe and virtual disks have a model in place of vendor and product. */
const TEXTS = ['Vendor', 'Product', 'Model', 'Revision', 'Serial No'] as const;
/** Fields of 16 characters that are full run on into the name of the statistic behind them. */
const FIELD_LENGTH = 16;
const RUN_ON = /^(?:Vendor|Product|Model|Revision|Serial No|Size)/;

/** The output of `kstat -p` for these kstats. */
export function parseDiskErrors(stdout: string): Parsed<readonly DiskEntry[]> {
  const rows = parseKstatLines(stdout);
  const disks = readDiskErrors(rows.value);
  return {
    value: disks.value,
    complaints: [...rows.complaints, ...disks.complaints].toSorted((a, b) => a.line - b.line),
  };
}

/** The disks of statistics in whatever form these were printed. */
export function readDiskErrors(rows: readonly KstatRow[]): Parsed<readonly DiskEntry[]> {
  const complaints: Complaint[] = [];
  const disks = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const instance = diskInstance(row);
    if (instance === undefined) {
      complaints.push(complaint(row.line, row.text, 'not an error kstat of a disk'));
      continue;
    }
    let disk = disks.get(instance);
    if (!disk) disks.set(instance, (disk = new Map()));
    if (NUMBERS.has(row.statistic) && parseCounter(row.value) === null)
      complaints.push(complaint(row.line, row.text, `${row.statistic} is not a number`));
    else disk.set(row.statistic, row.value);
  }
  return {
    value: [...disks].map(([instance, statistics]) =>
      toDiskEntry(instance, (name) => statistics.get(name)),
    ),
    complaints,
  };
}

/** A disk from its statistics by their names. */
export function toDiskEntry(
  instance: string,
  read: (statistic: string) => string | undefined,
): DiskEntry {
  const text = (name: (typeof TEXTS)[number]): string | null => {
    const value = read(name) ?? '';
    const isRunOn = value.length > FIELD_LENGTH && RUN_ON.test(value.slice(FIELD_LENGTH));
    const own = (isRunOn ? value.slice(0, FIELD_LENGTH) : value).trim();
    return isAbsent(own) ? null : own;
  };
  const number = (name: string): number | null => {
    const value = parseCounter(read(name) ?? '');
    return value === null ? null : Number(value);
  };
  const errors = Object.fromEntries(
    ERROR_KINDS.map(([kind, statistic]) => [kind, number(statistic)]),
  ) as DiskErrors;
  const size = number('Size');
  return {
    instance,
    vendor: text('Vendor'),
    product: text('Product') ?? text('Model'),
    revision: text('Revision'),
    serial: text('Serial No'),
    // A drive without a medium has the size 0, which is no size.
    sizeBytes: size === 0 ? null : size,
    errors,
  };
}
