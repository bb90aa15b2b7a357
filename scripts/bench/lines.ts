import type { CellBuffer } from '../../src/term/cell-buffer.ts';
import type { Styles } from '../../src/term/style.ts';

/** The rows of a screen as text with SGR sequences, as a program on stock Ink would build them. */
export const styledLines = (buffer: CellBuffer, styles: Styles): readonly string[] =>
  Array.from({ length: buffer.rows }, (_, y) => {
    let line = '';
    let style = 0;
    for (let x = 0; x < buffer.cols; x += 1) {
      const next = buffer.styleOf(x, y);
      line += styles.transition(style, next) + buffer.glyph(x, y);
      style = next;
    }
    return style === 0 ? line : `${line}\u001B[0m`;
  });
