import { fail, type ProgramContext } from '../machine.ts';

/**
 * The output library of dladm(8) and ipadm(8): `-p -o a,b` for programs, columns for people.
 * A value of `''` is an absent one: empty with -p, `--` for people.
 */
export type Field<Row> = {
  readonly name: string;
  /** Columns with the blank behind it. */
  readonly width: number;
  readonly value: (row: Row) => string;
};
export type OfmtOptions = {
  readonly parsable: boolean;
  /** As given with -o; undefined when it was not. */
  readonly fields: string | undefined;
};

/** Fields that are printed by default; the others must be asked for. */
export type FieldSet<Row> = {
  readonly all: readonly Field<Row>[];
  readonly shown: readonly string[];
};

export function field<Row>(name: string, width: number, value: (row: Row) => string): Field<Row> {
  return { name, width, value };
}

/** Prints the rows; gives the exit code. Messages are those of libofmt. */
export function printRows<Row>(
  context: ProgramContext,
  set: FieldSet<Row>,
  rows: readonly Row[],
  { parsable, fields }: OfmtOptions,
): number {
  const names = fields?.toLowerCase().split(',') ?? [];
  if (parsable && fields === undefined)
    return fail(context, 'output fields must be specified in parsable mode');
  if (parsable && names.includes('all'))
    return fail(context, "output field `all' invalid in parsable mode");
  const wanted =
    fields === undefined
      ? set.shown
      : names.includes('all')
        ? set.all.map((one) => one.name)
        : names;
  const known: Field<Row>[] = [];
  const bad: string[] = [];
  for (const name of wanted) {
    const found = set.all.find((one) => one.name === name.trim());
    if (found) known.push(found);
    else bad.push(name);
  }
  if (bad.length > 0) {
    const text = `unknown output field${bad.length > 1 ? 's' : ''} ${bad.map((name) => `\`${name}'`).join(' ')}`;
    if (parsable) return fail(context, text);
    fail(context, `ignoring ${text}`);
    if (known.length === 0) return fail(context, 'no valid output fields');
  }
  context.stdout.write(parsable ? parsableRows(known, rows) : humanRows(known, rows));
  return 0;
}

/** A `:` or a backslash in a value is escaped, but not when only one field is printed. */
const parsableRows = <Row>(fields: readonly Field<Row>[], rows: readonly Row[]): string =>
  rows
    .map((row) => {
      const values = fields.map((one) => one.value(row));
      const escaped =
        values.length > 1 ? values.map((value) => value.replace(/[:\\]/g, '\\$&')) : values;
      return `${escaped.join(':')}\n`;
    })
    .join('');

function humanRows<Row>(fields: readonly Field<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const line = (values: readonly string[]) =>
    `${values
      .map((value, index) => {
        const width = fields[index]?.width ?? 0;
        const isLast = index === fields.length - 1;
        return isLast ? value : value.padEnd(width - 1) + ' ';
      })
      .join('')}\n`;
  return (
    line(fields.map((one) => one.name.toUpperCase())) +
    rows.map((row) => line(fields.map((one) => one.value(row) || '--'))).join('')
  );
}
