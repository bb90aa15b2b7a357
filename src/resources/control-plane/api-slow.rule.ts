import type { LabRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { inClusters, placeText } from './clusters.ts';

/** An API server that takes long to say that it is ready, or that says that it has too much to do. */
export const apiSlow: LabRule = {
  id: 'api.slow',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 15,
  limits: THRESHOLDS['api.slow'],
  check: (inventory, now, { limits, raised }) =>
    inClusters(inventory, now, (_, components) =>
      components
        .filter(({ kind }) => kind === 'kube-apiserver')
        .flatMap((component) => {
          const { direct, ref } = component;
          if (direct?.fresh !== true) return [];
          const isOverloaded = direct.state === 'overloaded';
          const level =
            direct.latencyMs === null
              ? null
              : levelOf(direct.latencyMs, 'above', limits, raised(ref));
          if (!isOverloaded && level === null) return [];
          const { metrics } = direct;
          return [
            {
              subject: ref,
              severity: level ?? ('warning' as const),
              title: isOverloaded
                ? `overloaded: ${direct.error?.message ?? 'it turns requests away'}`
                : `takes ${direct.latencyMs ?? 0}ms to answer`,
              evidence: {
                latencyMs: direct.latencyMs,
                state: direct.state,
                requestP99Ms: metrics?.requestP99Ms ?? null,
                etcdP99Ms: metrics?.etcdP99Ms ?? null,
                inflightReadOnly: metrics?.inflightReadOnly ?? null,
                inflightMutating: metrics?.inflightMutating ?? null,
                rejectedPerMinute: metrics?.rejectedPerMinute ?? null,
                place: placeText(component),
                from: `GET https://${direct.address}/readyz and /metrics`,
              },
              hint:
                (metrics?.etcdP99Ms ?? 0) > (metrics?.requestP99Ms ?? Infinity) / 2
                  ? 'most of the time goes to etcd: see its disks'
                  : 'see which resource multiplies: tab objects',
            },
          ];
        }),
    ),
};
