import type { HostCommand } from '../../domain/command.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { LinkProperties } from '../../domain/link.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { readLinkName } from './link-fields.ts';

const FIELDS = ['link', 'property', 'value'] as const;
const PROPERTIES = ['zone', 'allowed-ips'] as const;

/**
 * Which zone holds a link, also where show-vnic cannot tell, and the addresses that it may send from. For show-linkprop
 * the parsable form is `-c`; `-p` picks properties. No privilege is needed.
 */
export const dladmShowLinkprop: HostCommand<'linkProperties'> = {
  id: 'dladm-show-linkprop',
  feed: 'linkProperties',
  pace: 'inventory',
  timeoutSeconds: 30,
  question: () => [
    ['dladm', 'show-linkprop', '-c', '-p', PROPERTIES.join(','), '-o', FIELDS.join(',')],
  ],
  follows: followsLinks,
  parse: (stdout) => parseShowLinkprop(stdout),
  hides:
    'the addresses that links are held to, and the zones of links where show-vnic does not tell',
};

/** One property of one link. */
export type LinkProperty = {
  readonly link: string;
  readonly property: string;
  /** Empty where it is not set. */
  readonly values: readonly string[];
};

/** `link:property:value`, several values parted by commas, or other fields in their order. */
export const parseLinkProperties = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly LinkProperty[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toLinkProperty);

function toLinkProperty(row: FieldRow): LinkProperty | Refused {
  const link = readLinkName(row);
  const property = row.read('property');
  if (typeof link !== 'string') return link;
  if (property === null) return refuse('no property');
  const values = (row.read('value') ?? '').split(',').filter((value) => value !== '');
  return { link, property, values };
}

/** The properties of each link together. */
export function parseShowLinkprop(stdout: string): Parsed<readonly LinkProperties[]> {
  const rows = parseLinkProperties(stdout);
  const links = new Map<string, LinkProperties>();
  const complaints: Complaint[] = [...rows.complaints];
  for (const { link, property, values } of rows.value) {
    const before = links.get(link) ?? { link, zone: null, allowedIps: [] };
    const [zone = 'global'] = values;
    if (property === 'zone') links.set(link, { ...before, zone: zone === 'global' ? null : zone });
    else if (property === 'allowed-ips') links.set(link, { ...before, allowedIps: values });
    else complaints.push(complaint(0, `${link}:${property}`, 'a property that was not asked for'));
  }
  return { value: [...links.values()], complaints };
}
