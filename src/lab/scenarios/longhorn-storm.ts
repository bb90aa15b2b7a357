import { API_SERVERS } from '../kube/model.ts';
import { GIB } from '../plan.ts';
import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

const REPLICAS = 200_000;
const PER_SECOND = 2_000;
/** Who runs such a cluster has raised it before; at the end of the storm the API servers are close below it. */
const CAP_BYTES = 12 * GIB;

export const longhornStorm: Scenario = {
  name: 'longhorn-storm',
  summary: `longhorn-manager makes ${REPLICAS} replicas, the memory of the API servers climbs to their cap`,
  steps: [
    {
      atSeconds: 0,
      describe: `the API servers have a memory cap of ${CAP_BYTES / GIB} GiB`,
      apply: ({ world }) => {
        for (const { name: host, zones } of world.plan.hosts)
          for (const { name } of zones)
            if (API_SERVERS.some((server) => server === name))
              world.setMemoryCap(host, name, CAP_BYTES);
      },
    },
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'longhorn-manager begins to make replicas without end',
      apply: ({ kube, world }) => {
        kube.startReplicaStorm(PER_SECOND * world.speed, REPLICAS);
      },
    },
  ],
};
