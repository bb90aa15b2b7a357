import { Box, render, renderToString, Text, useInput, useWindowSize } from 'ink';
import { useEffect, useState } from 'react';
import { expect, onTestFinished, test } from 'vitest';
import type { InputEvent } from '../../src/term/input.ts';
import { createTerminal } from '../../src/term/terminal.ts';
import { safeText, textWidth } from '../../src/term/width.ts';
import { Emulator, FakeClock, FakeProcess, FakeStdin, FakeStdout } from './fake-terminal.ts';

function Screen({ onReady }: { readonly onReady?: (set: (count: number) => void) => void }) {
  const { columns, rows } = useWindowSize();
  const [count, set] = useState(0);
  useEffect(() => onReady?.(set), [onReady]);
  useInput(() => {
    throw new Error('a key reached Ink');
  });
  return (
    <Box width={columns} height={rows} overflow="hidden" flexDirection="column">
      <Box borderStyle="round" height={3}>
        <Text wrap="truncate">
          size {columns}x{rows} count {count}
        </Text>
      </Box>
      <Text inverse>selected</Text>
      <Box flexGrow={1} />
      <Text>bottom line</Text>
    </Box>
  );
}

function start(cols: number, rows: number) {
  const clock = new FakeClock();
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(cols, rows);
  const terminal = createTerminal({
    stdin,
    stdout,
    env: { LANG: 'C.UTF-8', TERM: 'xterm-256color' },
    clock,
    process: new FakeProcess(),
  });
  terminal.enter();
  const counts: ((count: number) => void)[] = [];
  const onReady = (set: (count: number) => void): void => {
    counts.push(set);
  };
  const ink = render(<Screen onReady={onReady} />, {
    stdout: terminal.inkStdout,
    stdin: terminal.inkStdin,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  onTestFinished(() => {
    ink.unmount();
    terminal.leave();
  });
  const emulator = new Emulator(cols, rows);
  const shown = async (): Promise<string> => {
    clock.advance(200);
    await emulator.write(stdout.take());
    return emulator.text();
  };
  const setCount = (count: number): void => counts.at(-1)?.(count);
  return { clock, stdin, stdout, terminal, ink, emulator, shown, setCount };
}

test('a tree of Ink is drawn cell by cell, whole frames without cursor codes', async () => {
  const { shown, emulator, terminal } = start(40, 10);
  const text = await shown();
  expect(text.split('\n')).toEqual([
    `╭${'─'.repeat(38)}╮`,
    `│size 40x10 count 0${' '.repeat(20)}│`,
    `╰${'─'.repeat(38)}╯`,
    'selected',
    '',
    '',
    '',
    '',
    '',
    'bottom line',
  ]);
  expect(emulator.terminal.buffer.active.type).toBe('alternate');
  expect(terminal.stats().frames).toBe(1);
});

test('a change of state writes the changed cells only', async () => {
  const { shown, stdout, clock, setCount } = start(40, 10);
  await shown();
  setCount(7);
  await expect
    .poll(() => {
      clock.advance(100);
      return stdout.text;
    })
    .not.toBe('');
  expect(stdout.text).toBe('\u001B[2;19H7');
  expect(await shown()).toContain('count 7');
});

test('Ink lays out anew for every size', async () => {
  const { shown, stdout, emulator } = start(40, 10);
  await shown();
  for (const [cols, rows] of [
    [30, 7],
    [60, 14],
    [20, 5],
    [40, 10],
  ] as const) {
    stdout.columns = cols;
    stdout.rows = rows;
    emulator.terminal.resize(cols, rows);
    stdout.emit('resize');
    await expect.poll(() => shown()).toContain(`size ${cols}x${rows}`);
    const lines = (await shown()).split('\n');
    expect(lines).toHaveLength(rows);
    expect(lines[0]).toBe(`╭${'─'.repeat(cols - 2)}╮`);
    expect(lines.at(-1)).toBe('bottom line');
  }
});

test('keys go to the listeners, never to the hooks of Ink', async () => {
  const { stdin, terminal, shown } = start(40, 10);
  const events: InputEvent[] = [];
  terminal.onInput((event) => events.push(event));
  stdin.write('q\u0003\u001B[200~paste\u001B[201~');
  await expect.poll(() => events.map((event) => event.type)).toEqual(['key', 'key', 'paste']); // prettier-ignore
  expect(await shown()).toContain('bottom line');
});

test('unmounting writes nothing to the terminal that leave does not undo', async () => {
  const { ink, terminal, shown, stdout, emulator } = start(40, 10);
  await shown();
  ink.unmount();
  terminal.leave();
  await emulator.write(stdout.take());
  expect(emulator.terminal.buffer.active.type).toBe('normal');
  expect(emulator.text()).toBe('');
});

test('Ink measures a safe text as the engine does', () => {
  for (const foreign of [
    'a⚠️b',
    '👨‍👩‍👧 x',
    '中文',
    'e\u0301',
    '1️⃣',
    'กำ',
    '🇪🇺!',
    '한',
    '\u1112\u1161\u11AB',
    'ﾊﾞ',
    '┄●▁⣿',
  ]) {
    const safe = safeText(foreign);
    const line = renderToString(
      <Box>
        <Text>{safe}</Text>
        <Text>|</Text>
      </Box>,
    );
    expect(textWidth(line.slice(0, line.indexOf('|')))).toBe(textWidth(safe));
    const boxed = renderToString(
      <Box width={textWidth(safe)}>
        <Text wrap="truncate">{safe}</Text>
      </Box>,
    );
    expect(boxed).toBe(safe.trimEnd());
  }
});
