import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const schedulerLost: Scenario = {
  name: 'scheduler-lost',
  summary: 'the schedulers run, but have silently lost the API: nobody renews their lease',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the schedulers lose the API',
      apply: (lab) => lab.controlPlane.setCutOff('kube-scheduler', true),
    },
  ],
};
