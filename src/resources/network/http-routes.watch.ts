import type { HttpRoute } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, textAt, textsAt } from '../../parse/json-fields.ts';
import { readConditions } from '../../parse/object-meta.ts';
import { readNamespaced } from './named.ts';

/** The HTTP routes of a cluster: `gateway.networking.k8s.io` HTTPRoute; a parent without a namespace is in its own. */
export const httpRoutesWatch: ClusterWatch<'httpRoutes'> = {
  feed: 'httpRoutes',
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1'],
  resource: 'httproutes',
  namespaced: true,
  maxObjects: 20_000,
  shows: 'the HTTP routes',
  project: (object): HttpRoute | undefined => {
    const named = readNamespaced(object);
    return (
      named && {
        ...named,
        hostnames: textsAt(object, 'spec', 'hostnames'),
        parents: listAt(object, 'status', 'parents').map((parent) => ({
          kind: textAt(parent, 'parentRef', 'kind') ?? 'Gateway',
          namespace: textAt(parent, 'parentRef', 'namespace') ?? named.namespace,
          name: textAt(parent, 'parentRef', 'name') ?? '',
          conditions: readConditions(parent, 'conditions'),
        })),
      }
    );
  },
};
