import type { StyleId } from './style.ts';
import { graphemeAt, plainRun, plainWidthAt, safeGlyph } from './width.ts';

/** A rectangle of cells; x and y count from 0 at the top left. */
export type Rect = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Cells that were drawn before. */
export type Cells = { readonly glyphs: Uint32Array; readonly styles: Uint16Array };

/** The glyph id of the right half of a wide glyph. */
export const CONTINUATION = 0;
/** The glyph id of a blank. */
export const BLANK = 0x20;
/** The glyph id of a cell of a layer through which what is beneath it is seen; no screen ever has one. */
const CLEAR = 0xffff_ffff;
/** Glyph ids from here on are graphemes of more than one code point. */
export const FIRST_SEQUENCE = 0x11_0000;
/** Base letters with marks are few; a stream of ever new ones must not grow the table for ever. */
const SEQUENCE_LIMIT = 16_384;

const sequences: string[] = [];
const sequenceIds = new Map<string, number>();
const singles: string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
singles[CONTINUATION] = '';

/** The text of a glyph id: '' for the right half of a wide glyph. */
export function glyphText(id: number): string {
  if (id >= FIRST_SEQUENCE) return sequences[id - FIRST_SEQUENCE] ?? ' ';
  return singles[id] ?? String.fromCodePoint(id);
}

function glyphId(text: string): number {
  const codePoint = text.codePointAt(0) ?? BLANK;
  if (text.length === (codePoint > 0xff_ff ? 2 : 1)) return codePoint;
  const existing = sequenceIds.get(text);
  if (existing !== undefined) return existing;
  if (sequences.length >= SEQUENCE_LIMIT) return codePoint;
  const id = FIRST_SEQUENCE + sequences.push(text) - 1;
  sequenceIds.set(text, id);
  return id;
}

/**
 * A screen of cells. Every cell holds a glyph that all terminals measure alike, or the right half
 * of a wide one; overwriting one half of a wide glyph blanks the other. Nothing is ever drawn
 * outside, no control character is ever stored.
 */
export class CellBuffer {
  #cols = 0;
  #rows = 0;
  #glyphs = new Uint32Array(0);
  #styles = new Uint16Array(0);

  constructor(cols: number, rows: number) {
    this.resize(cols, rows);
  }

  get cols(): number {
    return this.#cols;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Glyph ids row by row, for the differ; not to be written to. */
  get glyphs(): Uint32Array {
    return this.#glyphs;
  }

  /** Style ids row by row, for the differ; not to be written to. */
  get styles(): Uint16Array {
    return this.#styles;
  }

  /** Keeps the top left part that both sizes have; at least one cell remains. */
  resize(cols: number, rows: number): void {
    const width = Math.max(1, Math.floor(cols));
    const height = Math.max(1, Math.floor(rows));
    if (width === this.#cols && height === this.#rows) return;
    const [glyphs, styles, oldCols] = [this.#glyphs, this.#styles, this.#cols];
    const [keptCols, keptRows] = [Math.min(width, oldCols), Math.min(height, this.#rows)];
    this.#glyphs = new Uint32Array(width * height).fill(BLANK);
    this.#styles = new Uint16Array(width * height);
    this.#cols = width;
    this.#rows = height;
    this.#copyRows(glyphs, styles, oldCols, keptCols, keptRows);
  }

  /**
   * Writes the text from (x, y) to the right, at most `maxCells` cells and never past the edges; a
   * wide glyph that would be cut is drawn as a blank.
   * @returns the cells used, those left of the first column included
   */
  put(x: number, y: number, text: string, style: StyleId, maxCells?: number): number {
    if (y < 0 || y >= this.#rows) return 0;
    const limit = Math.min(this.#cols, x + (maxCells ?? this.#cols - x));
    const row = y * this.#cols;
    const first = Math.max(0, x);
    const [glyphs, styles] = [this.#glyphs, this.#styles];
    let isOpened = false;
    let at = x;
    for (let index = 0; index < text.length && at < limit;) {
      const end = Math.min(plainRun(text, index), index + limit - at);
      for (; index < end; index += 1, at += 1) {
        if (at < first) continue;
        if (!isOpened) {
          isOpened = true;
          this.#cutBefore(row, first);
        }
        glyphs[row + at] = text.charCodeAt(index);
        styles[row + at] = style;
      }
      if (index >= text.length || at >= limit) break;
      let id = text.charCodeAt(index);
      let width = plainWidthAt(text, index);
      if (width === 0) {
        const grapheme = graphemeAt(text, index);
        const glyph = safeGlyph(grapheme);
        index += grapheme.length;
        if (glyph.width === 0) continue;
        width = glyph.width;
        id = glyphId(glyph.text);
      } else {
        index += 1;
      }
      if (!isOpened && at + width > first) {
        isOpened = true;
        this.#cutBefore(row, first);
      }
      if (width === 2 && at + 1 >= limit) {
        width = 1;
        id = BLANK;
      }
      if (width === 1) {
        if (at >= 0) this.#set(row + at, id, style);
      } else if (at >= 0) {
        this.#set(row + at, id, style);
        this.#set(row + at + 1, CONTINUATION, style);
      } else if (at === -1) {
        this.#set(row, BLANK, style);
      }
      at += width;
    }
    if (isOpened) this.#cutAfter(row, at);
    return Math.max(0, at - x);
  }

  /** Fills the part of the rectangle that is on the screen with one glyph. */
  fill(rect: Rect, glyph: string, style: StyleId): void {
    const left = Math.max(0, rect.x);
    const right = Math.min(this.#cols, rect.x + rect.width);
    const bottom = Math.min(this.#rows, rect.y + rect.height);
    if (left >= right) return;
    const isPlain = glyph.length === 1 && plainWidthAt(glyph, 0) === 1;
    const safe = isPlain ? null : safeGlyph(glyph === '' ? ' ' : graphemeAt(glyph, 0));
    const id = safe === null ? glyph.charCodeAt(0) : safe.width === 0 ? BLANK : glyphId(safe.text);
    for (let y = Math.max(0, rect.y); y < bottom; y += 1) {
      const row = y * this.#cols;
      this.#cutBefore(row, left);
      this.#cutAfter(row, right);
      this.#styles.fill(style, row + left, row + right);
      if (safe?.width === 2) this.#fillWide(row + left, row + right, id);
      else this.#glyphs.fill(id, row + left, row + right);
    }
  }

  /** Blanks everything, in the plain style. */
  clear(): void {
    this.#glyphs.fill(BLANK);
    this.#styles.fill(0);
  }

  /** Takes over the cells of another buffer, as far as both reach; the rest becomes blank. */
  copyFrom(other: CellBuffer): void {
    if (other.#cols === this.#cols && other.#rows === this.#rows) {
      this.#glyphs.set(other.#glyphs);
      this.#styles.set(other.#styles);
      return;
    }
    this.clear();
    const [cols, rows] = [Math.min(this.#cols, other.#cols), Math.min(this.#rows, other.#rows)];
    this.#copyRows(other.#glyphs, other.#styles, other.#cols, cols, rows);
  }

  /** Makes a part of a layer see-through. */
  clearThrough({ x, y, width, height }: Rect): void {
    const [left, right] = [Math.max(0, x), Math.min(this.#cols, x + width)];
    const bottom = Math.min(this.#rows, y + height);
    if (left >= right) return;
    for (let row = Math.max(0, y); row < bottom; row += 1)
      this.#glyphs.fill(CLEAR, row * this.#cols + left, row * this.#cols + right);
  }

  /**
   * Lays a layer of the same size over the screen, or over a part of it: all of it but the cells that were made
   * see-through. Of these the cells of `beneath` are seen; without it, what the screen has there.
   */
  overlay(layer: CellBuffer, rect?: Rect, beneath?: CellBuffer): void {
    if (layer.#cols !== this.#cols || layer.#rows !== this.#rows) return;
    const from = layer.#glyphs;
    const left = Math.max(0, rect?.x ?? 0);
    const right = rect ? Math.min(this.#cols, rect.x + rect.width) : this.#cols;
    const bottom = rect ? Math.min(this.#rows, rect.y + rect.height) : this.#rows;
    if (left >= right) return;
    for (let y = Math.max(0, rect?.y ?? 0); y < bottom; y += 1) {
      const row = y * this.#cols;
      if (beneath) this.#takeCells(beneath, row, left, right);
      const end = row + right;
      for (let start = row + left; start < end; start += 1) {
        if (from[start] === CLEAR) continue;
        let stop = start + 1;
        while (stop < end && from[stop] !== CLEAR) stop += 1;
        this.#takeCells(layer, row, start - row, stop - row);
        start = stop;
      }
    }
  }

  /** The cells of a part of a row, to be put back by `putCells`; it must not cut a wide glyph. */
  cells(x: number, y: number, width: number): Cells {
    const start = y * this.#cols + x;
    return {
      glyphs: this.#glyphs.slice(start, start + width),
      styles: this.#styles.slice(start, start + width),
    };
  }

  /** Puts cells back, at any place; where they would not be wholly on the screen nothing is put. */
  putCells(x: number, y: number, { glyphs, styles }: Cells): void {
    if (x < 0 || y < 0 || y >= this.#rows || x + glyphs.length > this.#cols) return;
    const row = y * this.#cols;
    this.#cutBefore(row, x);
    this.#cutAfter(row, x + glyphs.length);
    this.#glyphs.set(glyphs, row + x);
    this.#styles.set(styles, row + x);
  }

  /** The glyph of a cell: '' for the right half of a wide glyph, ' ' outside. */
  glyph(x: number, y: number): string {
    if (x < 0 || x >= this.#cols || y < 0 || y >= this.#rows) return ' ';
    return glyphText(this.#glyphs[y * this.#cols + x] ?? BLANK);
  }

  /** The style of a cell, plain outside. */
  styleOf(x: number, y: number): StyleId {
    if (x < 0 || x >= this.#cols || y < 0 || y >= this.#rows) return 0;
    return this.#styles[y * this.#cols + x] ?? 0;
  }

  /** One row as text, trailing blanks included. */
  line(y: number): string {
    if (y < 0 || y >= this.#rows) return '';
    let text = '';
    for (let x = 0; x < this.#cols; x += 1) text += this.glyph(x, y);
    return text;
  }

  /** All rows, joined by line feeds. */
  text(): string {
    return Array.from({ length: this.#rows }, (_, y) => this.line(y)).join('\n');
  }

  /** Takes a part of a row over from a buffer of the same size. */
  #takeCells(other: CellBuffer, row: number, from: number, to: number): void {
    this.#cutBefore(row, from);
    this.#cutAfter(row, to);
    const [glyphs, styles] = [other.#glyphs, other.#styles];
    // Parts are short: no view of them is made.
    for (let index = row + from; index < row + to; index += 1) {
      this.#glyphs[index] = glyphs[index] ?? BLANK;
      this.#styles[index] = styles[index] ?? 0;
    }
  }

  #set(index: number, id: number, style: StyleId): void {
    this.#glyphs[index] = id;
    this.#styles[index] = style;
  }

  /** Writing starts at column x: a wide glyph that reaches into it loses its left half. */
  #cutBefore(row: number, x: number): void {
    if (x > 0 && this.#glyphs[row + x] === CONTINUATION) this.#glyphs[row + x - 1] = BLANK;
  }

  /** Writing ended before column x: a right half that stayed there lost its glyph. */
  #cutAfter(row: number, x: number): void {
    if (x < this.#cols && this.#glyphs[row + x] === CONTINUATION) this.#glyphs[row + x] = BLANK;
  }

  #fillWide(from: number, to: number, id: number): void {
    for (let index = from; index < to; index += 2) {
      this.#glyphs[index] = index + 1 < to ? id : BLANK;
      if (index + 1 < to) this.#glyphs[index + 1] = CONTINUATION;
    }
  }

  #copyRows(
    glyphs: Uint32Array,
    styles: Uint16Array,
    sourceCols: number,
    cols: number,
    rows: number,
  ): void {
    for (let y = 0; y < rows; y += 1) {
      const from = y * sourceCols;
      const to = y * this.#cols;
      this.#glyphs.set(glyphs.subarray(from, from + cols), to);
      this.#styles.set(styles.subarray(from, from + cols), to);
      // The cut went through a wide glyph: its left half alone cannot be drawn.
      if (cols < sourceCols && glyphs[from + cols] === CONTINUATION)
        this.#glyphs[to + cols - 1] = BLANK;
    }
  }
}
