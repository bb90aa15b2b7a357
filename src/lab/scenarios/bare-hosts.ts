import type { Scenario } from '../scenario.ts';

/** What a host must have to be worth watching. */
const LEAST = ['dladm', 'kstat', 'zoneadm'] as const;

export const bareHosts: Scenario = {
  name: 'bare-hosts',
  summary:
    'omni2 has nothing but zoneadm, dladm and kstat; the user of store1 has no rights profile',
  steps: [
    {
      atSeconds: 0,
      describe: 'omni2 has only three programs, and on store1 pfexec grants nothing',
      apply: (lab) => {
        lab.host('omni2').keepOnly(LEAST);
        lab.host('omni2').profile([]);
        lab.host('store1').profile([]);
      },
    },
  ],
};
