import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const hostFreeze: Scenario = {
  name: 'host-freeze',
  summary: 'omni2 hangs: it takes connections and gives no byte any more',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'host omni2 freezes',
      apply: (lab) => lab.host('omni2').freeze(true),
    },
  ],
};
