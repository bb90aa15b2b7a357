import { type Stats, stat, statSync } from 'node:fs';
import type { Settings } from '../domain/settings.ts';
import type { ConfigIssue } from './issue.ts';
import { type ConfigOptions, fileIssue, parseConfig, readConfigText } from './load-config.ts';

/** What a change of the file led to. */
export type ConfigChange = {
  /** The last settings that were good: the new ones when there are no issues. */
  readonly settings: Settings;
  /** Why the file as it is now is not used; empty when it is. */
  readonly issues: readonly ConfigIssue[];
};

/** Calls back when the file may have changed; returns the end of it. */
export type WatchFile = (file: string, onChange: () => void) => () => void;

export type WatchDeps = ConfigOptions & {
  /** What holds until the first change, and the text that it was read from. */
  readonly settings: Settings;
  readonly text: string;
  readonly watch?: WatchFile;
};

const POLL_MS = 2000;
const SETTLE_MS = 100;

/** What changes when a file is written or replaced; empty when there is none. */
const fingerprint = (stats: Stats | undefined): string =>
  stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;

/**
 * Polls the file's status, which also sees a file that an editor replaced and works on network file systems.
 * Calls back once the status stood still for `settleMs`, so that an editor can finish writing. Keeps no process
 * alive. Unlike fs.watchFile it knows the status at its start, so that no change right after it is lost.
 */
export const pollFile =
  (pollMs: number = POLL_MS, settleMs: number = SETTLE_MS): WatchFile =>
  (file, onChange) => {
    let last = '';
    try {
      last = fingerprint(statSync(file));
    } catch {
      // No file yet: its appearance is a change.
    }
    let changed = false;
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;
    const schedule = (): void => {
      timer = setTimeout(poll, changed ? settleMs : pollMs);
      timer.unref();
    };
    const poll = (): void => {
      stat(file, (error, stats) => {
        if (stopped) return;
        const now = fingerprint(error === null ? stats : undefined);
        const stood = now === last;
        last = now;
        if (stood && changed) onChange();
        changed = !stood;
        schedule();
      });
    };
    schedule();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  };

/**
 * Reads the configuration again whenever its content changes and keeps the last good one: a broken edit, a file
 * that is gone and a file emptied on the way to being written again are reported as issues. What has changed since
 * the settings were read is told at once. Returns the end of the watch.
 */
export function watchConfig(
  file: string,
  onChange: (change: ConfigChange) => void,
  deps: WatchDeps,
): () => void {
  let { settings } = deps;
  let lastText: string | undefined = deps.text;
  const reread = (): void => {
    const read = readConfigText(file);
    const text = 'text' in read ? read.text : undefined;
    if (text === lastText && text !== undefined) return;
    lastText = text;
    if (!('text' in read)) {
      onChange({ settings, issues: read.issues });
      return;
    }
    if (read.text.trim() === '') {
      onChange({ settings, issues: [fileIssue(file, 'is empty')] });
      return;
    }
    const result = parseConfig(read.text, file, deps);
    if ('settings' in result) settings = result.settings;
    onChange({ settings, issues: 'issues' in result ? result.issues : [] });
  };
  const stop = (deps.watch ?? pollFile())(file, reread);
  // Once the watch stands, so that no change falls between the two.
  reread();
  return stop;
}
