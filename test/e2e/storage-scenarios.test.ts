import { expect, test } from 'vitest';
import { startStage, takeSnapshot, watchStage } from '../support/stage.ts';
import type { Stage } from '../support/stage.ts';

const diskOf = ({ lab }: Stage, index: number) => lab.world.diskOfPool('store1', 'tank', index);

type Problem = {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly cause: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
};
const problemsOf = async (stage: Stage): Promise<readonly Problem[]> =>
  (await takeSnapshot<{ problems: readonly Problem[] }>(stage)).problems;
const roots = (problems: readonly Problem[]) => problems.filter(({ cause }) => cause === null);

test('disk-unc: a disk that loses blocks is the one top problem, its pool stands beneath it', async () => {
  const stage = await startStage();
  expect(await problemsOf(stage)).toEqual([]);
  stage.lab.play('disk-unc');
  const problems = await problemsOf(stage);
  const [top, ...others] = roots(problems);
  expect(others).toEqual([]);
  expect(top).toMatchObject({
    rule: 'disk.errors',
    subject: `disk:store1/${diskOf(stage, 3)}`,
    evidence: { pool: 'tank', transportErrors: 0 },
  });
  expect(top?.evidence['newMediaErrors']).toBeGreaterThan(0);
  expect(
    problems
      .filter(({ cause }) => cause === top?.id)
      .map(({ rule }) => rule)
      .toSorted(),
  ).toEqual(['disk.smart', 'pool.device']);
});

test('pool-degraded: the pool is the one top problem, and its resilver stands beneath it', async () => {
  const stage = await startStage();
  stage.lab.play('pool-degraded');
  const problems = await problemsOf(stage);
  const [top, ...others] = roots(problems);
  expect(others).toEqual([]);
  expect(top).toMatchObject({
    rule: 'pool.state',
    subject: 'pool:store1/tank',
    evidence: { health: 'DEGRADED', devices: `${diskOf(stage, 1)} REMOVED` },
  });
  expect(problems.filter(({ cause }) => cause === top?.id)).toMatchObject([
    { rule: 'pool.resilver', subject: 'pool:store1/tank' },
  ]);
});

test('a disk that is pulled out makes its pool be asked at once, however seldom it is asked', async () => {
  const stage = await startStage();
  const sources = watchStage(stage, { fast: 1, slow: 3600, inventory: 3600 });
  const store = () => sources.inventory().hosts.find(({ name }) => name === 'store1')?.feeds;
  await expect
    .poll(() => store()?.poolStatus.status === 'ok' && store()?.kstats.status === 'ok')
    .toBe(true);
  stage.lab.play('pool-degraded');
  await expect
    .poll(() => sources.problems().map(({ rule, cause }) => (cause === null ? rule : '')))
    .toContain('pool.state');
});
