import {
  endpointsOf,
  isScaledToZero,
  needsEndpoints,
  workloadsBehind,
} from '../../domain/network.ts';
import type { ClusterRule } from '../../domain/problem.ts';
import { objectRef } from '../../domain/ref.ts';

/**
 * A service whose pods are all not ready, or which has none although a workload is to give it some. What nobody ever
 * stood behind is told as information only, what was scaled to nothing not at all.
 */
export const serviceNoendpoints: ClusterRule<'services' | 'endpointSlices'> = {
  id: 'service.noendpoints',
  scope: 'cluster',
  severity: 'warning',
  // As long as a pod that is started anew may take.
  holdSeconds: 30,
  needs: ['services', 'endpointSlices'],
  check: ({ services, endpointSlices }, cluster) =>
    [...services.byKey.values()].flatMap((service) => {
      if (!needsEndpoints(service)) return [];
      const { namespace, name, selector } = service;
      const { ready, total } = endpointsOf(endpointSlices, namespace, name);
      if (ready > 0) return [];
      const behind = workloadsBehind(cluster, service);
      if (isScaledToZero(behind)) return [];
      const selects = Object.entries(selector)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      return [
        {
          subject: objectRef(cluster.name, 'Service', namespace, name),
          title:
            total > 0
              ? `none of its ${total} endpoints is ready`
              : behind.length > 0
                ? 'no pod is behind it'
                : 'its selector finds nothing',
          severity: total === 0 && behind.length === 0 ? ('info' as const) : ('warning' as const),
          evidence: {
            ready,
            endpoints: total,
            selector: selects,
            behind: behind.map(({ kind, name: workload }) => `${kind}/${workload}`).join(', '),
            type: service.type,
            ports: service.ports.join(', '),
            from: 'GET /apis/discovery.k8s.io/v1/endpointslices',
          },
          hint: `see the pods that it selects: kubectl -n ${namespace} get pods -l ${selects}`,
        },
      ];
    }),
};
