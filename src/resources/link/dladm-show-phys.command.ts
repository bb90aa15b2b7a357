import type { HostCommand } from '../../domain/command.ts';
import type { PhysEntry } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { parseTable } from '../../parse/tables.ts';
import { toLinkState, toSpeedMbps } from './link-fields.ts';

const FIELDS = ['link', 'media', 'state', 'speed', 'duplex', 'device'] as const;

/** The NICs of a host with what they negotiated. No privilege is needed. */
export const dladmShowPhys: HostCommand<'phys'> = {
  id: 'dladm-show-phys',
  feed: 'phys',
  pace: 'slow',
  timeoutSeconds: 30,
  question: () => [['dladm', 'show-phys', '-p', '-o', FIELDS.join(',')]],
  parse: (stdout) => parseShowPhys(stdout),
  hides: 'speed and duplex of network cards',
};

/** `link:media:state:speed:duplex:device`, or other fields that were asked for in their order. */
export const parseShowPhys = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly PhysEntry[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toPhysEntry);

/** The table for people: `LINK MEDIA STATE SPEED DUPLEX DEVICE`. */
export const parseShowPhysTable = (text: string): Parsed<readonly PhysEntry[]> =>
  readRows(parseTable(text, { required: 'LINK', wide: 'MEDIA' }), toPhysEntry);

function toPhysEntry(row: FieldRow): PhysEntry | Refused {
  const name = row.read('link');
  const speed = row.read('speed');
  if (name === null) return refuse('no link name');
  if (speed !== null && toSpeedMbps(speed) === null)
    return refuse(`speed is not a number: ${speed}`);
  return {
    name,
    media: row.read('media') ?? 'unknown',
    state: toLinkState(row.read('state')),
    speedMbps: toSpeedMbps(speed),
    duplex: row.read('duplex') ?? 'unknown',
    device: row.read('device') ?? 'unknown',
  };
}
