import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';
import { endDaemon } from './end-daemon.ts';

export const apiDown: Scenario = {
  name: 'api-down',
  summary: 'the API server ends in each of its zones; the zones run on',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'kube-apiserver in omni1/apisrv1 ends',
      apply: (lab) => endDaemon(lab.world, 'omni1', 'apisrv1'),
    },
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'kube-apiserver in omni2/apisrv2 ends',
      apply: (lab) => endDaemon(lab.world, 'omni2', 'apisrv2'),
    },
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'kube-apiserver in store1/apisrv3 ends',
      apply: (lab) => endDaemon(lab.world, 'store1', 'apisrv3'),
    },
  ],
};
