import type { Complaint } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import { sanitize } from '../domain/text.ts';

/** One line of a program's output. */
export type Line = {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** It lacks its end: its program may have been stopped within it, and its last word may be half of one. */
  readonly isCut?: true;
};

/**
 * The lines of an output that hold anything but blanks, made safe for a screen, with LF or CRLF at their ends.
 * Leading blanks stay, since some formats tell depth by them; trailing blanks and TABs go with `trimEnd`.
 */
export function splitLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  const all = splitAllLines(text);
  const cut = endsWithinLine(text) ? all.length : 0;
  let number = 0;
  for (const line of all) {
    number += 1;
    if (line.trim() !== '')
      lines.push(number === cut ? { number, text: line, isCut: true } : { number, text: line });
  }
  return lines;
}

/** The lines that have their ends. One that was cut is a complaint: half a number reads like a whole one. */
export function* wholeLines(lines: readonly Line[], complaints: Complaint[]): Iterable<Line> {
  for (const line of lines)
    if (line.isCut) complaints.push(cutLine(line));
    else yield line;
}

/** What is said of a line that was cut. */
export const cutLine = ({ number, text }: Line): Complaint =>
  complaint(number, text, 'cut off: no line end');

/** Every line, empty ones too, made safe for a screen. The piece behind the last line end counts if not empty. */
export function splitAllLines(text: string): readonly string[] {
  const safe = sanitize(text.endsWith('\r') ? text.slice(0, -1) : text);
  const lines = safe.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Whether the last line lacks its line end: the output may have been cut within it. */
export const endsWithinLine = (text: string): boolean => text !== '' && !/[\r\n]$/.test(text);

/** The words of a line: runs of anything but blanks and TABs. */
export const splitWords = (text: string): readonly string[] =>
  text.split(/[ \t]+/).filter((word) => word !== '');
