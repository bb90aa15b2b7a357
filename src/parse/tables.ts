import type { Complaint, Parsed } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import type { FieldRow } from './field-rows.ts';
import { fieldRow } from './field-rows.ts';
import type { Line } from './lines.ts';
import { splitLines, wholeLines } from './lines.ts';

/** How a table for people is laid out. */
export type TableLayout = {
  /** A title that the header line must hold: `LINK`. */
  readonly required: string;
  /** The one column whose cells may hold blanks: a path, a list of links. */
  readonly wide?: string;
};

type Word = { readonly text: string; readonly start: number; readonly end: number };

/**
 * A table for people, read by the titles of its header line: columns may be missing, stand in any order, be
 * aligned to either side, overflow, or be broken over two lines. Titles are single words. A header that comes
 * again (`-i`) is passed over. Rows before the first header are complaints.
 */
export function parseTable(text: string, layout: TableLayout): Parsed<readonly FieldRow[]> {
  const value: FieldRow[] = [];
  const complaints: Complaint[] = [];
  let header: readonly Word[] = [];
  const lines = Array.from(wholeLines(splitLines(text), complaints), (line) => ({
    ...line,
    text: expandTabs(line.text),
  }));
  const width = lines.reduce((widest, { text: each }) => Math.max(widest, each.length), 0);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (!line) break;
    const words = wordsOf(line.text);
    if (isHeader(words, layout)) {
      header = words;
      continue;
    }
    if (isHeaderRest(header, words) && lines[index - 1]?.text.includes(layout.required)) {
      header = [...header, ...words.map((word) => ({ ...word, start: BROKEN, end: BROKEN }))];
      continue;
    }
    if (header.length === 0) {
      complaints.push(complaint(line.number, line.text, `no header line with ${layout.required}`));
      continue;
    }
    const next = lines[index + 1];
    if (next && isBroken(header, words, next, layout)) {
      value.push(
        tableRow(
          line,
          header,
          [...words, ...wordsOf(next.text)].map(({ text }) => text),
        ),
      );
      index += 1;
      continue;
    }
    const cells = cellsOf(header, words, layout);
    const rest = wordsOf(next?.text ?? '');
    if (cells && next && isCutAt(width, line, next, rest)) {
      // A terminal that was too narrow has broken the last word.
      value.push(
        tableRow(line, header, [...cells.slice(0, -1), `${cells.at(-1)}${next.text.trim()}`]),
      );
      index += 1;
      continue;
    }
    // Programs print dashes where there is nothing: what is one word alone is no row.
    if (cells && (words.length > 1 || header.length === 1))
      value.push(tableRow(line, header, cells));
    else
      complaints.push(
        complaint(
          line.number,
          line.text,
          `expected ${header.length} columns, found ${words.length}`,
        ),
      );
  }
  return { value, complaints };
}

const tableRow = (line: Line, header: readonly Word[], cells: readonly string[]): FieldRow =>
  fieldRow(
    line.number,
    line.text,
    header.map(({ text }) => text),
    cells,
  );

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let expanded = '';
  for (const char of text) expanded += char === '\t' ? ' '.repeat(8 - (expanded.length % 8)) : char;
  return expanded;
}

const wordsOf = (text: string): readonly Word[] =>
  [...text.matchAll(/[^ ]+/g)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));

/** A header holds the required title, in capitals or as `Link`, and nothing but different title words. */
const isHeader = (words: readonly Word[], { required }: TableLayout): boolean =>
  words.some(
    ({ text }) =>
      text === required || text === `${required.charAt(0)}${required.slice(1).toLowerCase()}`,
  ) &&
  words.every(({ text }) => /^[%A-Za-z][-_/%A-Za-z0-9]*$/.test(text)) &&
  new Set(words.map(({ text }) => text)).size === words.length;

/** Titles that come last in their tables, so that a narrow terminal may break the header before them. */
const LAST_TITLES: ReadonlySet<string> = new Set(
  (
    'ADDRESS ALTROOT BRAND BRIDGE DEDUP DEFAULTED DEVICE DIST DUPLEX EXPIRED FLAGS HEALTH IP ' +
    'LACPTIMER MACADDRTYPE OVER PORTSTATE VID VIDS ZONE'
  ).split(' '),
);
/** The place of a column whose title was broken off: no cell stands under it. */
const BROKEN = Number.MAX_SAFE_INTEGER;

const isHeaderRest = (header: readonly Word[], words: readonly Word[]): boolean =>
  header.length > 0 &&
  words.every(({ text }) => LAST_TITLES.has(text) && !header.some((title) => title.text === text));

/** Whether a row that is too short goes on in the next line, which is too short as well. */
function isBroken(
  header: readonly Word[],
  words: readonly Word[],
  next: Line,
  layout: TableLayout,
): boolean {
  const rest = wordsOf(next.text);
  const startsInFirst = (words[0]?.start ?? 0) < (header[1]?.start ?? 1);
  return (
    words.length < header.length &&
    words.length + rest.length === header.length &&
    startsInFirst &&
    !isHeader(rest, layout) &&
    (next.text.startsWith(' ') || words.length > rest.length)
  );
}

/** Whether a row fills a narrow terminal and goes on at the beginning of the next line, within a word. */
const isCutAt = (width: number, line: Line, next: Line, rest: readonly Word[]): boolean =>
  line.text.length === width &&
  rest.length === 1 &&
  rest[0]?.start === 0 &&
  next.text.length < width;

/** One cell per column; undefined when the words cannot be told apart. */
function cellsOf(
  header: readonly Word[],
  words: readonly Word[],
  { wide }: TableLayout,
): readonly string[] | undefined {
  const wideIndex = header.findIndex(({ text }) => text.toUpperCase() === wide);
  if (words.length === header.length) {
    const isStraight = words.every((word, index) => isUnder(header, index, word));
    const byPlace = isStraight ? undefined : cellsByPlace(header, words, wideIndex, isUnder);
    return byPlace ?? words.map(({ text }) => text);
  }
  if (words.length > header.length && wideIndex !== -1) {
    const surplus = words.length - header.length;
    const texts = words.map(({ text }) => text);
    return [
      ...texts.slice(0, wideIndex),
      texts.slice(wideIndex, wideIndex + surplus + 1).join(' '),
      ...texts.slice(wideIndex + surplus + 1),
    ];
  }
  return cellsByPlace(header, words, wideIndex);
}

/** Whether a cell begins or ends where the title of the column does, and ends before the next one begins. */
const isUnder = (header: readonly Word[], column: number, { start, end }: Word): boolean => {
  const [title, next] = header.slice(column, column + 2);
  return (
    title !== undefined &&
    (title.start === start || title.end === end) &&
    (next === undefined || end < next.start)
  );
};

/**
 * Each word goes to the column it stands under; two words under one column are refused unless it is the wide one, and
 * so are those that do not fit where they are.
 */
function cellsByPlace(
  header: readonly Word[],
  words: readonly Word[],
  wideIndex: number,
  fits: typeof isUnder = () => true,
): readonly string[] | undefined {
  const cells = header.map(() => '');
  let last = -1;
  for (const word of words) {
    const column = nearestColumn(header, word);
    if (column < last) return undefined;
    if (column === last && column !== wideIndex) return undefined;
    if (column !== last && !fits(header, column, word)) return undefined;
    cells[column] = column === last ? `${cells[column] ?? ''} ${word.text}` : word.text;
    last = column;
  }
  return cells;
}

/**
 * The column whose title is nearest. A cell may be longer than its title, or its title than the column, so that it
 * touches two: then the one counts with which it begins or ends.
 */
function nearestColumn(header: readonly Word[], word: Word): number {
  let best = 0;
  let bestGap = Infinity;
  let bestShift = Infinity;
  for (const [index, title] of header.entries()) {
    const gap = Math.max(title.start - word.end, word.start - title.end, 0);
    const shift = Math.min(Math.abs(title.start - word.start), Math.abs(title.end - word.end));
    if (gap < bestGap || (gap === bestGap && shift < bestShift)) {
      best = index;
      bestGap = gap;
      bestShift = shift;
    }
  }
  return best;
}
