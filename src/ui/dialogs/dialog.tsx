import { Box } from 'ink';
import type { Theme } from '../../domain/theme.ts';
import { Frame } from '../chrome/frame.tsx';
import { Tone } from '../chrome/ink-tone.tsx';
import type { Rect } from '../layout.ts';
import { fitRuns, linesInSight } from './dialog-shape.ts';
import type { DialogContent } from './dialog-shape.ts';

type Props = {
  readonly rect: Rect;
  readonly content: DialogContent;
  /** First line shown, for dialogs that scroll. */
  readonly top: number;
  readonly theme: Theme;
};

/** A dialog over the panes: every cell of it is written, so that nothing shines through. */
export function Dialog({ rect, content, top, theme }: Props) {
  const height = rect.height - 2;
  const width = rect.width - 2;
  const inSight = linesInSight(content, rect, top);
  const lines = Array.from({ length: height }, (_, index) => inSight[index] ?? []);
  return (
    <Frame
      rect={rect}
      title={content.title}
      right={content.right}
      footer={content.footer}
      focused
      theme={theme}
    >
      {lines.map((runs, index) => (
        // Lines have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <Box key={index} height={1} flexShrink={0}>
          {fitRuns([{ text: ' ', tone: 'plain' }, ...runs], width).map((run, position) => (
            // oxlint-disable-next-line react/no-array-index-key
            <Tone key={position} theme={theme} tone={run.tone}>
              {run.text}
            </Tone>
          ))}
        </Box>
      ))}
    </Frame>
  );
}
