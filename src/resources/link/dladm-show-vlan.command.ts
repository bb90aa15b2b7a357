import type { HostCommand } from '../../domain/command.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { VlanEntry } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { parseTable } from '../../parse/tables.ts';
import { readLinkName, toVlanId } from './link-fields.ts';

const FIELDS = ['link', 'vid', 'over'] as const;

/** The VLAN links of a host; VNICs carry their VLAN id themselves. No privilege is needed. */
export const dladmShowVlan: HostCommand<'vlans'> = {
  id: 'dladm-show-vlan',
  feed: 'vlans',
  pace: 'inventory',
  every: 2,
  timeoutSeconds: 30,
  question: () => [['dladm', 'show-vlan', '-p', '-o', FIELDS.join(',')]],
  follows: followsLinks,
  parse: (stdout) => parseShowVlan(stdout),
  hides: 'VLAN links',
};

/** `link:vid:over`, or other fields that were asked for in their order. */
export const parseShowVlan = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly VlanEntry[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toVlanEntry);

/** The table for people: `LINK VID OVER FLAGS`. */
export const parseShowVlanTable = (text: string): Parsed<readonly VlanEntry[]> =>
  readRows(parseTable(text, { required: 'LINK' }), toVlanEntry);

function toVlanEntry(row: FieldRow): VlanEntry | Refused {
  const name = readLinkName(row);
  const vid = row.read('vid') ?? row.read('vids');
  const vlanId = toVlanId(vid);
  if (typeof name !== 'string') return name;
  if (vlanId === null) return refuse(`not a VLAN id: ${vid ?? 'nothing'}`);
  return { name, vlanId, over: row.read('over') ?? '?' };
}
