import { Box } from 'ink';
import { useSyncExternalStore } from 'react';
import type { Theme } from '../domain/theme.ts';
import { Footer } from './chrome/footer.tsx';
import type { Typing } from './chrome/footer.tsx';
import { Frame } from './chrome/frame.tsx';
import type { DialogContent } from './dialogs/dialog-shape.ts';
import { Dialog } from './dialogs/dialog.tsx';
import type { KeyContext, Keymap } from './keymap.ts';
import type { Layout, Rect } from './layout.ts';

/** What Ink draws: frames, footer and dialogs. Equal content keeps its reference, so that nothing is drawn twice. */
export type Chrome = {
  readonly cols: number;
  readonly rows: number;
  readonly theme: Theme;
  readonly layout: Layout;
  readonly focused: string;
  readonly footer: {
    readonly keymap: Keymap;
    readonly context: KeyContext;
    readonly kind: string | null;
    readonly typing: Typing | null;
    readonly message: { readonly text: string; readonly tone: 'info' | 'warn' | 'bad' } | null;
  };
  readonly dialog: {
    readonly rect: Rect;
    readonly content: DialogContent;
    readonly top: number;
  } | null;
};

/** Where the chrome comes from. */
export type ChromeSource = {
  readonly get: () => Chrome;
  readonly subscribe: (listener: () => void) => () => void;
};

/** The root of Ink's tree. */
export function App({ source }: { readonly source: ChromeSource }) {
  const chrome = useSyncExternalStore(source.subscribe, source.get);
  return <ChromeView {...chrome} />;
}

/** The chrome as a pure function of its content. */
export function ChromeView({ cols, rows, theme, layout, focused, footer, dialog }: Chrome) {
  return (
    <Box width={cols} height={rows} overflow="hidden">
      {layout.problems.framed ? (
        <Frame
          rect={layout.problems.rect}
          title="Problems"
          focused={focused === 'problems'}
          theme={theme}
        />
      ) : null}
      {layout.boxes.map(({ id, rect, title }) => (
        <Frame key={id} rect={rect} title={title} focused={id === focused} theme={theme} />
      ))}
      {layout.footer ? <Footer rect={layout.footer} theme={theme} {...footer} /> : null}
      {dialog ? <Dialog {...dialog} theme={theme} /> : null}
    </Box>
  );
}
