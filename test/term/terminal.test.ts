import { expect, test, vi } from 'vitest';
import type { InputEvent } from '../../src/term/input.ts';
import { ORIGIN_OFF, resetSequence } from '../../src/term/modes.ts';
import { createTerminal, type TerminalOptions } from '../../src/term/terminal.ts';
import { Emulator, FakeClock, FakeProcess, FakeStdin, FakeStdout } from './fake-terminal.ts';

const UTF8 = { LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor' };

function setup(options: Partial<TerminalOptions> = {}, cols = 40, rows = 10) {
  const clock = new FakeClock();
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(cols, rows);
  const host = new FakeProcess();
  const terminal = createTerminal({ stdin, stdout, env: UTF8, clock, process: host, ...options });
  const settle = async (): Promise<void> => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  };
  return { clock, stdin, stdout, host, terminal, settle };
}

/** Every private mode that is set, and each that is reset again. */
function modes(text: string, final: 'h' | 'l'): string[] {
  const found = [...text.matchAll(/\u001B\[\?(\d+)([hl])/g)];
  return found.filter((match) => match[2] === final).map((match) => match[1] ?? '');
}

test('leave takes back in reverse what enter set', () => {
  for (const mouse of [false, true]) {
    const { terminal, stdout, stdin } = setup({ mouse });
    terminal.enter();
    const entered = stdout.take();
    expect(stdin.isRaw).toBe(true);
    terminal.leave();
    const left = stdout.take();
    expect(stdin.isRaw).toBe(false);
    expect(modes(entered, 'h')).toEqual(['1049', '2004', '1004', ...(mouse ? ['1002', '1006'] : [])]); // prettier-ignore
    expect(modes(entered, 'l')).toEqual(['25', '7']);
    expect(modes(left, 'l')).toEqual(['2026', ...modes(entered, 'h').reverse().slice(0, -1), '1049']); // prettier-ignore
    expect(modes(left, 'h')).toEqual(modes(entered, 'l').reverse());
    expect(left).toContain('\u001B[0m');
  }
});

test('enter and leave do their work once', () => {
  const { terminal, stdout, stdin } = setup();
  terminal.leave();
  expect(stdout.take()).toBe('');
  terminal.enter();
  stdout.take();
  terminal.enter();
  expect(stdout.take()).toBe('');
  terminal.leave();
  stdout.take();
  terminal.leave();
  expect(stdout.take()).toBe('');
  expect(stdin.modes).toEqual([true, false]);
});

test('restores the raw mode that it found', () => {
  const { terminal, stdin } = setup();
  stdin.isRaw = true;
  terminal.enter();
  terminal.leave();
  expect(stdin.isRaw).toBe(true);
});

test('entering and leaving again and again leaves no listener and no timer behind', () => {
  const { terminal, stdin, stdout, host, clock } = setup();
  const count = (): readonly number[] => [
    ...['data', 'end', 'close', 'error'].map((event) => stdin.listenerCount(event)),
    ...['resize', 'error', 'drain'].map((event) => stdout.listenerCount(event)),
    ...['SIGWINCH', 'SIGCONT', 'exit'].map((event) => host.listenerCount(event)),
  ];
  const cycle = (): void => {
    terminal.enter();
    clock.advance(100);
    terminal.leave();
    clock.advance(100);
  };
  cycle();
  const once = count();
  for (let round = 0; round < 20; round += 1) cycle();
  expect(count()).toEqual(once);
  expect(clock.pending).toBe(0);
});

test('gives the terminal back when the process exits without leave', () => {
  const { terminal, stdout, host, stdin } = setup();
  terminal.enter();
  stdout.take();
  host.emit('exit');
  expect(modes(stdout.take(), 'l')).toContain('1049');
  expect(stdin.isRaw).toBe(false);
});

test('the painter draws over the frame of Ink, and only changes are written', async () => {
  const { terminal, stdout, clock, settle } = setup();
  const emulator = new Emulator(40, 10);
  terminal.setPainter((buffer) => {
    buffer.put(5, 1, 'pane', terminal.styles.id({ fg: '#ff0000' }));
  });
  terminal.enter();
  terminal.inkStdout.write('\u001B[1mtitle\u001B[22m\n..........');
  clock.advance(0);
  await emulator.write(stdout.take());
  expect(emulator.text()).toBe('title\n.....pane.');
  expect(emulator.cell(0, 0).style).toEqual({ bold: true });
  expect(emulator.cell(5, 1).style).toEqual({ fg: '#ff0000' });
  expect(terminal.buffer().line(1).trimEnd()).toBe('.....pane.');
  await settle();
  terminal.inkStdout.write('\u001B[1mtitel\u001B[22m\n..........');
  clock.advance(100);
  expect(stdout.text).toBe('\u001B[1;4H\u001B[1mel');
  await emulator.write(stdout.take());
  expect(emulator.text()).toBe('titel\n.....pane.');
});

test('the buffer keeps the frame before until Ink draws anew; then it has nothing but that', () => {
  const { terminal, clock } = setup();
  const seen: (readonly [string, string | null])[] = [];
  terminal.setPainter((buffer, chrome) => {
    seen.push([buffer.line(0).trimEnd(), chrome?.line(0).trimEnd() ?? null]);
    buffer.put(3, 0, 'own', 0);
  });
  terminal.enter();
  terminal.inkStdout.write('one...');
  clock.advance(100);
  terminal.invalidate(true);
  clock.advance(100);
  terminal.inkStdout.write('two...');
  clock.advance(200);
  expect(seen).toEqual([
    ['one...', null],
    ['oneown', 'one...'],
    ['two...', null],
  ]);
});

test('the same frame of Ink, its modes and its empty writes cause no frame', async () => {
  const { terminal, stdout, clock, settle } = setup();
  terminal.enter();
  terminal.inkStdout.write('text');
  clock.advance(200);
  await settle();
  stdout.take();
  const before = clock.pending;
  terminal.inkStdout.write('text');
  terminal.inkStdout.write('\u001B[?25l');
  terminal.inkStdout.write('\u001B[?2004h\u001B[?25h');
  terminal.inkStdout.write('');
  expect(clock.pending).toBe(before);
  clock.advance(1000);
  expect(stdout.take()).toBe('');
  expect(terminal.buffer().line(0).trimEnd()).toBe('text');
});

test("Ink's answer to a key is painted at once, other frames at the pace of data", async () => {
  const { terminal, stdin, stdout, clock, settle } = setup();
  const events: InputEvent[] = [];
  terminal.enter();
  clock.advance(1000);
  terminal.inkStdout.write('one');
  clock.advance(1000);
  terminal.inkStdout.write('two');
  clock.advance(0);
  await settle();
  terminal.inkStdout.write('three');
  stdout.take();
  clock.advance(50);
  expect(stdout.take()).toBe('');
  terminal.onInput((event) => {
    events.push(event);
    terminal.inkStdout.write('answer');
  });
  stdin.write('k');
  await expect.poll(() => events).toHaveLength(1);
  clock.advance(0);
  expect(stdout.take()).toContain('answer');
});

test('input goes to the listeners until they leave', async () => {
  const { terminal, stdin } = setup();
  const keys: string[] = [];
  const off = terminal.onInput((event) => {
    if (event.type === 'key') keys.push(event.key);
  });
  terminal.enter();
  stdin.write('a\u001B[A');
  await expect.poll(() => keys).toEqual(['a', 'up']);
  off();
  const others: InputEvent[] = [];
  terminal.onInput((event) => others.push(event));
  stdin.write('b');
  await expect.poll(() => others).toHaveLength(1);
  expect(keys).toEqual(['a', 'up']);
});

test('the buffer follows a new size at once, the listeners after 50 ms of rest', () => {
  const { terminal, stdout, clock } = setup();
  const sizes: unknown[] = [];
  let inkResizes = 0;
  terminal.onResize((size) => sizes.push(size));
  terminal.inkStdout.on('resize', () => {
    inkResizes += 1;
  });
  terminal.enter();
  clock.advance(100);
  for (const [columns, rows] of [
    [60, 20],
    [50, 15],
    [30, 8],
  ] as const) {
    stdout.columns = columns;
    stdout.rows = rows;
    stdout.emit('resize');
    expect(terminal.size()).toEqual({ cols: columns, rows });
    expect([terminal.buffer().cols, terminal.inkStdout.columns]).toEqual([columns, columns]);
    clock.advance(30);
  }
  expect([sizes, inkResizes]).toEqual([[], 0]);
  clock.advance(50);
  expect([sizes, inkResizes]).toEqual([[{ cols: 30, rows: 8 }], 1]);
});

test.for([
  ['a request', ({ terminal }) => terminal.repaint()],
  ['focus', ({ stdin }) => stdin.write('\u001B[I')],
  ['SIGWINCH', ({ host }) => host.emit('SIGWINCH')],
  ['SIGCONT', ({ host }) => host.emit('SIGCONT')],
  ['a minute', ({ clock }) => clock.advance(60_000)],
] satisfies readonly (readonly [string, (parts: ReturnType<typeof setup>) => void])[])(
  'writes every cell but the last again after %s',
  async ([, cause]) => {
    const parts = setup();
    const { terminal, stdout, clock } = parts;
    terminal.enter();
    terminal.inkStdout.write('text');
    clock.advance(500);
    stdout.take();
    terminal.invalidate(true);
    clock.advance(500);
    expect(stdout.take()).toBe('');
    cause(parts);
    await expect
      .poll(() => {
        clock.advance(10);
        return stdout.text;
      })
      .toContain('text');
    const blanks = stdout.take().split(' ').length - 1;
    expect(blanks).toBe(40 * 10 - 1 - 'text'.length);
  },
);

test('SIGCONT sets modes and raw mode again', () => {
  const { terminal, stdout, stdin, host } = setup();
  terminal.enter();
  const entered = stdout.take();
  host.emit('SIGCONT');
  expect(stdout.take()).toBe(entered);
  expect(stdin.modes).toEqual([true, false, true]);
});

test('without focus the minute passes without a repaint', async () => {
  const { terminal, stdin, stdout, clock } = setup();
  const events: InputEvent[] = [];
  terminal.onInput((event) => events.push(event));
  terminal.enter();
  clock.advance(100);
  stdin.write('\u001B[O');
  await expect.poll(() => events).toHaveLength(1);
  stdout.take();
  clock.advance(180_000);
  expect(stdout.take()).toBe('');
});

test('a terminal that takes nothing gets no further frame, then the newest', async () => {
  const { terminal, stdout, clock, settle } = setup();
  let count = 0;
  terminal.setPainter((buffer) => {
    buffer.put(0, 0, `count ${count}`, 0);
  });
  terminal.enter();
  clock.advance(100);
  await settle();
  stdout.take();
  stdout.isHeld = true;
  for (count = 1; count < 50; count += 1) {
    terminal.invalidate();
    clock.advance(100);
  }
  expect(stdout.take()).toContain('1');
  expect(terminal.stats().skipped).toBe(1);
  stdout.release();
  await settle();
  clock.advance(10);
  expect(stdout.take()).toContain('50');
});

test('tells since when a frame was late: not taken, or long in the making', async () => {
  const { terminal, stdout, clock, settle } = setup();
  let workMs = 0;
  let count = 0;
  terminal.setPainter((buffer) => {
    clock.stall(workMs);
    buffer.put(0, 0, `count ${(count += 1)}`, 0);
  });
  terminal.enter();
  clock.advance(100);
  await settle();
  expect(terminal.sinceLag()).toBe(Number.POSITIVE_INFINITY);
  stdout.isHeld = true;
  terminal.invalidate(true);
  clock.advance(200);
  expect(terminal.sinceLag()).toBe(Number.POSITIVE_INFINITY);
  terminal.invalidate(true);
  clock.advance(200);
  expect(terminal.sinceLag()).toBe(0);
  stdout.release();
  await settle();
  clock.advance(300);
  expect(terminal.sinceLag()).toBe(300);
  workMs = 251;
  terminal.invalidate(true);
  clock.advance(260);
  expect(terminal.sinceLag()).toBeLessThan(50);
});

test('hands the terminal over and takes it back', async () => {
  const { terminal, stdin, stdout, clock, settle } = setup({ mouse: true });
  terminal.enter();
  const entered = stdout.take();
  terminal.inkStdout.write('before');
  clock.advance(100);
  await settle();
  stdout.take();
  const during: string[] = [];
  await terminal.suspend(async () => {
    during.push(stdout.take());
    expect([stdin.isRaw, stdin.isPaused(), stdin.listenerCount('data')]).toEqual([false, true, 0]);
    terminal.inkStdout.write('drawn meanwhile');
    terminal.invalidate(true);
    clock.advance(70_000);
    await settle();
    during.push(stdout.take());
    await expect(terminal.suspend(() => undefined)).rejects.toThrow('already handed over');
  });
  expect(modes(during[0] ?? '', 'l')).toEqual(expect.arrayContaining(['1049', '1006', '2004']));
  expect(during[1]).toBe('');
  expect(stdin.isRaw).toBe(true);
  expect(stdout.take()).toBe(resetSequence('xterm-256color') + entered + ORIGIN_OFF);
  clock.advance(0);
  expect(stdout.take()).toContain('drawn meanwhile');
});

test('what arrives with the terminal was typed for whoever had it, and is dropped', async () => {
  const { terminal, stdin, clock, settle } = setup();
  const keys: string[] = [];
  terminal.onInput((event) => {
    if (event.type === 'key') keys.push(event.key);
  });
  terminal.enter();
  await terminal.suspend(() => {
    stdin.write('during');
  });
  stdin.write('late');
  await settle();
  clock.advance(100);
  stdin.write('x');
  await settle();
  expect(keys).toEqual(['x']);
});

test.each(['xterm-256color', 'linux'])(
  'what another program left is undone on %s',
  async (term) => {
    const emulator = new Emulator(20, 6);
    const { modes } = emulator.terminal;
    const usual = { ...modes };
    await emulator.write('one\r\ntwo');
    await emulator.write(
      '\u001B[?1049h\u001B[2;3r\u001B[4h\u001B[?1;1003;1006;2004;1004h\u001B=\u001B[?7l\u001B[1;31m\u001B(0',
    );
    await emulator.write(resetSequence(term));
    expect({ ...modes }).toEqual(usual);
    expect(emulator.terminal.buffer.active.type).toBe('normal');
    // Text goes on in the usual letters, and the whole screen scrolls.
    await emulator.write('\r\n\n\n\n\n\nqx');
    expect(emulator.line(5)).toBe('qx');
    expect(emulator.cell(0, 5).style).toEqual({});
  },
);

test('takes the terminal back from something that failed', async () => {
  const { terminal, stdin, stdout } = setup();
  terminal.enter();
  await expect(
    terminal.suspend(() => Promise.reject(new Error('no such command: zlogin'))),
  ).rejects.toThrow('no such command');
  expect(stdin.isRaw).toBe(true);
  expect(modes(stdout.take(), 'h').filter((mode) => mode === '1049')).toHaveLength(2);
});

test('a leave during the hand-over is final', async () => {
  const { terminal, stdin, stdout } = setup();
  terminal.enter();
  await terminal.suspend(() => {
    terminal.leave();
    stdout.take();
  });
  expect([stdout.take(), stdin.isRaw]).toEqual(['', false]);
});

test('stops as Ctrl-Z does and comes back when continued', () => {
  const { terminal, stdin, stdout, host, clock } = setup();
  terminal.enter();
  stdout.take();
  terminal.stop();
  expect(host.kills).toEqual([[0, 'SIGTSTP']]);
  expect(modes(stdout.take(), 'l')).toContain('1049');
  expect(stdin.isRaw).toBe(false);
  host.emit('SIGCONT');
  expect(modes(stdout.take(), 'h')).toContain('1049');
  expect(stdin.isRaw).toBe(true);
  clock.advance(1000);
  expect(modes(stdout.take(), 'h')).not.toContain('1049');
});

test('comes back by itself if the process could not be stopped', () => {
  const { terminal, stdin, clock } = setup();
  terminal.enter();
  terminal.stop();
  clock.advance(250);
  expect(stdin.isRaw).toBe(true);
});

test.for([
  ['a failed write', ({ stdout }) => stdout.emit('error', new Error('write EIO'))],
  ['the end of the input', ({ stdin }) => stdin.emit('end')],
  ['a failed read', ({ stdin }) => stdin.emit('error', new Error('read EIO'))],
] satisfies readonly (readonly [string, (parts: ReturnType<typeof setup>) => void])[])(
  'reports that the terminal is gone once, after %s',
  ([, cause]) => {
    const onGone = vi.fn<(error?: Error) => void>();
    const parts = setup({ onGone });
    parts.terminal.enter();
    cause(parts);
    cause(parts);
    expect(onGone).toHaveBeenCalledTimes(1);
    parts.stdout.take();
    parts.terminal.repaint();
    parts.terminal.bell();
    parts.terminal.leave();
    parts.clock.advance(200_000);
    expect([parts.stdout.take(), parts.clock.pending]).toEqual(['', 0]);
  },
);

test('an error after leave is no crash and no news', () => {
  const onGone = vi.fn<(error?: Error) => void>();
  const { terminal, stdout } = setup({ onGone });
  terminal.enter();
  terminal.leave();
  stdout.emit('error', new Error('write EPIPE'));
  expect(onGone).not.toHaveBeenCalled();
});

test('the title is saved, cleaned, and put back', () => {
  const { terminal, stdout } = setup();
  terminal.enter();
  stdout.take();
  terminal.setTitle('lab: 1 crit\u0007\u001B]0;x');
  expect(stdout.take()).toBe('\u001B[22;2t\u001B]2;lab: 1 crit  ]0;x\u0007');
  terminal.setTitle('lab: ok');
  expect(stdout.take()).toBe('\u001B]2;lab: ok\u0007');
  terminal.setTitle('lab: ok');
  expect(stdout.take()).toBe('');
  terminal.leave();
  expect(stdout.take()).toContain('\u001B[23;2t');
});

test('a console that would print it gets no title', () => {
  const { terminal, stdout } = setup({ env: { ...UTF8, TERM: 'sun-color' } });
  terminal.enter();
  stdout.take();
  terminal.setTitle('lab');
  expect(stdout.take()).toBe('');
});

test('copies up to 74,000 bytes, through tmux twice', () => {
  const { terminal, stdout } = setup();
  terminal.enter();
  stdout.take();
  expect(terminal.copy('zürich')).toBe(true);
  expect(stdout.take()).toBe(`\u001B]52;c;${Buffer.from('zürich').toString('base64')}\u0007`);
  expect(terminal.copy('é'.repeat(37_001))).toBe(false);
  expect(stdout.take()).toBe('');
  const inTmux = setup({ env: { ...UTF8, TMUX: '/tmp/tmux-1/default,1,0' } });
  inTmux.terminal.enter();
  inTmux.stdout.take();
  inTmux.terminal.copy('x');
  expect(inTmux.stdout.take()).toBe(
    '\u001B]52;c;eA==\u0007\u001BPtmux;\u001B\u001B]52;c;eA==\u0007\u001B\\',
  );
});

test('rings the bell', () => {
  const { terminal, stdout } = setup();
  terminal.enter();
  stdout.take();
  terminal.bell();
  expect(stdout.take()).toBe('\u0007');
});

test('draws ASCII if asked, or if the locale is not UTF-8', async () => {
  for (const options of [{ ascii: true }, { env: { ...UTF8, LC_ALL: 'C' } }]) {
    const { terminal, stdout, clock } = setup(options);
    const emulator = new Emulator(40, 10);
    terminal.enter();
    terminal.inkStdout.write('╭─●▲✗─╮ ▁▄█ 中é x');
    clock.advance(0);
    await emulator.write(stdout.take());
    expect(emulator.text()).toBe('+-*!X-+ _=# ??e x');
    expect(terminal.buffer().line(0).trimEnd()).toBe('╭─●▲✗─╮ ▁▄█ 中é x');
  }
});

test('a terminal without a size is 80 x 24, or what the environment says', () => {
  expect(setup({}, 0, 0).terminal.size()).toEqual({ cols: 80, rows: 24 });
  const env = { ...UTF8, COLUMNS: '132', LINES: '43' };
  expect(setup({ env }, 0, 0).terminal.size()).toEqual({ cols: 132, rows: 43 });
});

test('counts frames and bytes', () => {
  const { terminal, stdout, clock } = setup();
  terminal.enter();
  const entered = stdout.take().length;
  clock.advance(10);
  const { frames, bytes } = terminal.stats();
  expect([frames, bytes]).toEqual([1, stdout.take().length]);
  expect(entered).toBeGreaterThan(0);
  terminal.invalidate();
  clock.advance(500);
  expect(terminal.stats().frames).toBe(1);
});
