import { fileURLToPath } from 'node:url';
import type { IPty } from '@lydell/node-pty';
import { expect, onTestFinished, test } from 'vitest';
import { Emulator, seenStyle } from './fake-terminal.ts';
import type { ShownCell } from './fake-terminal.ts';

// The package has binaries for some platforms only.
const pty = await import('@lydell/node-pty').catch(() => undefined);
const program = fileURLToPath(new URL('pty-program.ts', import.meta.url));

type Session = { readonly child: IPty; readonly emulator: Emulator; exit: number | undefined };

function start(cols: number, rows: number): Session {
  if (pty === undefined) throw new Error('no pseudo terminal: the test must be skipped');
  const emulator = new Emulator(cols, rows);
  const child = pty.spawn(process.execPath, [program], {
    cols,
    rows,
    name: 'xterm-256color',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', COLORTERM: 'truecolor', NODE_NO_WARNINGS: '1' }, // prettier-ignore
  });
  const session: Session = { child, emulator, exit: undefined };
  child.onData((data) => {
    void emulator.write(data);
  });
  child.onExit(({ exitCode }) => {
    session.exit = exitCode;
  });
  onTestFinished(() => {
    if (session.exit === undefined) child.kill('SIGKILL');
  });
  return session;
}

/** `none` becomes `w`. */
const KEY_CELLS: readonly Partial<ShownCell>[] = [
  { text: 'w' },
  ...Array.from({ length: 3 }, () => ({ text: ' ', style: {} })),
];

const screenType = ({ emulator }: Session): string => emulator.terminal.buffer.active.type;

/** The terminal as a shell wants it. */
const GIVEN_BACK = {
  screen: 'normal',
  bracketedPaste: false,
  focus: false,
  mouse: 'none',
  wraparound: true,
};
const seenModes = (session: Session): typeof GIVEN_BACK => {
  const { modes } = session.emulator.terminal;
  return {
    screen: screenType(session),
    bracketedPaste: modes.bracketedPasteMode,
    focus: modes.sendFocusMode,
    mouse: modes.mouseTrackingMode,
    wraparound: modes.wraparoundMode,
  };
};

test.skipIf(pty === undefined)(
  'a real terminal is taken over, follows its size, is handed over and given back',
  async () => {
    const session = start(50, 12);
    const { child, emulator } = session;
    const expectLine = async (y: number, text: string): Promise<void> => {
      await expect.poll(() => emulator.line(y)).toBe(text);
    };
    await expectLine(0, 'size 50x12 key none');
    expect(screenType(session)).toBe('alternate');
    expect(emulator.cell(0, 0).style).toEqual({ fg: '#ff0000' });
    await expectLine(11, '─'.repeat(49));

    child.write('\u001B[15~');
    await expectLine(0, 'size 50x12 key f5');

    for (const [cols, rows] of [
      [40, 8],
      [70, 20],
    ] as const) {
      emulator.terminal.resize(cols, rows);
      child.resize(cols, rows);
      await expectLine(0, `size ${cols}x${rows} key f5`);
      await expectLine(rows - 1, '─'.repeat(cols - 1));
    }

    child.write('s');
    await expect.poll(() => emulator.text()).toContain('child here');
    expect(screenType(session)).toBe('normal');
    expect(emulator.text()).toMatch(/[^-]icanon/);
    child.write('\r');
    await expectLine(0, 'size 70x20 key s');
    expect(screenType(session)).toBe('alternate');

    // The first moment after a hand-over is deaf.
    await expect
      .poll(() => {
        if (session.exit === undefined) child.write('q');
        return session.exit;
      })
      .toBe(0);
    await expect.poll(() => emulator.text()).toContain('goodbye');
    await expect.poll(() => seenModes(session)).toEqual(GIVEN_BACK);
  },
);

test.skipIf(pty === undefined)(
  'after a program that left its modes behind and was killed, every cell and mode is as before',
  async () => {
    const session = start(50, 12);
    const { child, emulator } = session;
    const cells = () =>
      Array.from({ length: 12 }, (_, y) =>
        Array.from({ length: 50 }, (_, x) => {
          const cell = emulator.cell(x, y);
          return { ...cell, style: seenStyle(cell.text, cell.style) };
        }),
      );
    const modes = () => ({ ...emulator.terminal.modes });
    await expect.poll(() => emulator.line(0)).toBe('size 50x12 key none');
    // The screen tells which key was the last.
    const withKey = (row: readonly ShownCell[]): readonly ShownCell[] =>
      row.map((cell, x) => (x < 15 || x > 18 ? cell : { ...cell, ...KEY_CELLS[x - 15] }));
    const before = {
      cells: cells().map((row, y) => (y === 0 ? withKey(row) : row)),
      modes: modes(),
    };
    let wrecks = 0;
    emulator.terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => {
      if (params[0] === 1003) wrecks += 1;
      return false;
    });
    child.write('w');
    await expect.poll(() => wrecks).toBe(1);
    await expect.poll(() => ({ cells: cells(), modes: modes() })).toEqual(before);
    await expect
      .poll(() => {
        child.write('\u001B[15~');
        return emulator.line(0);
      })
      .toBe('size 50x12 key f5');
  },
);

test.skipIf(pty === undefined)('a crash gives the terminal back before the trace', async () => {
  const session = start(100, 30);
  const { child, emulator } = session;
  await expect.poll(() => emulator.line(0)).toContain('key none');
  child.write('x');
  await expect.poll(() => session.exit).toBe(1);
  await expect.poll(() => seenModes(session)).toEqual(GIVEN_BACK);
});
