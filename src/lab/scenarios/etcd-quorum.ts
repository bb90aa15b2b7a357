import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';
import { endDaemon } from './end-daemon.ts';

export const etcdQuorum: Scenario = {
  name: 'etcd-quorum',
  summary: 'etcd ends in two of its three zones: no quorum, the API can read and write nothing',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'etcd in omni2/etcd2 ends',
      apply: (lab) => endDaemon(lab.world, 'omni2', 'etcd2'),
    },
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'etcd in store1/etcd3 ends',
      apply: (lab) => endDaemon(lab.world, 'store1', 'etcd3'),
    },
  ],
};
