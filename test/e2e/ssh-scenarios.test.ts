import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { startSources } from '../../src/sources.ts';
import type { Sources } from '../../src/sources.ts';
import { privateHome } from '../support/console-driver.ts';
import { labtop } from '../support/labtop.ts';

const LIMIT = { timeout: 120_000, interval: 50 };
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Stage = {
  readonly lab: Lab;
  readonly config: string;
  readonly knownHosts: string;
  readonly env: Readonly<Record<string, string>>;
};
async function startStage(): Promise<Stage> {
  const home = privateHome();
  endings.push(home.remove);
  const lab = await startLab({ seed: 11 });
  endings.push(lab.close);
  const files = await writeLabConfig(lab, join(home.folder, 'lab/config.yaml'));
  return { lab, config: files.config, knownHosts: files.knownHosts, env: home.env };
}

/** What the console runs on, at short intervals. */
function watch({ config }: Stage): Sources {
  const loaded = loadConfig(config);
  if ('issues' in loaded) throw new Error(JSON.stringify(loaded.issues));
  const settings: Settings = {
    ...loaded.settings,
    intervals: { fast: 1, slow: 2, inventory: 3 },
  };
  const sources = startSources(settings);
  endings.push(sources.close);
  return sources;
}

/** Every answer of every host and cluster is newer than that time. */
const isFreshSince = ({ hosts, clusters }: Inventory, since: number): boolean =>
  hosts.every(
    ({ source, feeds }) =>
      source.state === 'up' &&
      Object.values(feeds).every((feed) => feed.status === 'ok' && feed.at > since),
  ) && clusters.every(({ source }) => source.state === 'up');
const rootsOf = (sources: Sources): readonly string[] =>
  sources
    .problems()
    .filter(({ cause }) => cause === null)
    .map(({ rule, subject }) => `${rule} ${subject}`);
const stateOf = (sources: Sources, name: string): string | undefined =>
  sources.inventory().hosts.find((host) => host.name === name)?.source.state;

type Problems = readonly { rule: string; subject: string; cause: string | null }[];
async function topProblem(stage: Stage): Promise<string | undefined> {
  const { stdout, code } = await labtop(
    ['snapshot', '--json', '--wait', '120', '--config', stage.config],
    stage.env,
  );
  expect(code).toBe(0);
  const { problems } = JSON.parse(stdout) as { problems: Problems };
  const top = problems.find(({ cause }) => cause === null);
  return top && `${top.rule} ${top.subject}`;
}

test.for([
  ['host-freeze', 'host.frozen host:omni2'],
  ['host-key-change', 'host.hostkey host:omni2'],
] as const)(
  '%s: the snapshot names %s first',
  { timeout: 180_000 },
  async ([scenario, expected]) => {
    const stage = await startStage();
    stage.lab.play(scenario);
    expect(await topProblem(stage)).toBe(expected);
    stage.lab.host('omni2').freeze(false);
    stage.lab.host('omni2').restoreHostKey();
    expect(await topProblem(stage)).toBeUndefined();
  },
);

test(
  'a host that freezes is told as frozen, and all rows are fresh again when it thaws',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    const sources = watch(stage);
    await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
    stage.lab.play('host-freeze');
    await expect.poll(() => rootsOf(sources)[0], LIMIT).toBe('host.frozen host:omni2');
    expect(stateOf(sources, 'omni1')).toBe('up');
    const thawedAt = Date.now();
    stage.lab.host('omni2').freeze(false);
    await expect.poll(() => isFreshSince(sources.inventory(), thawedAt), LIMIT).toBe(true);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  },
);

test(
  'a changed host key blocks until a person has dealt with it, then all rows are fresh again',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    const sources = watch(stage);
    const omni2 = stage.lab.host('omni2');
    await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
    const oldKey = omni2.hostKey();
    stage.lab.play('host-key-change');
    await expect.poll(() => rootsOf(sources)[0], LIMIT).toBe('host.hostkey host:omni2');
    expect(stateOf(sources, 'omni2')).toBe('hostkey-changed');
    const acceptedAt = Date.now();
    const known = readFileSync(stage.knownHosts, 'utf8');
    writeFileSync(stage.knownHosts, known.replace(oldKey, omni2.hostKey()));
    sources.retryNow();
    await expect.poll(() => isFreshSince(sources.inventory(), acceptedAt), LIMIT).toBe(true);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  },
);
