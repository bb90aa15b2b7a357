import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const nodeNotready: Scenario = {
  name: 'node-notready',
  summary: 'the kubelet of worker2 falls silent',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'node worker2 stops to report',
      apply: (lab) =>
        lab.kube.setNodeReady(
          'worker2',
          'Unknown',
          'NodeStatusUnknown',
          'Kubelet stopped posting node status.',
        ),
    },
  ],
};
