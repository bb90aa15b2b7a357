import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const aggrPort: Scenario = {
  name: 'aggr-port',
  summary: 'a port of aggr0 on omni2 loses its LACP partner, then its link; it comes back later',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the switch no longer answers the LACP of omni2/ixgbe1',
      apply: (lab) => lab.world.setLacpPartner('omni2', 'ixgbe1', false),
    },
    {
      atSeconds: FIRST_FAULT_SECONDS + 15,
      describe: 'port omni2/ixgbe1 loses its link',
      apply: (lab) => lab.world.setPort('omni2', 'ixgbe1', false),
    },
    {
      atSeconds: FIRST_FAULT_SECONDS + 300,
      describe: 'port omni2/ixgbe1 has its link and its partner again',
      apply: (lab) => {
        lab.world.setPort('omni2', 'ixgbe1', true);
        lab.world.setLacpPartner('omni2', 'ixgbe1', true);
      },
    },
  ],
};
