import type { HostCommand } from '../../domain/command.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { LinkEntry } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { parseWhole } from '../../parse/numbers.ts';
import { parseTable } from '../../parse/tables.ts';
import { readLinkName, toLinkNames, toLinkState } from './link-fields.ts';

const FIELDS = ['link', 'class', 'mtu', 'state', 'bridge', 'over'] as const;

/** Every datalink of a host: NICs, VLANs, VNICs, aggregations, etherstubs, … No privilege is needed. */
export const dladmShowLink: HostCommand<'links'> = {
  id: 'dladm-show-link',
  feed: 'links',
  pace: 'inventory',
  every: 2,
  timeoutSeconds: 30,
  question: () => [['dladm', 'show-link', '-p', '-o', FIELDS.join(',')]],
  follows: followsLinks,
  parse: (stdout) => parseShowLink(stdout),
  hides: 'datalinks and their state',
};

/** `link:class:mtu:state:bridge:over`, or other fields that were asked for in their order. */
export const parseShowLink = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly LinkEntry[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toLinkEntry);

/** The table for people: `LINK CLASS MTU STATE BRIDGE OVER`. */
export const parseShowLinkTable = (text: string): Parsed<readonly LinkEntry[]> =>
  readRows(parseTable(text, { required: 'LINK', wide: 'OVER' }), toLinkEntry);

function toLinkEntry(row: FieldRow): LinkEntry | Refused {
  const name = readLinkName(row);
  const mtu = row.read('mtu');
  if (typeof name !== 'string') return name;
  const kind = row.read('class');
  if (kind !== null && !/^[a-z]+$/.test(kind)) return refuse(`not a class of links: ${kind}`);
  if (mtu !== null && parseWhole(mtu) === null) return refuse(`mtu is not a number: ${mtu}`);
  return {
    name,
    class: kind ?? 'unknown',
    mtu: mtu === null ? null : parseWhole(mtu),
    state: toLinkState(row.read('state')),
    bridge: row.read('bridge'),
    over: toLinkNames(row.read('over')),
  };
}
