import { Box } from 'ink';
import type { Theme } from '../../domain/theme.ts';
import type { KeyContext, Keymap } from '../keymap.ts';
import type { Rect } from '../layout.ts';
import { footerHints } from './footer-hints.ts';
import { Tone } from './ink-tone.tsx';

/** A filter that is being typed. */
export type Typing = {
  readonly text: string;
  readonly error: string | null;
  /** Terms that make sense where it is typed. */
  readonly examples: string;
};

type Props = {
  readonly rect: Rect;
  readonly theme: Theme;
  readonly keymap: Keymap;
  readonly context: KeyContext;
  /** Kinds of the selected thing, whose actions are offered. */
  readonly kind: string | null;
  readonly typing: Typing | null;
  /** Shown in place of the hints, where there is no second line for it. */
  readonly message: { readonly text: string; readonly tone: 'info' | 'warn' | 'bad' } | null;
};

/** The last line: the filter that is being typed, or the keys that matter here. */
export function Footer({ rect, theme, keymap, context, kind, typing, message }: Props) {
  return (
    <Box position="absolute" marginLeft={rect.x} marginTop={rect.y} width={rect.width} height={1}>
      {typing !== null ? (
        <>
          <Tone theme={theme} tone="key">{` /${typing.text}`}</Tone>
          <Tone theme={theme} tone="accent">
            _
          </Tone>
          <Tone theme={theme} tone={typing.error === null ? 'muted' : 'bad'}>
            {typing.error === null
              ? `   enter keeps it · esc clears · ${typing.examples}  !web  ~fuzzy  =^re`
              : `   ${typing.error}`}
          </Tone>
        </>
      ) : message !== null ? (
        <Tone theme={theme} tone={message.tone}>{` ${message.text}`}</Tone>
      ) : (
        footerHints(keymap, context, kind, rect.width - 2).map(({ key, word }) => (
          <Box key={`${key} ${word}`} flexShrink={0}>
            <Tone theme={theme} tone="key">{` ${key}`}</Tone>
            <Tone theme={theme} tone="muted">{` ${word} `}</Tone>
          </Box>
        ))
      )}
    </Box>
  );
}
