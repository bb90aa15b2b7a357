import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const webhookDown: Scenario = {
  name: 'webhook-down',
  summary: "what serves cert-manager's webhooks is scaled to nothing, the webhooks stay",
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'cert-manager-webhook is scaled to 0',
      apply: ({ kube }) => kube.scaleDeployment('cert-manager', 'cert-manager-webhook', 0),
    },
  ],
};
