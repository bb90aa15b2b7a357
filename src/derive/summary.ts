import { fresh, lastKnown } from '../domain/feed.ts';
import type { ClusterInventory, HostInventory, Inventory } from '../domain/inventory.ts';
import { vlansOf, vmsOf, zoneSign, zonesFresh, zonesOf } from '../domain/joined.ts';
import type { Zone, ZoneSign } from '../domain/joined.ts';
import type { Problem, Severity } from '../domain/problem.ts';
import { refKind, refPath } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Sign } from '../domain/view.ts';
import { countPods } from './pods.ts';

/** Zones or VMs by what is known of them; the parts add up to `total`. */
export type ZoneCounts = {
  readonly total: number;
  readonly running: number;
  /** Their host does not answer, or says a word that is not known. */
  readonly unknown: number;
  /** On purpose: not running, and not meant to start by itself. */
  readonly off: number;
  readonly changing: number;
  readonly down: number;
};

export type ClusterSummary = {
  readonly name: string;
  readonly state: Sign;
  readonly version: string | null;
  readonly latencyMs: number | null;
  /** null when it was never listed. */
  readonly nodes: { readonly ready: number; readonly total: number } | null;
  readonly pods: {
    readonly running: number;
    readonly total: number;
    readonly failing: number;
  } | null;
};

/** The figures of headers. */
export type Summary = {
  readonly hosts: { readonly up: number; readonly total: number };
  readonly zones: ZoneCounts;
  readonly vms: ZoneCounts;
  readonly vlans: number;
  /** Roots only; what they explain is in `folded`. */
  readonly problems: Readonly<Record<Severity, number>>;
  readonly folded: number;
  /** Hosts and clusters that give no data; while there is one, nothing is all green. */
  readonly blind: readonly string[];
  readonly clusters: readonly ClusterSummary[];
};

export function summarize(
  inventory: Inventory,
  problems: readonly Problem[],
  now: EpochMs,
): Summary {
  const roots = problems.filter(({ cause }) => cause === null);
  const bySeverity = (severity: Severity): number =>
    roots.filter((problem) => problem.severity === severity).length;
  const sources = [...inventory.hosts, ...inventory.clusters];
  return {
    hosts: {
      up: inventory.hosts.filter(({ source }) => source.state === 'up').length,
      total: inventory.hosts.length,
    },
    zones: countZones(inventory.hosts, zonesOf, now),
    vms: countZones(inventory.hosts, vmsOf, now),
    vlans: vlansOf(inventory).length,
    problems: {
      critical: bySeverity('critical'),
      warning: bySeverity('warning'),
      info: bySeverity('info'),
    },
    folded: roots.reduce((sum, { consequences }) => sum + consequences, 0),
    blind: sources.filter(({ source }) => source.state !== 'up').map(({ name }) => name),
    clusters: inventory.clusters.map((cluster) => summarizeCluster(cluster, problems, now)),
  };
}

const BUCKETS: Readonly<Record<ZoneSign, Exclude<keyof ZoneCounts, 'total'>>> = {
  ok: 'running',
  off: 'off',
  changing: 'changing',
  down: 'down',
  unknown: 'unknown',
};

function countZones(
  hosts: readonly HostInventory[],
  pick: (host: HostInventory) => readonly Zone[],
  now: EpochMs,
): ZoneCounts {
  const counts = { total: 0, running: 0, unknown: 0, off: 0, changing: 0, down: 0 };
  for (const host of hosts) {
    const isFresh = zonesFresh(host, now);
    for (const zone of pick(host)) {
      counts.total += 1;
      counts[BUCKETS[zoneSign(zone, isFresh)]] += 1;
    }
  }
  return counts;
}

function summarizeCluster(
  cluster: ClusterInventory,
  problems: readonly Problem[],
  now: EpochMs,
): ClusterSummary {
  const nodes = lastKnown(cluster.feeds.nodes)?.value.byKey;
  const pods = lastKnown(cluster.feeds.pods)?.value;
  const counts = pods && countPods(pods);
  return {
    name: cluster.name,
    state: clusterState(cluster, problems, now),
    version: cluster.version,
    latencyMs: cluster.latencyMs,
    nodes: nodes
      ? {
          ready: [...nodes.values()].filter(({ ready }) => ready === 'True').length,
          total: nodes.size,
        }
      : null,
    pods: counts
      ? { running: counts.running, total: counts.total, failing: counts.failing.length }
      : null,
  };
}

/** The worst of a cluster: unknown when its API does not answer, else by its problems. */
export function clusterState(
  cluster: ClusterInventory,
  problems: readonly Problem[],
  now: EpochMs,
): Sign {
  if (cluster.source.state === 'connecting' && cluster.source.lastDataAt === null)
    return 'changing';
  if (cluster.source.state !== 'up' || fresh(cluster.feeds.nodes, now) === undefined)
    return 'unknown';
  const own = problems.filter(({ subject }) => {
    const kind = refKind(subject);
    const isOwn =
      kind === 'cluster' ||
      kind === 'node' ||
      kind === 'pod' ||
      kind === 'workload' ||
      kind === 'object' ||
      kind === 'storage' ||
      kind === 'kubevirt' ||
      kind === 'source';
    return isOwn && refPath(subject)[0] === cluster.name;
  });
  if (
    own.some(({ severity, subject }) => severity === 'critical' && refKind(subject) === 'cluster')
  )
    return 'down';
  if (own.some(({ severity }) => severity === 'critical')) return 'degraded';
  return own.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok';
}
