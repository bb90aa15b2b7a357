import type { ApiServerSample, DeprecatedApi, LineReader } from '../../domain/control-plane.ts';
import type { Histogram } from '../../domain/histogram.ts';
import { sanitize } from '../../domain/text.ts';
import { parseSample } from '../../parse/exposition.ts';
import type { Sample } from '../../parse/exposition.ts';

/** The families that are read, of some thousand: https://kubernetes.io/docs/reference/instrumentation/metrics/ */
const WANTED =
  /^(?:process_resident_memory_bytes|process_start_time_seconds|apiserver_current_inflight_requests|apiserver_storage_size_bytes|apiserver_storage_db_total_size_in_bytes|apiserver_flowcontrol_rejected_requests_total|apiserver_requested_deprecated_apis|apiserver_request_duration_seconds_bucket|etcd_request_duration_seconds_bucket)[{ ]/;

/** Requests that last as long as their client wants. */
const LONG_RUNNING = /verb="(?:WATCH|CONNECT|WATCHLIST)"/;

/** Reads `/metrics` of an API server while it comes; nothing is kept but sums. */
export function createApiServerMetricsReader(): LineReader<ApiServerSample> {
  const numbers = new Map<string, number>();
  const request = new Map<number, number>();
  const etcd = new Map<number, number>();
  const deprecatedApis: DeprecatedApi[] = [];
  const add = <K>(to: Map<K, number>, key: K, value: number): void => {
    to.set(key, (to.get(key) ?? 0) + value);
  };

  function take({ name, labels, value }: Sample): void {
    switch (name) {
      case 'apiserver_request_duration_seconds_bucket':
        add(request, boundOf(labels['le']), value);
        return;
      case 'etcd_request_duration_seconds_bucket':
        add(etcd, boundOf(labels['le']), value);
        return;
      case 'apiserver_requested_deprecated_apis':
        if (value > 0)
          deprecatedApis.push({
            group: sanitize(labels['group'] ?? ''),
            version: sanitize(labels['version'] ?? ''),
            resource: sanitize(labels['resource'] ?? ''),
            removedRelease: sanitize(labels['removed_release'] ?? '') || null,
          });
        return;
      case 'apiserver_current_inflight_requests':
        add(numbers, `inflight ${labels['request_kind'] ?? ''}`, value);
        return;
      // Each of several etcd clusters has its own.
      default:
        add(numbers, name, value);
    }
  }

  return {
    push: (line) => {
      if (!WANTED.test(line) || LONG_RUNNING.test(line)) return;
      const sample = parseSample(line);
      if (sample) take(sample);
    },
    end: () => {
      const number = (name: string): number | null => numbers.get(name) ?? null;
      const started = number('process_start_time_seconds');
      return {
        residentBytes: number('process_resident_memory_bytes'),
        startedAt: started === null ? null : Math.round(started * 1000),
        inflightReadOnly: number('inflight readOnly'),
        inflightMutating: number('inflight mutating'),
        storageBytes:
          number('apiserver_storage_size_bytes') ??
          number('apiserver_storage_db_total_size_in_bytes'),
        rejected: number('apiserver_flowcontrol_rejected_requests_total'),
        requestSeconds: sorted(request),
        etcdSeconds: sorted(etcd),
        deprecatedApis,
      };
    },
  };
}

const boundOf = (le: string | undefined): number =>
  le === undefined || le === '+Inf' ? Infinity : Number(le);

const sorted = (buckets: ReadonlyMap<number, number>): Histogram =>
  [...buckets].toSorted(([a], [b]) => a - b);
