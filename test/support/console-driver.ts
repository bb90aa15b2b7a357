import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const ROOT = resolve(import.meta.dirname, '../..');
export const LABTOP = join(ROOT, 'bin/labtop.js');
/** A limit for a machine that is far slower, not a measure. */
const DEFAULT_LIMIT_MS = 150_000;
/** The private mode in which a terminal shows nothing until a frame is whole. */
const SYNCHRONIZED = 2026;
/** Whoever presses again presses so often. */
const AGAIN_MS = 1_000;

/** A program in a real pseudo-terminal, seen through a terminal emulator. */
export type Driver = {
  /** The lines of the screen, without trailing blanks. */
  readonly screen: () => string;
  readonly press: (keys: string) => void;
  /**
   * Waits for the screen, looking at every whole frame, as a terminal shows them; the error shows the screen that was
   * there instead.
   */
  readonly waitFor: (
    what: string,
    seen: (screen: string) => boolean,
    limitMs?: number,
  ) => Promise<string>;
  /** Presses keys, and again as long as the screen is not so: the first moment after a change may be deaf. */
  readonly pressUntil: (
    keys: string,
    what: string,
    seen: (screen: string) => boolean,
  ) => Promise<string>;
  readonly resize: (cols: number, rows: number) => void;
  readonly kill: (signal: string) => void;
  /** The terminal stops reading, as behind a stalled line, until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly exited: Promise<number>;
  readonly pid: number;
  /** The alternate screen is shown. */
  readonly isAlternate: () => boolean;
  readonly bytes: () => number;
  /** Resolves with the time at which the next bytes come, in milliseconds as `performance.now` gives them. */
  readonly nextBytes: () => Promise<number>;
  /** All that was written to the terminal so far. */
  readonly written: () => string;
  /** Modes that the program has switched on. */
  readonly modes: () => {
    readonly mouse: string;
    readonly bracketedPaste: boolean;
    readonly focus: boolean;
  };
  /** Every mode that the emulator tells of. */
  readonly allModes: () => Readonly<Record<string, unknown>>;
  readonly dispose: () => void;
};

export type DriverOptions = {
  readonly cols: number;
  readonly rows: number;
  readonly args?: readonly string[];
  /** In place of labtop: a shell command line; `$LABTOP` starts the program. */
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** A home of its own, so that no test reads the configuration of whoever runs it. */
export function privateHome(): {
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-test-'));
  return {
    folder,
    env: {
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CACHE_HOME: join(tmpdir(), 'labtop-test-cache'),
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts the built program, or a shell, in a terminal of that size. */
export function startConsole({ cols, rows, args = [], shell, env = {} }: DriverOptions): Driver {
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 });
  const [file, argv] = shell === undefined ? [LABTOP, args] : ['/bin/sh', ['-c', shell]];
  const {
    CI: _ci,
    NO_COLOR: _plain,
    FORCE_COLOR: _forced,
    NODE_ENV: _mode,
    ...inherited
  } = process.env;
  const child = spawn(file, [...argv], {
    name: 'xterm-256color',
    cols,
    rows,
    cwd: ROOT,
    env: {
      ...inherited,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      // The program finds its Node there.
      PATH: `${dirname(process.execPath)}:${inherited['PATH'] ?? ''}`,
      LABTOP,
      ...env,
    },
  });
  let received = 0;
  let written = '';
  const listeners = new Set<(isWhole?: boolean) => void>();
  const waiting: ((at: number) => void)[] = [];
  child.onData((data) => {
    const at = performance.now();
    for (const wake of waiting.splice(0)) wake(at);
    received += Buffer.byteLength(data);
    written += data;
    terminal.write(data, () => {
      for (const listener of listeners) listener();
    });
  });
  // The end of a frame, of which several may come at once: what is shown for a moment is seen too.
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (modes) => {
    if (modes.includes(SYNCHRONIZED)) for (const listener of listeners) listener(true);
    return false;
  });
  const exited = new Promise<number>((done) => {
    child.onExit(({ exitCode, signal }) => done(signal ? 128 + signal : exitCode));
  });
  let isRunning = true;
  void exited.then(() => {
    isRunning = false;
    for (const listener of listeners) listener();
  });
  const screen = (): string => {
    const { active } = terminal.buffer;
    return Array.from({ length: terminal.rows }, (_, y) =>
      (active.getLine(active.viewportY + y)?.translateToString(true) ?? '').trimEnd(),
    ).join('\n');
  };
  const waitFor: Driver['waitFor'] = (what, seen, limitMs = DEFAULT_LIMIT_MS) =>
    new Promise((done, fail) => {
      const stop = () => {
        listeners.delete(look);
        clearTimeout(limit);
      };
      const limit = setTimeout(() => {
        stop();
        fail(new Error(`not seen within ${limitMs} ms: ${what}\n${screen()}`));
      }, limitMs);
      const look = (isWhole = false) => {
        if (!isWhole && isRunning && terminal.modes.synchronizedOutputMode) return;
        const now = screen();
        if (!seen(now)) return;
        stop();
        done(now);
      };
      listeners.add(look);
      look();
    });
  return {
    screen,
    press: (keys) => child.write(keys),
    waitFor,
    pressUntil: async (keys, what, seen) => {
      child.write(keys);
      const again = setInterval(() => child.write(keys), AGAIN_MS);
      return await waitFor(what, seen).finally(() => clearInterval(again));
    },
    resize: (width, height) => {
      terminal.resize(width, height);
      child.resize(width, height);
    },
    kill: (signal) => child.kill(signal),
    pause: () => child.pause(),
    resume: () => child.resume(),
    exited,
    pid: child.pid,
    isAlternate: () => terminal.buffer.active.type === 'alternate',
    bytes: () => received,
    nextBytes: () =>
      new Promise((done) => {
        waiting.push(done);
      }),
    written: () => written,
    modes: () => ({
      mouse: terminal.modes.mouseTrackingMode,
      bracketedPaste: terminal.modes.bracketedPasteMode,
      focus: terminal.modes.sendFocusMode,
    }),
    allModes: () => ({ ...terminal.modes }),
    dispose: () => {
      try {
        child.kill('SIGKILL');
      } catch {
        // It has ended already.
      }
      terminal.dispose();
    },
  };
}
