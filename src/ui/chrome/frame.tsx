import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Theme } from '../../domain/theme.ts';
import { textWidth, truncate } from '../../term/width.ts';
import type { Rect } from '../layout.ts';
import { Tone } from './ink-tone.tsx';

const LIGHT = { tl: '╭', tr: '╮', bl: '╰', br: '╯', h: '─', v: '│' } as const;
const HEAVY = { tl: '┏', tr: '┓', bl: '┗', br: '┛', h: '━', v: '┃' } as const;

type Props = {
  readonly rect: Rect;
  readonly title: string;
  readonly right?: string;
  readonly footer?: string;
  /** The focused frame is heavy, so that it is seen without colour. */
  readonly focused: boolean;
  readonly theme: Theme;
  readonly children?: ReactNode;
};

/** A border with its title in the top line, at a fixed place of the screen. */
export function Frame({ rect, title, right = '', footer = '', focused, theme, children }: Props) {
  if (rect.width < 4 || rect.height < 2) return null;
  const glyphs = focused ? HEAVY : LIGHT;
  const tone = focused ? 'frameFocused' : 'frame';
  const inner = rect.width - 2;
  const name = title === '' ? '' : ` ${truncate(title, Math.max(0, inner - 4))} `;
  const free = inner - 1 - textWidth(name) - 1;
  const note = right === '' || textWidth(right) + 2 > free ? '' : ` ${right} `;
  const foot = footer === '' || textWidth(footer) + 4 > inner ? '' : ` ${footer} `;
  return (
    <Box
      position="absolute"
      marginLeft={rect.x}
      marginTop={rect.y}
      width={rect.width}
      height={rect.height}
      flexDirection="column"
    >
      <Box height={1}>
        <Tone theme={theme} tone={tone}>{`${glyphs.tl}${glyphs.h}`}</Tone>
        <Tone theme={theme} tone="title">
          {name}
        </Tone>
        <Tone theme={theme} tone={tone}>
          {glyphs.h.repeat(Math.max(0, free - textWidth(note)))}
        </Tone>
        <Tone theme={theme} tone="muted">
          {note}
        </Tone>
        <Tone theme={theme} tone={tone}>{`${glyphs.h}${glyphs.tr}`}</Tone>
      </Box>
      <Box flexGrow={1} height={rect.height - 2}>
        <Box width={1} flexDirection="column">
          <Side theme={theme} tone={tone} glyph={glyphs.v} height={rect.height - 2} />
        </Box>
        <Box width={inner} height={rect.height - 2} flexDirection="column" overflow="hidden">
          {children}
        </Box>
        <Box width={1} flexDirection="column">
          <Side theme={theme} tone={tone} glyph={glyphs.v} height={rect.height - 2} />
        </Box>
      </Box>
      <Box height={1}>
        <Tone theme={theme} tone={tone}>
          {glyphs.bl + glyphs.h.repeat(Math.max(0, inner - textWidth(foot) - 1))}
        </Tone>
        <Tone theme={theme} tone="muted">
          {foot}
        </Tone>
        <Tone theme={theme} tone={tone}>{`${glyphs.h}${glyphs.br}`}</Tone>
      </Box>
    </Box>
  );
}

type SideProps = {
  readonly theme: Theme;
  readonly tone: 'frame' | 'frameFocused';
  readonly glyph: string;
  readonly height: number;
};

function Side({ theme, tone, glyph, height }: SideProps) {
  return (
    <Tone theme={theme} tone={tone}>
      {Array.from({ length: height }, () => glyph).join('\n')}
    </Tone>
  );
}
