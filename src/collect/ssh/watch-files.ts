import { promises as fs } from 'node:fs';
import type { Clock, Timer } from '../clock.ts';

const LOOK_EVERY_MS = 5_000;

/** Calls back once when one of the files changed, came or went; returns the end of the watch. */
export function watchFiles(
  files: readonly string[],
  clock: Clock,
  onChange: () => void,
): () => void {
  let isOver = false;
  let timer: Timer | undefined;
  let before: string | undefined;

  const look = async (): Promise<void> => {
    const now = (await Promise.all(files.map((file) => stateOf(file)))).join('\n');
    if (isOver) return;
    if (before !== undefined && now !== before) {
      isOver = true;
      onChange();
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
