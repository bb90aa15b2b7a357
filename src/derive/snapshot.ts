import { certificatesOf } from '../domain/certificates.ts';
import { componentsOf } from '../domain/components.ts';
import type { Component } from '../domain/components.ts';
import { eventTime } from '../domain/event-time.ts';
import { fresh, known, lastKnown } from '../domain/feed.ts';
import { groupStates } from '../domain/groups.ts';
import type { GroupState } from '../domain/groups.ts';
import { PAGE_BYTES } from '../domain/host.ts';
import type {
  ClusterInventory,
  HostInventory,
  Inventory,
  SourceState,
  SourceStatus,
} from '../domain/inventory.ts';
import { datasetsByName } from '../domain/joined-datasets.ts';
import { disksOf } from '../domain/joined-disks.ts';
import { sensorsFresh, sensorsOf } from '../domain/joined-sensors.ts';
import {
  allZonesOf,
  clusterFresh,
  hostFresh,
  linksOf,
  vlansOf,
  vmsOf,
  zonesFresh,
  zonesOf,
} from '../domain/joined.ts';
import type { Zone } from '../domain/joined.ts';
import { machinesOf } from '../domain/kubevirt.ts';
import type { KubevirtMachine } from '../domain/kubevirt.ts';
import type { Share } from '../domain/objects.ts';
import { leafVdevs } from '../domain/pool.ts';
import type { PoolEntry, PoolStatus, Vdev } from '../domain/pool.ts';
import type { Problem } from '../domain/problem.ts';
import { roleText } from '../domain/role.ts';
import { hottest } from '../domain/sensor.ts';
import type { EpochMs } from '../domain/time.ts';
import { usageOf } from '../domain/usage.ts';
import { workloadState, workloadTables } from '../domain/workload.ts';
import { isoOrNull, isoTime } from './iso-time.ts';
import { countPods } from './pods.ts';
import type {
  ClusterJson,
  ComponentJson,
  DiskJson,
  FaultJson,
  GroupJson,
  HostJson,
  LinkJson,
  NodeJson,
  PoolDeviceJson,
  PoolJson,
  ProblemJson,
  SnapshotJson,
  SourceJson,
  SourceStateJson,
  VlanJson,
  VmJson,
  ZoneJson,
  WorkloadJson,
} from './snapshot-json.ts';
import { toEvents, toNetwork } from './snapshot-network.ts';
import { disksOfMachine, toStorage } from './snapshot-storage.ts';

/** Everything known at `now` as the object that scripts read. */
export function toSnapshot(
  inventory: Inventory,
  problems: readonly Problem[],
  now: EpochMs,
): SnapshotJson {
  const { hosts, clusters } = inventory;
  return {
    schema: 'labtop/1',
    at: isoTime(now),
    sources: [
      ...hosts.map((host) => toSource(host, 'ssh')),
      ...clusters.map((cluster) => toSource(cluster, 'kubernetes')),
    ],
    hosts: hosts.map((host) => toHost(host, now)),
    zones: hosts.flatMap((host) => zonesOf(host).map((zone) => toZone(zone, host, now))),
    vms: [
      ...hosts.flatMap((host) => vmsOf(host).map((vm) => toVm(vm, host, now))),
      ...clusters.flatMap((cluster) =>
        machinesOf(cluster, now).map((vm) => toMachine(vm, cluster)),
      ),
    ],
    links: hosts.flatMap((host) => toLinks(host, now)),
    vlans: toVlans(inventory),
    pools: hosts.flatMap((host) => toPools(host, now)),
    disks: hosts.flatMap((host) => toDisks(host, now)),
    faults: hosts.flatMap((host) => toFaults(host, now)),
    clusters: clusters.map((cluster) => toCluster(inventory, cluster, now)),
    checks: [],
    groups: groupStates(inventory, now).map(toGroup),
    problems: problems.map(toProblem),
  };
}

const toState = (state: SourceState): SourceStateJson =>
  state === 'hostkey-unknown' ? 'down' : state === 'stale' ? 'frozen' : state;

const toSource = (
  { name, source }: { readonly name: string; readonly source: SourceStatus },
  kind: SourceJson['kind'],
): SourceJson => ({
  name,
  kind,
  state: toState(source.state),
  since: isoTime(source.since),
  lastDataAt: isoOrNull(source.lastDataAt),
  error: source.error?.message ?? null,
});

function toHost(host: HostInventory, now: EpochMs): HostJson {
  const identity = lastKnown(host.feeds.identity)?.value;
  const last = lastKnown(host.feeds.kstats)?.value;
  const live = hostFresh(host, 'kstats', now) ? last : undefined;
  const zones = zonesFresh(host, now) ? allZonesOf(host) : null;
  const bootSeconds = live?.counters.bootTimeSeconds;
  return {
    name: host.name,
    state: toState(host.source.state),
    release: identity?.release ?? null,
    kernel: identity?.kernel ?? null,
    bootedAt: isoOrNull(typeof bootSeconds === 'number' ? bootSeconds * 1000 : null),
    cpuCount: last?.counters.cpuCount ?? null,
    cpuPercent: live?.cpuPercent ?? null,
    load1: live?.counters.load1 ?? null,
    memoryTotalBytes: pages(last?.counters.physmemPages),
    memoryFreeBytes: pages(live?.counters.freememPages),
    arcBytes: live?.counters.arcBytes ?? null,
    swapUsedBytes: live?.swapUsedBytes ?? null,
    swapTotalBytes: live?.swapTotalBytes ?? null,
    temperatureCelsius: sensorsFresh(host, now) ? (hottest(sensorsOf(host))?.value ?? null) : null,
    zonesRunning: zones && zones.filter(({ state }) => state === 'running').length,
    zonesTotal: zones && zones.length,
  };
}

const pages = (amount: number | null | undefined): number | null =>
  amount === null || amount === undefined ? null : amount * PAGE_BYTES;

/** What was measured of a zone, where it still holds. */
function measured(zone: Zone, host: HostInventory, now: EpochMs) {
  const isListed = zonesFresh(host, now);
  const isMeasured = isListed && hostFresh(host, 'kstats', now);
  return {
    state: isListed ? zone.stateText : 'unknown',
    zoneId: isListed ? zone.zoneId : null,
    bootedAt: isMeasured ? isoOrNull(zone.bootedAt) : null,
    cpuPercent: isMeasured ? zone.cpuPercent : null,
    rssBytes: isMeasured ? zone.rssBytes : null,
    swapBytes: isMeasured ? zone.swapBytes : null,
  };
}

function toZone(zone: Zone, host: HostInventory, now: EpochMs): ZoneJson {
  const live = measured(zone, host, now);
  return {
    host: zone.host,
    name: zone.name,
    zoneId: live.zoneId,
    state: live.state,
    brand: zone.brand,
    uuid: zone.uuid,
    path: zone.path,
    ipType: zone.ipType,
    autoboot: zone.autoboot,
    bootedAt: live.bootedAt,
    cpuPercent: live.cpuPercent,
    cpuCapPercent: zone.cpuCapPercent,
    rssBytes: live.rssBytes,
    memoryCapBytes: zone.memoryCapBytes,
    swapBytes: live.swapBytes,
    swapCapBytes: zone.swapCapBytes,
    links: zone.links,
    vlans: zone.vlans,
    addresses: zone.addresses,
    role: roleText(zone.role),
    servicesInMaintenance: hostFresh(host, 'zoneServices', now)
      ? (zone.services?.notOnline ?? []).flatMap(({ fmri, state }) =>
          state === 'maintenance' ? [fmri] : [],
        )
      : [],
  };
}

function toVm(zone: Zone, host: HostInventory, now: EpochMs): VmJson {
  const live = measured(zone, host, now);
  const datasets = datasetsByName(host);
  const isListed = hostFresh(host, 'datasets', now);
  return {
    host: zone.host,
    name: zone.name,
    kind: zone.brand === 'kvm' || zone.brand === 'emu' ? zone.brand : 'bhyve',
    namespace: null,
    state: live.state,
    vcpus: zone.vm?.vcpus ?? null,
    memoryBytes: zone.vm?.ramBytes ?? null,
    cpuPercent: live.cpuPercent,
    rssBytes: live.rssBytes,
    disks: (zone.vm?.disks ?? []).map((dataset) => ({
      dataset,
      sizeBytes: datasets.get(dataset)?.volsizeBytes ?? null,
      usedBytes: (isListed ? datasets.get(dataset)?.usedBytes : null) ?? null,
    })),
    links: zone.links,
    vlans: zone.vlans,
    node: null,
  };
}

/** Where a machine of KubeVirt runs is known as long as its cluster tells. */
const toMachine = (machine: KubevirtMachine, cluster: ClusterInventory): VmJson => ({
  host: null,
  name: machine.name,
  kind: 'kubevirt',
  namespace: machine.namespace,
  state: machine.fresh ? machine.state : 'unknown',
  vcpus: machine.vcpus,
  memoryBytes: machine.memoryBytes,
  cpuPercent: null,
  rssBytes: null,
  disks: disksOfMachine(cluster, machine),
  links: [],
  vlans: [],
  node: machine.fresh ? machine.node : null,
});

const toFaults = (host: HostInventory, now: EpochMs): readonly FaultJson[] =>
  known(host.feeds.faults, []).map(({ id, classes, severity, timeText, affects }) => ({
    host: host.name,
    id,
    class: classes.join(', ') || null,
    severity,
    time: isoOrNull(eventTime(timeText, now)),
    resource: affects.join(', ') || null,
  }));

function toLinks(host: HostInventory, now: EpochMs): readonly LinkJson[] {
  const isListed = hostFresh(host, 'links', now);
  const isMeasured = hostFresh(host, 'kstats', now);
  return linksOf(host).map((link) => ({
    host: link.host,
    name: link.name,
    class: link.class,
    over: link.over,
    vlan: link.vlanId,
    zone: link.zone,
    state: isListed ? link.state : 'unknown',
    speedMbps: isListed ? link.speedMbps : null,
    mtu: link.mtu,
    rxBytesPerSecond: isMeasured ? link.rxBytesPerSecond : null,
    txBytesPerSecond: isMeasured ? link.txBytesPerSecond : null,
    rxErrors: isMeasured ? link.rxErrors : null,
    txErrors: isMeasured ? link.txErrors : null,
  }));
}

const path = ({ host, name }: { readonly host: string; readonly name: string }): string =>
  `${host}/${name}`;

const toVlans = (inventory: Inventory): readonly VlanJson[] =>
  vlansOf(inventory).map(({ id, name, hosts, links, zones, vms }) => ({
    id,
    name,
    hosts,
    links: links.map(path),
    zones: zones.map(path),
    vms: vms.map(path),
  }));

function toPools(host: HostInventory, now: EpochMs): readonly PoolJson[] {
  const status = new Map(known(host.feeds.poolStatus, []).map((pool) => [pool.name, pool]));
  const isListed = hostFresh(host, 'pools', now);
  const isDetailed = hostFresh(host, 'poolStatus', now);
  return known(host.feeds.pools, []).map((pool) =>
    toPool(host.name, pool, isListed, status.get(pool.name), isDetailed),
  );
}

function toPool(
  host: string,
  pool: PoolEntry,
  isListed: boolean,
  status: PoolStatus | undefined,
  isDetailed: boolean,
): PoolJson {
  const live = isDetailed ? status : undefined;
  return {
    host,
    name: pool.name,
    state: isListed ? pool.health : 'UNKNOWN',
    sizeBytes: pool.sizeBytes,
    allocatedBytes: isListed ? pool.allocatedBytes : null,
    capacityPercent: isListed ? pool.capacityPercent : null,
    errors: live?.errorCount ?? null,
    scrub: {
      state: live?.scan.kind ?? 'unknown',
      finishedAt: isoOrNull(live?.scan.finishedAt),
      errors: live?.scan.errors ?? null,
    },
    devices: (status ? leafVdevs(status) : []).map(({ vdev }) => toDevice(vdev, isDetailed)),
  };
}

/** What a disk is stays as last seen; its errors and times hold as long as the answers that told them. */
function toDisks(host: HostInventory, now: EpochMs): readonly DiskJson[] {
  const isMeasured = hostFresh(host, 'kstats', now);
  const isCounted = isMeasured || hostFresh(host, 'disks', now);
  return disksOf(host).map(({ name, vendor, product, serial, errors, rates }) => ({
    host: host.name,
    device: name,
    vendor,
    product,
    serial,
    softErrors: hostFresh(host, 'disks', now) ? errors.soft : null,
    hardErrors: isCounted ? errors.hard : null,
    transportErrors: isCounted ? errors.transport : null,
    mediaErrors: isCounted ? errors.media : null,
    serviceMs: (isMeasured ? rates?.serviceMs : null) ?? null,
    busyPercent: (isMeasured ? rates?.busyPercent : null) ?? null,
  }));
}

const toDevice = (vdev: Vdev, isDetailed: boolean): PoolDeviceJson => ({
  path: vdev.name,
  state: isDetailed ? vdev.state : 'UNKNOWN',
  read: isDetailed ? vdev.readErrors : null,
  write: isDetailed ? vdev.writeErrors : null,
  checksum: isDetailed ? vdev.checksumErrors : null,
});

function toCluster(inventory: Inventory, cluster: ClusterInventory, now: EpochMs): ClusterJson {
  const isUp = cluster.source.state === 'up';
  const pods = isUp ? fresh(cluster.feeds.pods, now) : undefined;
  const counts = pods && countPods(pods);
  const areNodesFresh = isUp && fresh(cluster.feeds.nodes, now) !== undefined;
  const nodes = lastKnown(cluster.feeds.nodes)?.value.byKey.values() ?? [];
  const usage = usageOf(cluster, 'nodeUsage', now);
  return {
    name: cluster.name,
    version: cluster.version,
    api: { state: toState(cluster.source.state), latencyMs: isUp ? cluster.latencyMs : null },
    components: componentsOf(inventory, cluster, now).map((component) =>
      toComponent(component, now),
    ),
    nodes: [...nodes].map((node): NodeJson => ({
      name: node.name,
      status: areNodesFresh ? node.status : 'Unknown',
      ready:
        areNodesFresh && node.ready !== null && node.ready !== 'Unknown'
          ? node.ready === 'True'
          : null,
      readySince: areNodesFresh ? isoOrNull(node.readySince) : null,
      roles: node.roles,
      version: node.version,
      architecture: node.architecture,
      internalIp: node.internalIp,
      unschedulable: node.unschedulable,
      pressures: areNodesFresh ? node.pressures : [],
      cpuCores: usage?.byKey.get(node.name)?.cores ?? null,
      memoryBytes: usage?.byKey.get(node.name)?.memoryBytes ?? null,
      cpuAllocatable: node.cpuAllocatable,
      memoryAllocatableBytes: node.memoryAllocatableBytes,
      podsAllocatable: node.podsAllocatable,
    })),
    pods: {
      total: counts?.total ?? null,
      running: counts?.running ?? null,
      failing: (counts?.failing ?? []).map(
        ({ namespace, name, status, restarts, node, reason }) => ({
          namespace,
          name,
          status,
          restarts,
          node,
          reason,
        }),
      ),
    },
    workloads: toWorkloads(cluster, now),
    network: toNetwork(cluster, now),
    events: toEvents(cluster, now),
    ...toStorage(cluster, now),
    objects: objectsOf(cluster, now),
    certificates: certificatesOf(inventory, cluster, now).map(({ certificate, where }) => ({
      subject: certificate.subject,
      where,
      notAfter: isoOrNull(certificate.notAfter),
    })),
  };
}

/** The biggest first; a count that is no longer fresh is not known. */
function objectsOf(cluster: ClusterInventory, now: EpochMs): ClusterJson['objects'] {
  const table = cluster.source.state === 'up' ? fresh(cluster.feeds.objects, now) : undefined;
  const known = lastKnown(cluster.feeds.objects)?.value.byKey.values() ?? [];
  return [...known]
    .map(({ name, count, perMinute, trouble, namespaces, sample }) => {
      const isKnown = table !== undefined && trouble === null;
      return {
        resource: name,
        count: isKnown ? count : null,
        perMinute: isKnown ? perMinute : null,
        namespaces,
        sample: sample && {
          size: sample.size,
          newest: sample.isNewest,
          managers: byName(sample.managers),
          owners: byName(sample.owners),
          namespaces: byName(sample.namespaces),
        },
      };
    })
    .toSorted((a, b) => (b.count ?? -1) - (a.count ?? -1) || (a.resource < b.resource ? -1 : 1));
}

const byName = (shares: readonly Share[]): Readonly<Record<string, number>> =>
  Object.fromEntries(shares.map(({ name, count }) => [name, count]));

/** What was told last of each; how it is only while that is fresh. */
function toWorkloads(cluster: ClusterInventory, now: EpochMs): readonly WorkloadJson[] {
  return workloadTables(cluster).flatMap(({ feed, table }) => {
    const isFresh = clusterFresh(cluster, feed, now);
    return [...table.byKey.values()].map((workload): WorkloadJson => ({
      kind: workload.kind,
      namespace: workload.namespace,
      name: workload.name,
      state: isFresh ? workloadState(workload) : 'unknown',
      desired: workload.desired,
      ready: isFresh ? workload.ready : null,
      upToDate: isFresh ? workload.upToDate : null,
      available: isFresh ? workload.available : null,
      active: isFresh ? workload.active : null,
      owner: workload.owner,
      schedule: workload.schedule,
      lastScheduleAt: isoOrNull(workload.lastScheduleAt),
      lastSuccessAt: isoOrNull(workload.lastSuccessAt),
      createdAt: isoOrNull(workload.createdAt),
    }));
  });
}

/** What was measured is `null` once it is no longer fresh; certificates and versions stay as last seen. */
function toComponent(component: Component, now: EpochMs): ComponentJson {
  const { direct, inside, lease, certificate, etcd } = component;
  const live = direct?.fresh === true ? direct : null;
  const within = inside?.fresh === true ? inside : null;
  const member = within && etcd;
  const metrics = live && direct?.metrics;
  return {
    kind: component.kind,
    name: component.name,
    zone: component.zone?.name ?? null,
    host: component.host,
    state: component.state,
    leader: component.leader,
    details: {
      sign: component.sign,
      version: component.version,
      address: direct?.address ?? null,
      health: live?.state ?? null,
      failedChecks: live?.failedChecks.join(', ') || null,
      error: live?.error?.message ?? null,
      latencyMs: live?.latencyMs ?? null,
      zoneHealth: within?.state ?? null,
      zoneHealthReason: within?.reason ?? null,
      gone: component.gone,
      leaseHolder: lease?.holder ?? null,
      leaseAgeSeconds:
        lease && lease.renewedAt !== null
          ? Math.max(0, Math.round((now - lease.renewedAt) / 1000))
          : null,
      leaseDurationSeconds: lease?.durationSeconds ?? null,
      leaseTransitions: lease?.transitions ?? null,
      certificateNotAfter: isoOrNull(certificate?.notAfter),
      rssBytes: component.rssBytes,
      memoryCapBytes: component.memoryCapBytes,
      cpuPercent: component.cpuPercent,
      processRssBytes: metrics?.residentBytes ?? null,
      inflightRequests: sumOf(metrics?.inflightReadOnly, metrics?.inflightMutating),
      requestP99Ms: metrics?.requestP99Ms ?? null,
      etcdRequestP99Ms: metrics?.etcdP99Ms ?? null,
      storageBytes: metrics?.storageBytes ?? null,
      etcdMemberId: member?.id ?? null,
      etcdHasLeader: member?.hasLeader ?? null,
      etcdDbBytes: member?.dbBytes ?? null,
      etcdInUseBytes: member?.inUseBytes ?? null,
      etcdQuotaBytes: member?.quotaBytes ?? null,
      etcdLeaderChanges: member?.leaderChanges ?? null,
      etcdIsLearner: member?.isLearner ?? null,
      etcdAlarms:
        member?.alarms?.map(({ member: id, alarm }) => `${alarm} of ${id}`).join(', ') ?? null,
      etcdMembers: member?.peers?.map(({ id, name }) => name || id).join(', ') ?? null,
      etcdClusterId: member?.clusterId ?? null,
      etcdOf: component.kind === 'etcd' ? (component.belongs?.group ?? 'main') : null,
      etcdSharedBy: component.belongs?.sharedBy?.map(({ cluster }) => cluster).join(', ') ?? null,
      membership: component.belongs?.is ?? null,
      membershipBy: component.belongs?.by ?? null,
      raftTerm: member?.term ?? null,
      raftIndex: member?.committed ?? null,
      raftAppliedIndex: member?.applied ?? null,
      raftLag: member ? component.raftLag : null,
      fsyncP99Ms: member?.fsyncP99Ms ?? null,
      commitP99Ms: member?.commitP99Ms ?? null,
    },
  };
}

const sumOf = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a === null || a === undefined || b === null || b === undefined ? null : a + b;

const toGroup = ({ name, up, members, atLeast }: GroupState): GroupJson => ({
  name,
  up,
  total: members.length,
  atLeast,
});

const toProblem = (problem: Problem): ProblemJson => ({
  id: problem.id,
  rule: problem.rule,
  severity: problem.severity,
  subject: problem.subject,
  title: problem.title,
  since: isoTime(problem.since),
  cause: problem.cause,
  consequences: problem.consequences,
  evidence: problem.evidence,
  hint: problem.hint,
  acknowledged: false,
});
