import { expect, test } from 'vitest';
import { createApiServerMetricsReader } from '../../../src/resources/control-plane/api-server-metrics.ts';

const TEXT = `# HELP process_resident_memory_bytes Resident memory size in bytes.
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 2.147483648e+09
process_start_time_seconds 1.7e+09
apiserver_current_inflight_requests{request_kind="mutating"} 3
apiserver_current_inflight_requests{request_kind="readOnly"} 11
apiserver_storage_size_bytes{storage_cluster_id="etcd-0"} 5e+07
apiserver_storage_size_bytes{storage_cluster_id="etcd-events"} 1e+07
apiserver_flowcontrol_rejected_requests_total{flow_schema="a",priority_level="b",reason="queue-full"} 4
apiserver_flowcontrol_rejected_requests_total{flow_schema="c",priority_level="b",reason="time-out"} 2
apiserver_requested_deprecated_apis{group="policy",removed_release="1.25",resource="podsecuritypolicies",subresource="",version="v1beta1"} 1
apiserver_requested_deprecated_apis{group="batch",removed_release="",resource="cronjobs",subresource="",version="v1beta1"} 0
apiserver_request_duration_seconds_bucket{verb="GET",resource="pods",le="0.1"} 90
apiserver_request_duration_seconds_bucket{verb="LIST",resource="pods",le="0.1"} 5
apiserver_request_duration_seconds_bucket{verb="GET",resource="pods",le="+Inf"} 100
apiserver_request_duration_seconds_bucket{verb="WATCH",resource="pods",le="+Inf"} 100000
etcd_request_duration_seconds_bucket{operation="get",type="pods",le="0.005"} 12
workqueue_depth{name="x"} 4
`;

test('keeps what is wanted of the metrics, summed up over what does not matter', () => {
  const reader = createApiServerMetricsReader();
  for (const line of TEXT.split('\n')) reader.push(line);
  expect(reader.end()).toEqual({
    residentBytes: 2_147_483_648,
    startedAt: 1_700_000_000_000,
    inflightReadOnly: 11,
    inflightMutating: 3,
    storageBytes: 60_000_000,
    rejected: 6,
    requestSeconds: [
      [0.1, 95],
      [Infinity, 100],
    ],
    etcdSeconds: [[0.005, 12]],
    deprecatedApis: [
      {
        group: 'policy',
        version: 'v1beta1',
        resource: 'podsecuritypolicies',
        removedRelease: '1.25',
      },
    ],
  });
});

test('what is not said is not known', () => {
  const reader = createApiServerMetricsReader();
  reader.push('<html>a proxy</html>');
  expect(reader.end()).toEqual({
    residentBytes: null,
    startedAt: null,
    inflightReadOnly: null,
    inflightMutating: null,
    storageBytes: null,
    rejected: null,
    requestSeconds: [],
    etcdSeconds: [],
    deprecatedApis: [],
  });
});
