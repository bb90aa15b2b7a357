import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const metricsDown: Scenario = {
  name: 'metrics-down',
  summary: 'metrics-server is scaled to nothing: the API metrics.k8s.io, which it serves, is gone',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'metrics-server is scaled to 0',
      apply: ({ kube }) => kube.scaleDeployment('kube-system', 'metrics-server', 0),
    },
  ],
};
