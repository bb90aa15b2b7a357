import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';
import { endDaemon } from './end-daemon.ts';

export const etcdMember: Scenario = {
  name: 'etcd-member',
  summary: 'etcd in zone etcd2 ends and does not start again; its zone runs on',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'etcd in omni2/etcd2 ends',
      apply: (lab) => endDaemon(lab.world, 'omni2', 'etcd2'),
    },
  ],
};
