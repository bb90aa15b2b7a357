import { constants, promises } from 'node:fs';
import { join } from 'node:path';
import type { EpochMs } from '../domain/time.ts';

/** Where actions are written down, before and after they run. */
export type LedgerFile = {
  /** Resolves once the line is on the disk. @throws when it cannot be written: the action must not run. */
  readonly before: (entry: object) => Promise<void>;
  readonly after: (entry: object) => Promise<void>;
};

const MODE = 0o600;

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
