import type { DemoOptions } from '../demo-lab.ts';
import type { SnapshotJson } from '../derive/snapshot-json.ts';
import { renderSnapshotText } from '../derive/snapshot-text.ts';
import type { SnapshotPane } from '../derive/snapshot-text.ts';
import { toSnapshot } from '../derive/snapshot.ts';
import type { Settings } from '../domain/settings.ts';
import { startSources } from '../sources.ts';
import { settle } from './settle.ts';
import { openSettings } from './with-lab.ts';

/** Long enough to know a frozen host: its login is given up after 15 s. */
const DEFAULT_WAIT_SECONDS = 20;

export type CollectOptions = {
  readonly config: string | null;
  readonly waitSeconds: number | null;
  /** Collect from an embedded lab with these options. */
  readonly demo?: DemoOptions | null;
};

/** Two samples are enough for rates; a snapshot does not wait a whole interval for the second. */
const hurried = (settings: Settings): Settings => ({
  ...settings,
  intervals: { ...settings.intervals, fast: Math.min(1, settings.intervals.fast) },
});

/** Connects to everything, waits until all have answered or said why not, and takes the snapshot. */
export async function collectSnapshot({
  config,
  waitSeconds,
  demo = null,
}: CollectOptions): Promise<SnapshotJson> {
  const opened = await openSettings(config, demo);
  const sources = startSources(hurried(opened.settings));
  try {
    await settle(sources, waitSeconds ?? DEFAULT_WAIT_SECONDS);
    return toSnapshot(sources.inventory(), sources.problems(), Date.now());
  } finally {
    await sources.close();
    opened.release();
  }
}

export type SnapshotOptions = CollectOptions & {
  readonly json: boolean;
  readonly pane: SnapshotPane | null;
};

/** `labtop snapshot`. */
export async function runSnapshot(
  options: SnapshotOptions,
  out: (text: string) => void,
): Promise<number> {
  const snapshot = await collectSnapshot(options);
  out(
    options.json
      ? `${JSON.stringify(snapshot, null, 2)}\n`
      : renderSnapshotText(snapshot, options.pane === null ? {} : { pane: options.pane }),
  );
  return 0;
}
