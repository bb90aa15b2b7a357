import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const vlanIsolated: Scenario = {
  name: 'vlan-isolated',
  summary:
    'the switch carries VLAN 60 to store1 no more: its links are up and send, and nobody answers',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the switch port of store1 loses the tag of VLAN 60',
      apply: ({ world }) => world.muteVlan('store1', 60, true),
    },
  ],
};
