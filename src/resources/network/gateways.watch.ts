import type { Gateway } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, numberAt, textAt } from '../../parse/json-fields.ts';
import { readConditions } from '../../parse/object-meta.ts';
import { readNamespaced } from './named.ts';

/** The gateways of a cluster: `gateway.networking.k8s.io` Gateway, conditions as its API reference has them. */
export const gatewaysWatch: ClusterWatch<'gateways'> = {
  feed: 'gateways',
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1'],
  resource: 'gateways',
  namespaced: true,
  maxObjects: 20_000,
  shows: 'the gateways',
  project: (object): Gateway | undefined => {
    const named = readNamespaced(object);
    return (
      named && {
        ...named,
        className: textAt(object, 'spec', 'gatewayClassName'),
        addresses: listAt(object, 'status', 'addresses').flatMap(
          (address) => textAt(address, 'value') ?? [],
        ),
        conditions: readConditions(object, 'status', 'conditions'),
        listeners: listAt(object, 'status', 'listeners').map((listener) => ({
          name: textAt(listener, 'name') ?? '',
          attachedRoutes: numberAt(listener, 'attachedRoutes'),
          conditions: readConditions(listener, 'conditions'),
        })),
      }
    );
  },
};
