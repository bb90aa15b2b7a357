import { cronJobs } from './cron-jobs.ts';
import { customResourceDefinitions } from './custom-resource-definitions.ts';
import { daemonSets } from './daemon-sets.ts';
import { deployments } from './deployments.ts';
import { endpointSlices } from './endpoint-slices.ts';
import { eventsV1 } from './events-v1.ts';
import { events } from './events.ts';
import { jobs } from './jobs.ts';
import type { Kind } from './kind.ts';
import { leases } from './leases.ts';
import { longhornReplicas } from './longhorn-replicas.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { replicaSets } from './replica-sets.ts';
import { services } from './services.ts';
import { statefulSets } from './stateful-sets.ts';

/** The custom resources, each with its definition. */
const CUSTOM: readonly Kind[] = [longhornReplicas];

/** Every kind that the lab serves, in the order in which they are seeded: what others refer to comes first. */
export const KINDS: readonly Kind[] = [
  namespaces,
  nodes,
  leases,
  services,
  endpointSlices,
  deployments,
  replicaSets,
  daemonSets,
  statefulSets,
  cronJobs,
  jobs,
  pods,
  events,
  eventsV1,
  customResourceDefinitions(CUSTOM),
  ...CUSTOM,
];
