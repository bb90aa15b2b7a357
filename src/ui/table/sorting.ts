import { UNKNOWN } from '../../domain/format.ts';
import type { BoundColumn } from '../../domain/view.ts';

/** One of the columns that a table is sorted by. */
export type SortKey = { readonly column: string; readonly descending: boolean };

/** The columns that a table is sorted by, the first one deciding; empty is faults first, then the view's order. */
export type SortState = readonly SortKey[];

/** Faults first, then the view's own order. */
export const defaultSort: SortState = [];

/** More keys than these are never told apart by a person. */
const MOST_KEYS = 3;

/** Numbers stand at the right, and their largest is what one looks for; of times the nearest. */
const startsDescending = ({ align, unit }: Pick<BoundColumn, 'align' | 'unit'>): boolean =>
  align === 'right' && unit !== 'since' && unit !== 'until';

/**
 * Asks for a column: it becomes the first key, ascending for text and descending for numbers; asked again it is
 * reversed, a third time it goes. Earlier keys stay behind it and decide between equals.
 */
export function toggleSort(
  state: SortState,
  column: Pick<BoundColumn, 'id' | 'align' | 'unit'>,
): SortState {
  const first = startsDescending(column);
  const present = state.find((key) => key.column === column.id);
  if (!present) return [{ column: column.id, descending: first }, ...state].slice(0, MOST_KEYS);
  return present.descending === first
    ? state.map((key) => (key === present ? { ...key, descending: !first } : key))
    : state.filter((key) => key !== present);
}

/** The first key the other way round. */
export const reverseSort = ([first, ...rest]: SortState): SortState =>
  first ? [{ ...first, descending: !first.descending }, ...rest] : defaultSort;

/** Small triangles: the large one that points up means a warning, and is `!` in ASCII. */
export const sortSign = ({ descending }: SortKey): string => (descending ? '▾' : '▴');

/** For a frame's title: `sort cpu▾ host▴`; empty for the default order. */
export const sortText = (state: SortState): string =>
  state.length === 0 ? '' : `sort ${state.map((key) => `${key.column}${sortSign(key)}`).join(' ')}`;

/** A value made ready for comparing, so that comparing costs nothing but a look at it. */
export type Sortable = string | number | null;

const NOT_ASCII = /[^ -~]/;
const DIGITS = /\d+/g;
/** The character that tells a run's length stays between the digits and the letters. */
const LONGEST_RUN = 48;
const MARKS = /\p{Mn}/gu;

/**
 * Makes a value ready for comparing: without regard to case and accents, and a run of digits is preceded by its
 * length, so that `web2` comes before `web10`. Not a number is not known.
 */
export function sortable(value: string | number | null): Sortable {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (value === null || value === UNKNOWN) return null;
  const plain = NOT_ASCII.test(value) ? value.normalize('NFKD').replace(MARKS, '') : value;
  return plain.toLowerCase().replace(DIGITS, (run) => {
    const digits = run.replace(/^0+(?=\d)/, '');
    return String.fromCharCode(0x30 + Math.min(digits.length, LONGEST_RUN)) + digits;
  });
}

/** The order of two values that are ready; what is not known comes last in both directions. */
export function compareSortable(a: Sortable, b: Sortable, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const mixed = typeof a !== typeof b;
  const left = mixed ? String(a) : a;
  const right = mixed ? String(b) : b;
  if (left === right) return 0;
  return left < right === descending ? 1 : -1;
}

/** Letters that move or leave a menu, or reverse the order; no column gets them. */
const RESERVED = 'jkqo';
const SPARE = 'abcdefghilmnprstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ';

/** What is in most tables has the same letter everywhere. */
const USUAL: Readonly<Record<string, string>> = {
  name: 'n',
  state: 's',
  status: 's',
  cpu: 'c',
  mem: 'm',
  age: 'a',
  host: 'h',
  up: 'u',
  uptime: 'u',
  created: 'u',
  rss: 'r',
  restarts: 'r',
};

/**
 * A letter for each word, all different: the first of its own that is still free, else any. Words that come first
 * choose first, after those with a letter of `usual`; a word for which nothing is left gets an empty text.
 */
export function chooseLetters(
  words: readonly string[],
  usual: readonly (string | undefined)[] = [],
): readonly string[] {
  const taken = new Set(RESERVED);
  const take = (letters: readonly string[]): string | undefined => {
    const letter = letters.find((candidate) => !taken.has(candidate));
    if (letter !== undefined) taken.add(letter);
    return letter;
  };
  const first = words.map((_, index) => take([usual[index] ?? []].flat()));
  return words.map((word, index) => {
    const own = Array.from(word.toLowerCase()).filter((letter) => /[a-z]/.test(letter));
    return first[index] ?? take([...own, ...Array.from(SPARE)]) ?? '';
  });
}

/** A letter for each column, the same for the same column in every view where that can be. */
export const columnLetters = (
  columns: readonly Pick<BoundColumn, 'id' | 'title'>[],
): readonly string[] =>
  chooseLetters(
    columns.map(({ title, id }) => title + id),
    columns.map(({ id }) => USUAL[id]),
  );

/** A line of the sort menu. */
export type SortChoice = {
  readonly column: string;
  readonly letter: string;
  readonly title: string;
  /** How it is sorted by now; null when it is not. */
  readonly key: SortKey | null;
  /** Which of the keys it is, from 1 on; null when it is none. */
  readonly place: number | null;
};

/** The columns that a table can be sorted by, each with its letter. Sparklines have no value to sort by. */
export function sortChoices(
  columns: readonly Pick<BoundColumn, 'id' | 'title' | 'series'>[],
  state: SortState,
): readonly SortChoice[] {
  const able = columns.filter(({ series }) => series === undefined);
  const letters = columnLetters(able);
  return able.map(({ id, title }, index) => {
    const place = state.findIndex(({ column }) => column === id);
    return {
      column: id,
      letter: letters[index] ?? '',
      title,
      key: state[place] ?? null,
      place: place < 0 ? null : place + 1,
    };
  });
}
