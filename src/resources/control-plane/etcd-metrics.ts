import { histogramSince, quantile } from '../../domain/histogram.ts';
import type { Histogram } from '../../domain/histogram.ts';
import { ownText } from '../../domain/own-text.ts';
import { sanitize } from '../../domain/text.ts';
import type { EtcdMember } from '../../domain/zone-component.ts';
import { parseSample } from '../../parse/exposition.ts';
import type { EtcdApi } from './etcd-api.ts';

/** `/metrics` of an etcd member, as far as it is shown; null when there is nothing of etcd in it. */
export function parseEtcdMetrics(lines: readonly string[]): EtcdMember | null {
  const numbers = new Map<string, number>();
  const texts = new Map<string, string>();
  const fsync: [number, number][] = [];
  const commit: [number, number][] = [];
  for (const line of lines) {
    if (!line.startsWith('etcd_')) continue;
    const sample = parseSample(line);
    // No count or size is without end.
    if (!sample || !Number.isFinite(sample.value)) continue;
    const { name, labels, value } = sample;
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    if (name === 'etcd_disk_wal_fsync_duration_seconds_bucket') fsync.push([bound, value]);
    else if (name === 'etcd_disk_backend_commit_duration_seconds_bucket')
      commit.push([bound, value]);
    else if (name === 'etcd_server_id')
      texts.set('id', sanitize(labels['server_id'] ?? '').replace(/^0+/, ''));
    else if (name === 'etcd_server_version')
      texts.set('version', sanitize(labels['server_version'] ?? ''));
    else numbers.set(name, value);
  }
  if (numbers.size === 0) return null;
  const number = (name: string): number | null => numbers.get(`etcd_${name}`) ?? null;
  const flag = (name: string): boolean | null => {
    const value = number(name);
    return value === null ? null : value === 1;
  };
  return {
    ...UNTOLD,
    id: ownText(texts.get('id') ?? '') || null,
    version: texts.get('version') || null,
    hasLeader: flag('server_has_leader'),
    isLeader: flag('server_is_leader'),
    isLearner: flag('server_is_learner'),
    leaderChanges: number('server_leader_changes_seen_total'),
    // The second is its name before 3.4.
    dbBytes:
      number('mvcc_db_total_size_in_bytes') ?? number('debugging_mvcc_db_total_size_in_bytes'),
    inUseBytes: number('mvcc_db_total_size_in_use_in_bytes'),
    quotaBytes: number('server_quota_backend_bytes'),
    committed: number('server_proposals_committed_total'),
    applied: number('server_proposals_applied_total'),
    pending: number('server_proposals_pending'),
    failed: number('server_proposals_failed_total'),
    fsyncSeconds: rising(fsync),
    commitSeconds: rising(commit),
  };
}

/** A member of which nothing is told. */
const UNTOLD: EtcdMember = {
  id: null,
  version: null,
  hasLeader: null,
  isLeader: null,
  isLearner: null,
  clusterId: null,
  leaderId: null,
  term: null,
  alarms: null,
  peers: null,
  apiReason: null,
  leaderChanges: null,
  newLeaderChanges: null,
  dbBytes: null,
  inUseBytes: null,
  quotaBytes: null,
  committed: null,
  applied: null,
  pending: null,
  failed: null,
  fsyncSeconds: [],
  commitSeconds: [],
  fsyncP99Ms: null,
  commitP99Ms: null,
};

/** A member by its metrics and by what it answers its clients, of which the latter is newer and of one moment. */
export function joinEtcd(metrics: EtcdMember | null, api: EtcdApi | null): EtcdMember | null {
  if (api === null || (metrics === null && api.id === null && api.apiReason === null))
    return metrics;
  const base = metrics ?? UNTOLD;
  // A status without a leader is told too.
  const isTold = api.alarms !== null;
  return {
    ...base,
    id: api.id ?? base.id,
    version: api.version ?? base.version,
    hasLeader: isTold ? api.leaderId !== null : base.hasLeader,
    isLeader: isTold ? api.leaderId !== null && api.leaderId === api.id : base.isLeader,
    isLearner: api.isLearner ?? base.isLearner,
    clusterId: api.clusterId,
    leaderId: api.leaderId,
    term: api.term,
    alarms: api.alarms,
    peers: api.peers,
    apiReason: api.apiReason,
    ...(api.isByCtl && { isByCtl: true }),
    dbBytes: api.dbBytes ?? base.dbBytes,
    inUseBytes: api.inUseBytes ?? base.inUseBytes,
    quotaBytes: base.quotaBytes ?? api.quotaBytes,
    committed: api.raftIndex ?? base.committed,
    applied: api.appliedIndex ?? base.applied,
  };
}

const rising = (buckets: readonly (readonly [number, number])[]): Histogram =>
  buckets.filter(([bound]) => !Number.isNaN(bound)).toSorted(([a], [b]) => a - b);

/** The member with what has become of it since the answer before; a process that began anew has none before. */
export function sinceBefore(before: EtcdMember | null, after: EtcdMember): EtcdMember {
  if (!before || before.id !== after.id) return after;
  const p99 = (name: 'fsyncSeconds' | 'commitSeconds'): number | null => {
    const seconds = quantile(histogramSince(before[name], after[name]), 0.99);
    return seconds === null ? null : seconds * 1000;
  };
  return {
    ...after,
    newLeaderChanges:
      before.leaderChanges === null || after.leaderChanges === null
        ? null
        : after.leaderChanges < before.leaderChanges
          ? after.leaderChanges
          : after.leaderChanges - before.leaderChanges,
    fsyncP99Ms: p99('fsyncSeconds'),
    commitP99Ms: p99('commitSeconds'),
  };
}
