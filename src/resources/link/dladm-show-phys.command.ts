import type { HostCommand } from '../../domain/command.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { PhysEntry } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { toMacAddress } from '../../parse/mac-address.ts';
import { mark, readMarked } from '../../parse/marks.ts';
import { parseTable } from '../../parse/tables.ts';
import { readLinkName, toLinkState, toSpeedMbps } from './link-fields.ts';

const FIELDS = ['link', 'media', 'state', 'speed', 'duplex', 'device'] as const;
const ADDRESS_FIELDS = ['link', 'slot', 'address', 'inuse', 'client'] as const;
const NEGOTIATED = 'negotiated';

/**
 * The NICs of a host with their addresses (`-m`) and, behind a mark, what they negotiated, which is the list and whose
 * exit code is the answer's. No privilege is needed.
 */
export const dladmShowPhys: HostCommand<'phys'> = {
  id: 'dladm-show-phys',
  feed: 'phys',
  pace: 'inventory',
  every: 2,
  timeoutSeconds: 30,
  question: () => [
    ['dladm', 'show-phys', '-m', '-p', '-o', ADDRESS_FIELDS.join(',')],
    mark(NEGOTIATED),
    ['dladm', 'show-phys', '-p', '-o', FIELDS.join(',')],
  ],
  follows: followsLinks,
  parse: parseShowPhysAnswer,
  hides: 'speed, duplex and MAC addresses of network cards',
};

/** Both forms. A card that `-m` does not tell of has no address. */
export function parseShowPhysAnswer(stdout: string): Parsed<readonly PhysEntry[]> {
  const { linesOf, complaints } = readMarked(stdout, [NEGOTIATED]);
  const addresses = readAddresses(parseOfmtRecords(linesOf(null) ?? [], ADDRESS_FIELDS));
  const negotiated = linesOf(NEGOTIATED);
  if (!negotiated)
    return {
      value: [],
      complaints: [
        ...addresses.complaints,
        ...complaints,
        complaint(0, '', 'the rows of the cards are missing: the output was cut'),
      ],
    };
  const cards = readRows(parseOfmtRecords(negotiated, FIELDS), toPhysEntry);
  const primary = new Map(
    addresses.value
      .filter(({ slot }) => slot === null || slot === 'primary')
      .map(({ link, macAddress }) => [link, macAddress]),
  );
  return {
    value: cards.value.map((card) => ({ ...card, macAddress: primary.get(card.name) ?? null })),
    complaints: [...addresses.complaints, ...cards.complaints, ...complaints],
  };
}

/** `link:media:state:speed:duplex:device`, or other fields that were asked for in their order. */
export const parseShowPhys = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly PhysEntry[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toPhysEntry);

/** The table for people: `LINK MEDIA STATE SPEED DUPLEX DEVICE`. */
export const parseShowPhysTable = (text: string): Parsed<readonly PhysEntry[]> =>
  readRows(parseTable(text, { required: 'LINK', wide: 'MEDIA' }), toPhysEntry);

/** A unicast address that a card knows in hardware: a row of `show-phys -m`. */
export type PhysicalAddress = {
  readonly link: string;
  /** `primary`, or the number of another one. */
  readonly slot: string | null;
  readonly macAddress: string | null;
  /** The link that uses it. */
  readonly client: string | null;
};

/** The table for people: `LINK SLOT ADDRESS INUSE CLIENT`. */
export const parseShowPhysAddressTable = (text: string): Parsed<readonly PhysicalAddress[]> =>
  readAddresses(parseTable(text, { required: 'LINK', wide: 'CLIENT' }));

/** dladm.c: for people the card stands in its first row only; the further addresses of a card have numbers as slots. */
function readAddresses(rows: Parsed<readonly FieldRow[]>): Parsed<readonly PhysicalAddress[]> {
  let card: string | null = null;
  return readRows(rows, (row): PhysicalAddress | Refused => {
    const slot = row.read('slot');
    const isFurther = row.read('link') === null && /^[0-9]+$/.test(slot ?? '') && card !== null;
    const link = isFurther && card !== null ? card : readLinkName(row);
    const address = row.read('address');
    const macAddress = toMacAddress(address);
    if (typeof link !== 'string') return link;
    if (address !== null && macAddress === null) return refuse(`not a MAC address: ${address}`);
    card = link;
    return { link, slot, macAddress, client: row.read('client') };
  });
}

function toPhysEntry(row: FieldRow): PhysEntry | Refused {
  const name = readLinkName(row);
  const speed = row.read('speed');
  if (typeof name !== 'string') return name;
  if (speed !== null && toSpeedMbps(speed) === null)
    return refuse(`speed is not a number: ${speed}`);
  return {
    name,
    media: row.read('media') ?? 'unknown',
    state: toLinkState(row.read('state')),
    speedMbps: toSpeedMbps(speed),
    duplex: row.read('duplex') ?? 'unknown',
    device: row.read('device') ?? 'unknown',
    macAddress: null,
  };
}
