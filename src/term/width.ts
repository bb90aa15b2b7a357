import { eastAsianWidth } from 'get-east-asian-width';

/** One glyph as it is drawn: its replacement text, and how many cells (0, 1, 2) every terminal gives it. */
export type SafeGlyph = { readonly text: string; readonly width: 0 | 1 | 2 };

const NOTHING: SafeGlyph = { text: '', width: 0 };
const BLANK: SafeGlyph = { text: ' ', width: 1 };
const CONTROL: SafeGlyph = { text: '·', width: 1 };
const FOREIGN: SafeGlyph = { text: '?', width: 1 };

/**
 * Code units that stand for one cell or two whatever follows, as long as that is such a code unit
 * too. Everything else (0) needs a look at the whole grapheme.
 */
const PLAIN = new Uint8Array(0x1_0000);
for (const [first, last, width] of [
  [0x20, 0x7e, 1],
  [0xa1, 0xac, 1],
  [0xae, 0x2ff, 1],
  [0x3a3, 0x3ff, 1],
  [0x400, 0x481, 1],
  [0x2010, 0x2027, 1],
  [0x2030, 0x203b, 1],
  [0x2190, 0x21ff, 1],
  [0x2200, 0x22ff, 1],
  [0x2500, 0x25fc, 1],
  [0x2800, 0x28ff, 1],
  [0x3041, 0x3096, 2],
  [0x30a1, 0x30fa, 2],
  [0x3400, 0x4dbf, 2],
  [0x4e00, 0x9ffc, 2],
  [0xac00, 0xd7a3, 2],
  [0xff01, 0xff60, 2],
] as const)
  PLAIN.fill(width, first, last + 1);

/** Wide code points whose two cells Ink, tmux and the emulators agree on: CJK, kana, Hangul, full width forms. */
const AGREED_WIDE: readonly (readonly [number, number])[] = [
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x2_0000, 0x2_fffd],
  [0x3_0000, 0x3_fffd],
];
/** One cell by Unicode, yet two or none in tables that emulators still ship. */
const DISPUTED_NARROW: readonly (readonly [number, number])[] = [
  [0x6de, 0x6de],
  // Hangul vowels and finals, which follow no syllable here.
  [0x1160, 0x11ff],
  [0x2329, 0x232a],
  [0x303f, 0x303f],
  [0x3248, 0x324f],
  [0x4dc0, 0x4dff],
  [0xd7b0, 0xd7ff],
];
/** Combining marks that take no cell of their own in any width table in use. */
const AGREED_MARK: readonly (readonly [number, number])[] = [
  [0x300, 0x36f],
  [0x483, 0x487],
  [0x591, 0x5bd],
  [0x5bf, 0x5bf],
  [0x5c1, 0x5c2],
  [0x64b, 0x655],
  [0x670, 0x670],
  [0xe31, 0xe31],
  [0xe34, 0xe3a],
  [0xe47, 0xe4e],
  [0x20d0, 0x20dc],
  [0x3099, 0x309a],
  [0xfe20, 0xfe23],
];
const MOST_MARKS = 3;
const CONTROL_CHARACTER = /^[\p{Cc}\u2028\u2029]/u;
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cf}]/u;
const UNDRAWABLE =
  /^[\p{Emoji_Presentation}\p{Regional_Indicator}\p{Emoji_Modifier}\p{Mc}\p{Cn}\p{Cs}\p{Co}]/u;
/** The icon fonts of terminals live here; the code points beyond the first plane are disputed. */
const PRIVATE_USE_AREA = /^[\uE000-\uF8FF]/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** A grapheme longer than this is an attack on the renderer, not a letter. */
const LONGEST_GRAPHEME = 64;
const KNOWN_LIMIT = 4096;
const known = new Map<string, SafeGlyph>();

/** 1 or 2 if the code unit at `index` and its neighbour need no grapheme segmentation, else 0. */
export function plainWidthAt(text: string, index: number): number {
  const width = PLAIN[text.charCodeAt(index)] ?? 0;
  if (width === 0 || index + 1 >= text.length) return width;
  return PLAIN[text.charCodeAt(index + 1)] === 0 ? 0 : width;
}

/** Where the code units from `index` on end that each need one cell and no grapheme segmentation. */
export function plainRun(text: string, index: number): number {
  const { length } = text;
  let end = index;
  while (end < length && PLAIN[text.charCodeAt(end)] === 1) end += 1;
  // What follows may be a mark on the last one.
  return end > index && end < length && PLAIN[text.charCodeAt(end)] === 0 ? end - 1 : end;
}

/** The grapheme that starts at `index`. */
export function graphemeAt(text: string, index: number): string {
  const rest = text.slice(index, index + LONGEST_GRAPHEME);
  for (const { segment } of segmenter.segment(rest)) return segment;
  return rest;
}

/**
 * What is drawn for one grapheme. Emoji, sequences and every other glyph that Ink, tmux and the
 * emulators count differently become `?` or their base character; controls become `·`, TAB and
 * line ends a blank; invisible characters vanish. Ambiguous width is one cell.
 */
export function safeGlyph(grapheme: string): SafeGlyph {
  const cached = known.get(grapheme);
  if (cached !== undefined) return cached;
  const glyph = judge(grapheme);
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(grapheme, glyph);
  return glyph;
}

/** Cells of one grapheme as it is drawn: 0, 1 or 2. */
export function cellWidth(grapheme: string): 0 | 1 | 2 {
  return safeGlyph(grapheme).width;
}

/** Cells of a text as it is drawn. */
export function textWidth(text: string): number {
  let cells = plainRun(text, 0);
  for (let index = cells; index < text.length;) {
    const plain = plainWidthAt(text, index);
    if (plain !== 0) {
      cells += plain;
      index += 1;
    } else {
      const grapheme = graphemeAt(text, index);
      cells += safeGlyph(grapheme).width;
      index += grapheme.length;
    }
  }
  return cells;
}

/** The text as it is drawn: what Ink, tmux and every emulator measure alike. Doing it twice changes nothing. */
export function safeText(text: string): string {
  return take(text, Number.POSITIVE_INFINITY).text;
}

/** At most `cells` cells of the text, as it is drawn; `ellipsis` ends a text that was cut. */
export function truncate(text: string, cells: number, ellipsis = '…'): string {
  if (cells <= 0) return '';
  const whole = take(text, cells);
  if (whole.complete) return whole.text;
  const mark = take(ellipsis, cells);
  return take(text, cells - mark.cells).text + mark.text;
}

/** Fills the text, as it is drawn, with blanks on the right up to `cells` cells; longer texts stay. */
export function padEnd(text: string, cells: number): string {
  const safe = safeText(text);
  return safe + ' '.repeat(Math.max(0, cells - textWidth(safe)));
}

/** Fills the text, as it is drawn, with blanks on the left up to `cells` cells; longer texts stay. */
export function padStart(text: string, cells: number): string {
  const safe = safeText(text);
  return ' '.repeat(Math.max(0, cells - textWidth(safe))) + safe;
}

type Taken = { readonly text: string; readonly cells: number; readonly complete: boolean };

function take(text: string, limit: number): Taken {
  let out = '';
  let cells = Math.min(plainRun(text, 0), limit);
  let index = cells;
  let plainFrom = 0;
  while (index < text.length) {
    const plain = plainWidthAt(text, index);
    if (plain !== 0) {
      if (cells + plain > limit) break;
      cells += plain;
      index += 1;
      continue;
    }
    const grapheme = graphemeAt(text, index);
    const glyph = safeGlyph(grapheme);
    if (cells + glyph.width > limit) break;
    out += text.slice(plainFrom, index) + glyph.text;
    cells += glyph.width;
    index += grapheme.length;
    plainFrom = index;
  }
  return { text: out + text.slice(plainFrom, index), cells, complete: index >= text.length };
}

function judge(grapheme: string): SafeGlyph {
  if (/^[\t\n\r]/.test(grapheme)) return BLANK;
  if (CONTROL_CHARACTER.test(grapheme)) return CONTROL;
  const composed = grapheme.normalize('NFC');
  const first = composed.codePointAt(0) ?? 0;
  const base = String.fromCodePoint(first);
  if (INVISIBLE.test(base)) return NOTHING;
  const width = baseWidth(base, first);
  if (width === 0) return FOREIGN;
  const marks = Array.from(composed.slice(base.length), (mark) => mark.codePointAt(0) ?? 0);
  const isAgreed = marks.length <= MOST_MARKS && marks.every((mark) => isIn(mark, AGREED_MARK));
  return { text: isAgreed ? composed : base, width };
}

function isIn(codePoint: number, ranges: readonly (readonly [number, number])[]): boolean {
  return ranges.some(([from, to]) => codePoint >= from && codePoint <= to);
}

/** 0 if the terminals disagree about the code point. */
function baseWidth(base: string, codePoint: number): 0 | 1 | 2 {
  if (UNDRAWABLE.test(base) && !PRIVATE_USE_AREA.test(base)) return 0;
  if (isIn(codePoint, DISPUTED_NARROW)) return 0;
  if (eastAsianWidth(codePoint, { ambiguousAsWide: false }) === 1)
    return isIn(codePoint, AGREED_WIDE) ? 0 : 1;
  return isIn(codePoint, AGREED_WIDE) ? 2 : 0;
}
