import type { EndpointSlice } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, textAt, valueAt } from '../../parse/json-fields.ts';
import { readNamespaced } from './named.ts';

/**
 * The endpoints behind the services: `discovery.k8s.io/v1` EndpointSlice. One whose `ready` is left out is ready, as
 * the API's description says.
 */
export const endpointSlicesWatch: ClusterWatch<'endpointSlices'> = {
  feed: 'endpointSlices',
  group: 'discovery.k8s.io',
  versions: ['v1'],
  resource: 'endpointslices',
  namespaced: true,
  maxObjects: 20_000,
  shows: 'the endpoints of services',
  project: (object): EndpointSlice | undefined => {
    const named = readNamespaced(object);
    if (!named) return undefined;
    const endpoints = listAt(object, 'endpoints');
    const unready = endpoints.filter(
      (endpoint) => valueAt(endpoint, 'conditions', 'ready') === false,
    );
    return {
      namespace: named.namespace,
      name: named.name,
      service: textAt(object, 'metadata', 'labels', 'kubernetes.io/service-name'),
      ready: endpoints.length - unready.length,
      total: endpoints.length,
      unreadyPods: unready.flatMap((endpoint) =>
        textAt(endpoint, 'targetRef', 'kind') === 'Pod'
          ? (textAt(endpoint, 'targetRef', 'name') ?? [])
          : [],
      ),
    };
  },
};
