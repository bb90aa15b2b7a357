import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { BridgeEntry, BridgePort, OverlayEntry, Switches } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { mark, readMarked } from '../../parse/marks.ts';
import { parseWhole } from '../../parse/numbers.ts';
import { parseTable } from '../../parse/tables.ts';
import { readLinkName } from './link-fields.ts';

const FIELDS = ['bridge', 'protect', 'address', 'priority', 'desroot'] as const;
const OVERLAY_FIELDS = ['link', 'property', 'value'] as const;
const PORT_FIELDS = ['link', 'state', 'opercost', 'operedge'] as const;
const BRIDGES = 'bridges';
const PORTS = 'ports ';

/**
 * The bridges of a host, and its overlays, which older releases do not know: so these are asked first and may fail,
 * and the exit code of show-bridge is the answer's. What the spanning tree makes of the links of a bridge is asked bridge
 * by bridge, once these are known. No privilege is needed.
 */
export const dladmShowBridge: HostCommand<'switches'> = {
  id: 'dladm-show-bridge',
  feed: 'switches',
  pace: 'inventory',
  every: 12,
  timeoutSeconds: 30,
  question: (host) => [
    ['dladm', 'show-overlay', '-p', '-o', OVERLAY_FIELDS.join(',')],
    mark(BRIDGES),
    ['dladm', 'show-bridge', '-p', '-o', FIELDS.join(',')],
    ...bridgesOf(host).flatMap((name) => [
      mark(`${PORTS}${name}`),
      ['dladm', 'show-bridge', '-l', '-p', '-o', PORT_FIELDS.join(','), name] as const,
    ]),
  ],
  follows: (host) => {
    const links = followsLinks(host);
    return links === null ? null : [links, ...bridgesOf(host)].join('\n');
  },
  parse: parseShowBridgeAnswer,
  hides: 'bridges and overlays',
};

/** dladm(8): letters, digits, `_` and `.`, no more than 31; a name of another form is not asked about. */
const BRIDGE_NAME = /^[A-Za-z][A-Za-z0-9_.]{0,30}$/;

const bridgesOf = ({ feeds }: HostInventory): readonly string[] =>
  (lastKnown(feeds.switches)?.value.bridges ?? [])
    .map(({ name }) => name)
    .filter((name) => BRIDGE_NAME.test(name));

/** The rows of all calls. */
export function parseShowBridgeAnswer(stdout: string): Parsed<Switches> {
  const { labels, linesOf, complaints } = readMarked(stdout, [BRIDGES], PORTS);
  const overlays = readOverlays(parseOfmtRecords(linesOf(null) ?? [], OVERLAY_FIELDS));
  const second = linesOf(BRIDGES);
  const bridges = readRows(parseOfmtRecords(second ?? [], FIELDS), toBridgeEntry);
  const ports = labels
    .filter((label) => label.startsWith(PORTS))
    .map((label) => ({
      bridge: label.slice(PORTS.length),
      ...readRows(parseOfmtRecords(linesOf(label) ?? [], PORT_FIELDS), toBridgePort),
    }));
  return {
    value: {
      bridges: bridges.value.map((entry) => ({
        ...entry,
        ports: ports.find(({ bridge }) => bridge === entry.name)?.value ?? null,
      })),
      overlays: overlays.value,
    },
    complaints: [
      ...overlays.complaints,
      ...bridges.complaints,
      ...ports.flatMap((each) => each.complaints),
      ...complaints,
      ...(second ? [] : [complaint(0, '', 'the bridges are missing: the output was cut')]),
    ],
  };
}

/** `bridge:protect:address:priority:desroot`, or other fields that were asked for in their order. */
export const parseShowBridge = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly BridgeEntry[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toBridgeEntry);

/** The table for people: `BRIDGE PROTECT ADDRESS PRIORITY DESROOT`. */
export const parseShowBridgeTable = (text: string): Parsed<readonly BridgeEntry[]> =>
  readRows(parseTable(text, { required: 'BRIDGE' }), toBridgeEntry);

function toBridgeEntry(row: FieldRow): BridgeEntry | Refused {
  const name = readLinkName(row, 'bridge');
  return typeof name !== 'string'
    ? name
    : { name, protection: row.read('protect'), designatedRoot: row.read('desroot'), ports: null };
}

function toBridgePort(row: FieldRow): BridgePort | Refused {
  const link = readLinkName(row);
  const state = row.read('state');
  if (typeof link !== 'string') return link;
  if (state === null) return refuse('no state');
  const edge = row.read('operedge');
  return {
    link,
    state,
    cost: parseWhole(row.read('opercost') ?? ''),
    isEdge: edge === 'yes' ? true : edge === 'no' ? false : null,
  };
}

/** Of an overlay itself, and behind a slash those of its encapsulation and of what finds its ways. */
const OVERLAY_PROPERTY = /^(?:mtu|vnetid|encap|[a-z]+\/[a-z_]+)$/;

type OverlayProperty = {
  readonly link: string;
  readonly property: string;
  readonly value: string | null;
};

/** One row per property; those that say how an overlay is carried are kept. */
function readOverlays(rows: Parsed<readonly FieldRow[]>): Parsed<readonly OverlayEntry[]> {
  const { value: properties, complaints } = readRows(rows, (row): OverlayProperty | Refused => {
    const link = readLinkName(row);
    const property = row.read('property');
    if (typeof link !== 'string') return link;
    if (property === null || !OVERLAY_PROPERTY.test(property))
      return refuse('no property of an overlay');
    return { link, property, value: row.read('value') };
  });
  const byLink = Map.groupBy(properties, ({ link }) => link);
  return {
    value: [...byLink].map(([name, own]) => {
      const read = (wanted: string): string | null =>
        own.find(({ property }) => property === wanted)?.value ?? null;
      return {
        name,
        encapsulation: read('encap'),
        virtualNetworkId: parseWhole(read('vnetid') ?? ''),
      };
    }),
    complaints,
  };
}
