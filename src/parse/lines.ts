import { sanitize } from '../domain/text.ts';

/** One line of a program's output. */
export type Line = {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
};

/**
 * The lines of an output that hold anything but blanks, made safe for a screen, with LF or CRLF at their ends.
 * Leading blanks stay, since some formats tell depth by them; trailing blanks and TABs go with `trimEnd`.
 */
export function splitLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let number = 0;
  for (const line of splitAllLines(text)) {
    number += 1;
    if (line.trim() !== '') lines.push({ number, text: line });
  }
  return lines;
}

/** Every line, empty ones too, made safe for a screen. The piece behind the last line end counts if not empty. */
export function splitAllLines(text: string): readonly string[] {
  const safe = sanitize(text.endsWith('\r') ? text.slice(0, -1) : text);
  const lines = safe.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Whether the last line lacks its line end: the output may have been cut within it. */
export const endsWithinLine = (text: string): boolean => text !== '' && !text.endsWith('\n');

/** The words of a line: runs of anything but blanks and TABs. */
export const splitWords = (text: string): readonly string[] =>
  text.split(/[ \t]+/).filter((word) => word !== '');
