import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const etcdHung: Scenario = {
  name: 'etcd-hung',
  summary:
    'etcd in zone etcd3 hangs: its process is there and its ports take connections, but it answers nothing',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'etcd in store1/etcd3 hangs',
      apply: ({ world }) => {
        world.hung.add('etcd3');
      },
    },
  ],
};
