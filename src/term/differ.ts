import { BLANK, type CellBuffer, CONTINUATION, FIRST_SEQUENCE, glyphText } from './cell-buffer.ts';
import type { ColorDepth, StyleId, Styles } from './style.ts';

/** Remembers what the terminal shows and writes only what a new screen changes of it. */
export type Differ = {
  /**
   * The bytes that turn the terminal's screen into `next`, '' if it shows that already. `full`
   * writes every cell again, whatever the terminal shows.
   */
  readonly diff: (next: CellBuffer, full?: boolean) => string;
  /** Forgets what the terminal shows: the next diff is a full one. */
  readonly reset: () => void;
};

/** Synchronized output, DEC private mode 2026: the terminal shows the frame in one piece. */
const BEGIN = '\u001B[?2026h';
const END = '\u001B[?2026l';
const RESET_STYLE = '\u001B[0m';
/** Writing up to three unchanged ASCII cells again is no longer than `CSI n C`. */
const LONGEST_REWRITE = 3;

/**
 * Expects the plain style at the start of each diff and leaves it so. The bottom right cell is never
 * written, because some consoles scroll then, and nothing is erased inside the synchronized block,
 * because some tmux versions lose content there.
 * @param render the text of a glyph id; it must fill the cells that the glyph has in the buffer
 */
export function createDiffer(
  styles: Styles,
  render: (glyph: number, isWide: boolean) => string = glyphText,
): Differ {
  let cols = 0;
  let rows = 0;
  let glyphs = new Uint32Array(0);
  let ids = new Uint16Array(0);
  let depth: ColorDepth | undefined;

  const canRewrite = (from: number, to: number, style: StyleId): boolean => {
    if (to - from > LONGEST_REWRITE) return false;
    for (let index = from; index < to; index += 1) {
      const glyph = glyphs[index] ?? 0;
      if (ids[index] !== style || glyph < BLANK || glyph > 0x7e) return false;
    }
    return true;
  };

  const rewrite = (from: number, to: number): string => {
    let out = '';
    for (let index = from; index < to; index += 1) out += glyphText(glyphs[index] ?? BLANK);
    return out;
  };

  const adopt = (next: CellBuffer): void => {
    cols = next.cols;
    rows = next.rows;
    depth = styles.depth();
    if (glyphs.length === cols * rows) return;
    glyphs = new Uint32Array(cols * rows);
    ids = new Uint16Array(cols * rows);
  };

  return {
    reset: () => {
      depth = undefined;
    },
    diff: (next, full = false) => {
      const isAll = full || depth !== styles.depth() || cols !== next.cols || rows !== next.rows;
      if (isAll) adopt(next);
      const nextGlyphs = next.glyphs;
      const nextIds = next.styles;
      let out = '';
      let style: StyleId = 0;
      for (let y = 0; y < rows; y += 1) {
        const row = y * cols;
        const end = y === rows - 1 ? cols - 1 : cols;
        let cursor = -1;
        for (let x = 0; x < end; x += 1) {
          const index = row + x;
          const glyph = nextGlyphs[index] ?? BLANK;
          const id = nextIds[index] ?? 0;
          if (!isAll && glyph === glyphs[index] && id === ids[index]) continue;
          glyphs[index] = glyph;
          ids[index] = id;
          if (glyph === CONTINUATION) continue;
          if (cursor !== x) {
            if (cursor < 0) out += x === 0 ? `\u001B[${y + 1}H` : `\u001B[${y + 1};${x + 1}H`;
            else if (canRewrite(row + cursor, index, style)) out += rewrite(row + cursor, index);
            else out += x - cursor === 1 ? '\u001B[C' : `\u001B[${x - cursor}C`;
          }
          if (id !== style) {
            out += styles.transition(style, id);
            style = id;
          }
          const isWide = x + 1 < cols && nextGlyphs[index + 1] === CONTINUATION;
          // The right half would be the bottom right cell.
          if (isWide && x + 1 >= end) out += ' ';
          else out += render(glyph, isWide);
          // A sequence may move the cursor otherwise in a terminal of another Unicode version.
          cursor = glyph >= FIRST_SEQUENCE ? -1 : isWide ? x + 2 : x + 1;
        }
      }
      if (style !== 0) out += styles.transition(style, 0) === '' ? '' : RESET_STYLE;
      // One cell, before the block: whatever stood in the corner before goes.
      const corner = isAll ? `${RESET_STYLE}\u001B[${rows};${cols}H\u001B[K` : '';
      return out === '' ? corner : `${corner}${BEGIN}${out}${END}`;
    },
  };
}
