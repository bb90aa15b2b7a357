import type { Argv } from '../domain/command.ts';
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
