import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import { startSources } from '../../src/sources.ts';
import { privateHome } from '../support/console-driver.ts';
import { labtop } from '../support/labtop.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function startStage() {
  const home = privateHome();
  endings.push(home.remove);
  const lab = await startLab({ seed: 11 });
  endings.push(lab.close);
  const { config } = await writeLabConfig(lab, join(home.folder, 'lab/config.yaml'));
  return {
    lab,
    config,
    env: home.env,
    diskOf: (index: number) => lab.world.diskOfPool('store1', 'tank', index),
  };
}

type Problem = {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly cause: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
};
async function problemsOf(stage: Awaited<ReturnType<typeof startStage>>) {
  const { stdout, code } = await labtop(
    ['snapshot', '--json', '--wait', '120', '--config', stage.config],
    stage.env,
  );
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { problems: readonly Problem[] }).problems;
}
const roots = (problems: readonly Problem[]) => problems.filter(({ cause }) => cause === null);

test(
  'disk-unc: a disk that loses blocks is the one top problem, its pool stands beneath it',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    expect(await problemsOf(stage)).toEqual([]);
    stage.lab.play('disk-unc');
    const problems = await problemsOf(stage);
    const [top, ...others] = roots(problems);
    expect(others).toEqual([]);
    expect(top).toMatchObject({
      rule: 'disk.errors',
      subject: `disk:store1/${stage.diskOf(3)}`,
      evidence: { pool: 'tank', transportErrors: 0 },
    });
    expect(top?.evidence['newMediaErrors']).toBeGreaterThan(0);
    expect(
      problems
        .filter(({ cause }) => cause === top?.id)
        .map(({ rule }) => rule)
        .toSorted(),
    ).toEqual(['disk.smart', 'pool.device']);
  },
);

test(
  'pool-degraded: the pool is the one top problem, and its resilver stands beneath it',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    stage.lab.play('pool-degraded');
    const problems = await problemsOf(stage);
    const [top, ...others] = roots(problems);
    expect(others).toEqual([]);
    expect(top).toMatchObject({
      rule: 'pool.state',
      subject: 'pool:store1/tank',
      evidence: { health: 'DEGRADED', devices: `${stage.diskOf(1)} REMOVED` },
    });
    expect(problems.filter(({ cause }) => cause === top?.id)).toMatchObject([
      { rule: 'pool.resilver', subject: 'pool:store1/tank' },
    ]);
  },
);

test(
  'a disk that is pulled out makes its pool be asked at once, however seldom it is asked',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    const loaded = loadConfig(stage.config);
    if ('issues' in loaded) throw new Error(JSON.stringify(loaded.issues));
    const sources = startSources({
      ...loaded.settings,
      intervals: { fast: 1, slow: 3600, inventory: 3600 },
    });
    endings.push(sources.close);
    const limit = { timeout: 120_000, interval: 50 };
    const store = () => sources.inventory().hosts.find(({ name }) => name === 'store1')?.feeds;
    await expect
      .poll(() => store()?.poolStatus.status === 'ok' && store()?.kstats.status === 'ok', limit)
      .toBe(true);
    stage.lab.play('pool-degraded');
    await expect
      .poll(() => sources.problems().map(({ rule, cause }) => (cause === null ? rule : '')), limit)
      .toContain('pool.state');
  },
);
