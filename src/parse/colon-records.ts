import type { Complaint, Parsed } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import type { FieldRow } from './field-rows.ts';
import { fieldRow } from './field-rows.ts';
import type { Line } from './lines.ts';
import { wholeLines } from './lines.ts';

/**
 * A row of libofmt's parsable output (`dladm show-* -p -o a,b`): fields parted by `:`, with `\:` for a colon
 * and `\\` for a backslash within a field. A single backslash at the end stays.
 */
export function splitOfmtRecord(text: string): readonly string[] {
  const fields: string[] = [];
  let field = '';
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '\\' && index + 1 < text.length) {
      index += 1;
      field += text.charAt(index);
    } else if (char === ':') {
      fields.push(field);
      field = '';
    } else field += char;
  }
  fields.push(field);
  return fields;
}

/**
 * The rows of libofmt's parsable output for the fields that were asked for, in their order.
 * libofmt escapes only when two or more fields are asked for: a single field is the line as it is.
 */
export function parseOfmtRecords(
  lines: readonly Line[],
  fields: readonly string[],
): Parsed<readonly FieldRow[]> {
  const value: FieldRow[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(lines, complaints)) {
    const values = fields.length === 1 ? [text] : splitOfmtRecord(text);
    if (values.length === fields.length) value.push(fieldRow(number, text, fields, values));
    else
      complaints.push(
        complaint(number, text, `expected ${fields.length} fields, found ${values.length}`),
      );
  }
  return { value, complaints };
}

/** Where the zonepath stands in `zoneadm list -p`. */
const ZONEPATH = 3;

/**
 * A row of `zoneadm list -p`: fields parted by `:`; only the zonepath, the fourth field, may hold a colon, which
 * is printed as `\:`. A backslash stands for itself everywhere else.
 */
export function splitZoneadmRecord(text: string): readonly string[] {
  const fields: string[] = [];
  let field = '';
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (fields.length === ZONEPATH && char === '\\' && text.charAt(index + 1) === ':') {
      field += ':';
      index += 1;
    } else if (char !== ':') field += char;
    else {
      fields.push(field);
      field = '';
    }
  }
  fields.push(field);
  return fields;
}
