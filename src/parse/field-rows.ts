import { ownText } from '../domain/own-text.ts';
import type { Complaint, Parsed } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import { isAbsent } from './numbers.ts';

/** One row with named fields, whether it came from a machine format or from a table for people. */
export type FieldRow = {
  readonly line: number;
  readonly text: string;
  /** The field as printed; null when the row has no such field or prints `-`, `--`, `?` or nothing in it. */
  readonly read: (field: string) => string | null;
};

/** A row whose values stand in the order of `fields`; names are compared without regard to case. */
export const fieldRow = (
  line: number,
  text: string,
  fields: readonly string[],
  values: readonly string[],
): FieldRow => ({
  line,
  text,
  read: (field) => {
    const index = fields.findIndex((name) => name.toLowerCase() === field.toLowerCase());
    const value = index === -1 ? undefined : values[index]?.trim();
    return value === undefined || isAbsent(value) ? null : isNumber(value) ? value : ownText(value);
  },
});

/** It is read as one, and its text not kept. */
const isNumber = (text: string): boolean => /^[0-9.]+$/.test(text);

/** Why a row was not understood. */
export type Refused = { readonly refused: string };
export const refuse = (reason: string): Refused => ({ refused: reason });

/** Makes a domain object of every row; a row that is refused becomes a complaint. */
export function readRows<T extends object>(
  rows: Parsed<readonly FieldRow[]>,
  read: (row: FieldRow) => T | Refused,
): Parsed<readonly T[]> {
  const value: T[] = [];
  const complaints: Complaint[] = [...rows.complaints];
  for (const row of rows.value) {
    const result = read(row);
    if ('refused' in result) complaints.push(complaint(row.line, row.text, result.refused));
    else value.push(result);
  }
  return { value, complaints };
}
