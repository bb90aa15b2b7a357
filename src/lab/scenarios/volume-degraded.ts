import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

const CLAIM = 'media/jellyfin-config';
const NODE = 'worker2';
/** Longhorn waits for a failed replica to come back before it builds another one. */
const WAIT_SECONDS = 120;

export const volumeDegraded: Scenario = {
  name: 'volume-degraded',
  summary: `the replica of ${CLAIM} on ${NODE} fails, and is rebuilt after ${WAIT_SECONDS} s`,
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: `a replica of the volume of ${CLAIM} fails`,
      apply: ({ kube }) => kube.failReplica(CLAIM, NODE),
    },
    {
      atSeconds: FIRST_FAULT_SECONDS + WAIT_SECONDS,
      describe: `the replica on ${NODE} is rebuilt from the others`,
      apply: ({ kube }) => kube.rebuildReplica(CLAIM, NODE),
    },
  ],
};
