import type { HostCommand } from '../../domain/command.ts';
import type { AddressEntry } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { parseTable } from '../../parse/tables.ts';

const FIELDS = ['addrobj', 'type', 'state', 'addr'] as const;

/** The addresses of the global zone; there are none but its own to be seen. No privilege is needed. */
export const ipadmShowAddr: HostCommand<'addresses'> = {
  id: 'ipadm-show-addr',
  feed: 'addresses',
  pace: 'slow',
  timeoutSeconds: 30,
  question: () => [['ipadm', 'show-addr', '-p', '-o', FIELDS.join(',')]],
  parse: (stdout) => parseShowAddr(stdout),
  hides: "the host's own addresses, and which of them are duplicates",
};

/** `addrobj:type:state:addr`, or other fields that were asked for in their order. */
export const parseShowAddr = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly AddressEntry[]> =>
  readRows(parseOfmtRecords(splitLines(stdout), fields), toAddressEntry);

/** The table for people: `ADDROBJ TYPE STATE ADDR`. */
export const parseShowAddrTable = (text: string): Parsed<readonly AddressEntry[]> =>
  readRows(parseTable(text, { required: 'ADDROBJ' }), toAddressEntry);

/** ipadm.c: an address without an object has a question mark in its place; one that is waited for has `?` as address. */
function toAddressEntry(row: FieldRow): AddressEntry | Refused {
  const object = row.read('addrobj');
  const address = row.read('addr');
  const type = row.read('type');
  const state = row.read('state');
  if (object === null && address === null) return refuse('neither an object nor an address');
  const [, link] = /^([^\s/]+)\/\S*$/.exec(object ?? '') ?? [];
  if (object !== null && link === undefined)
    return refuse(`not the name of an address object: ${object}`);
  if (address !== null && !isAddress(address)) return refuse(`not an address: ${address}`);
  for (const word of [type, state])
    if (word !== null && !/^[a-z][a-z0-9-]*$/.test(word))
      return refuse(`neither a type nor a state: ${word}`);
  return {
    object,
    link: link ?? null,
    type: type ?? 'unknown',
    state: state ?? 'unknown',
    address,
  };
}

const ADDRESS =
  /^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:%[\w.]+)?(?:\/[0-9]{1,3})?$/;

/** One address, or of a point-to-point link both: `10.0.0.1->10.0.0.2`. */
const isAddress = (text: string): boolean =>
  text.split('->').length <= 2 && text.split('->').every((each) => ADDRESS.test(each));
