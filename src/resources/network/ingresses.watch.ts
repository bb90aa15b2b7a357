import type { Ingress } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, textAt } from '../../parse/json-fields.ts';
import { readNamespaced } from './named.ts';
import { readIngress } from './services.watch.ts';

/** The ingresses of a cluster: `networking.k8s.io/v1` Ingress. */
export const ingressesWatch: ClusterWatch<'ingresses'> = {
  feed: 'ingresses',
  group: 'networking.k8s.io',
  versions: ['v1'],
  resource: 'ingresses',
  namespaced: true,
  maxObjects: 20_000,
  shows: 'the ingresses',
  project: (object): Ingress | undefined => {
    const named = readNamespaced(object);
    return (
      named && {
        ...named,
        className: textAt(object, 'spec', 'ingressClassName'),
        hosts: listAt(object, 'spec', 'rules').map((rule) => textAt(rule, 'host') ?? '*'),
        addresses: readIngress(object),
      }
    );
  },
};
