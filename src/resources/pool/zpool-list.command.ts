import type { HostCommand } from '../../domain/command.ts';
import { followsDisks } from '../../domain/follows-disks.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { PoolEntry } from '../../domain/pool.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { fieldRow, readRows, refuse } from '../../parse/field-rows.ts';
import type { Line } from '../../parse/lines.ts';
import {
  endsWithinLine,
  splitAllLines,
  splitLines,
  splitWords,
  wholeLines,
} from '../../parse/lines.ts';
import { parseDecimal } from '../../parse/numbers.ts';
import { parseSizeBytes } from '../../parse/sizes.ts';
import { parseTable } from '../../parse/tables.ts';
import { toPoolHealth } from './pool-health.ts';

const FIELDS = [
  'name',
  'size',
  'allocated',
  'free',
  'fragmentation',
  'capacity',
  'dedupratio',
  'health',
  'altroot',
] as const;
const NO_POOLS = 'no pools available';

/**
 * The pools of a host in bytes. `checkpoint` and `expandsize` are not asked for: an unknown property fails the
 * whole call on a release that lacks it. With a suspended pool zpool may hang. No privilege is needed.
 */
export const zpoolList: HostCommand<'pools'> = {
  id: 'zpool-list',
  feed: 'pools',
  pace: 'slow',
  timeoutSeconds: 30,
  follows: followsDisks,
  question: () => [['zpool', 'list', '-Hpo', FIELDS.join(',')]],
  parse: parseZpoolList,
  hides: 'size, fill and health of pools',
};

/** TAB-separated fields in the order asked for; a pool's name may hold blanks. */
export function parseZpoolList(stdout: string): Parsed<readonly PoolEntry[]> {
  const rows: FieldRow[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    if (text.trim() === NO_POOLS) continue;
    const values = text.split('\t');
    if (values.length === FIELDS.length) rows.push(fieldRow(number, text, FIELDS, values));
    else
      complaints.push(
        complaint(number, text, `expected ${FIELDS.length} fields, found ${values.length}`),
      );
  }
  return readRows({ value: rows, complaints }, toPoolEntry);
}

/** What `zpool list -H` prints for people of this and of former releases, by the number of fields. */
const HEADERLESS: Readonly<Record<number, string>> = {
  1: 'name',
  7: 'name size used avail cap health altroot',
  8: 'name size alloc free cap dedup health altroot',
  9: FIELDS.join(' '),
  10: 'name size alloc free expandsz frag cap dedup health altroot',
  11: 'name size alloc free ckpoint expandsz frag cap dedup health altroot',
};

/**
 * `zpool list` as people keep it: the table with any choice of columns in any order, or the rows of `-H`. With
 * `-v` the rows of devices, which stand deeper than the header, and of headings, which have no values, are passed
 * over.
 */
export function parseZpoolListTable(text: string): Parsed<readonly PoolEntry[]> {
  const complaints: Complaint[] = [];
  const lines = [...wholeLines(splitLines(text), complaints)].filter(
    (line) => line.text.trim() !== NO_POOLS,
  );
  const header = lines.find((line) => splitWords(line.text)[0] === 'NAME');
  if (!header) return readRows({ value: lines.map(headerlessRow), complaints }, toPoolEntry);
  const ofPools = splitAllLines(text).map((line) =>
    line.search(/\S/) > header.text.search(/\S/) || isHeading(line) || line.trim() === NO_POOLS
      ? ''
      : line,
  );
  return readRows(
    parseTable(ofPools.join('\n') + (endsWithinLine(text) ? '' : '\n'), {
      required: 'NAME',
      wide: 'NAME',
    }),
    toPoolEntry,
  );
}

const isHeading = (line: string): boolean =>
  /^(?:logs?|cache|spares?|special|dedup)$/.test(splitWords(line)[0] ?? '') &&
  splitWords(line)
    .slice(1)
    .every((word) => word === '-');

function headerlessRow({ number, text }: Line): FieldRow {
  const values = text.includes('\t') ? text.split('\t') : splitWords(text);
  const layout = HEADERLESS[values.length]?.split(' ');
  // With fields of one's own choice only the health can be told by its word.
  const fields =
    layout ??
    values.map((value, index) =>
      index === 0 ? 'name' : toPoolHealth(value) === 'UNKNOWN' ? '' : 'health',
    );
  return fieldRow(number, text, fields, values);
}

function toPoolEntry(row: FieldRow): PoolEntry | Refused {
  const name = row.read('name');
  if (name === null) return refuse('no pool name');
  const pick = (...titles: readonly string[]): string | null =>
    titles.map((title) => row.read(title)).find((value) => value !== null) ?? null;
  const sizes = {
    sizeBytes: pick('size'),
    allocatedBytes: pick('allocated', 'alloc', 'used'),
    freeBytes: pick('free', 'avail', 'available'),
  };
  const percents = {
    fragmentationPercent: pick('fragmentation', 'frag'),
    capacityPercent: pick('capacity', 'cap'),
  };
  for (const [field, text] of Object.entries(sizes))
    if (text !== null && toBytes(text) === null) return refuse(`${field} is not a number: ${text}`);
  for (const [field, text] of Object.entries(percents))
    if (text !== null && toPercent(text) === null)
      return refuse(`${field} is not a number: ${text}`);
  return {
    name,
    sizeBytes: toBytes(sizes.sizeBytes),
    allocatedBytes: toBytes(sizes.allocatedBytes),
    freeBytes: toBytes(sizes.freeBytes),
    fragmentationPercent: toPercent(percents.fragmentationPercent),
    capacityPercent: toPercent(percents.capacityPercent),
    health: toPoolHealth(row.read('health')),
  };
}

const toBytes = (text: string | null): number | null => parseSizeBytes(text ?? '');

const toPercent = (text: string | null): number | null =>
  parseDecimal((text ?? '').replace(/%$/, ''));
