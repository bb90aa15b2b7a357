import { MIB } from '../plan.ts';
import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const memoryCap: Scenario = {
  name: 'memory-cap',
  summary: 'gitea on store1 leaks: its RSS climbs to its memory cap, and it pages',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'zone store1/gitea begins to leak memory',
      apply: (lab) => lab.world.leak('store1', 'gitea', 64 * MIB),
    },
  ],
};
