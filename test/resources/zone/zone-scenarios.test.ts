import { expect, test } from 'vitest';
import { createLabInventory } from '../../support/lab-inventory.ts';
import type { LabInventory, LabScenario } from '../../support/lab-inventory.ts';

const roots = (lab: LabInventory): readonly string[] =>
  lab
    .problems()
    .filter(({ cause }) => cause === null)
    .map(({ severity, rule, subject }) => `${severity} ${rule} ${subject}`);

/** The lab 60 s after a scenario has struck. */
const after = (scenario: LabScenario): Promise<LabInventory> =>
  createLabInventory({ scenario, seed: 7, samples: 14 });

test('calm raises nothing in ten minutes', { timeout: 120_000 }, async () => {
  const lab = await createLabInventory({ seed: 7, samples: 4 });
  for (let step = 0; step < 120; step += 1) {
    await lab.step();
    expect(lab.problems()).toEqual([]);
  }
});

test('memory-cap: the leaking zone is near its cap, then pages', async () => {
  const lab = await after('memory-cap');
  expect(roots(lab)).toEqual(['critical zone.memory zone:store1/gitea']);
  const [problem] = lab.problems();
  expect(problem?.title).toMatch(/^RSS 10[0-9]% of its memory cap, [0-9.]+M\/s paged out$/);
  expect(problem?.evidence).toMatchObject({ memoryCapBytes: 2 * 2 ** 30 });
  expect(problem?.evidence['from']).toMatch(/^kstat memory_cap:\d+$/);
});

test('zone-crash: the zone is down', async () => {
  expect(roots(await after('zone-crash'))).toEqual(['critical zone.down zone:omni1/vaultwarden']);
});
