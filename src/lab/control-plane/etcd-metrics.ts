/** What a member tells of itself. */
export type EtcdMeasurements = {
  readonly id: string;
  readonly dbBytes: number;
  readonly inUseBytes: number;
  readonly quotaBytes: number;
  readonly committed: number;
  readonly applied: number;
  readonly hasLeader: boolean;
  readonly isLeader: boolean;
  readonly leaderChanges: number;
  readonly syncs: number;
  readonly slowSyncs: number;
  readonly peers: readonly string[];
};

export const ETCD_VERSION = '3.5.21';

/** Shares of syncs that take at most so many seconds, on a good disk and on a bad one. */
const BUCKETS: readonly (readonly [le: number, good: number, slow: number])[] = [
  [0.001, 0.61, 0],
  [0.002, 0.93, 0.02],
  [0.004, 0.988, 0.11],
  [0.008, 0.9991, 0.3],
  [0.016, 1, 0.52],
  [0.032, 1, 0.7],
  [0.064, 1, 0.84],
  [0.128, 1, 0.93],
  [0.256, 1, 0.975],
  [0.512, 1, 0.995],
  [1.024, 1, 1],
  [2.048, 1, 1],
  [4.096, 1, 1],
  [8.192, 1, 1],
];

/** `/metrics` of an etcd member, https://etcd.io/docs/v3.5/metrics/: what a console reads, and some of what it does not. */
export function renderEtcdMetrics(measured: EtcdMeasurements): string {
  const lines: string[] = [];
  const family = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    samples: readonly (readonly [labels: string, value: number])[],
  ): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labels} ${number(value)}`);
  };
  const gauge = (name: string, help: string, value: number): void =>
    family(name, 'gauge', help, [['', value]]);
  const counter = (name: string, help: string, value: number): void =>
    family(name, 'counter', help, [['', value]]);

  family('etcd_cluster_version', 'gauge', 'Which version is running. 1 for label.', [
    ['{cluster_version="3.5"}', 1],
  ]);
  histogram(
    lines,
    'etcd_disk_backend_commit_duration_seconds',
    'The latency distributions of commit called by backend.',
    Math.floor(measured.syncs / 8),
    Math.floor(measured.slowSyncs / 8),
  );
  histogram(
    lines,
    'etcd_disk_wal_fsync_duration_seconds',
    'The latency distributions of fsync called by WAL.',
    measured.syncs,
    measured.slowSyncs,
  );
  gauge(
    'etcd_mvcc_db_total_size_in_bytes',
    'Total size of the underlying database physically allocated in bytes.',
    measured.dbBytes,
  );
  gauge(
    'etcd_mvcc_db_total_size_in_use_in_bytes',
    'Total size of the underlying database logically in use in bytes.',
    measured.inUseBytes,
  );
  family(
    'etcd_network_peer_sent_bytes_total',
    'counter',
    'The total number of bytes sent to peers.',
    measured.peers.map((peer) => [`{To="${peer}"}`, measured.committed * 412]),
  );
  gauge(
    'etcd_server_has_leader',
    'Whether or not a leader exists. 1 is existence, 0 is not.',
    Number(measured.hasLeader),
  );
  family('etcd_server_id', 'gauge', 'Server or member ID in hexadecimal format. 1 for label.', [
    [`{server_id="${measured.id}"}`, 1],
  ]);
  gauge(
    'etcd_server_is_leader',
    'Whether or not this member is a leader. 1 if is, 0 otherwise.',
    Number(measured.isLeader),
  );
  gauge(
    'etcd_server_is_learner',
    'Whether or not this member is a learner. 1 if is, 0 otherwise.',
    0,
  );
  counter(
    'etcd_server_leader_changes_seen_total',
    'The number of leader changes seen.',
    measured.leaderChanges,
  );
  gauge(
    'etcd_server_proposals_applied_total',
    'The total number of consensus proposals applied.',
    measured.applied,
  );
  gauge(
    'etcd_server_proposals_committed_total',
    'The total number of consensus proposals committed.',
    measured.committed,
  );
  counter(
    'etcd_server_proposals_failed_total',
    'The total number of failed proposals seen.',
    measured.hasLeader ? 0 : 3,
  );
  gauge(
    'etcd_server_proposals_pending',
    'The current number of pending proposals to commit.',
    measured.hasLeader ? 0 : 4,
  );
  gauge(
    'etcd_server_quota_backend_bytes',
    'Current backend storage quota size in bytes.',
    measured.quotaBytes,
  );
  family('etcd_server_version', 'gauge', 'Which version is running. 1 for label.', [
    [`{server_version="${ETCD_VERSION}"}`, 1],
  ]);
  family('go_info', 'gauge', 'Information about the Go environment.', [
    ['{version="go1.23.7"}', 1],
  ]);
  gauge('go_goroutines', 'Number of goroutines that currently exist.', 143);
  return `${lines.join('\n')}\n`;
}

/** As prometheus/client_golang prints a float. */
const number = (value: number): string => {
  if (Math.abs(value) < 1e6 || !Number.isInteger(value)) return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e+');
  return `${mantissa}e+${exponent.padStart(2, '0')}`;
};

function histogram(
  lines: string[],
  name: string,
  help: string,
  count: number,
  slowCount: number,
): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`);
  const goodCount = count - slowCount;
  let sum = 0;
  let before = 0;
  for (const [le, good, slow] of BUCKETS) {
    const upTo = Math.round(goodCount * good + slowCount * slow);
    sum += (upTo - before) * le * 0.7;
    before = upTo;
    lines.push(`${name}_bucket{le="${le}"} ${number(upTo)}`);
  }
  lines.push(`${name}_bucket{le="+Inf"} ${number(count)}`);
  lines.push(`${name}_sum ${sum.toFixed(6)}`, `${name}_count ${number(count)}`);
}
