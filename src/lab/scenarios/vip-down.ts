import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const vipDown: Scenario = {
  name: 'vip-down',
  summary: 'the load balancer in frr1 ends; the API servers behind it answer',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the load balancer in frr1 ends',
      apply: (lab) => lab.controlPlane.setVipFault(true),
    },
  ],
};
