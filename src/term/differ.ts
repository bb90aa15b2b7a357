import { BLANK, type CellBuffer, CONTINUATION, FIRST_SEQUENCE, glyphText } from './cell-buffer.ts';
import { moveCost, moveCursor, NOWHERE } from './cursor.ts';
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
/** So few characters come in one piece: one write, one packet of an SSH connection, one read of a terminal. */
const ONE_PIECE = 512;
const RESET_STYLE = '\u001B[0m';
/** Writing so many bytes of unchanged cells again is not longer than any sequence that jumps over them. */
const LONGEST_REWRITE = 3;
/**
 * More pieces than this are written from the top down whatever it costs: a large change that a terminal without
 * synchronized output shows in parts should not come colour by colour.
 */
const MOST_GATHERED = 256;
/** In a style with more pieces than this the nearest one is not searched. */
const MOST_SEARCHED = 64;

/** A piece of a row, of one style. */
type Piece = {
  x: number;
  y: number;
  /** Column behind its last cell. */
  end: number;
  /** Column of the cursor after it, `NOWHERE` when terminals differ. */
  after: number;
  /** `ANY` as long as there are only blanks in it. */
  style: StyleId;
  /** What its blanks need, see `Styles.blank`. */
  blank: StyleId;
};

const ANY = -1;

/**
 * Leaves the terminal in the style of the last piece; whoever else writes to it sets the style and asks for a full
 * diff afterwards. The bottom right cell is never written, because some consoles scroll then, and nothing is erased
 * inside the synchronized block, because some tmux versions lose content there. A short frame needs no such block.
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
  let current: StyleId = 0;

  const adopt = (next: CellBuffer): void => {
    cols = next.cols;
    rows = next.rows;
    depth = styles.depth();
    if (glyphs.length === cols * rows) return;
    glyphs = new Uint32Array(cols * rows);
    ids = new Uint16Array(cols * rows);
  };

  /** Whether unchanged cells are as quickly written again in that style as jumped over. */
  const canRewrite = (from: number, to: number, style: StyleId): boolean => {
    let bytes = to - from;
    if (bytes > LONGEST_REWRITE) return false;
    for (let index = from; index < to; index += 1) {
      const glyph = glyphs[index] ?? CONTINUATION;
      const id = ids[index] ?? 0;
      if (glyph === CONTINUATION || glyph > 0xff_ff) return false;
      if (index + 1 < glyphs.length && glyphs[index + 1] === CONTINUATION) return false;
      bytes += glyph < 0x80 ? 0 : glyph < 0x8_00 ? 1 : 2;
      if (id !== style && (glyph !== BLANK || styles.blank(id) !== styles.blank(style)))
        return false;
    }
    return bytes <= LONGEST_REWRITE;
  };

  /** Adds a changed cell to the piece before it, if it can be written in one go with it. */
  const extend = (piece: Piece, row: number, x: number, glyph: number, id: StyleId): boolean => {
    if (piece.after === NOWHERE || x - piece.end > LONGEST_REWRITE) return false;
    const isBlank = glyph === BLANK;
    const isAlike = isBlank || piece.style === ANY ? piece.blank === styles.blank(id) : true;
    if (!isAlike || (!isBlank && piece.style !== ANY && piece.style !== id)) return false;
    const style = piece.style !== ANY ? piece.style : isBlank ? ANY : id;
    if (x > piece.end && !canRewrite(row + piece.end, row + x, style === ANY ? id : style))
      return false;
    piece.style = style;
    return true;
  };

  /** What has changed, from the top down and from left to right. */
  const collect = (next: CellBuffer, isAll: boolean): readonly Piece[] => {
    const nextGlyphs = next.glyphs;
    const nextIds = next.styles;
    const pieces: Piece[] = [];
    for (let y = 0; y < rows; y += 1) {
      const row = y * cols;
      const end = y === rows - 1 ? cols - 1 : cols;
      let piece: Piece | undefined;
      let start = row;
      if (!isAll)
        while (
          start < row + end &&
          nextGlyphs[start] === glyphs[start] &&
          nextIds[start] === ids[start]
        )
          start += 1;
      for (let x = start - row; x < end; x += 1) {
        const index = row + x;
        const glyph = nextGlyphs[index] ?? BLANK;
        const id = nextIds[index] ?? 0;
        if (!isAll && glyph === glyphs[index]) {
          const known = ids[index] ?? 0;
          if (id === known || (glyph === BLANK && styles.blank(id) === styles.blank(known)))
            continue;
        }
        glyphs[index] = glyph;
        ids[index] = id;
        if (glyph === CONTINUATION) continue;
        if (piece === undefined || !extend(piece, row, x, glyph, id)) {
          const blank = styles.blank(id);
          piece = { x, y, end: x, after: x, style: glyph === BLANK ? ANY : id, blank };
          pieces.push(piece);
        }
        const isWide = x + 1 < cols && nextGlyphs[index + 1] === CONTINUATION;
        piece.end = isWide ? x + 2 : x + 1;
        // A sequence may move the cursor otherwise in a terminal of another Unicode version.
        piece.after = piece.end >= cols || glyph >= FIRST_SEQUENCE ? NOWHERE : piece.end;
      }
    }
    return pieces;
  };

  /** The style to write a piece in; blanks take what is there if it looks alike, else what comes next does. */
  const styleOf = (piece: Piece, before: StyleId, following: Piece | undefined): StyleId => {
    if (piece.style !== ANY) return piece.style;
    if (styles.blank(before) === piece.blank) return before;
    return following !== undefined && following.style !== ANY && following.blank === piece.blank
      ? following.style
      : piece.blank;
  };

  /** Bytes that pieces cost in that order besides their text. */
  const cost = (pieces: readonly Piece[]): number => {
    let style = current;
    let bytes = 0;
    let before: Piece | undefined;
    for (let index = 0; index < pieces.length; index += 1) {
      const piece = pieces[index] as Piece;
      const next = styleOf(piece, style, pieces[index + 1]);
      if (next !== style) bytes += styles.transition(style, next).length;
      bytes += moveCost(before?.after ?? NOWHERE, before?.y ?? 0, piece.x, piece.y);
      style = next;
      before = piece;
    }
    return bytes;
  };

  /** All pieces of a style after each other, the nearest style and in it the nearest piece next. */
  const gather = (pieces: readonly Piece[]): readonly Piece[] => {
    const byStyle = groupByStyle(pieces, current, styles);
    const out: Piece[] = [];
    let style = current;
    while (byStyle.size > 0) {
      let nearest: StyleId = style;
      let least = Number.POSITIVE_INFINITY;
      for (const id of byStyle.keys()) {
        const bytes = id === style ? 0 : styles.transition(style, id).length;
        if (bytes >= least) continue;
        nearest = id;
        least = bytes;
      }
      follow(byStyle.get(nearest) ?? [], out);
      byStyle.delete(nearest);
      style = nearest;
    }
    return out;
  };

  const write = (pieces: readonly Piece[], next: CellBuffer): string => {
    const nextGlyphs = next.glyphs;
    let out = '';
    let before: Piece | undefined;
    for (let index = 0; index < pieces.length; index += 1) {
      const piece = pieces[index] as Piece;
      const { x, y } = piece;
      const style = styleOf(piece, current, pieces[index + 1]);
      out += moveCursor(before?.after ?? NOWHERE, before?.y ?? 0, x, y);
      if (style !== current) out += styles.transition(current, style);
      current = style;
      before = piece;
      const last = y === rows - 1 ? cols - 1 : cols;
      for (let at = x; at < piece.end; at += 1) {
        const glyph = nextGlyphs[y * cols + at] ?? BLANK;
        if (glyph === CONTINUATION) continue;
        const isWide = at + 1 < cols && nextGlyphs[y * cols + at + 1] === CONTINUATION;
        // The right half would be the bottom right cell.
        out += isWide && at + 1 >= last ? ' ' : render(glyph, isWide);
      }
    }
    return out;
  };

  return {
    reset: () => {
      depth = undefined;
    },
    diff: (next, full = false) => {
      const isAll = full || depth !== styles.depth() || cols !== next.cols || rows !== next.rows;
      if (isAll) {
        adopt(next);
        current = 0;
      }
      const pieces = collect(next, isAll);
      let ordered = pieces;
      if (!isAll && pieces.length > 1 && pieces.length <= MOST_GATHERED) {
        const gathered = gather(pieces);
        if (cost(gathered) < cost(pieces)) ordered = gathered;
      }
      // One cell, before the block: whatever stood in the corner before goes.
      const corner = isAll ? `${RESET_STYLE}\u001B[${rows};${cols}H\u001B[K` : '';
      const out = write(ordered, next);
      return isAll || out.length > ONE_PIECE ? `${corner}${BEGIN}${out}${END}` : out;
    },
  };
}

/** Pieces by the style that they are written in; blanks go with any style that is needed anyway. */
function groupByStyle(
  pieces: readonly Piece[],
  current: StyleId,
  styles: Styles,
): Map<StyleId, Piece[]> {
  const byStyle = new Map<StyleId, Piece[]>();
  const add = (style: StyleId, piece: Piece): void => {
    const group = byStyle.get(style);
    if (group) group.push(piece);
    else byStyle.set(style, [piece]);
  };
  for (const piece of pieces) if (piece.style !== ANY) add(piece.style, piece);
  for (const piece of pieces)
    if (piece.style === ANY) {
      const isAlike = (style: StyleId): boolean => styles.blank(style) === piece.blank;
      const style = [current, ...byStyle.keys()].find(isAlike) ?? piece.blank;
      add(style, piece);
    }
  return byStyle;
}

/** Appends pieces, each time the one that is nearest to the last. */
function follow(pieces: Piece[], out: Piece[]): void {
  if (pieces.length > MOST_SEARCHED) {
    out.push(...pieces);
    return;
  }
  for (let left = pieces.length; left > 0; left -= 1) {
    const from = out.at(-1);
    const [x, y] = from ? [from.after, from.y] : [NOWHERE, 0];
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < left; index += 1) {
      const piece = pieces[index] as Piece;
      const bytes = x === NOWHERE ? index : moveCost(x, y, piece.x, piece.y);
      if (bytes >= least) continue;
      nearest = index;
      least = bytes;
    }
    out.push(pieces[nearest] as Piece);
    // The order of the others stays.
    pieces.copyWithin(nearest, nearest + 1, left);
  }
}
