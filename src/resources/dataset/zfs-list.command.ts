import type { HostCommand } from '../../domain/command.ts';
import type { Dataset } from '../../domain/dataset.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { fieldRow, readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { parseDecimal, parseWhole } from '../../parse/numbers.ts';
import { parseSizeBytes } from '../../parse/sizes.ts';
import { parseTable } from '../../parse/tables.ts';

const FIELDS = [
  'name',
  'type',
  'used',
  'available',
  'referenced',
  'quota',
  'refquota',
  'reservation',
  'refreservation',
  'volsize',
  'usedbysnapshots',
  'compressratio',
  'creation',
  'mountpoint',
] as const;
const NO_DATASETS = 'no datasets available';

/**
 * File systems and volumes with what they use and may use. Snapshots are never among them: there may be a hundred
 * thousand. With a suspended pool zfs may hang. No privilege is needed.
 */
export const zfsList: HostCommand<'datasets'> = {
  id: 'zfs-list',
  feed: 'datasets',
  pace: 'inventory',
  timeoutSeconds: 45,
  question: () => [['zfs', 'list', '-Hp', '-t', 'filesystem,volume', '-o', FIELDS.join(',')]],
  parse: parseZfsList,
  hides: 'use and quotas of datasets, sizes of the disks of VMs, room in zones',
};

/** TAB-separated fields in the order asked for; names and mount points may hold blanks. */
export function parseZfsList(stdout: string): Parsed<readonly Dataset[]> {
  const rows: FieldRow[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    if (text.trim() === NO_DATASETS) continue;
    const values = text.split('\t');
    if (values.length === FIELDS.length) rows.push(fieldRow(number, text, FIELDS, values));
    else
      complaints.push(
        complaint(number, text, `expected ${FIELDS.length} fields, found ${values.length}`),
      );
  }
  return readRows({ value: rows, complaints }, toDataset);
}

/** `zfs list` as people keep it: a table with any choice of columns in any order. */
export function parseZfsListTable(text: string): Parsed<readonly Dataset[]> {
  const table = text
    .split('\n')
    .map((line) => (line.trim() === NO_DATASETS ? '' : line))
    .join('\n');
  return readRows(parseTable(table, { required: 'NAME', wide: 'MOUNTPOINT' }), toDataset);
}

const SIZES = {
  usedBytes: ['used'],
  availableBytes: ['available', 'avail'],
  referencedBytes: ['referenced', 'refer'],
  quotaBytes: ['quota'],
  refquotaBytes: ['refquota'],
  reservationBytes: ['reservation', 'reserv'],
  refreservationBytes: ['refreservation', 'refreserv'],
  volsizeBytes: ['volsize'],
  usedBySnapshotsBytes: ['usedbysnapshots', 'usedsnap'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type SizeField = keyof typeof SIZES;
/** Limits that are 0 with -p, and `none` for people, when they are not set. */
const UNSET_AT_ZERO: ReadonlySet<string> = new Set<SizeField>([
  'quotaBytes',
  'refquotaBytes',
  'reservationBytes',
  'refreservationBytes',
]);

function toDataset(row: FieldRow): Dataset | Refused {
  const name = row.read('name');
  if (name === null) return refuse('no name of a dataset');
  const sizes: Partial<Record<SizeField, number | null>> = {};
  for (const [field, titles] of Object.entries(SIZES) as [SizeField, readonly string[]][]) {
    const text = titles.map((title) => row.read(title)).find((value) => value !== null) ?? null;
    const value = text === null || text === 'none' ? null : parseSizeBytes(text);
    if (value === null && text !== null && text !== 'none')
      return refuse(`${titles[0] ?? field} is not a size: ${text}`);
    sizes[field] = value === 0 && UNSET_AT_ZERO.has(field) ? null : value;
  }
  const type = row.read('type');
  if (type !== null && type !== 'filesystem' && type !== 'volume')
    return refuse(`neither a file system nor a volume: ${type}`);
  const volsizeBytes = sizes.volsizeBytes ?? null;
  const created = parseWhole(row.read('creation') ?? '');
  const mountpoint = row.read('mountpoint');
  return {
    name,
    // Only volumes have a size of their own.
    type: type ?? (volsizeBytes === null ? null : 'volume'),
    usedBytes: sizes.usedBytes ?? null,
    availableBytes: sizes.availableBytes ?? null,
    referencedBytes: sizes.referencedBytes ?? null,
    quotaBytes: sizes.quotaBytes ?? null,
    refquotaBytes: sizes.refquotaBytes ?? null,
    reservationBytes: sizes.reservationBytes ?? null,
    refreservationBytes: sizes.refreservationBytes ?? null,
    volsizeBytes,
    usedBySnapshotsBytes: sizes.usedBySnapshotsBytes ?? null,
    compressRatio: parseDecimal(
      (row.read('compressratio') ?? row.read('ratio') ?? '').replace(/x$/, ''),
    ),
    mountpoint: mountpoint === 'none' || mountpoint === 'legacy' ? null : mountpoint,
    createdAt: created === null ? null : created * 1000,
  };
}
