import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { startSources } from '../../src/sources.ts';
import type { Sources } from '../../src/sources.ts';
import { privateHome } from './console-driver.ts';
import { labtop } from './labtop.ts';

/** For polling what comes over real connections; a limit, not a measure. */
export const LIMIT = { timeout: 180_000, interval: 50 };

/** A lab of one's own with the files that lead to it. */
export type Stage = {
  readonly lab: Lab;
  readonly config: string;
  readonly knownHosts: string;
  readonly env: Readonly<Record<string, string>>;
};

/** A lab answers as fast as the machine of the tests lets it: that is no problem of the lab. */
export const SLOW_MACHINE = 'thresholds:\n  api.slow: { warning: 300000, critical: 600000 }\n';

/** Starts a lab that ends with the test. */
export async function startStage(): Promise<Stage> {
  const home = privateHome();
  onTestFinished(home.remove);
  const lab = await startLab({ seed: 11 });
  onTestFinished(lab.close);
  const files = await writeLabConfig(lab, join(home.folder, 'lab/config.yaml'));
  appendFileSync(files.config, SLOW_MACHINE);
  return { lab, config: files.config, knownHosts: files.knownHosts, env: home.env };
}

/** What the console runs on, at short intervals, until the test ends. */
export function watchStage(
  { config }: Stage,
  intervals: Settings['intervals'] = { fast: 1, slow: 2, inventory: 3 },
  thresholds: Settings['thresholds'] = {},
): Sources {
  const loaded = loadConfig(config);
  if ('issues' in loaded) throw new Error(JSON.stringify(loaded.issues));
  const sources = startSources({
    ...loaded.settings,
    intervals,
    thresholds: { ...loaded.settings.thresholds, ...thresholds },
  });
  onTestFinished(sources.close);
  return sources;
}

/**
 * Every answer of a host, or of every host and cluster, is newer than that time, but for what there is nothing to ask
 * about.
 */
export const isFreshSince = (
  { hosts, clusters }: Inventory,
  since: number,
  name?: string,
): boolean =>
  hosts.every(
    ({ name: host, source, feeds }) =>
      (name !== undefined && host !== name) ||
      (source.state === 'up' &&
        Object.values(feeds).every(
          (feed) =>
            (feed.status === 'ok' && feed.at > since) ||
            (feed.status === 'absent' && feed.unasked === true),
        )),
  ) && clusters.every(({ source }) => source.state === 'up');

/** The problems that nothing explains, worst first: `host.frozen host:omni2`. */
export const rootsOf = (sources: Sources): readonly string[] => rootNames(sources.problems());

type ProblemJson = {
  readonly rule: string;
  readonly subject: string;
  readonly cause: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
};
const rootNames = (problems: readonly Pick<ProblemJson, 'rule' | 'subject' | 'cause'>[]) =>
  problems.filter(({ cause }) => cause === null).map(({ rule, subject }) => `${rule} ${subject}`);

/** An answer that did not come in time, where the lab answers all: that tells of this machine, which stalled. */
const isOfThisMachine = ({ rule, evidence }: ProblemJson): boolean =>
  (rule === 'source.stale' && evidence['error'] === null) ||
  Object.values(evidence).some(
    (value) => typeof value === 'string' && /^(?:\S+-)?timeout\b/.test(value),
  );

const SNAPSHOTS = 8;

/** What `labtop snapshot --json` prints, of a moment in which this machine did not stall. */
export async function takeSnapshot<T>({ config, env }: Pick<Stage, 'config' | 'env'>): Promise<T> {
  for (let left = SNAPSHOTS - 1; ; left -= 1) {
    const { stdout, stderr, code } = await labtop(
      ['snapshot', '--json', '--wait', '120', '--config', config],
      env,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const snapshot = JSON.parse(stdout) as { readonly problems: readonly ProblemJson[] };
    if (left === 0 || !snapshot.problems.some(isOfThisMachine)) return snapshot as T;
  }
}

/** The problems of a snapshot that nothing explains, with the evidence of the first. */
export async function snapshotRoots(
  stage: Stage,
): Promise<{ readonly roots: readonly string[]; readonly evidence: ProblemJson['evidence'] }> {
  const { problems } = await takeSnapshot<{ problems: readonly ProblemJson[] }>(stage);
  const top = problems.find(({ cause }) => cause === null);
  return { roots: rootNames(problems), evidence: top?.evidence ?? {} };
}
