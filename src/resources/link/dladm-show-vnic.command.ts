import type { HostCommand } from '../../domain/command.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { VnicEntry } from '../../domain/link.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { toMacAddress } from '../../parse/mac-address.ts';
import { mark, readMarked } from '../../parse/marks.ts';
import { parseTable } from '../../parse/tables.ts';
import { readLinkName, toVlanId } from './link-fields.ts';

const FIELDS = ['link', 'over', 'vid', 'macaddress'] as const;
const FIELDS_WITH_ZONE = [...FIELDS, 'zone'] as const;
const WITHOUT_ZONE = 'without zone';

/**
 * The VNICs of a host. The field `zone` exists in OmniOS since r151030 and not in plain illumos, and an unknown
 * field is fatal to the whole call. So the same is asked twice: first with the zone, which may fail and print
 * nothing, then, behind a mark, without it. The second call's exit code is the answer's, and its rows are the
 * VNICs; the first one's rows only add the zones. No privilege is needed.
 */
export const dladmShowVnic: HostCommand<'vnics'> = {
  id: 'dladm-show-vnic',
  feed: 'vnics',
  pace: 'inventory',
  every: 2,
  timeoutSeconds: 30,
  question: () => [
    ['dladm', 'show-vnic', '-p', '-o', FIELDS_WITH_ZONE.join(',')],
    mark(WITHOUT_ZONE),
    ['dladm', 'show-vnic', '-p', '-o', FIELDS.join(',')],
  ],
  follows: followsLinks,
  parse: parseShowVnicAnswer,
  hides: 'VNICs with their VLAN, MAC address and zone',
};

/** Both calls' rows. A VNIC that was made between the two calls has no zone yet. */
export function parseShowVnicAnswer(stdout: string): Parsed<readonly VnicEntry[]> {
  const marked = readMarked(stdout, [WITHOUT_ZONE]);
  const zoned = readRows(
    parseOfmtRecords(marked.linesOf(null) ?? [], FIELDS_WITH_ZONE),
    toVnicEntry,
  );
  const withoutZone = marked.linesOf(WITHOUT_ZONE);
  if (!withoutZone)
    return {
      value: zoned.value,
      complaints: [
        ...zoned.complaints,
        ...marked.complaints,
        complaint(0, '', 'the rows without zone are missing: the output was cut'),
      ],
    };
  const plain = readRows(parseOfmtRecords(withoutZone, FIELDS), toVnicEntry);
  // On SmartOS VNICs of different zones may have the same name.
  const keyOf = ({ name, macAddress }: VnicEntry): string => `${name} ${macAddress}`;
  const zones = new Map(zoned.value.map((vnic) => [keyOf(vnic), vnic.zone]));
  const complaints: readonly Complaint[] = [
    ...zoned.complaints,
    ...plain.complaints,
    ...marked.complaints,
  ];
  return {
    value: plain.value.map((vnic) => ({ ...vnic, zone: zones.get(keyOf(vnic)) ?? null })),
    complaints,
  };
}

/** One call's rows for the fields that were asked for in their order. */
export const parseShowVnic = (
  stdout: string,
  fields: readonly string[] = FIELDS_WITH_ZONE,
): Parsed<readonly VnicEntry[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toVnicEntry);

/** The table for people: `LINK OVER SPEED MACADDRESS MACADDRTYPE VID ZONE`, of which columns may be missing. */
export const parseShowVnicTable = (text: string): Parsed<readonly VnicEntry[]> =>
  readRows(parseTable(text, { required: 'LINK', wide: 'MACADDRTYPE' }), toVnicEntry);

function toVnicEntry(row: FieldRow): VnicEntry | Refused {
  const name = readLinkName(row);
  const vid = row.read('vid') ?? row.read('vids');
  const zone = row.read('zone');
  if (typeof name !== 'string') return name;
  if (vid !== null && toVlanId(vid) === null) return refuse(`not a VLAN id: ${vid}`);
  const macAddress = toMacAddress(row.read('macaddress'));
  if (macAddress === null && row.read('macaddress') !== null)
    return refuse(`not a MAC address: ${row.read('macaddress') ?? ''}`);
  return {
    name,
    // dladm itself prints a question mark when the link below has vanished.
    over: row.read('over') ?? '?',
    vlanId: toVlanId(vid),
    macAddress,
    zone: zone === 'global' ? null : zone,
  };
}
