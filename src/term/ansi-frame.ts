import { eastAsianWidth } from 'get-east-asian-width';
import type { CellBuffer } from './cell-buffer.ts';
import { colorOfIndex, type Style, type StyleId, type Styles } from './style.ts';
import { graphemeAt, plainWidthAt, safeGlyph } from './width.ts';

/**
 * CSI sequences; strings (OSC, DCS, SOS, PM, APC) up to their end; other two-byte escapes (ECMA-48).
 * The first group holds the parameters of a CSI, the second its final byte.
 */
const ESCAPE =
  /\u001B(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|[ -/]*[0-~])/g;

/** Style after an SGR sequence, by style id and parameters, of one style table. */
const transitions = new WeakMap<Styles, Map<string, StyleId>>();

/**
 * Draws a whole frame as Ink writes it: lines of text with SGR sequences, nothing that moves the
 * cursor. Hyperlinks and other control strings are dropped. Cells that the frame does not reach
 * become blank; what does not fit is cut.
 */
export function drawFrame(frameText: string, buffer: CellBuffer, styles: Styles): void {
  buffer.clear();
  const known = transitions.get(styles) ?? new Map<string, StyleId>();
  transitions.set(styles, known);
  let style: StyleId = 0;
  let x = 0;
  let y = 0;
  const text = (from: number, to: number): void => {
    for (let start = from; start < to && y < buffer.rows;) {
      const feed = frameText.indexOf('\n', start);
      const end = feed < 0 || feed > to ? to : feed;
      x += putMeasured(buffer, x, y, frameText.slice(start, end), style);
      if (end === to) return;
      x = 0;
      y += 1;
      start = end + 1;
    }
  };
  let at = 0;
  for (const match of frameText.matchAll(ESCAPE)) {
    text(at, match.index);
    at = match.index + match[0].length;
    const [, parameters = '', final] = match;
    if (final !== 'm' || !/^[\d;:]*$/.test(parameters)) continue;
    const key = `${style} ${parameters}`;
    const next = known.get(key) ?? styles.id(applySgr(styles.style(style), parameters));
    known.set(key, next);
    style = next;
  }
  text(at, frameText.length);
}

/**
 * Writes a run of text so that it takes the cells that Ink counted for it: a replaced glyph that
 * Ink laid out two cells wide is followed by a blank, so that the rest of the line stays in place.
 */
function putMeasured(
  buffer: CellBuffer,
  x: number,
  y: number,
  text: string,
  style: StyleId,
): number {
  let at = x;
  let plainFrom = 0;
  for (let index = 0; index < text.length;) {
    if (plainWidthAt(text, index) !== 0) {
      index += 1;
      continue;
    }
    const grapheme = graphemeAt(text, index);
    const missing = inkWidth(grapheme) - safeGlyph(grapheme).width;
    index += grapheme.length;
    if (missing <= 0) continue;
    at += buffer.put(at, y, text.slice(plainFrom, index), style);
    at += buffer.put(at, y, ' '.repeat(missing), style);
    plainFrom = index;
  }
  at += buffer.put(at, y, text.slice(plainFrom), style);
  return at - x;
}

const EMOJI = /^\p{RGI_Emoji}$/v;
const KEYCAP = /^[\d#*]\u20E3$/;
const PICTOGRAPH = /\p{Extended_Pictographic}/gu;
const UNSEEN = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]+$/u;

/** Cells that Ink's measure (the package string-width) gives a grapheme. */
function inkWidth(grapheme: string): number {
  if (UNSEEN.test(grapheme)) return 0;
  if (EMOJI.test(grapheme) || KEYCAP.test(grapheme)) return 2;
  const isJoined = grapheme.includes('\u200D') && (grapheme.match(PICTOGRAPH)?.length ?? 0) >= 2;
  if (isJoined) return 2;
  return eastAsianWidth(grapheme.codePointAt(0) ?? 0, { ambiguousAsWide: false });
}

type Draft = { -readonly [Key in keyof Style]: Style[Key] };

/** ECMA-48 8.3.117, with the 256 and 24-bit colours of ISO 8613-6, in both of their spellings. */
function applySgr(from: Style, parameters: string): Style {
  let style: Draft = { ...from };
  const codes = parameters.split(';');
  for (let index = 0; index < codes.length; index += 1) {
    const parts = (codes[index] ?? '').split(':');
    const code = Number(parts[0] ?? '');
    if (code === 0) style = {};
    else if (code === 38 || code === 48) {
      // Colons keep the colour in one parameter (a colour space may stand before red); semicolons spread it.
      const rest = parts.length > 1 ? parts.slice(1) : codes.slice(index + 1, index + 5);
      const isRgb = rest[0] === '2';
      const values = (isRgb && parts.length > 5 ? rest.slice(2) : rest.slice(1)).map(Number);
      if (parts.length === 1) index += isRgb ? 4 : 2;
      const color = isRgb ? hexColor(values) : colorOfIndex(byte(values[0]));
      style[code === 38 ? 'fg' : 'bg'] = color;
    } else applySimple(style, code, parts[1]);
  }
  return style;
}

function applySimple(style: Draft, code: number, variant: string | undefined): void {
  if (code === 1) style.bold = true;
  else if (code === 2) style.dim = true;
  else if (code === 3) style.italic = true;
  else if (code === 4) style.underline = variant !== '0';
  else if (code === 7) style.inverse = true;
  else if (code === 21) style.underline = true;
  else if (code === 22) style.bold = style.dim = false;
  else if (code === 23) style.italic = false;
  else if (code === 24) style.underline = false;
  else if (code === 27) style.inverse = false;
  else if (code >= 30 && code <= 37) style.fg = `ansi:${code - 30}`;
  else if (code === 39) style.fg = 'default';
  else if (code >= 40 && code <= 47) style.bg = `ansi:${code - 40}`;
  else if (code === 49) style.bg = 'default';
  else if (code >= 90 && code <= 97) style.fg = `ansi:${code - 90 + 8}`;
  else if (code >= 100 && code <= 107) style.bg = `ansi:${code - 100 + 8}`;
}

function byte(value: number | undefined): number {
  return Math.max(0, Math.min(255, Math.trunc(value ?? 0) || 0));
}

function hexColor([red, green, blue]: readonly number[]): string {
  return `#${[red, green, blue].map((value) => byte(value).toString(16).padStart(2, '0')).join('')}`;
}
