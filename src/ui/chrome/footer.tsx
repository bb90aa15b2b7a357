import { Box } from 'ink';
import type { Theme } from '../../domain/theme.ts';
import { keyName } from '../dialogs/help-lines.ts';
import type { Binding, KeyContext, Keymap } from '../keymap.ts';
import type { Rect } from '../layout.ts';
import { Tone } from './ink-tone.tsx';

type Props = {
  readonly rect: Rect;
  readonly theme: Theme;
  readonly keymap: Keymap;
  readonly context: KeyContext;
  /** Kinds of the selected thing, whose actions are offered. */
  readonly kind: string | null;
  readonly typing: { readonly text: string; readonly error: string | null } | null;
  /** Shown in place of the hints, where there is no second line for it. */
  readonly message: { readonly text: string; readonly tone: 'info' | 'warn' | 'bad' } | null;
};

type Hint = { readonly key: string; readonly word: string };

/** What is dropped last when the line is narrow stands first; actions stand behind the first group. */
const FIRST: readonly string[] = ['help', 'pane-cluster', 'open', 'filter'];

/** The keys that matter here, from the keymap. */
export function footerHints(
  keymap: Keymap,
  context: KeyContext,
  kind: string | null,
): readonly Hint[] {
  const here = keymap.bindings.filter(
    ({ hint, keys, contexts }) =>
      hint !== undefined &&
      keys.length > 0 &&
      (contexts.includes(context) || contexts.includes('global')),
  );
  const rank = (id: string): number => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
  const toHint = ({ keys, hint = '' }: Binding): Hint => {
    const [first = '', ...rest] = hint.split(' ');
    return rest.length > 0
      ? { key: first, word: rest.join(' ') }
      : { key: keyName(keys[0] ?? ''), word: hint };
  };
  const sorted = here.toSorted((a, b) => rank(a.id) - rank(b.id));
  const actions = keymap.actions
    .filter(({ key, kinds }) => key !== '' && kind !== null && kinds.includes(kind))
    .map(({ key, verb }) => ({ key, word: verb }));
  return [
    ...sorted.filter(({ id }) => FIRST.includes(id)).map(toHint),
    ...actions,
    ...sorted.filter(({ id }) => !FIRST.includes(id)).map(toHint),
  ];
}

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
              ? '   enter keeps it · esc clears · host:omni1  cpu>50  !web  ~fuzzy  =^re'
              : `   ${typing.error}`}
          </Tone>
        </>
      ) : message !== null ? (
        <Tone theme={theme} tone={message.tone}>{` ${message.text}`}</Tone>
      ) : (
        fit(footerHints(keymap, context, kind), rect.width - 2).map(({ key, word }) => (
          <Box key={`${key} ${word}`} flexShrink={0}>
            <Tone theme={theme} tone="key">{` ${key}`}</Tone>
            <Tone theme={theme} tone="muted">{` ${word} `}</Tone>
          </Box>
        ))
      )}
    </Box>
  );
}

const fit = (hints: readonly Hint[], width: number): readonly Hint[] => {
  let used = 0;
  return hints.filter(({ key, word }) => (used += key.length + word.length + 3) <= width);
};
