import { apiServices } from './api-services.ts';
import { certificateRequests, certificates, clusterIssuers, issuers } from './cert-manager.ts';
import {
  ciliumBgpClusterConfigs,
  ciliumBgpNodeConfigs,
  ciliumLoadBalancerIpPools,
  ciliumNodes,
} from './cilium.ts';
import { cronJobs } from './cron-jobs.ts';
import { customResourceDefinitions } from './custom-resource-definitions.ts';
import { daemonSets } from './daemon-sets.ts';
import { deployments } from './deployments.ts';
import { diskPools } from './disk-pools.ts';
import { endpointSlices } from './endpoint-slices.ts';
import { eventsV1 } from './events-v1.ts';
import { events } from './events.ts';
import { gatewayClasses, gateways, httpRoutes } from './gateway-api.ts';
import { ingresses } from './ingresses.ts';
import { jobs } from './jobs.ts';
import type { Kind } from './kind.ts';
import { leases } from './leases.ts';
import { longhornBackupVolumes } from './longhorn-backup-volumes.ts';
import { longhornBackups } from './longhorn-backups.ts';
import { longhornEngines } from './longhorn-engines.ts';
import { longhornNodes } from './longhorn-nodes.ts';
import { longhornRecurringJobs } from './longhorn-recurring-jobs.ts';
import { longhornReplicas } from './longhorn-replicas.ts';
import { longhornVolumeKind } from './longhorn-volumes.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { persistentVolumeClaims } from './persistent-volume-claims.ts';
import { persistentVolumes } from './persistent-volumes.ts';
import { pods } from './pods.ts';
import { replicaSets } from './replica-sets.ts';
import { services } from './services.ts';
import { statefulSets } from './stateful-sets.ts';
import { storageClasses } from './storage-classes.ts';
import { virtualMachineInstanceMigrations } from './virtual-machine-instance-migrations.ts';
import { virtualMachineInstances } from './virtual-machine-instances.ts';
import { virtualMachines } from './virtual-machines.ts';
import {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from './webhook-configurations.ts';

/** The custom resources, each with its definition. */
const CUSTOM: readonly Kind[] = [
  longhornReplicas,
  longhornVolumeKind,
  longhornEngines,
  longhornNodes,
  longhornBackups,
  longhornBackupVolumes,
  longhornRecurringJobs,
  diskPools,
  virtualMachines,
  virtualMachineInstances,
  virtualMachineInstanceMigrations,
  ciliumNodes,
  ciliumBgpClusterConfigs,
  ciliumBgpNodeConfigs,
  ciliumLoadBalancerIpPools,
  gatewayClasses,
  gateways,
  httpRoutes,
  clusterIssuers,
  issuers,
  certificates,
  certificateRequests,
];

const BUILT_IN: readonly Kind[] = [
  namespaces,
  nodes,
  leases,
  storageClasses,
  persistentVolumes,
  persistentVolumeClaims,
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
  ingresses,
  validatingWebhookConfigurations,
  mutatingWebhookConfigurations,
  customResourceDefinitions(CUSTOM),
  ...CUSTOM,
];

/** Every kind that the lab serves, in the order in which they are seeded: what others refer to comes first. */
export const KINDS: readonly Kind[] = [...BUILT_IN, apiServices(BUILT_IN)];
