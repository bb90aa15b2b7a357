import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

const HOST = 'store1';

export const poolDegraded: Scenario = {
  name: 'pool-degraded',
  summary: 'a disk of tank on store1 is pulled out; the spare takes its place and is resilvered',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: `a disk of tank on ${HOST} is pulled out, and the spare takes its place`,
      apply: ({ world }) => world.removeDisk(HOST, world.diskOfPool(HOST, 'tank', 1)),
    },
  ],
};
