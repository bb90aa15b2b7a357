import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const linkErrors: Scenario = {
  name: 'link-errors',
  summary: 'the cable of a port of aggr0 on omni1 spoils frames; the port stays up',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the cable of omni1/ixgbe1 spoils two frames a second',
      apply: ({ world }) => world.setPortErrors('omni1', 'ixgbe1', 2),
    },
  ],
};
