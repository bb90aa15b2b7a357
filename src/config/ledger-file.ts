import { constants, promises } from 'node:fs';
import { join } from 'node:path';
import { sanitize } from '../domain/text.ts';
import type { EpochMs } from '../domain/time.ts';

/** Where actions are written down, before and after they run. */
export type LedgerFile = {
  /** Resolves once the line is on the disk. @throws when it cannot be written: the action must not run. */
  readonly before: (entry: object) => Promise<void>;
  readonly after: (entry: object) => Promise<void>;
};

/** An action of the past, put together from its two lines. */
export type LedgerRecord = {
  readonly user: string;
  readonly action: string;
  readonly subject: string;
  readonly startedAt: EpochMs;
  /** null when no line tells how it ended. */
  readonly end: {
    readonly at: EpochMs;
    readonly outcome: string;
    readonly reason: string;
  } | null;
};

const MODE = 0o600;
/** So much of the end of a ledger is read. */
const TAIL_BYTES = 64 * 1024;

/** DEL, C1, and bidirectional controls pass JSON.stringify as they are, and would reach a pager's terminal. */
const UNSAFE = /[\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;
const escape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const toLine = (entry: object): string => `${JSON.stringify(entry).replace(UNSAFE, escape)}\n`;

/** A line that was cut off by a full disk or a crash must not swallow the next one. */
async function endsInsideLine(handle: promises.FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== 0x0a;
}

async function append(file: string, line: string): Promise<void> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  const handle = await promises.open(file, flags, MODE);
  try {
    const stat = await handle.stat();
    if (stat.isFile() && (stat.mode & 0o777) !== MODE) await handle.chmod(MODE);
    const start = (await endsInsideLine(handle, stat.size)) ? '\n' : '';
    // One write, so that lines of two consoles do not mix.
    const bytes = Buffer.from(start + line);
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) {
      throw new Error(`only ${bytesWritten} of ${bytes.length} bytes could be written`);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * The ledger as JSON lines in `dir`/ledger.jsonl, readable by its owner only. Each line is the entry with `at`
 * (ISO 8601) and `phase`. The file is opened for each line, so that it can be rotated.
 */
export function createLedgerFile(dir: string, clock: () => EpochMs): LedgerFile {
  const file = join(dir, 'ledger.jsonl');
  let tail: Promise<void> = Promise.resolve();
  const write = (phase: 'before' | 'after', entry: object): Promise<void> => {
    const at = new Date(clock()).toISOString();
    const run = async (): Promise<void> => {
      try {
        await promises.mkdir(dir, { recursive: true, mode: 0o700 });
        await append(file, toLine({ ...entry, at, phase }));
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`cannot write the ledger ${file}: ${reason}`, { cause });
      }
    };
    const written = tail.then(run);
    // The next line does not depend on this one's fate; the caller gets it.
    tail = written.catch(() => undefined);
    return written;
  };
  return {
    before: (entry) => write('before', entry),
    after: (entry) => write('after', entry),
  };
}

/**
 * The newest actions of the ledger in `dir`, the oldest first. A line that cannot be read is left out, and so is the
 * file: what is written there is for people, the console can do without.
 */
export async function readLedgerTail(dir: string, most: number): Promise<readonly LedgerRecord[]> {
  try {
    return recordsOf(await readTail(join(dir, 'ledger.jsonl'))).slice(-most);
  } catch {
    return [];
  }
}

async function readTail(file: string): Promise<readonly string[]> {
  const handle = await promises.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first line is cut somewhere.
    return from > 0 ? lines.slice(1) : lines;
  } finally {
    await handle.close();
  }
}

function recordsOf(lines: readonly string[]): readonly LedgerRecord[] {
  const records = new Map<string, LedgerRecord>();
  for (const line of lines) {
    const entry = readLine(line);
    if (!entry) continue;
    const { run, phase, at, user, action, subject, outcome, reason, durationMs } = entry;
    const time = Date.parse(at);
    if (Number.isNaN(time)) continue;
    if (phase === 'before') records.set(run, { user, action, subject, startedAt: time, end: null });
    else if (phase === 'after')
      records.set(run, {
        user,
        action,
        subject,
        startedAt: records.get(run)?.startedAt ?? time - durationMs,
        end: { at: time, outcome, reason },
      });
  }
  return [...records.values()];
}

type LedgerLine = Readonly<
  Record<'run' | 'phase' | 'at' | 'user' | 'action' | 'subject' | 'outcome' | 'reason', string>
> & { readonly durationMs: number };

/** What is no text in it is empty. */
function readLine(line: string): LedgerLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = (name: string): string => {
    const field = fields.get(name);
    return typeof field === 'string' ? sanitize(field) : '';
  };
  const durationMs = fields.get('durationMs');
  return {
    run: text('run'),
    phase: text('phase'),
    at: text('at'),
    user: text('user'),
    action: text('action'),
    subject: text('subject'),
    outcome: text('outcome'),
    reason: text('reason'),
    durationMs: typeof durationMs === 'number' ? durationMs : 0,
  };
}
