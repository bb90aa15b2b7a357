import { expect, onTestFinished, test } from 'vitest';
import { openCountingTerminal, shownOf } from './support/counting-terminal.ts';
import { findFrames, tornCorners } from './support/frames.ts';
import { SCENES, sharedLab } from './support/scenes.ts';
import type { Scene } from './support/scenes.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

/** The screen as an emulator shows it, and its lines with the bottom right cell, which no terminal is sent. */
async function draw(
  scene: Scene,
  cols: number,
  rows: number,
): Promise<{ readonly text: string; readonly lines: readonly string[] }> {
  const lab = await sharedLab(scene.scenario);
  const change = scene.shown ?? ((shown) => shown);
  const terminal = await openCountingTerminal({ cols, rows, shown: () => change(shownOf(lab)) });
  onTestFinished(terminal.close);
  await scene.open(terminal);
  const text = await terminal.screen();
  const lines = text.split('\n');
  const corner = terminal.buffer().glyph(cols - 1, rows - 1);
  return {
    text,
    lines: lines.map((line, y) =>
      y === rows - 1 && corner !== ' ' ? line.padEnd(cols - 1) + corner : line,
    ),
  };
}

const CASES = Object.entries(SCENES).flatMap(([name, scene]) =>
  SIZES.map(([cols, rows]) => [`${name} ${cols}x${rows}`, name, scene, cols, rows] as const),
);

test.for(CASES)('%s looks as it did', async ([, name, scene, cols, rows]) => {
  const { text, lines } = await draw(scene, cols, rows);
  expect(lines.length).toBe(rows);
  // Every glyph of our own is one cell wide, so that letters are cells.
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(cols);
  expect(findFrames(lines).length).toBeGreaterThan(0);
  expect(tornCorners(lines)).toEqual([]);
  await expect(`${text}\n`).toMatchFileSnapshot(`golden/${name}-${cols}x${rows}.txt`);
});

test.for(Object.entries(SCENES))('%s has whole frames at odd sizes', async ([, scene]) => {
  for (const [cols, rows] of [
    [40, 10],
    [61, 17],
    [73, 21],
    [97, 33],
    [160, 30],
    [300, 80],
  ] as const) {
    const { lines } = await draw(scene, cols, rows);
    expect(tornCorners(lines), `${cols}x${rows}\n${lines.join('\n')}`).toEqual([]);
  }
});

test('a frame is torn where a corner is missing or a side is broken, not where a dialog lies over it', () => {
  const whole = ['╭──╮', '│  │', '╰──╯'];
  expect(tornCorners(whole)).toEqual([]);
  expect(tornCorners(['╭──╮', '│  x', '╰──╯'])).toEqual(['╮ 3,0', '╯ 3,2']);
  expect(tornCorners(['╭──╮', '│  │', '╰── '])).toEqual(['╮ 3,0', '╰ 0,2']);
  expect(tornCorners(['╭──╮', '│┏━━━┓', '╰┃   ┃', ' ┗━━━┛'])).toEqual([]);
  expect(tornCorners(['╭──┓', '│  ┃', '╰──┛'])).toHaveLength(6 - 2);
});
