import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const issuerDown: Scenario = {
  name: 'issuer-down',
  summary:
    'the CA of cert-manager lost its key pair; a certificate that it cannot renew ends within hours',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the ClusterIssuer lab-ca cannot sign, longhorn-ui-tls ends in eleven hours',
      apply: ({ kube }) => {
        kube.setIssuerFault('lab-ca', true);
        kube.ageCertificate('longhorn-system', 'longhorn-ui-tls', 11);
      },
    },
  ],
};
