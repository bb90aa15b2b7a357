/** `#rrggbb`, one of the terminal's own sixteen `ansi:0`..`ansi:15`, or `default`. */
export type Color = string;

/** How a cell is drawn. A colour that is none of the known forms counts as `default`. */
export type Style = {
  readonly fg?: Color;
  readonly bg?: Color;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
};

/** An interned style; 0 is the plain one. */
export type StyleId = number;

/** How many colours the terminal knows; `none` keeps bold, dim, italic, underline and inverse. */
export type ColorDepth = 'truecolor' | '256' | '16' | 'none';

/** The table of styles of one terminal. */
export type Styles = {
  /** Interns the style. The table holds 65,536 styles; further ones are drawn plain. */
  readonly id: (style: Style) => StyleId;
  readonly style: (id: StyleId) => Style;
  /** The SGR sequence (ECMA-48 8.3.117) that turns one style into another; '' if they look alike. */
  readonly transition: (from: StyleId, to: StyleId) => string;
  /** The style that a blank of this one needs at least: blanks with the same result look alike. */
  readonly blank: (id: StyleId) => StyleId;
  /** Changes the depth for everything drawn from now on; the screen needs a full repaint. */
  readonly setDepth: (depth: ColorDepth) => void;
  readonly depth: () => ColorDepth;
};

/** Cells hold style ids in 16 bits. */
const CAPACITY = 0x1_0000;

export function createStyles(depth: ColorDepth): Styles {
  const plain: Style = Object.freeze({});
  const table: Style[] = [plain];
  const ids = new Map<string, StyleId>([[keyOf(plain), 0]]);
  const transitions = new Map<number, string>();
  const blanks: StyleId[] = [];
  let current = depth;
  const style = (id: StyleId): Style => table[id] ?? plain;
  const idOf = (wanted: Style): StyleId => {
    const normal = normalize(wanted);
    const key = keyOf(normal);
    const existing = ids.get(key);
    if (existing !== undefined) return existing;
    if (table.length >= CAPACITY) return 0;
    ids.set(key, table.length);
    return table.push(normal) - 1;
  };
  return {
    style,
    id: idOf,
    blank: (id) => {
      const known = blanks[id];
      if (known !== undefined) return known;
      const { bg, inverse, underline } = style(id);
      // Of an inverse or underlined blank the foreground is seen.
      const needed = inverse || underline ? id : bg === undefined ? 0 : idOf({ bg }) || id;
      blanks[id] = needed;
      return needed;
    },
    depth: () => current,
    setDepth: (next) => {
      if (next === current) return;
      current = next;
      transitions.clear();
    },
    transition: (from, to) => {
      if (from === to) return '';
      const key = from * CAPACITY + to;
      const cached = transitions.get(key);
      if (cached !== undefined) return cached;
      const sequence = sgrBetween(style(from), style(to), current);
      transitions.set(key, sequence);
      return sequence;
    },
  };
}

/**
 * The colour depth that the environment announces. FORCE_COLOR (0-3) wins over NO_COLOR, both over
 * COLORTERM and TERM; an output that is no terminal, and TERM=dumb or unknown to have colour, has none.
 */
export function detectDepth(env: NodeJS.ProcessEnv, isTTY: boolean): ColorDepth {
  const forced = forcedDepth(env['FORCE_COLOR']);
  if (forced !== undefined) return forced;
  if (env['NO_COLOR']) return 'none';
  const term = (env['TERM'] ?? '').toLowerCase();
  if (!isTTY || term === '' || term === 'dumb') return 'none';
  if (/^(?:truecolor|24bit)$/i.test(env['COLORTERM'] ?? '')) return 'truecolor';
  if (/-(?:direct|truecolor)$|kitty|alacritty|ghostty|wezterm|^foot|^contour/.test(term))
    return 'truecolor';
  if (env['TERM_PROGRAM'] === 'iTerm.app') return 'truecolor';
  if (term.includes('256')) return '256';
  // The DEC terminals and the plain `sun` console are monochrome; sun-color, xterm, linux are not.
  if (/^(?:vt\d|sun$|sun-(?!.*color)|ansi-m|wy)/.test(term)) return 'none';
  return '16';
}

function forcedDepth(value: string | undefined): ColorDepth | undefined {
  switch (value?.toLowerCase()) {
    case undefined:
      return undefined;
    case '0':
    case 'false':
    case 'none':
      return 'none';
    case '2':
      return '256';
    case '3':
      return 'truecolor';
    default:
      return '16';
  }
}

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/;
const SHORT_HEX = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/;
const ANSI = /^ansi:(?:\d|1[0-5])$/;

function normalizeColor(color: Color | undefined): Color | undefined {
  if (color === undefined) return undefined;
  const lower = color.toLowerCase();
  if (HEX.test(lower) || ANSI.test(lower)) return lower;
  const short = SHORT_HEX.exec(lower);
  return short === null
    ? undefined
    : `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`;
}

function normalize(style: Style): Style {
  const fg = normalizeColor(style.fg);
  const bg = normalizeColor(style.bg);
  return Object.freeze({
    ...(fg !== undefined && { fg }),
    ...(bg !== undefined && { bg }),
    ...(style.bold === true && { bold: true }),
    ...(style.dim === true && { dim: true }),
    ...(style.italic === true && { italic: true }),
    ...(style.underline === true && { underline: true }),
    ...(style.inverse === true && { inverse: true }),
  });
}

function keyOf(style: Style): string {
  const flags = [style.bold, style.dim, style.italic, style.underline, style.inverse];
  return `${style.fg ?? ''} ${style.bg ?? ''} ${flags.map((flag) => (flag === true ? 1 : 0)).join('')}`;
}

/** The shorter of "change what differs" and "reset, then set everything". */
function sgrBetween(from: Style, to: Style, depth: ColorDepth): string {
  const changes = sgrChanges(from, to, depth).join(';');
  if (changes === '') return '';
  const set = sgrChanges({}, to, depth);
  // A parameter that is left out is 0: the plain style.
  const fresh = set.length === 0 ? '' : ['0', ...set].join(';');
  return `\u001B[${fresh.length <= changes.length ? fresh : changes}m`;
}

function sgrChanges(from: Style, to: Style, depth: ColorDepth): string[] {
  const codes: string[] = [];
  // 22 ends bold and dim together, so what stays of the two is set again.
  const isFainter = (from.bold === true && !to.bold) || (from.dim === true && !to.dim);
  if (isFainter) codes.push('22');
  if (to.bold && (isFainter || !from.bold)) codes.push('1');
  if (to.dim && (isFainter || !from.dim)) codes.push('2');
  if (Boolean(from.italic) !== Boolean(to.italic)) codes.push(to.italic ? '3' : '23');
  if (Boolean(from.underline) !== Boolean(to.underline)) codes.push(to.underline ? '4' : '24');
  if (Boolean(from.inverse) !== Boolean(to.inverse)) codes.push(to.inverse ? '7' : '27');
  const fg = colorCode(to.fg, depth, 30);
  if (fg !== colorCode(from.fg, depth, 30)) codes.push(fg);
  const bg = colorCode(to.bg, depth, 40);
  if (bg !== colorCode(from.bg, depth, 40)) codes.push(bg);
  return codes;
}

/** `base` is 30 for the foreground, 40 for the background. */
function colorCode(color: Color | undefined, depth: ColorDepth, base: 30 | 40): string {
  if (color === undefined || depth === 'none') return String(base + 9);
  const rgb = HEX.exec(color)
    ?.slice(1)
    .map((part) => Number.parseInt(part, 16));
  if (rgb === undefined) return ansiCode(Number(color.slice('ansi:'.length)), base);
  const [red = 0, green = 0, blue = 0] = rgb;
  if (depth === 'truecolor') return `${base + 8};2;${red};${green};${blue}`;
  if (depth === '256') return `${base + 8};5;${nearest256(red, green, blue)}`;
  return ansiCode(nearest16(red, green, blue), base);
}

function ansiCode(index: number, base: 30 | 40): string {
  return String(index < 8 ? base + index : base + 60 + index - 8);
}

/** The six levels of xterm's colour cube, 16..231. */
const CUBE = [0, 95, 135, 175, 215, 255] as const;
/** xterm's default sixteen. */
const SIXTEEN: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

function nearest256(red: number, green: number, blue: number): number {
  const level = (value: number): number =>
    value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
  const [r, g, b] = [level(red), level(green), level(blue)];
  const cube = [CUBE[r] ?? 0, CUBE[g] ?? 0, CUBE[b] ?? 0] as const;
  const grey = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const shade = 8 + grey * 10;
  const isGreyNearer =
    distance(red, green, blue, [shade, shade, shade]) < distance(red, green, blue, cube);
  return isGreyNearer ? 232 + grey : 16 + 36 * r + 6 * g + b;
}

function nearest16(red: number, green: number, blue: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, color] of SIXTEEN.entries()) {
    const far = distance(red, green, blue, color);
    if (far < least) {
      least = far;
      best = index;
    }
  }
  return best;
}

function distance(
  red: number,
  green: number,
  blue: number,
  [r, g, b]: readonly [number, number, number],
): number {
  return (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
}

/** The colour of an index of xterm's 256: the terminal's own sixteen by number, the others by value. */
export function colorOfIndex(index: number): Color {
  if (index < 16) return `ansi:${index}`;
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  if (index >= 232) return `#${hex(8 + (index - 232) * 10).repeat(3)}`;
  const cube = index - 16;
  return `#${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => hex(CUBE[level] ?? 0)).join('')}`;
}
