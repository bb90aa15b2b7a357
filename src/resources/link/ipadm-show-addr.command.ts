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
  if (object === null && address === null) return refuse('neither an object nor an address');
  const slash = object?.indexOf('/') ?? -1;
  return {
    object,
    link: object === null || slash < 1 ? null : object.slice(0, slash),
    type: row.read('type') ?? 'unknown',
    state: row.read('state') ?? 'unknown',
    address,
  };
}
