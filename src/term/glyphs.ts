/**
 * The ASCII twins of the glyphs that the console draws itself. States keep distinct signs, so that
 * shape alone still tells them apart; what is not known is `?`, as `-` says that there is none.
 */
const TWINS = new Map<string, string>([
  ...pairs('●◐▲✗○↻┄', '*d!Xo~?'),
  ...pairs('◑◒◓◉◎◌◆◇■□▪▫△▽▼▾▴▶▸◀◂•∙·', 'ddd*oo*o#o*o^vvv^>><<*..'),
  ...pairs('▁▂▃▄▅▆▇█', '_.-=+*##'),
  ...pairs('▀▌▐▉▊▋▍▎▏▔▕░▒▓', '^=####---^|.:#'),
  ...pairs('←→↑↓↔↕↖↗↘↙⇐⇒⇑⇓⇡⇣↵↺⟳', '<>^v-|\\/\\/<>^v^v<~~'),
  ...pairs('…–—‐‑−‘’‚“”„«»‹›×÷°±≤≥≈≠✓', '.-----\'\',"""<><>x/o+<>~!+'),
  ...pairs('╱╲╳⌂§¶©®µ∞', '/\\X^SPcru8'),
]);
const HORIZONTAL = /[─━┄┅┈┉╌╍═╴╶╸╺╼╾]/u;
const VERTICAL = /[│┃┆┇┊┋╎╏║╵╷╹╻╽╿]/u;
const BOX_DRAWING = /[\u2500-\u257F]/u;
const BLOCK_ELEMENT = /[\u2580-\u259F]/u;
const BRAILLE_BLANK = '\u2800';
const BRAILLE = /[\u2801-\u28FF]/u;
const LATIN = /^[ -~]/;

/** One ASCII character for a drawn glyph: its twin, the letter without its accent, or `?`. */
export function asciiGlyph(glyph: string): string {
  if (/^[ -~]$/.test(glyph)) return glyph;
  const twin = TWINS.get(glyph);
  if (twin !== undefined) return twin;
  if (HORIZONTAL.test(glyph)) return '-';
  if (VERTICAL.test(glyph)) return '|';
  if (BOX_DRAWING.test(glyph)) return '+';
  if (BLOCK_ELEMENT.test(glyph)) return '#';
  if (glyph === BRAILLE_BLANK || glyph === '\u00A0') return ' ';
  if (BRAILLE.test(glyph)) return '.';
  return LATIN.exec(glyph.normalize('NFKD'))?.[0] ?? '?';
}

/** Whether the locale of the environment says UTF-8: LC_ALL, else LC_CTYPE, else LANG (locale(7)). */
export function isUtf8Locale(env: NodeJS.ProcessEnv): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(Boolean) ?? '';
  return /utf-?8/i.test(locale);
}

function pairs(glyphs: string, twins: string): [string, string][] {
  return Array.from(glyphs, (glyph, index) => [glyph, twins[index] ?? '?']);
}
