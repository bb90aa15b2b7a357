import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const zoneCrash: Scenario = {
  name: 'zone-crash',
  summary: 'the zone vaultwarden on omni1 stops although it should run',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'zone omni1/vaultwarden stops',
      apply: (lab) => lab.world.crashZone('omni1', 'vaultwarden'),
    },
  ],
};
