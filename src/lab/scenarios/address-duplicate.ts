import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const addressDuplicate: Scenario = {
  name: 'address-duplicate',
  summary: 'gobuilder on store1 is configured with the address of dns-int1 on omni1, and booted',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'zone store1/gobuilder boots with the address of omni1/dns-int1',
      apply: ({ world }) => {
        const [nic] = world.zone('omni1', 'dns-int1').plan.nics;
        if (nic) world.setAddress('store1', 'gobuilder', nic.address);
        world.act('store1', 'gobuilder', 'boot');
      },
    },
  ],
};
