import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const hostDown: Scenario = {
  name: 'host-down',
  summary: 'omni2 loses its power, and with it one member of each control-plane group',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'host omni2 loses its power',
      apply: (lab) => lab.host('omni2').power(false),
    },
  ],
};
