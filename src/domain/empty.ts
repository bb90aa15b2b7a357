import { pending } from './feed.ts';
import type { ClusterInventory, HostInventory, Inventory, SourceStatus } from './inventory.ts';
import { noObserver } from './observer.ts';
import type { Settings } from './settings.ts';
import type { EpochMs } from './time.ts';

const connecting = (now: EpochMs): SourceStatus => ({
  state: 'connecting',
  since: now,
  lastDataAt: null,
  attempt: 0,
  nextAttemptAt: null,
  error: null,
  question: null,
});

/** A host of which nothing is known yet. */
export const emptyHost = (
  name: string,
  now: EpochMs,
  configuredRoles: ReadonlyMap<string, string> = new Map(),
  snapshotHours: ReadonlyMap<string, number> = new Map(),
): HostInventory => ({
  name,
  configuredRoles,
  snapshotHours,
  source: connecting(now),
  feeds: {
    identity: pending,
    kstats: pending,
    zones: pending,
    zoneConfigs: pending,
    processes: pending,
    links: pending,
    phys: pending,
    vnics: pending,
    vlans: pending,
    aggrs: pending,
    switches: pending,
    linkProperties: pending,
    addresses: pending,
    pools: pending,
    poolStatus: pending,
    faults: pending,
    disks: pending,
    diskNames: pending,
    smart: pending,
    datasets: pending,
    snapshots: pending,
    services: pending,
    zoneServices: pending,
    sensors: pending,
    topologySensors: pending,
    messages: pending,
    bootEnvironments: pending,
    timeSync: pending,
    crashDumps: pending,
    processors: pending,
    zoneComponents: pending,
    rights: pending,
    vcpus: pending,
    zoneCertificates: pending,
  },
  observer: noObserver,
});

/** A cluster of which nothing is known yet. */
export const emptyCluster = (name: string, now: EpochMs): ClusterInventory => ({
  name,
  source: connecting(now),
  version: null,
  latencyMs: null,
  clockSkewMs: null,
  feeds: {
    nodes: pending,
    pods: pending,
    deployments: pending,
    statefulsets: pending,
    daemonsets: pending,
    jobs: pending,
    cronjobs: pending,
    services: pending,
    endpointSlices: pending,
    ingresses: pending,
    gateways: pending,
    httpRoutes: pending,
    bgpNodeConfigs: pending,
    lbPools: pending,
    validatingWebhooks: pending,
    mutatingWebhooks: pending,
    webhookTargets: pending,
    events: pending,
    claims: pending,
    persistentVolumes: pending,
    storageClasses: pending,
    longhornVolumes: pending,
    longhornReplicas: pending,
    longhornEngines: pending,
    longhornNodes: pending,
    longhornBackups: pending,
    longhornJobs: pending,
    diskPools: pending,
    cephClusters: pending,
    virtualMachines: pending,
    virtualMachineInstances: pending,
    migrations: pending,
    objects: pending,
    controlPlane: pending,
    apiServices: pending,
    managedCertificates: pending,
  },
});

/** What is known at the start: the configuration's names. */
export const emptyInventory = (settings: Settings, now: EpochMs): Inventory => ({
  hosts: settings.hosts.map(({ name }) =>
    emptyHost(name, now, settings.roles.get(name), settings.snapshotHours.get(name)),
  ),
  clusters: settings.clusters.map(({ name }) => emptyCluster(name, now)),
  groups: settings.groups,
  vlanNames: settings.vlanNames,
  thresholds: settings.thresholds,
});
