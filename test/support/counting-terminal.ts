import { setTimeout as sleep } from 'node:timers/promises';
import { Box, render } from 'ink';
import type { DOMElement } from 'ink';
import { createElement, Fragment, Profiler } from 'react';
import { guardOf } from '../../src/act/guard.ts';
import { initialLock, lock as close, settleLock, unlock } from '../../src/act/lock.ts';
import { builtinThemesDir, loadThemes } from '../../src/config/themes.ts';
import type { Theme } from '../../src/domain/theme.ts';
import { actions, handOvers, paneViews } from '../../src/registry.ts';
import type { CellBuffer } from '../../src/term/cell-buffer.ts';
import type { Clock } from '../../src/term/clock.ts';
import type { ColorDepth, Styles } from '../../src/term/style.ts';
import { createTerminal } from '../../src/term/terminal.ts';
import { App } from '../../src/ui/app.tsx';
import { createChromeSource } from '../../src/ui/chrome-source.ts';
import { createController } from '../../src/ui/controller.ts';
import type { Effects } from '../../src/ui/controller.ts';
import { actionBindings, createKeymap } from '../../src/ui/keymap.ts';
import type { Model } from '../../src/ui/model.ts';
import type { Moment } from '../../src/ui/paint/timeline.ts';
import { followQuestion } from '../../src/ui/questions.ts';
import { createScreen } from '../../src/ui/screen.ts';
import { initialSession } from '../../src/ui/session.ts';
import type { Session } from '../../src/ui/session.ts';
import { createTones } from '../../src/ui/tones.ts';
import { Emulator, FakeClock, FakeProcess, FakeStdin, FakeStdout } from '../term/fake-terminal.ts';
import { createCountingKeeper } from './counting-keeper.ts';

/** What is drawn; everything may change from frame to frame. */
export type Shown = Pick<Model, 'now' | 'inventory' | 'problems' | 'past' | 'since'> &
  Partial<Pick<Model, 'phase' | 'banner' | 'runs' | 'views' | 'tick' | 'samples' | 'text'>> & {
    readonly timeline?: readonly Moment[];
  };

export type CountingTerminalOptions = {
  readonly cols: number;
  readonly rows: number;
  readonly shown: () => Shown;
  /** Default `midnight`. */
  readonly theme?: string;
  readonly depth?: ColorDepth;
  /** Default: one that stands still until `settle` or `draw`. */
  readonly clock?: Clock;
  /** In place of those that do nothing. */
  readonly effects?: Partial<Effects>;
  /** Called with each write to the terminal. */
  readonly onWrite?: (text: string) => void;
  /** false: the screen keeps as in the console, and `work` tells of no parts, rows and divisions; default true. */
  readonly isCounted?: boolean;
};

/** What was done for the screen. */
export type Work = {
  /** Parts that were painted, in their order: `header`, `crumbs`, `box zones`. */
  readonly parts: readonly string[];
  /** Rows of tables that were painted; those that were only put where they are now do not count. */
  readonly rows: number;
  /** How often the screen was divided among its parts. */
  readonly divisions: number;
  /** Of React. */
  readonly commits: number;
  /** Of Yoga. */
  readonly layouts: number;
  /** To the terminal. */
  readonly writes: number;
  readonly bytes: number;
};

/**
 * The whole interface of the console on a terminal that counts: Ink's chrome, painters, controller, differ and pacer
 * as the console puts them together, on a clock that stands still until `settle`.
 */
export type CountingTerminal = {
  /** The one that is shown now. */
  readonly theme: () => Theme;
  readonly styles: Styles;
  readonly session: () => Session;
  /** Replaces the state of the interface. */
  readonly put: (session: Session) => Promise<void>;
  /** Types, and waits after each key until it is answered; an ESC is followed by enough time. */
  readonly press: (keys: string) => Promise<void>;
  /** Types, and waits for nothing. */
  readonly type: (keys: string) => void;
  /** Says that the data, or only the time, has changed, as the console does. */
  readonly changed: () => void;
  /** Lets that much time pass; returns what was written. Default 200 ms: every frame that is due is drawn. */
  readonly settle: (milliseconds?: number) => Promise<string>;
  /** The same without a turn for Ink: model, chrome, painters and differ, in one call. */
  readonly draw: () => string;
  /** What was done since the last call, or since the first frame. */
  readonly work: () => Work;
  /** Frames that were painted, whether they wrote something or not. */
  readonly paints: () => number;
  /** Frames that wrote something. */
  readonly frames: () => number;
  /** Frames that Ink has drawn. */
  readonly chromes: () => number;
  /** The screen as a terminal emulator shows it after all that was written; `rows` lines without trailing blanks. */
  readonly screen: () => Promise<string>;
  readonly buffer: () => CellBuffer;
  readonly close: () => void;
};

const nothing: readonly never[] = [];
const themes = loadThemes([builtinThemesDir()]).themes;
const themeNames = [...themes.keys()].toSorted();

/** The theme of that name. @throws {Error} if there is none. */
export function themeNamed(name: string): Theme {
  const theme = themes.get(name);
  if (!theme) throw new Error(`no theme ${name}; there are ${[...themes.keys()].join(', ')}`);
  return theme;
}

function watchWrites(stdout: FakeStdout, onWrite: (text: string) => void): void {
  const write = stdout._write.bind(stdout);
  stdout._write = (chunk: string | Buffer, encoding: string, done: () => void): void => {
    onWrite(chunk.toString());
    write(chunk, encoding, done);
  };
}

/** Calls back with each layout of the tree that the element is in: Ink has its root do it after each commit. */
function countLayouts(element: DOMElement | null, onLayout: () => void): void {
  let root = element;
  while (root?.parentNode) root = root.parentNode;
  const node = root?.yogaNode;
  if (!node) return;
  const layOut = node.calculateLayout.bind(node);
  node.calculateLayout = (...size) => {
    onLayout();
    layOut(...size);
  };
}

/** A turn of the event loop, in which Ink draws what it was told. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Opens the interface on a terminal of that size and draws its first frame. */
export async function openCountingTerminal(
  options: CountingTerminalOptions,
): Promise<CountingTerminal> {
  const { cols, rows, shown } = options;
  let theme = themeNamed(options.theme ?? 'midnight');
  const still = new FakeClock();
  const fake = options.clock === undefined ? still : null;
  const clock = options.clock ?? still;
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(cols, rows);
  const keeper = options.isCounted === false ? null : createCountingKeeper();
  const done = { commits: 0, layouts: 0, writes: 0, bytes: 0 };
  watchWrites(stdout, (text) => {
    done.writes += 1;
    done.bytes += Buffer.byteLength(text);
    options.onWrite?.(text);
  });
  const terminal = createTerminal({
    stdin,
    stdout,
    env: { LANG: 'C.UTF-8', TERM: 'xterm-256color' },
    depth: options.depth ?? 'truecolor',
    clock,
    process: new FakeProcess(),
  });
  const { keymap } = createKeymap(actionBindings(actions, handOvers), {});
  let tones = createTones(terminal.styles, theme);
  const screen = createScreen(() => tones, {
    ...(keeper ? { keeper } : {}),
    work: {
      later: (run) => void clock.after(0, run),
      clock: clock.now,
      onChange: () => changed(false),
    },
  });
  const chrome = createChromeSource();
  let session: Session = initialSession;
  let lock = initialLock(false);
  let paints = 0;
  let chromes = 0;

  const check: Model['check'] = (id, subject) => effects.plan(id, subject);
  const look = () => {
    const { inventory, problems, past, since, tick = () => 0, samples = 0 } = shown();
    return { inventory, problems, past, since, tick, samples };
  };
  /** What it was when it was said to have changed: a key does not look at it again. */
  let told = look();
  const makeModel = (): Model => {
    const data = { ...shown(), ...told };
    lock = settleLock(lock, data.now);
    session = followQuestion(session, data.inventory, data.now);
    return {
      runs: nothing,
      timeline: nothing,
      views: paneViews,
      phase: 'open',
      banner: null,
      configTrouble: null,
      text: null,
      themes: themeNames,
      theme: theme.name,
      check,
      ...data,
      session,
      keymap,
      lock: {
        locked: lock.kind !== 'unlocked',
        readOnly: false,
        until: lock.kind === 'unlocked' ? lock.until : null,
      },
    };
  };
  let model = makeModel();
  const changed = (urgent: boolean): void => {
    model = makeModel();
    chrome.refresh(model, screen, theme, cols, rows);
    terminal.invalidate(urgent);
  };
  const update = (change: (session: Session) => Session): void => {
    const next = change(session);
    if (next === session) return;
    session = next;
    changed(true);
  };
  const effects: Effects = {
    unlock: () => {},
    toggleLock: () => {
      const { now } = shown();
      lock = lock.kind === 'unlocked' ? close(lock) : unlock(lock, now);
      changed(true);
    },
    retry: () => {},
    reread: () => {},
    markLog: () => {},
    quit: () => {},
    suspend: () => {},
    repaint: () => terminal.repaint(),
    theme: (name) => {
      theme = themeNamed(name);
      tones = createTones(terminal.styles, theme);
      changed(true);
    },
    copy: () => true,
    plan: (id, subject) => {
      const { inventory, problems, now } = shown();
      const handOver = handOvers.find((candidate) => candidate.id === id);
      if (handOver) {
        const unavailable = handOver.unavailable(subject, inventory);
        return unavailable === undefined
          ? { handOver: handOver.plan(subject, inventory, { escape: '~' }) }
          : { unavailable };
      }
      const action = actions.find((candidate) => candidate.id === id);
      if (!action) return { unavailable: `no action ${id}` };
      const reason = action.unavailable(subject, inventory);
      if (reason !== undefined) return { unavailable: reason };
      return {
        plan: action.plan(subject, inventory),
        label: action.label,
        guard: guardOf(action, subject, { inventory, problems, now }),
        usual: null,
      };
    },
    run: () => {},
    dryRun: () => {},
    sinceLag: () => terminal.sinceLag(),
    cancelled: () => {},
    after: (ms, run) => void clock.after(ms, run),
    handOver: () => {},
    reply: () => {},
    ...options.effects,
  };
  const controller = createController({
    model: makeModel,
    update,
    screen,
    size: terminal.size,
    effects,
  });
  terminal.setPainter((buffer, chrome) => {
    paints += 1;
    screen.paint(buffer, model, chrome);
  });
  chrome.subscribe(() => {
    chromes += 1;
  });
  changed(true);
  terminal.enter();
  const probe = (element: DOMElement | null): void => countLayouts(element, () => done.layouts++);
  const countCommit = (): void => void (done.commits += 1);
  const app = createElement(
    Fragment,
    null,
    createElement(Box, { ref: probe, display: 'none' }),
    createElement(
      Profiler,
      { id: 'console', onRender: countCommit },
      createElement(App, { source: chrome }),
    ),
  );
  const ink = render(app, {
    stdout: terminal.inkStdout,
    stdin: terminal.inkStdin,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const endInput = terminal.onInput(controller);
  const emulator = new Emulator(cols, rows);
  let unread = '';

  const settle = async (milliseconds = 200): Promise<string> => {
    await turn();
    if (fake) fake.advance(milliseconds);
    else await sleep(milliseconds);
    // Ink may have been told by what was due.
    await turn();
    const written = stdout.take();
    unread += written;
    return written;
  };
  const work = (): Work => {
    const made = keeper?.take() ?? [];
    const taken = { ...done };
    Object.assign(done, { commits: 0, layouts: 0, writes: 0, bytes: 0 });
    return {
      ...taken,
      parts: made.flatMap((name) => (name.startsWith('region ') ? [name.slice(7)] : [])),
      rows: made.filter((name) => name.startsWith('row ')).length,
      divisions: made.filter((name) => name === 'layout').length,
    };
  };
  await settle();
  work();
  return {
    theme: () => theme,
    styles: terminal.styles,
    session: () => session,
    put: async (next) => {
      told = look();
      session = next;
      changed(true);
      await settle();
    },
    press: async (keys) => {
      for (const key of keys) {
        stdin.write(key);
        await settle();
      }
    },
    type: (keys) => {
      stdin.write(keys);
    },
    changed: () => {
      told = look();
      changed(false);
    },
    draw: () => {
      told = look();
      changed(false);
      fake?.advance(200);
      const written = stdout.take();
      unread += written;
      return written;
    },
    settle,
    work,
    paints: () => paints,
    frames: () => terminal.stats().frames,
    chromes: () => chromes,
    screen: async () => {
      await emulator.write(unread);
      unread = '';
      return Array.from({ length: rows }, (_, y) => emulator.line(y)).join('\n');
    },
    buffer: terminal.buffer,
    close: () => {
      endInput();
      ink.unmount();
      terminal.leave();
    },
  };
}

/** What a lab without sockets shows. */
export const shownOf = (lab: {
  readonly now: () => number;
  readonly inventory: () => Model['inventory'];
  readonly problems: () => Model['problems'];
  readonly history: {
    readonly past: Model['past'];
    readonly since: () => Model['since'];
    readonly tick: Model['tick'];
    readonly revision: () => number;
  };
  readonly timeline: () => readonly Moment[];
}): Shown => ({
  now: lab.now(),
  inventory: lab.inventory(),
  problems: lab.problems(),
  past: lab.history.past,
  since: lab.history.since(),
  tick: lab.history.tick,
  samples: lab.history.revision(),
  timeline: lab.timeline(),
});
