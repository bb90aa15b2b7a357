import type { Argv } from '../domain/command.ts';
import type { Complaint } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import type { Line } from './lines.ts';
import { splitLines } from './lines.ts';

const MARK = '=== labtop: ';

/** A step that prints a line of its own between the outputs of two programs of one question. */
export const mark = (label: string): Argv => ['echo', `${MARK}${label}`];

/** What was printed behind one mark, up to the next. */
export type Section = {
  /** null for what stands before the first mark. */
  readonly label: string | null;
  readonly lines: readonly Line[];
};

/** Cuts a joined output at its marks. The first section is the text before any mark, perhaps without lines. */
export function splitAtMarks(text: string): readonly Section[] {
  const sections: { label: string | null; lines: Line[] }[] = [];
  let current: { label: string | null; lines: Line[] } = { label: null, lines: [] };
  sections.push(current);
  for (const line of splitLines(text)) {
    // A program whose last line lacks its end has the mark at the end of that line.
    const at = line.text.indexOf(MARK);
    if (at === -1) {
      current.lines.push(line);
      continue;
    }
    const before = line.text.slice(0, at);
    if (before.trim() !== '')
      current.lines.push({ number: line.number, text: before, isCut: true });
    current = { label: line.text.slice(at + MARK.length).trim(), lines: [] };
    sections.push(current);
  }
  return sections;
}

/**
 * The lines behind the marks of these labels, and of those that begin with `prefix`; those before any under null;
 * undefined where there is no such mark. What stands behind another one, as when a mark was cut, is a complaint for
 * each line.
 */
export function readMarked(
  text: string,
  labels: readonly string[],
  prefix?: string,
): {
  /** Those that there are, in their order. */
  readonly labels: readonly string[];
  readonly linesOf: (label: string | null) => readonly Line[] | undefined;
  readonly complaints: readonly Complaint[];
} {
  const known = new Map<string | null, Line[]>();
  const complaints: Complaint[] = [];
  for (const { label, lines } of splitAtMarks(text)) {
    const own = known.get(label);
    const isSet =
      label === null ||
      labels.includes(label) ||
      (prefix !== undefined && label.startsWith(prefix));
    if (!isSet)
      for (const { number, text: line } of lines)
        complaints.push(complaint(number, line, 'behind a mark that nobody has set'));
    else if (own) own.push(...lines);
    else known.set(label, [...lines]);
  }
  return {
    labels: [...known.keys()].filter((label) => label !== null),
    linesOf: (label) => known.get(label),
    complaints,
  };
}
