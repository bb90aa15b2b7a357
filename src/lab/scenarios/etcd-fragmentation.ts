import { MIB } from '../plan.ts';
import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const etcdFragmentation: Scenario = {
  name: 'etcd-fragmentation',
  summary: 'the database of etcd2 is mostly free pages after much was deleted',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the database of etcd2 is 1180 MiB, of which 330 MiB are in use',
      apply: (lab) =>
        lab.world
          .etcdOf('etcd2')
          .setStorage('etcd2', { dbBytes: 1180 * MIB, inUseBytes: 330 * MIB }),
    },
  ],
};
