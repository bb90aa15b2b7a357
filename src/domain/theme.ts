import type { Tone } from './view.ts';

/** What a colour means; a theme says how it looks. */
export type ToneName =
  | Tone
  | 'frame'
  | 'frameFocused'
  | 'selection'
  | 'header'
  | 'locked'
  | 'unlocked'
  | 'stale'
  | 'key';

/** Colours are `#rrggbb`; `ansi` is the index to use where there are 16 colours only. */
export type ToneStyle = {
  readonly fg?: string | undefined;
  readonly bg?: string | undefined;
  readonly ansi?: number | undefined;
  readonly ansiBg?: number | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  readonly underline?: boolean | undefined;
};

export type Theme = {
  readonly name: string;
  readonly kind: 'dark' | 'light';
  /** The terminal background that the colours are made for, `#rrggbb`; it is not painted. */
  readonly background: string;
  readonly tones: Readonly<Record<ToneName, ToneStyle>>;
};
