import type { Complaint } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Vdev } from '../../domain/pool.ts';
import type { Line } from '../../parse/lines.ts';
import { splitWords } from '../../parse/lines.ts';
import { parseSizeBytes } from '../../parse/sizes.ts';

const DATA = 'data';
/** Headings without state or counters, and the names that the domain has for them. */
const SECTIONS: ReadonlyMap<string, string> = new Map([
  ['logs', 'logs'],
  ['log', 'logs'],
  ['cache', 'cache'],
  ['l2cache', 'cache'],
  ['spares', 'spares'],
  ['special', 'special'],
  ['dedup', 'dedup'],
]);
/** `AVAIL` and `INUSE` are states of spares. */
const STATES: ReadonlySet<string> = new Set([
  'ONLINE',
  'DEGRADED',
  'FAULTED',
  'OFFLINE',
  'REMOVED',
  'UNAVAIL',
  'UNAVAILABLE',
  'SUSPENDED',
  'SPLIT',
  'AVAIL',
  'INUSE',
]);
const COUNTERS: ReadonlySet<string> = new Set(['READ', 'WRITE', 'CKSUM', 'SLOW']);
/** Rows that stand for those below them; on the oldest releases without a number. */
const GROUP = /^(?:mirror|raidz[123]?|draid\S*|replacing|spare)(?:-[0-9]+)?$/;

type Draft = { -readonly [K in keyof Vdev]: Vdev[K] };

/** Takes the lines below `config:` one after another. */
export type VdevTreeReader = {
  /** There will be no header line. */
  readonly begin: () => void;
  /** false when the line is none of the tree's. */
  readonly take: (line: Line) => boolean;
  readonly read: () => readonly Vdev[];
};

/**
 * The tree of `zpool status`: `NAME STATE READ WRITE CKSUM` and perhaps a note. Depth is told by the blanks before
 * a name, more of them than in the row that it is beneath, or where a tree has lost them by the names of groups. Rows
 * that were broken over two lines, because a name is long or a terminal narrow, are joined again.
 */
export function createVdevTreeReader(complaints: Complaint[]): VdevTreeReader {
  const vdevs: Draft[] = [];
  let isBegun = false;
  let base: number | undefined;
  /** Blanks before the rows that the next one may be beneath. */
  let above: readonly number[] = [];
  let section = DATA;
  let waiting: Line | undefined;

  const dropWaiting = () => {
    if (waiting)
      complaints.push(complaint(waiting.number, waiting.text, 'a device without a state'));
    waiting = undefined;
  };

  const takeRow = (line: Line, indent: number): boolean => {
    const words = splitWords(line.text);
    const at = stateIndex(words);
    if (at === -1) return false;
    base ??= indent;
    above = above.filter((blanks) => blanks < indent);
    vdevs.push({
      name: words.slice(0, at).join(' '),
      depth: above.length,
      section,
      state: words[at] ?? '',
      ...readTail(words.slice(at + 1)),
    });
    above = [...above, indent];
    return true;
  };

  return {
    begin: () => {
      isBegun = true;
    },
    take: (line) => {
      const words = splitWords(line.text);
      if (words[0] === 'NAME' && words[1] === 'STATE') {
        isBegun = true;
        return true;
      }
      if (!isBegun) return false;
      // The rest of a header that was broken over two lines.
      if (words.every((word) => COUNTERS.has(word))) return true;
      const indent = indentOf(line.text);
      if (waiting && STATES.has(words[0] ?? '')) {
        const joined = { number: waiting.number, text: `${waiting.text} ${line.text.trim()}` };
        const isRow = takeRow(joined, indentOf(waiting.text));
        waiting = undefined;
        return isRow;
      }
      dropWaiting();
      const named = SECTIONS.get(words[0] ?? '');
      // Old releases print a state and counters behind a heading.
      const isHeading = words.length === 1 || indent === base;
      if (named !== undefined && isHeading && vdevs.length > 0) {
        section = named;
        above = [];
        return true;
      }
      if (continueLast(vdevs.at(-1), words)) return true;
      if (takeRow(line, indent)) return true;
      if (words.length !== 1) return false;
      waiting = line;
      return true;
    },
    read: () => {
      dropWaiting();
      return isFlat(vdevs) ? withDepths(vdevs) : vdevs;
    },
  };
}

/** A tree whose blanks were lost on its way: the pool has rows, and none is beneath it. */
const isFlat = (vdevs: readonly Vdev[]): boolean =>
  vdevs.filter(({ section }) => section === DATA).length > 1 &&
  vdevs.every(({ depth }) => depth === 0);

/** The first row is the pool; groups are beneath it, and disks beneath the group before them. */
function withDepths(vdevs: readonly Vdev[]): readonly Vdev[] {
  let section = DATA;
  let hasGroup = false;
  return vdevs.map((vdev, index) => {
    if (vdev.section !== section) hasGroup = false;
    ({ section } = vdev);
    const isGroup = GROUP.test(vdev.name);
    hasGroup ||= isGroup;
    const least = section === DATA && index > 0 ? 1 : 0;
    return { ...vdev, depth: isGroup || !hasGroup ? least : least + 1 };
  });
}

/** Where the state stands: the first known word behind the name, which may hold blanks; else the second word. */
function stateIndex(words: readonly string[]): number {
  const known = words.findIndex((word, index) => index > 0 && STATES.has(word));
  if (known !== -1) return known;
  // A state of a newer release is still followed by its counters.
  return /^[A-Z]{3,}$/.test(words[1] ?? '') && isCounter(words[2] ?? '') ? 1 : -1;
}

/** A count, `-` for none, or one below nought, which nobody can have counted: it is there and not known. */
const isCounter = (word: string): boolean =>
  word === '-' || parseSizeBytes(word.replace(/^-/, '')) !== null;

type Tail = Pick<Vdev, 'readErrors' | 'writeErrors' | 'checksumErrors' | 'note'>;

/** Read, write and checksum errors, in this order on all releases; with `-s` slow operations; then the note. */
function readTail(words: readonly string[]): Tail {
  // A spare has no counters at all, and no row has only some of them.
  const isCounted = words.length >= 3 && words.slice(0, 3).every(isCounter);
  const read = (index: number): number | null =>
    isCounted ? parseSizeBytes(words[index] ?? '') : null;
  // A note may itself begin with a size: `22.1M resilvered`.
  const hasSlow = isCounted && isCounter(words[3] ?? '') && !isProgress(words[4]);
  const note = words.slice(isCounted ? (hasSlow ? 4 : 3) : 0).join(' ');
  return {
    readErrors: read(0),
    writeErrors: read(1),
    checksumErrors: read(2),
    note: note === '' ? null : note,
  };
}

const isProgress = (word: string | undefined): boolean =>
  word === 'resilvered' || word === 'repaired';

/** The rest of a broken row: counters that are missing above, or the words that a note still lacks. */
function continueLast(last: Draft | undefined, words: readonly string[]): boolean {
  if (!last) return false;
  if (words.every(isCounter) && last.readErrors === null && last.section !== 'spares') {
    const before = last.note === null ? [] : splitWords(last.note);
    const tail = readTail([...before, ...words]);
    if (tail.readErrors === null) return false;
    Object.assign(last, tail);
    return true;
  }
  const isNote =
    words[0] === 'was' ||
    words[0]?.startsWith('(') === true ||
    (last.note !== null && words.length === 1 && words[0]?.startsWith('/dev/') === true);
  if (!isNote) return false;
  last.note = [...(last.note === null ? [] : [last.note]), ...words].join(' ');
  return true;
}

function indentOf(text: string): number {
  let width = 0;
  for (const char of text) {
    if (char === ' ') width += 1;
    else if (char === '\t') width += 8 - (width % 8);
    else break;
  }
  return width;
}
