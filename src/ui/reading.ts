import { compileFilter } from '../derive/filter.ts';
import type { CompiledFilter } from '../derive/filter.ts';
import type { LogLine, LogSnapshot } from '../domain/log.ts';
import type { ReadLine } from '../domain/read-line.ts';
import { graphemeAt, plainWidthAt, safeGlyph } from '../term/width.ts';
import type { Model } from './model.ts';
import { placeKey } from './session.ts';
import type { Place, Session } from './session.ts';

/** Where a text is scrolled to: an end of it, or a line and which of the rows that it is wrapped into. */
export type ReadTop = 'start' | 'end' | { readonly id: number; readonly row: number };

/** How the text of the place is read; forgotten when the place is left. */
export type Reading = {
  /** Of the place. */
  readonly key: string;
  /** `end` follows what comes. */
  readonly top: ReadTop;
  /** Cells that are left out at the left side, while lines are not wrapped. */
  readonly left: number;
  /** What does not match the filter is left out. */
  readonly only: boolean;
  /** The match that was jumped to. */
  readonly hit: number | null;
  /** Of logs: those of each container's life before its last start. */
  readonly previous: boolean;
  /** Of YAML: with who set which field. */
  readonly managed: boolean;
};

/**
 * How the place's text is read, as it begins when it was not touched yet: logs follow and hide what does not match, an
 * object shows all of itself.
 */
export function readingOf({ reading, place }: Session): Reading {
  const key = placeKey(place);
  if (reading?.key === key) return reading;
  const isLog = place.kind === 'log';
  return {
    key,
    top: isLog ? 'end' : 'start',
    left: 0,
    only: isLog,
    hit: null,
    previous: false,
    managed: false,
  };
}

/** Whether the place is a text that is read line by line. */
export const isText = ({ kind }: Place): boolean => kind === 'log' || kind === 'document';

/** The text of the place as it is read. */
export type ReadText = {
  readonly lines: readonly ReadLine[];
  /** How many there are with those that the filter leaves out. */
  readonly total: number;
  readonly matches: (line: ReadLine) => boolean;
  /** Whether something is looked for. */
  readonly isFiltered: boolean;
  readonly filterError: string | null;
};

const compiled = new Map<string, CompiledFilter>();
const KEPT_FILTERS = 32;
/** Whether a line matches, by the filter; a text of many lines is asked for in each frame. */
const verdicts = new WeakMap<CompiledFilter, WeakMap<ReadLine, boolean>>();

function filterOf(text: string): CompiledFilter {
  const present = compiled.get(text);
  if (present) return present;
  const made = compileFilter(text);
  if (compiled.size >= KEPT_FILTERS) compiled.clear();
  compiled.set(text, made);
  verdicts.set(made, new WeakMap());
  return made;
}

/** Whether a line is one of a log. */
export const isLogLine = (line: ReadLine): line is LogLine => 'container' in line;

/** Lines of labtop's own, such as marks, are in every selection. */
const isNote = (line: ReadLine): boolean => isLogLine(line) && line.container === '';

/** `level=warn` of logfmt and `"level":"warn"` of JSON; the name is one of the grammar's, without signs of its own. */
const fieldIn = (name: string): RegExp =>
  new RegExp(
    `(?:^|[\\s{,])"?${name.replaceAll('.', '\\.')}"?[=:]\\s*(?:"([^"]*)"|([^\\s",}]+))`,
    'iu',
  );

const fields = new Map<string, RegExp>();

/** The pod, the container, or a field that the line itself names. */
function fieldOf(line: ReadLine, name: string): string | null {
  if (isLogLine(line) && name === 'pod') return line.pod;
  if (isLogLine(line) && name === 'container') return line.container;
  let expression = fields.get(name);
  if (!expression) {
    if (fields.size >= KEPT_FILTERS) fields.clear();
    expression = fieldIn(name);
    fields.set(name, expression);
  }
  const found = expression.exec(line.text);
  return found ? (found[1] ?? found[2] ?? null) : null;
}

function textOf(line: ReadLine): string {
  return isLogLine(line) && line.container !== ''
    ? `${line.pod} ${line.container} ${line.text}`
    : line.text;
}

/** The lines of a place, those that its filter leaves. */
export function readText(lines: readonly ReadLine[], session: Session): ReadText {
  const filter = (session.filters[placeKey(session.place)] ?? '').trim();
  const all = { lines, total: lines.length, isFiltered: false, filterError: null };
  if (filter === '') return { ...all, matches: () => false };
  const made = filterOf(filter);
  if ('error' in made)
    return {
      ...all,
      matches: () => false,
      filterError: `${made.error} (character ${made.position + 1})`,
    };
  const known = verdicts.get(made) ?? new WeakMap<ReadLine, boolean>();
  const matches = (line: ReadLine): boolean => {
    let verdict = known.get(line);
    if (verdict === undefined) {
      verdict = made.matches({
        text: textOf(line),
        field: (name) => fieldOf(line, name),
        now: line.at ?? 0,
      });
      known.set(line, verdict);
    }
    return verdict;
  };
  return {
    lines: readingOf(session).only ? lines.filter((line) => isNote(line) || matches(line)) : lines,
    total: lines.length,
    isFiltered: true,
    matches,
    filterError: null,
  };
}

/** The lines of the place, before any filter. */
export const linesOf = ({ text }: Model): readonly ReadLine[] =>
  text?.kind === 'log' ? text.log.lines : (text?.lines ?? []);

/** The text of the place as it is read. */
export const modelText = (model: Model): ReadText => readText(linesOf(model), model.session);

/** What stands before each line. */
export type Prefix = {
  readonly hasTime: boolean;
  /** Cells of the pod's and container's name; 0 when there is only one of them. */
  readonly tag: number;
  /** Cells of all of it, with the blank behind it and the mark before it. */
  readonly width: number;
};

/** `14:09:53.123` */
const TIME_CELLS = 12;
const TAG_SHARE = 0.3;
const LEAST_TAG = 8;

/** What a log's sources are called: only what tells them apart, without what the names of all pods begin with. */
export type SourceNames = {
  /** By pod and container, as {@link sourceKey} makes them; empty where there is only one. */
  readonly names: ReadonlyMap<string, string>;
  /** Cells of the longest. */
  readonly cells: number;
};

export const sourceKey = (pod: string, container: string): string => `${pod} ${container}`;

/** Names of the logs' sources; pods of one workload differ at their ends. */
export function sourceNames({ streams }: Pick<LogSnapshot, 'streams'>): SourceNames {
  const pods = [...new Set(streams.map(({ name }) => name))];
  const containers = new Set(streams.map(({ container }) => container));
  const common = pods.length > 1 ? sharedStart(pods) : 0;
  const names = new Map(
    streams.map(({ name, container }) => [
      sourceKey(name, container),
      [
        ...(pods.length > 1 ? [name.slice(common)] : []),
        ...(containers.size > 1 && container !== '' ? [container] : []),
      ].join(' '),
    ]),
  );
  return { names, cells: Math.max(0, ...[...names.values()].map((name) => name.length)) };
}

/** How many characters all names begin with, up to a dash. */
function sharedStart(names: readonly string[]): number {
  const [first = '', ...others] = names;
  let end = first.lastIndexOf('-') + 1;
  while (end > 0 && !others.every((name) => name.startsWith(first.slice(0, end))))
    end = first.lastIndexOf('-', end - 2) + 1;
  return end;
}

/** What stands before each line. */
export function prefixOf({ text, session }: Model, width: number): Prefix {
  if (text?.kind !== 'log') return { hasTime: false, tag: 0, width: 1 };
  const hasTime = session.texts.time;
  const most = Math.max(LEAST_TAG, Math.floor(width * TAG_SHARE));
  const tag = Math.min(sourceNames(text.log).cells, most);
  return { hasTime, tag, width: 1 + (hasTime ? TIME_CELLS + 1 : 0) + (tag > 0 ? tag + 1 : 0) };
}

/** A text cut into pieces of at most so many cells, as it is drawn; one piece at least. */
export function pieces(text: string, cells: number): readonly string[] {
  const room = Math.max(1, cells);
  const out: string[] = [];
  let piece = '';
  let used = 0;
  for (let index = 0; index < text.length;) {
    const plain = plainWidthAt(text, index);
    const glyph = plain === 0 ? graphemeAt(text, index) : text.charAt(index);
    const width = plain === 0 ? safeGlyph(glyph).width : plain;
    if (used + width > room && piece !== '') {
      out.push(piece);
      piece = '';
      used = 0;
    }
    piece += glyph;
    used += width;
    index += glyph.length;
  }
  return [...out, piece];
}

/** TAB stops of eight cells, as a terminal has them. */
const TAB_STOP = 8;

/** A line's text as it is drawn: blanks in place of TABs. */
export function untabbed(text: string): string {
  if (!text.includes('\t')) return text;
  let out = '';
  for (const part of text.split(/(\t)/u))
    out += part === '\t' ? ' '.repeat(TAB_STOP - (out.length % TAB_STOP)) : part;
  return out;
}

/** How the lines of a text are laid into rows. */
export type Rows = {
  readonly lines: readonly ReadLine[];
  /** Rows of the screen. */
  readonly height: number;
  /** How many rows a line takes. */
  readonly rowsOf: (line: ReadLine) => number;
};

/** A row of a text: the index of its line, and which of that line's rows it is. */
export type RowAt = { readonly index: number; readonly row: number };

const START: RowAt = { index: 0, row: 0 };

const heightAt = ({ lines, rowsOf }: Rows, index: number): number => {
  const line = lines[index];
  return line ? rowsOf(line) : 1;
};

/** The row so many rows further on, or back when negative; it stays within the text. */
export function moveRow(rows: Rows, from: RowAt, by: number): RowAt {
  let { index, row } = from;
  let left = by;
  while (left > 0) {
    const own = heightAt(rows, index) - row;
    if (left < own) return { index, row: row + left };
    if (index >= rows.lines.length - 1) return { index, row: heightAt(rows, index) - 1 };
    left -= own;
    index += 1;
    row = 0;
  }
  while (left < 0) {
    if (-left <= row) return { index, row: row + left };
    if (index === 0) return START;
    left += row + 1;
    index -= 1;
    row = heightAt(rows, index) - 1;
  }
  return { index, row };
}

/** The first row in sight when the last one is the lowest. */
export function lastRow(rows: Rows): RowAt {
  const index = rows.lines.length - 1;
  if (index < 0) return START;
  return moveRow(rows, { index, row: heightAt(rows, index) - 1 }, 1 - rows.height);
}

const isBehind = (a: RowAt, b: RowAt): boolean =>
  a.index > b.index || (a.index === b.index && a.row > b.row);

/** The first row in sight. A line that is no longer there leaves its place to the one that came after it. */
export function firstRow(rows: Rows, top: ReadTop): RowAt {
  const last = lastRow(rows);
  if (top === 'end') return last;
  if (top === 'start') return START;
  const { lines } = rows;
  const exact = lines.findIndex(({ id }) => id === top.id);
  const index = exact >= 0 ? exact : lines.findIndex(({ id }) => id > top.id);
  if (index < 0) return last;
  const row = exact < 0 ? 0 : Math.min(top.row, heightAt(rows, index) - 1);
  const wanted = { index, row };
  return isBehind(wanted, last) ? last : wanted;
}

/** Where a text is scrolled to after a step of so many rows, or to one of its ends. */
export function scrollTo(rows: Rows, top: ReadTop, step: number | 'first' | 'last'): ReadTop {
  if (step === 'first') return 'start';
  if (step === 'last') return 'end';
  const at = moveRow(rows, firstRow(rows, top), step);
  const last = lastRow(rows);
  const { index, row } = isBehind(at, last) ? last : at;
  const line = rows.lines[index];
  if (!line || (index === 0 && row === 0 && step < 0)) return 'start';
  return { id: line.id, row };
}

/** The next line that matches, behind the one that was found last or behind the first one in sight; null for none. */
export function nextMatch({ lines, matches }: ReadText, from: number, step: 1 | -1): number | null {
  for (let count = 1; count <= lines.length; count += 1) {
    const index = (((from + step * count) % lines.length) + lines.length) % lines.length;
    const line = lines[index];
    if (line && matches(line)) return index;
  }
  return null;
}
