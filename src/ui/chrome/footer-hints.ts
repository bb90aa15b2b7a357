import { keyName } from '../dialogs/help-lines.ts';
import { ACTION_CONTEXTS, TEXTS } from '../keymap.ts';
import type { ActionBinding, Binding, KeyContext, Keymap } from '../keymap.ts';

/** A key that matters here; `press` is what a click on it presses, null for a range of keys. */
export type Hint = { readonly key: string; readonly word: string; readonly press: string | null };

/** What is dropped last when the line is narrow stands first; actions stand behind the first group. */
const FIRST: readonly string[] = ['help', 'pane-cluster', 'open', 'filter'];

/** What is guarded by itself is seldom done. */
const RARE_FROM = 2;

/** The keys that matter here, from the keymap, as many as fit into a width. */
export function footerHints(
  keymap: Keymap,
  context: KeyContext,
  kind: string | null,
  width: number,
): readonly Hint[] {
  const actions = keymap.actions.filter(
    ({ key, kinds }) =>
      key !== '' && kind !== null && kinds.includes(kind) && ACTION_CONTEXTS.includes(context),
  );
  const here = keymap.bindings.filter(
    ({ id, hint, keys: [key], contexts, kinds, isForActions }) =>
      hint !== undefined &&
      key !== undefined &&
      (contexts.includes(context) || contexts.includes('global')) &&
      // A place may have a use of its own for a key that is valid everywhere else.
      keymap.resolve(context, key) === id &&
      (kinds === undefined || kinds.some((each) => each === kind)) &&
      (isForActions === undefined || actions.some(({ isHandOver }) => !isHandOver)),
  );
  const rank = ({ id, contexts }: Binding): number =>
    FIRST.includes(id)
      ? FIRST.indexOf(id)
      : FIRST.length + Number(TEXTS.includes(context) && !contexts.includes(context));
  const toHint = ({ id, keys, hint = '' }: Binding): Hint => {
    const [first = '', ...rest] = hint.split(' ');
    const [key = ''] = keys;
    // There is nothing to go back to.
    if (id === 'back' && context === 'overview') {
      const last = keys.at(-1) ?? key;
      return { key: keyName(last), word: 'quit', press: last };
    }
    return rest.length > 0
      ? { key: first, word: rest.join(' '), press: /\d-\d/.test(first) ? null : key }
      : { key: keyName(key), word: hint, press: key };
  };
  const sorted = here.toSorted((a, b) => rank(a) - rank(b));
  const toActionHint = ({ key, verb }: ActionBinding): Hint => ({ key, word: verb, press: key });
  const isRare = ({ guard = 0 }: ActionBinding): boolean => guard >= RARE_FROM;
  const all = [
    ...sorted.filter(({ id }) => FIRST.includes(id)).map(toHint),
    ...actions.filter((action) => !isRare(action)).map(toActionHint),
    ...sorted.filter(({ kinds }) => kinds !== undefined).map(toHint),
    ...sorted.filter(({ id, kinds }) => !FIRST.includes(id) && kinds === undefined).map(toHint),
    ...actions.filter(isRare).map(toActionHint),
  ];
  let used = 0;
  return all.filter((hint) => (used += hintWidth(hint)) <= width);
}

/** ` key word ` */
const hintWidth = ({ key, word }: Hint): number => key.length + word.length + 3;

/** The hint at a cell of the line, counted from its left end. */
export function hintAt(hints: readonly Hint[], x: number): Hint | undefined {
  let end = 0;
  return hints.find((hint) => x < (end += hintWidth(hint)));
}
