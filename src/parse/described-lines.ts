import type { DescribedLine } from '../domain/described.ts';
import type { Tone } from '../domain/view.ts';

/** A label with what is said under it: one text, several below each other, further entries, or a table. */
export type Entry = {
  readonly label: string;
  readonly value: string | readonly string[] | readonly Entry[] | Table;
  readonly tone?: Tone;
};

/** Rows of cells, each with its tone; the first one has the titles. */
export type Table = { readonly rows: readonly TableRow[] };
export type TableRow = { readonly cells: readonly string[]; readonly tone?: Tone };

export const entry = (label: string, value: Entry['value'], tone: Tone = 'plain'): Entry => ({
  label,
  value,
  tone,
});

/** As kubectl describe does it: labels of a level as wide as the widest, what is beneath them two blanks further in. */
export function describedLines(entries: readonly Entry[], indent = ''): readonly DescribedLine[] {
  const isFlat = ({ value }: Entry): boolean => typeof value === 'string' || isTexts(value);
  const width = Math.max(0, ...entries.filter(isFlat).map(({ label }) => label.length)) + 3;
  return entries.flatMap(({ label, value, tone = 'plain' }) => {
    const head = `${indent}${label}:`;
    const flat = `${indent}${`${label}:`.padEnd(width)}`;
    if (typeof value === 'string') return [{ text: `${flat}${value}`, tone }];
    if (isTexts(value)) {
      const texts = value.length === 0 ? ['<none>'] : value;
      return texts.map((text, index) => ({
        text: `${index === 0 ? flat : ' '.repeat(flat.length)}${text}`,
        tone,
      }));
    }
    if ('rows' in value) return [{ text: head, tone }, ...tableLines(value, `${indent}  `)];
    return [{ text: head, tone }, ...describedLines(value, `${indent}  `)];
  });
}

const isTexts = (value: Entry['value']): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

function tableLines({ rows }: Table, indent: string): readonly DescribedLine[] {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  return rows.map(({ cells, tone = 'plain' }) => ({
    text: `${indent}${cells.map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2)).join('')}`.trimEnd(),
    tone,
  }));
}
