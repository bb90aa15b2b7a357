import type { HostCommand } from '../../domain/command.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { BridgeEntry, OverlayEntry, Switches } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { mark, splitAtMarks } from '../../parse/marks.ts';
import { parseWhole } from '../../parse/numbers.ts';
import { parseTable } from '../../parse/tables.ts';
import { readLinkName } from './link-fields.ts';

const FIELDS = ['bridge', 'protect', 'address', 'priority', 'desroot'] as const;
const OVERLAY_FIELDS = ['link', 'property', 'value'] as const;
const BRIDGES = 'bridges';

/**
 * The bridges of a host, and its overlays, which older releases do not know: so these are asked first and may fail,
 * and the exit code of show-bridge is the answer's. No privilege is needed.
 */
export const dladmShowBridge: HostCommand<'switches'> = {
  id: 'dladm-show-bridge',
  feed: 'switches',
  pace: 'inventory',
  timeoutSeconds: 30,
  question: () => [
    ['dladm', 'show-overlay', '-p', '-o', OVERLAY_FIELDS.join(',')],
    mark(BRIDGES),
    ['dladm', 'show-bridge', '-p', '-o', FIELDS.join(',')],
  ],
  follows: followsLinks,
  parse: parseShowBridgeAnswer,
  hides: 'bridges and overlays',
};

/** Both calls' rows. */
export function parseShowBridgeAnswer(stdout: string): Parsed<Switches> {
  const [first, second] = splitAtMarks(stdout);
  const overlays = readOverlays(parseOfmtRecords(first?.lines ?? [], OVERLAY_FIELDS));
  const isWhole = second?.label === BRIDGES;
  const bridges = readRows(parseOfmtRecords(isWhole ? second.lines : [], FIELDS), toBridgeEntry);
  return {
    value: { bridges: bridges.value, overlays: overlays.value },
    complaints: [
      ...overlays.complaints,
      ...bridges.complaints,
      ...(isWhole ? [] : [complaint(0, '', 'the bridges are missing: the output was cut')]),
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
    : { name, protection: row.read('protect'), designatedRoot: row.read('desroot') };
}

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
    if (property === null || !/^[a-z][a-z0-9_-]*(?:\/[a-z0-9_-]+)*$/.test(property))
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
