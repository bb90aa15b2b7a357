import type { BootEnvironment } from '../../domain/boot-environment.ts';
import type { HostCommand } from '../../domain/command.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { fieldRow, readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { parseWhole } from '../../parse/numbers.ts';
import { parseSizeBytes } from '../../parse/sizes.ts';
import { parseTable } from '../../parse/tables.ts';

/** The boot environments: which one runs, and which one the next boot takes. No privilege is needed. */
export const beadmList: HostCommand<'bootEnvironments'> = {
  id: 'beadm-list',
  feed: 'bootEnvironments',
  pace: 'inventory',
  timeoutSeconds: 30,
  question: () => [['beadm', 'list', '-H']],
  parse: parseBeadmList,
  hides: 'boot environments, and whether an update waits for a reboot',
};

const FIELDS = ['be', 'uuid', 'active', 'mountpoint', 'space', 'policy', 'created'] as const;
const NONE = /^no boot environments/i;

/** cmd/beadm/beadm.c: seven fields between semicolons without a header; space in bytes, the date in epoch seconds. */
export function parseBeadmList(stdout: string): Parsed<readonly BootEnvironment[]> {
  const rows: FieldRow[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    if (NONE.test(text.trim())) continue;
    const values = text.trim().split(';');
    if (values.length === FIELDS.length) rows.push(fieldRow(number, text, FIELDS, values));
    else
      complaints.push(
        complaint(number, text, `expected ${FIELDS.length} fields, found ${values.length}`),
      );
  }
  return readRows({ value: rows, complaints }, (row) =>
    toBootEnvironment(row, secondsToMs(row.read('created'))),
  );
}

/** The same for people: with titles, `-` for what is empty, `4.48M`, and dates without seconds in the host's time. */
export const parseBeadmTable = (text: string): Parsed<readonly BootEnvironment[]> =>
  readRows(parseTable(text, { required: 'BE', wide: 'CREATED' }), (row) =>
    toBootEnvironment(row, readDate(row.read('created'))),
  );

const secondsToMs = (text: string | null): number | null => {
  const seconds = parseWhole(text ?? '');
  return seconds === null || seconds > 8e12 ? null : seconds * 1000;
};

/** `2018-04-06 09:56`; as the zone is not told, read as UTC. */
function readDate(text: string | null): number | null {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2})$/.exec(text ?? '');
  if (!match) return null;
  const at = Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}Z`);
  return Number.isNaN(at) ? null : at;
}

function toBootEnvironment(row: FieldRow, createdAt: number | null): BootEnvironment | Refused {
  const name = row.read('be');
  if (name === null) return refuse('no name');
  // Besides N, R and T inside a zone: x, not to be used with the global zone's, and b, not bootable.
  const active = row.read('active') ?? '';
  if (/[^NRTxb!]/.test(active)) return refuse(`not the flags of a boot environment: ${active}`);
  const space = row.read('space');
  const created = row.read('created');
  const spaceBytes = parseSizeBytes(space ?? '');
  if (space !== null && spaceBytes === null) return refuse(`space is not a size: ${space}`);
  if (created !== null && createdAt === null) return refuse(`created is not a date: ${created}`);
  return {
    name,
    uuid: row.read('uuid'),
    isActive: active.includes('N'),
    isActiveOnReboot: active.includes('R'),
    isTemporary: active.includes('T'),
    mountpoint: row.read('mountpoint'),
    spaceBytes,
    createdAt,
  };
}
