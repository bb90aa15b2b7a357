import { resourceOf } from './kinds/kind.ts';
import type { Store } from './store.ts';

/** Requests by verb, resource and code, as an instance counts them. */
export type RequestCounts = Map<string, number>;

/** What one instance knows of itself. */
export type Measurements = {
  readonly store: Store;
  readonly requests: RequestCounts;
  readonly watches: number;
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** Lines that a scenario has set, by name with labels. */
  readonly set: ReadonlyMap<string, number>;
};

/**
 * What an API server takes for each object, in all its watch caches and answers: with 200,000 replicas one was seen
 * at 12 GB.
 */
export const BYTES_PER_OBJECT = 46_000;

type Sample = readonly [name: string, value: number];
type Family = {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
};

/** `/metrics` in the Prometheus text format: the families of a kube-apiserver that a console reads. */
export function renderMetrics(measured: Measurements): string {
  const given = new Map(measured.set);
  const lines: string[] = [];
  for (const { name, type, help, samples } of families(measured)) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [sample, value] of samples) {
      lines.push(`${sample} ${number(given.get(sample) ?? value)}`);
      given.delete(sample);
    }
    for (const [sample, value] of given) {
      if (sample.replace(/\{.*/u, '') !== name) continue;
      lines.push(`${sample} ${number(value)}`);
      given.delete(sample);
    }
  }
  for (const [sample, value] of given) lines.push(`${sample} ${number(value)}`);
  return `${lines.join('\n')}\n`;
}

const number = (value: number): string =>
  value >= 1e21 || (value !== 0 && Math.abs(value) < 1e-6) ? value.toExponential() : String(value);

function families({
  store,
  requests,
  watches,
  startedAtMs,
  nowMs,
}: Measurements): readonly Family[] {
  const stored = store.kinds.filter(({ sameObjectsAs }) => !sameObjectsAs);
  const counts = stored.map((kind) => ({
    kind,
    resource: resourceOf(kind),
    count: store.count(resourceOf(kind)),
  }));
  const objects = counts.reduce((sum, { count }) => sum + count, 0);
  return [
    family(
      'apiserver_resource_objects',
      'gauge',
      '[ALPHA] Number of stored objects at the time of last check split by kind.',
      counts.map(({ kind, count }) => [
        `apiserver_resource_objects{group="${kind.group}",resource="${kind.plural}"}`,
        count,
      ]),
    ),
    family(
      'apiserver_storage_objects',
      'gauge',
      '[STABLE] Number of stored objects at the time of last check split by kind.',
      counts.map(({ resource, count }) => [
        `apiserver_storage_objects{resource="${resource}"}`,
        count,
      ]),
    ),
    family(
      'apiserver_storage_size_bytes',
      'gauge',
      '[STABLE] Size of the storage database file physically allocated in bytes.',
      [['apiserver_storage_size_bytes{storage_cluster_id="etcd-0"}', 48_000_000 + objects * 6_000]],
    ),
    family(
      'apiserver_request_total',
      'counter',
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      [...requests].map(([labels, count]) => [`apiserver_request_total{${labels}}`, count]),
    ),
    family(
      'apiserver_longrunning_requests',
      'gauge',
      '[STABLE] Gauge of all active long-running apiserver requests.',
      [['apiserver_longrunning_requests{component="apiserver",verb="WATCH"}', watches]],
    ),
    family(
      'apiserver_current_inflight_requests',
      'gauge',
      '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      [
        ['apiserver_current_inflight_requests{request_kind="mutating"}', 1],
        ['apiserver_current_inflight_requests{request_kind="readOnly"}', 2],
      ],
    ),
    family(
      'apiserver_flowcontrol_rejected_requests_total',
      'counter',
      '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
      [
        [
          'apiserver_flowcontrol_rejected_requests_total{flow_schema="global-default",priority_level="global-default",reason="queue-full"}',
          0,
        ],
      ],
    ),
    family(
      'apiserver_terminated_watchers_total',
      'counter',
      '[ALPHA] Counter of watchers closed due to unresponsiveness broken by resource type.',
      [],
    ),
    family(
      'apiserver_admission_webhook_rejection_count',
      'counter',
      '[ALPHA] Admission webhook rejection count, identified by name and broken out for each admission type (validating or admit) and operation.',
      [],
    ),
    family(
      'apiserver_requested_deprecated_apis',
      'gauge',
      '[STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
      [],
    ),
    family(
      'etcd_request_errors_total',
      'counter',
      '[ALPHA] Etcd failed request counts for each operation and object type.',
      [],
    ),
    family('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', [
      ['process_resident_memory_bytes', 620_000_000 + objects * BYTES_PER_OBJECT],
    ]),
    family(
      'process_start_time_seconds',
      'gauge',
      'Start time of the process since unix epoch in seconds.',
      [['process_start_time_seconds', Math.floor(startedAtMs / 1000)]],
    ),
    family(
      'process_cpu_seconds_total',
      'counter',
      'Total user and system CPU time spent in seconds.',
      [['process_cpu_seconds_total', Math.floor((nowMs - startedAtMs) / 100) / 100]],
    ),
  ];
}

const family = (
  name: string,
  type: Family['type'],
  help: string,
  samples: readonly Sample[],
): Family => ({ name, type, help, samples });
