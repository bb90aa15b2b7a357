import type { Clock } from './clock.ts';
import {
  enterSequence,
  isModern,
  leaveSequence,
  ORIGIN_OFF,
  POP_TITLE,
  PUSH_TITLE,
  resetSequence,
  setBlocking,
  titleSequence,
  writeNow,
} from './modes.ts';

/** What is used of `process.stdin`. */
export type TerminalInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  readonly isRaw?: boolean;
  setRawMode?(mode: boolean): unknown;
};

/** What is used of `process.stdout`. */
export type TerminalOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly fd?: number;
  readonly writableLength?: number;
};

/** What is used of `process`: signals, its exit, and stopping itself. */
export type TerminalProcess = {
  on(event: 'SIGCONT' | 'SIGWINCH' | 'exit', listener: () => void): unknown;
  off(event: 'SIGCONT' | 'SIGWINCH' | 'exit', listener: () => void): unknown;
  kill(pid: number, signal: 'SIGTSTP'): unknown;
};

export type SessionOptions = {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly host: TerminalProcess;
  readonly clock: Clock;
  /** The value of TERM. */
  readonly term: string;
  readonly mouse: boolean;
  readonly onData: (bytes: Buffer | string) => void;
  readonly onSize: () => void;
  /** The terminal is ours and shows nothing of us. */
  readonly onTaken: () => void;
  /** The terminal is no longer ours. */
  readonly onGiven: () => void;
  readonly onGone: (error?: Error) => void;
};

/** Who has the terminal, its modes, and every byte that is written to it. */
export type Session = {
  readonly isInside: () => boolean;
  /** Writes; nothing is written to a terminal that is gone. */
  readonly send: (text: string) => void;
  /** Since when the terminal has not taken everything; null when it has. */
  readonly behindSince: () => number | null;
  /** Whether the terminal has not taken everything yet; `resume` is called once it has. */
  readonly isBlocked: (resume: () => void) => boolean;
  readonly enter: () => void;
  readonly leave: () => void;
  readonly suspend: (run: () => Promise<void> | void) => Promise<void>;
  readonly stop: () => void;
  readonly setTitle: (text: string) => void;
};

/** So long after the terminal came back, what arrives was typed for whoever had it, or answers a question of theirs. */
const DEAF_MS = 100;
/** A process that could not be stopped (its group is orphaned) goes on after this. */
const STOP_MS = 250;

export function createSession(options: SessionOptions): Session {
  const { stdin, stdout, host, clock, mouse } = options;
  let state: 'outside' | 'inside' | 'handed-over' | 'stopped' | 'gone' = 'outside';
  let wasRaw = false;
  let isWatchingErrors = false;
  let title: string | undefined;
  let unsent = 0;
  let unsentSince = 0;
  let afterSent: (() => void) | undefined;
  let cancelStop: (() => void) | undefined;
  let deafUntil = Number.NEGATIVE_INFINITY;

  const send = (text: string): void => {
    if (state === 'gone') return;
    if (unsent === 0) unsentSince = clock.now();
    unsent += 1;
    stdout.write(text, () => {
      unsent -= 1;
      if (unsent > 0) return;
      const resume = afterSent;
      afterSent = undefined;
      resume?.();
    });
  };

  const gone = (error?: Error): void => {
    if (state === 'gone' || state === 'outside') return;
    // The output may still work if only the input ended.
    if (state === 'inside') giveBack('outside');
    state = 'gone';
    options.onGone(error);
  };
  const onEnd = (): void => gone();
  const onData = (bytes: Buffer | string): void => {
    if (clock.now() >= deafUntil) options.onData(bytes);
  };

  const attach = (): void => {
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.on('close', onEnd);
    stdout.on('resize', options.onSize);
    host.on('SIGWINCH', options.onSize);
    host.on('exit', leave);
    if (!isWatchingErrors) {
      // For good: a write that fails later must not crash the process on its way out.
      isWatchingErrors = true;
      stdout.on('error', gone);
      stdin.on('error', gone);
      host.on('SIGCONT', onContinue);
    }
    stdin.resume();
  };

  const detach = (): void => {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    stdin.off('close', onEnd);
    stdout.off('resize', options.onSize);
    host.off('SIGWINCH', options.onSize);
    host.off('exit', leave);
    stdin.pause();
  };

  const takeOver = (): void => {
    state = 'inside';
    wasRaw = stdin.isRaw === true;
    stdin.setRawMode?.(true);
    // A terminal that stops reading stops nothing else.
    setBlocking(stdout, false);
    send(enterSequence(mouse) + (title === undefined ? '' : PUSH_TITLE + titleSequence(title)));
    attach();
    options.onTaken();
  };

  const giveBack = (next: 'outside' | 'handed-over' | 'stopped'): void => {
    const bytes = (title === undefined ? '' : POP_TITLE) + leaveSequence(mouse);
    detach();
    state = next;
    options.onGiven();
    if (stdout.fd === undefined) send(bytes);
    else {
      // What is still queued comes later and would draw on the screen that follows.
      if (unsent > 0) send(bytes);
      writeNow(stdout.fd, bytes);
    }
    // Who has it next finds it as it was.
    setBlocking(stdout, true);
    try {
      stdin.setRawMode?.(wasRaw);
    } catch {
      // The terminal is gone: nothing is left to restore.
    }
  };

  function leave(): void {
    cancelStop?.();
    if (state === 'inside') giveBack('outside');
    else if (state !== 'gone') state = 'outside';
  }

  const takeBack = (from: 'handed-over' | 'stopped'): void => {
    cancelStop?.();
    // leave() meanwhile is final.
    if (state !== from) return;
    if (from === 'stopped') {
      takeOver();
      return;
    }
    deafUntil = clock.now() + DEAF_MS;
    send(resetSequence(options.term));
    takeOver();
    send(ORIGIN_OFF);
  };

  function onContinue(): void {
    if (state === 'stopped') takeBack('stopped');
    else if (state === 'inside') {
      // The shell may have changed the modes meanwhile; libuv sets raw mode only if it was off.
      stdin.setRawMode?.(false);
      stdin.setRawMode?.(true);
      send(enterSequence(mouse));
      options.onSize();
    }
  }

  const behindSince = (): number | null =>
    unsent === 0 || stdout.writableLength === 0 ? null : unsentSince;

  return {
    send,
    leave,
    isInside: () => state === 'inside',
    behindSince,
    isBlocked: (resume) => {
      if (behindSince() === null) return false;
      afterSent = resume;
      return true;
    },
    enter: () => {
      if (state === 'outside') takeOver();
    },
    suspend: async (run) => {
      if (state === 'handed-over') throw new Error('terminal is already handed over');
      if (state === 'inside') giveBack('handed-over');
      try {
        await run();
      } finally {
        takeBack('handed-over');
      }
    },
    stop: () => {
      if (state !== 'inside') return;
      giveBack('stopped');
      cancelStop = clock.after(STOP_MS, () => takeBack('stopped'));
      // Process 0 is the whole foreground group, as when the terminal itself stops it.
      host.kill(0, 'SIGTSTP');
    },
    setTitle: (text) => {
      if (text === title || !isModern(options.term)) return;
      const isFirst = title === undefined;
      title = text;
      if (state === 'inside') send((isFirst ? PUSH_TITLE : '') + titleSequence(text));
    },
  };
}
