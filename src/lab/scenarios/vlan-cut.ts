import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const vlanCut: Scenario = {
  name: 'vlan-cut',
  summary: 'omni2 loses every link of VLAN 48 while its zones run on: etcd2 is cut off',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the links of VLAN 48 are gone from omni2',
      apply: (lab) => lab.world.cutVlan('omni2', 48, true),
    },
  ],
};
