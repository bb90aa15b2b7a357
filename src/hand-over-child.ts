import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { HandOverEnd } from './act/run-hand-over.ts';
import { resetSequence, writeNow } from './term/modes.ts';
import { keepTtyModes } from './term/tty-modes.ts';

/** What has the terminal now. */
export type HandOverChild = {
  readonly ended: Promise<HandOverEnd>;
  /** Asks it to end, and ends it if it does not. */
  readonly end: () => void;
  /** Ends it and sets the terminal back, before it returns: for a crash. */
  readonly abandon: () => void;
};

export type ChildOptions = {
  readonly program: string;
  /** The arguments, given the file that ssh may write its messages to. */
  readonly args: (logFile: string | null) => readonly string[];
  /** Written to the terminal before it starts. */
  readonly preface: string;
  readonly env: NodeJS.ProcessEnv;
};

const STDOUT = 1;
/** ssh's own messages are a few lines. */
const LOG_LIMIT = 4096;
const PATIENCE_MS = 100;
/** What ends so soon with an error has shown nothing but its reason, which has to be read. */
const QUICK_MS = 5000;
const TRANSPORT = 255;

/** The program of that name in PATH; null when there is none that may be run. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | null {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder === '' ? '.' : folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not there, or not for us: the next folder.
    }
  }
  return null;
}

/**
 * Starts a program that has the whole terminal. Who calls it has stopped reading standard input and left raw mode. Keys
 * that signal are for the program alone: this process stays.
 */
export function startHandOverChild({ program, args, preface, env }: ChildOptions): HandOverChild {
  const restoreModes = keepTtyModes();
  const folder = temporaryFolder();
  const logFile = folder === null ? null : join(folder, 'ssh.log');
  const tidy = () => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  const startedAt = performance.now();
  const reset = () => {
    restoreModes();
    writeNow(STDOUT, resetSequence(env['TERM'] ?? ''));
  };
  const leaving = new AbortController();
  writeNow(STDOUT, preface);
  const child = spawn(program, [...args(logFile)], { stdio: 'inherit', env });
  const endSignals = keepSignals(child, () => leaving.abort());
  const finish = async (end: HandOverEnd): Promise<HandOverEnd> => {
    reset();
    const isReadable =
      end.kind === 'exit' &&
      end.code !== 0 &&
      end.code !== TRANSPORT &&
      performance.now() - startedAt < QUICK_MS;
    if (isReadable && !leaving.signal.aborted) {
      writeNow(STDOUT, `\r\nlabtop: ended with exit code ${end.code}; Enter goes back\r\n`);
      await untilLine(leaving.signal);
    }
    return end;
  };
  const ended = new Promise<HandOverEnd>((resolve) => {
    child.once('error', (cause) => {
      if (child.pid === undefined)
        resolve({ kind: 'not-started', reason: `ssh cannot be started: ${cause.message}` });
    });
    child.once('exit', (code, signal) =>
      resolve(
        code === null
          ? { kind: 'signal', signal: signal ?? 'a signal' }
          : { kind: 'exit', code, log: readLog(logFile) },
      ),
    );
  })
    .then(finish)
    .finally(() => {
      endSignals();
      tidy();
    });
  return {
    ended,
    end: () => {
      leaving.abort();
      child.kill('SIGHUP');
      setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS).unref();
    },
    abandon: () => {
      child.kill('SIGKILL');
      reset();
      tidy();
    },
  };
}

/**
 * Until the program has set its own modes, keys send signals to the whole process group. This process ignores them; a
 * program that is stopped by one has no shell that would continue it.
 */
function keepSignals(child: ChildProcess, interrupted: () => void): () => void {
  const handlers = {
    SIGINT: interrupted,
    SIGQUIT: () => {},
    SIGTSTP: () => child.kill('SIGCONT'),
  } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}

/** Resolves at the next line from the terminal, or when the signal aborts. */
function untilLine(signal: AbortSignal): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const done = () => {
      stdin.off('data', done);
      stdin.pause();
      signal.removeEventListener('abort', done);
      resolve();
    };
    stdin.on('data', done);
    signal.addEventListener('abort', done, { once: true });
    stdin.resume();
  });
}

/** null where there is no room for one: then ssh says on the terminal what it has to say. */
function temporaryFolder(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), 'labtop-'));
  } catch {
    return null;
  }
}

function readLog(file: string | null): string {
  if (file === null) return '';
  try {
    return readFileSync(file, 'utf8').slice(-LOG_LIMIT);
  } catch {
    // ssh had nothing to say, or could not write it.
    return '';
  }
}
