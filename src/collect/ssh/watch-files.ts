import { promises as fs } from 'node:fs';
import type { Clock, Timer } from '../clock.ts';

const LOOK_EVERY_MS = 5_000;

/**
 * Calls back once, with the names of those files and folders that changed, came or went; returns the end of the watch.
 */
export function watchFiles(
  files: readonly string[],
  clock: Clock,
  onChange: (changed: readonly string[]) => void,
): () => void {
  let isOver = false;
  let timer: Timer | undefined;
  let before: readonly string[] | undefined;

  const look = async (): Promise<void> => {
    const now = await Promise.all(files.map((file) => stateOf(file)));
    if (isOver) return;
    const changed = before === undefined ? [] : files.filter((_, at) => now[at] !== before?.[at]);
    if (changed.length > 0) {
      isOver = true;
      onChange(changed);
      return;
    }
    before = now;
    timer = clock.setTimeout(() => void look(), LOOK_EVERY_MS);
  };

  if (files.length > 0) void look();
  return () => {
    isOver = true;
    clock.clearTimeout(timer);
  };
}

/** What tells one state of a file from another. Polled, for it may be on NFS or be replaced by a rename. */
async function stateOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await fs.stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'none';
  }
}
