import { drawFrame } from './ansi-frame.ts';
import { CellBuffer, glyphText } from './cell-buffer.ts';
import { type Clock, systemClock } from './clock.ts';
import { createDiffer } from './differ.ts';
import { asciiGlyph, isUtf8Locale } from './glyphs.ts';
import { InkStdin, InkStdout } from './ink-streams.ts';
import { createInputParser, type InputEvent } from './input.ts';
import { clipboardSequence } from './modes.ts';
import { createPacer } from './pacer.ts';
import {
  createSession,
  type TerminalInput,
  type TerminalOutput,
  type TerminalProcess,
} from './session.ts';
import { type ColorDepth, createStyles, detectDepth, type Styles } from './style.ts';

export type TerminalSize = { readonly cols: number; readonly rows: number };

export type TerminalStats = {
  /** Frames that wrote something. */
  readonly frames: number;
  /** Bytes of all frames. */
  readonly bytes: number;
  /** Milliseconds of the last frame, a blocking write included. */
  readonly lastFrameMs: number;
  /** Frames put off because the terminal had not taken the one before. */
  readonly skipped: number;
};

export type TerminalOptions = {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly env: NodeJS.ProcessEnv;
  /** Default: what the environment announces. */
  readonly depth?: ColorDepth;
  /** Draws ASCII only; default: if the locale is not UTF-8. */
  readonly ascii?: boolean;
  /** Asks for mouse reports; default false. */
  readonly mouse?: boolean;
  readonly clock?: Clock;
  /** Default: `process`. */
  readonly process?: TerminalProcess;
  /** Called once when the terminal is gone: its input ended or a write failed. */
  readonly onGone?: (error?: Error) => void;
};

/** The one owner of the terminal: its modes, its input, and every byte that is written to it. */
export type Terminal = {
  readonly styles: Styles;
  /** 80 x 24 if the terminal does not know its size. */
  readonly size: () => TerminalSize;
  /** Takes the terminal over; a second call does nothing. */
  readonly enter: () => void;
  /** Gives it back as it was, before it returns: safe in a crash handler and while the process exits. */
  readonly leave: () => void;
  /** For Ink's `render` with `debug: true`: each frame becomes the layer below the painter. */
  readonly inkStdout: InkStdout;
  /** For Ink's `render`: never has input. */
  readonly inkStdin: InkStdin;
  readonly onInput: (listener: (event: InputEvent) => void) => () => void;
  /** Called 50 ms after the last change of the size; the buffer follows at once. */
  readonly onResize: (listener: (size: TerminalSize) => void) => () => void;
  readonly setPainter: (paint: Painter) => void;
  readonly invalidate: (urgent?: boolean) => void;
  /** Writes every cell again: after anything else may have written to the terminal. */
  readonly repaint: () => void;
  /**
   * Hands the terminal to something else, takes it back when that is done, and repaints.
   * @throws {Error} if it is handed over already; what `run` throws
   */
  readonly suspend: (run: () => Promise<void> | void) => Promise<void>;
  /** Stops the process as Ctrl-Z does; takes the terminal back when it is continued. */
  readonly stop: () => void;
  readonly setTitle: (text: string) => void;
  readonly bell: () => void;
  /** Puts the text into the user's clipboard (OSC 52); false if it is longer than 74,000 bytes. */
  readonly copy: (text: string) => boolean;
  readonly stats: () => TerminalStats;
  /**
   * Milliseconds since a frame was late: it took long to draw or to write, or the terminal did not take it for long. 0 while
   * that lasts. What is typed meanwhile may be meant for what was seen before.
   */
  readonly sinceLag: () => number;
  /** The screen as it was painted last. */
  readonly buffer: () => CellBuffer;
};

/**
 * Called for each frame. The buffer has the layer of Ink and nothing else, or it still has the whole frame before; then
 * `chrome` is that layer, to be seen again where what lay over it goes.
 */
export type Painter = (buffer: CellBuffer, chrome: CellBuffer | null) => void;

const RESIZE_MS = 50;
const REPAINT_MS = 60_000;
/** A frame that takes longer is late. */
const LATE_MS = 250;
/** A frame of Ink this soon after a key is its answer and is painted at once. */
const ANSWER_MS = 150;

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, env, clock = systemClock } = options;
  const styles = createStyles(options.depth ?? detectDepth(env, stdout.isTTY === true));
  const isAscii = options.ascii ?? !isUtf8Locale(env);
  const differ = isAscii ? createDiffer(styles, createAsciiRender()) : createDiffer(styles);

  let size = measure(stdout, env);
  const screen = new CellBuffer(size.cols, size.rows);
  const chrome = new CellBuffer(size.cols, size.rows);
  let chromeFrame = '';
  let isChromeStale = false;
  let isFull = true;
  let isFocused = true;
  let lastInput = Number.NEGATIVE_INFINITY;
  let paint: Painter | undefined;
  /** The buffer has the frame before. */
  let isKept = false;
  let cancelResize: (() => void) | undefined;
  let cancelRepaint: (() => void) | undefined;
  let lateAt = Number.NEGATIVE_INFINITY;
  const stats = { frames: 0, bytes: 0, lastFrameMs: 0, skipped: 0 };
  const inputListeners = new Set<(event: InputEvent) => void>();
  const resizeListeners = new Set<(size: TerminalSize) => void>();

  const frame = (): number => {
    if (!session.isInside()) return 0;
    const start = clock.now();
    if (isChromeStale) {
      isChromeStale = false;
      isKept = false;
      drawFrame(chromeFrame, chrome, styles);
    }
    if (!isKept) screen.copyFrom(chrome);
    const beneath = isKept ? chrome : null;
    isKept = false;
    paint?.(screen, beneath);
    isKept = true;
    const bytes = differ.diff(screen, isFull);
    isFull = false;
    if (bytes !== '') {
      session.send(bytes);
      stats.frames += 1;
      stats.bytes += Buffer.byteLength(bytes);
    }
    stats.lastFrameMs = clock.now() - start;
    if (stats.lastFrameMs > LATE_MS) lateAt = clock.now();
    return stats.lastFrameMs;
  };

  const pacer = createPacer({
    frame,
    clock,
    isBlocked: (resume) => {
      const since = session.behindSince() ?? clock.now();
      const isBlocked = session.isBlocked(() => {
        if (clock.now() - since > LATE_MS) lateAt = clock.now();
        resume();
      });
      if (isBlocked) stats.skipped += 1;
      return isBlocked;
    },
  });

  const repaint = (): void => {
    isFull = true;
    pacer.invalidate(true);
  };

  const setFocused = (focused: boolean): void => {
    isFocused = focused;
    pacer.setFocused(focused);
    if (focused) repaint();
  };

  const inkStdout = new InkStdout(size, (text) => {
    if (text === chromeFrame) return;
    chromeFrame = text;
    isChromeStale = true;
    pacer.invalidate(stats.frames === 0 || clock.now() - lastInput < ANSWER_MS);
  });
  const inkStdin = new InkStdin();

  const follow = (): void => {
    size = measure(stdout, env);
    screen.resize(size.cols, size.rows);
    chrome.resize(size.cols, size.rows);
    isKept = false;
    inkStdout.columns = size.cols;
    inkStdout.rows = size.rows;
    isChromeStale = chromeFrame !== '';
    repaint();
  };

  /** Ink and the listeners lay out for the size that stays; the buffer cuts what it has until then. */
  const onSize = (): void => {
    follow();
    cancelResize?.();
    cancelResize = clock.after(RESIZE_MS, () => {
      // What Ink draws next answers to the new size.
      lastInput = clock.now();
      inkStdout.emit('resize');
      for (const listener of resizeListeners) listener(size);
      repaint();
    });
  };

  const parser = createInputParser((event) => {
    lastInput = clock.now();
    if (event.type === 'focus') setFocused(event.focused);
    for (const listener of inputListeners) listener(event);
  }, clock);

  const armRepaint = (): void => {
    cancelRepaint = clock.after(REPAINT_MS, () => {
      if (isFocused) repaint();
      armRepaint();
    });
  };

  const session = createSession({
    stdin,
    stdout,
    clock,
    host: options.process ?? process,
    term: env['TERM'] ?? '',
    mouse: options.mouse ?? false,
    onData: parser.feed,
    onSize,
    onTaken: () => {
      armRepaint();
      setFocused(true);
      const before = size;
      follow();
      // It may have changed while somebody else had the terminal.
      if (size.cols !== before.cols || size.rows !== before.rows) onSize();
    },
    onGiven: () => {
      cancelResize?.();
      cancelRepaint?.();
      parser.dispose();
    },
    onGone: (error) => {
      pacer.stop();
      options.onGone?.(error);
    },
  });

  return {
    styles,
    size: () => size,
    enter: session.enter,
    leave: session.leave,
    inkStdout,
    inkStdin,
    onInput: (listener) => subscribe(inputListeners, listener),
    onResize: (listener) => subscribe(resizeListeners, listener),
    setPainter: (painter) => {
      paint = painter;
      isKept = false;
      pacer.invalidate(true);
    },
    invalidate: pacer.invalidate,
    repaint,
    suspend: session.suspend,
    stop: session.stop,
    setTitle: session.setTitle,
    bell: () => {
      if (session.isInside()) session.send('\u0007');
    },
    copy: (text) => {
      const sequence = clipboardSequence(text, Boolean(env['TMUX']));
      if (sequence !== undefined && session.isInside()) session.send(sequence);
      return sequence !== undefined;
    },
    stats: () => ({ ...stats }),
    sinceLag: () => {
      const now = clock.now();
      const behind = session.behindSince();
      return behind !== null && now - behind > LATE_MS ? 0 : now - lateAt;
    },
    buffer: () => screen,
  };
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** A serial console or a closed pty reports 0 x 0 or nothing; then the environment tells, else 80 x 24. */
function measure(stdout: TerminalOutput, env: NodeJS.ProcessEnv): TerminalSize {
  return {
    cols: stdout.columns || Number.parseInt(env['COLUMNS'] ?? '', 10) || 80,
    rows: stdout.rows || Number.parseInt(env['LINES'] ?? '', 10) || 24,
  };
}

/** Glyph ids to ASCII of the same number of cells. */
function createAsciiRender(): (glyph: number, isWide: boolean) => string {
  const known = new Map<number, string>();
  return (glyph, isWide) => {
    let text = known.get(glyph);
    if (text === undefined) {
      text = asciiGlyph(glyphText(glyph));
      known.set(glyph, text);
    }
    return isWide ? text + text : text;
  };
}
