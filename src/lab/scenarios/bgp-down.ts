import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const bgpDown: Scenario = {
  name: 'bgp-down',
  summary: 'the BGP daemon of frr1 ends: no node has a session with it',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the BGP daemon of frr1 ends',
      apply: ({ controlPlane }) => controlPlane.setBgpFault(true),
    },
  ],
};
