/** A shape within a cell; a cell is 1 wide and 1 high, the origin at its top left. */
export type Segment =
  | {
      readonly kind: 'line';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly heavy: boolean;
    }
  | {
      readonly kind: 'arc';
      readonly x1: number;
      readonly y1: number;
      readonly cx: number;
      readonly cy: number;
      readonly x2: number;
      readonly y2: number;
      readonly heavy: boolean;
    }
  | {
      readonly kind: 'box';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** Less than 1 for shades. */
      readonly opacity?: number;
    }
  | { readonly kind: 'dot'; readonly x: number; readonly y: number };

/** Arms of the box drawing characters (Unicode block 2500) in the order left, up, right, down; heavy ones are capital. */
const ARMS: Readonly<Record<string, string>> = {
  '─': 'lr',
  '━': 'LR',
  '│': 'ud',
  '┃': 'UD',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ur',
  '┘': 'lu',
  '┏': 'RD',
  '┓': 'LD',
  '┗': 'UR',
  '┛': 'LU',
  '├': 'urd',
  '┤': 'lud',
  '┬': 'lrd',
  '┴': 'lur',
  '┼': 'lurd',
};
/** The end of each arm. */
const ENDS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  l: [0, 0.5],
  u: [0.5, 0],
  r: [1, 0.5],
  d: [0.5, 1],
};
const ROUND: Readonly<Record<string, string>> = { '╭': 'dr', '╮': 'ld', '╰': 'ur', '╯': 'lu' };
/** Dashes in a cell of the dashed lines. */
const DASHES: Readonly<Record<string, number>> = { '╌': 2, '┄': 3, '┈': 4 };
const EIGHTHS = '▁▂▃▄▅▆▇█';
const LEFT_EIGHTHS = '▏▎▍▌▋▊▉';
const SHADES: Readonly<Record<string, number>> = { '░': 0.25, '▒': 0.5, '▓': 0.75 };

const arm = (name: string): Segment => {
  const [x, y] = ENDS[name.toLowerCase()] ?? [0.5, 0.5];
  return {
    kind: 'line',
    x1: Math.min(x, 0.5),
    y1: Math.min(y, 0.5),
    x2: Math.max(x, 0.5),
    y2: Math.max(y, 0.5),
    heavy: name !== name.toLowerCase(),
  };
};

/** The shapes of a line, block or braille character; null for one that a font has to draw. */
export function drawGlyph(glyph: string): readonly Segment[] | null {
  const arms = ARMS[glyph];
  if (arms !== undefined) return Array.from(arms, arm);
  const round = ROUND[glyph];
  if (round !== undefined) {
    const [[x1, y1] = [0, 0], [x2, y2] = [0, 0]] = Array.from(
      round,
      (name) => ENDS[name] ?? [0, 0],
    );
    return [{ kind: 'arc', x1, y1, cx: 0.5, cy: 0.5, x2, y2, heavy: false }];
  }
  const dashes = DASHES[glyph];
  if (dashes !== undefined)
    return Array.from({ length: dashes }, (_, index) => ({
      kind: 'line',
      x1: (index + 0.2) / dashes,
      y1: 0.5,
      x2: (index + 0.8) / dashes,
      y2: 0.5,
      heavy: false,
    }));
  const eighth = EIGHTHS.indexOf(glyph) + 1;
  if (eighth > 0) return [{ kind: 'box', x: 0, y: 1 - eighth / 8, width: 1, height: eighth / 8 }];
  const leftEighth = LEFT_EIGHTHS.indexOf(glyph) + 1;
  if (leftEighth > 0) return [{ kind: 'box', x: 0, y: 0, width: leftEighth / 8, height: 1 }];
  const shade = SHADES[glyph];
  if (shade !== undefined)
    return [{ kind: 'box', x: 0, y: 0, width: 1, height: 1, opacity: shade }];
  return brailleDots(glyph);
}

/** Dot numbers 1 to 8 of the Unicode block 2800, by bit. */
const DOTS = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

function brailleDots(glyph: string): readonly Segment[] | null {
  const bits = (glyph.codePointAt(0) ?? 0) - 0x28_00;
  if (bits < 0 || bits > 0xff) return null;
  return DOTS.flatMap(([column, row], bit) =>
    (bits >> bit) & 1
      ? [{ kind: 'dot' as const, x: 0.27 + column * 0.46, y: 0.14 + row * 0.24 }]
      : [],
  );
}
