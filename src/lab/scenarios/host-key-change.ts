import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const hostKeyChange: Scenario = {
  name: 'host-key-change',
  summary: 'omni2 shows another host key, as after a new installation or with somebody in between',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'host omni2 shows another key, and its connections break',
      apply: (lab) => lab.host('omni2').changeHostKey(),
    },
  ],
};
