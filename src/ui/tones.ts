import type { Theme, ToneName } from '../domain/theme.ts';
import type { Sign } from '../domain/view.ts';
import type { Style, StyleId, Styles } from '../term/style.ts';

export type ToneChange = {
  readonly dim?: boolean;
  readonly inverse?: boolean;
  readonly bold?: boolean;
  /** Exchanges its colours as a sign does; in a selected row it is as the rest of the row. */
  readonly reverse?: boolean;
};

/** The styles of a theme's tones, by meaning. */
export type Tones = {
  readonly theme: Theme;
  readonly style: (tone: ToneName, change?: ToneChange) => StyleId;
};

/** What keeps its colour in a selected row; everything else takes the selection's, so that the bar is of one piece. */
const KEPT_WHEN_SELECTED: ReadonlySet<ToneName> = new Set(['bad', 'warn']);

const NO_CHANGE: ToneChange = {};

/** Interns the styles of a theme; with 16 colours the theme's own choice of index is taken. */
export function createTones(styles: Styles, theme: Theme): Tones {
  const cache = new Map<ToneName, (StyleId | undefined)[]>();
  const few = styles.depth() === '16';
  return {
    theme,
    style: (asked, change = NO_CHANGE) => {
      const tone = change.inverse && !KEPT_WHEN_SELECTED.has(asked) ? 'selection' : asked;
      let variants = cache.get(tone);
      if (!variants) cache.set(tone, (variants = []));
      const variant =
        (change.dim ? 1 : 0) + (change.inverse || change.reverse ? 2 : 0) + (change.bold ? 4 : 0);
      return (variants[variant] ??= styles.id(toStyle(theme, tone, change, few)));
    },
  };
}

function toStyle(theme: Theme, tone: ToneName, change: ToneChange, few: boolean): Style {
  const { fg, bg, ansi, ansiBg, bold, dim, inverse, underline } = theme.tones[tone];
  const front = few && ansi !== undefined ? `ansi:${ansi}` : fg;
  const back = few && ansiBg !== undefined ? `ansi:${ansiBg}` : bg;
  return {
    ...(front ? { fg: front } : {}),
    ...(back ? { bg: back } : {}),
    ...(bold || change.bold ? { bold: true } : {}),
    ...(dim || change.dim ? { dim: true } : {}),
    ...(inverse || change.inverse || change.reverse ? { inverse: true } : {}),
    ...(underline ? { underline: true } : {}),
  };
}

export const SIGNS: Readonly<Record<Sign, string>> = {
  ok: '●',
  degraded: '◐',
  warning: '▲',
  down: '✗',
  unknown: '?',
  off: '○',
  changing: '↻',
};
/** What the user's own session runs through. */
export const OWN_SIGN = '@';
export const SIGN_TONES: Readonly<Record<Sign, ToneName>> = {
  ok: 'ok',
  degraded: 'warn',
  warning: 'warn',
  down: 'bad',
  unknown: 'unknown',
  off: 'muted',
  changing: 'info',
};
/** How a sign differs from a text in its tone: what is unknown stands out by its sign alone. */
export const SIGN_CHANGES: Readonly<Partial<Record<Sign, ToneChange>>> = {
  unknown: { reverse: true },
};
/** Worst first. */
export const SIGN_RANK: Readonly<Record<Sign, number>> = {
  down: 0,
  warning: 1,
  degraded: 2,
  changing: 3,
  unknown: 4,
  ok: 5,
  off: 6,
};
