import type { Theme } from '../domain/theme.ts';
import type { Chrome, ChromeSource } from './app.tsx';
import { lastTop, placedDialog } from './dialogs/dialog-shape.ts';
import { keyContext } from './key-context.ts';
import type { Model } from './model.ts';
import { selectedRef } from './moving.ts';
import { isText, modelText } from './reading.ts';
import type { Screen } from './screen.ts';
import { placeKey } from './session.ts';
import type { Session } from './session.ts';

/**
 * Makes Ink's part of the screen from the model. The same content keeps the same object, so that Ink is asked to
 * draw only when the chrome has changed, not when the data has.
 */
export function createChromeSource(): ChromeSource & {
  readonly refresh: (
    model: Model,
    screen: Screen,
    theme: Theme,
    cols: number,
    rows: number,
  ) => void;
} {
  const listeners = new Set<() => void>();
  let current: Chrome | null = null;
  /** What was looked at last: it may say the same as the current one in other objects. */
  let seen: Chrome | null = null;
  let print = '';
  return {
    get: () => {
      if (current === null) throw new Error('chrome asked for before the first frame');
      return current;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh: (model, screen, theme, cols, rows) => {
      const next = makeChrome(model, screen, theme, cols, rows);
      if (seen !== null && isPlainlySame(seen, next)) return;
      seen = next;
      const nextPrint = fingerprint(next);
      if (nextPrint === print) return;
      print = nextPrint;
      current = next;
      for (const listener of listeners) listener();
    },
  };
}

/** Most frames change nothing of the chrome, which is seen without a look into it. */
const isPlainlySame = (a: Chrome, b: Chrome): boolean =>
  a.cols === b.cols &&
  a.rows === b.rows &&
  a.theme === b.theme &&
  a.layout === b.layout &&
  a.focused === b.focused &&
  a.dialog === null &&
  b.dialog === null &&
  a.footer.context === b.footer.context &&
  a.footer.kind === b.footer.kind &&
  [a, b].every(({ footer }) => footer.typing === null && footer.message === null);

/** The keymap is left out: it does not change while the program runs. */
const fingerprint = ({ theme, footer, ...rest }: Chrome): string =>
  JSON.stringify([theme.name, { ...footer, keymap: null }, rest]);

function makeChrome(
  model: Model,
  screen: Screen,
  theme: Theme,
  cols: number,
  rows: number,
): Chrome {
  const { session, keymap } = model;
  const layout = screen.layout(model, cols, rows);
  const dialog = placedDialog(model, cols, rows);
  const top = topOf(session.dialog);
  const unread = session.dialog?.kind === 'confirm' && dialog ? lastTop(dialog) - top : 0;
  const ref = selectedRef(model, screen, { cols, rows });
  return {
    cols,
    rows,
    theme,
    layout,
    focused: screen.focus(model, cols, rows).id,
    footer: {
      keymap,
      context: keyContext(session, model.views),
      kind: ref === null ? null : ref.slice(0, ref.indexOf(':')),
      typing: session.typing
        ? {
            text: session.filters[placeKey(session.place)] ?? '',
            ...(isText(session.place)
              ? { error: modelText(model).filterError, examples: 'level=warn  error' }
              : { error: screen.shown(model).filterError, examples: 'host:omni1  cpu>50  up>30d' }),
          }
        : null,
      message:
        layout.crumbs === null && session.message
          ? { text: session.message.text, tone: session.message.tone }
          : null,
    },
    dialog:
      dialog === null
        ? null
        : {
            rect: dialog.rect,
            content:
              unread > 0
                ? { ...dialog.content, footer: `down: ${unread} more to read first` }
                : dialog.content,
            top,
          },
  };
}

/** The first line in sight of a dialog that scrolls. */
function topOf(dialog: Session['dialog']): number {
  if (dialog?.kind === 'question') return dialog.state.top;
  return dialog && 'top' in dialog ? dialog.top : 0;
}
