import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const certExpiry: Scenario = {
  name: 'cert-expiry',
  summary: 'the certificate of the API server apisrv2 was not renewed and ends within hours',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the certificate of apisrv2 ends in eleven hours',
      apply: (lab) => lab.controlPlane.setCertificate('apisrv2', 157, 11),
    },
  ],
};
