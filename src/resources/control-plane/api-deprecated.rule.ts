import type { DeprecatedApi } from '../../domain/control-plane.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import type { LabRule } from '../../domain/problem.ts';
import { resourceRef } from '../../domain/ref.ts';
import { inClusters } from './clusters.ts';

/**
 * Somebody asks for an API that a later release does not serve any more. The server counts it only while it serves it:
 * this is told before the upgrade, or never.
 */
export const apiDeprecated: LabRule = {
  id: 'api.deprecated',
  scope: 'lab',
  severity: 'info',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (cluster, components) => {
      const asked = new Map<string, { readonly api: DeprecatedApi; readonly servers: string[] }>();
      for (const { name, direct, kind } of components) {
        if (kind !== 'kube-apiserver') continue;
        for (const api of direct?.metrics?.deprecatedApis ?? []) {
          const key = nameOf(api);
          const known = asked.get(key);
          if (known) known.servers.push(name);
          else asked.set(key, { api, servers: [name] });
        }
      }
      return [...asked].flatMap(([key, { api, servers }]) =>
        api.removedRelease === null
          ? []
          : [
              {
                subject: resourceRef(cluster.name, key),
                severity: isNext(api.removedRelease, cluster)
                  ? ('warning' as const)
                  : ('info' as const),
                title: `is still asked for, and ${api.removedRelease} serves it no more`,
                evidence: {
                  api: key,
                  removedRelease: api.removedRelease,
                  version: cluster.version,
                  apiServers: servers.join(', '),
                  from: '/metrics apiserver_requested_deprecated_apis',
                },
                hint: 'find who asks for it in the audit log, and upgrade that before the cluster',
              },
            ],
      );
    }),
};

const nameOf = ({ resource, group, version }: DeprecatedApi): string =>
  [resource, version, group].filter((part) => part !== '').join('.');

/** Whether the next minor release, or one before it, is without it. */
function isNext(removedRelease: string, { version }: ClusterInventory): boolean {
  const minor = (text: string): number => Number(/^v?1\.([0-9]+)/.exec(text)?.[1] ?? Number.NaN);
  return minor(removedRelease) <= minor(version ?? '') + 1;
}
