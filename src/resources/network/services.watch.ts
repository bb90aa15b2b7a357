import type { KubeService } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, numberAt, textAt } from '../../parse/json-fields.ts';
import { readLabels } from '../../parse/object-meta.ts';
import { readNamespaced } from './named.ts';

/** The services of a cluster: `v1` Service. */
export const servicesWatch: ClusterWatch<'services'> = {
  feed: 'services',
  group: '',
  versions: ['v1'],
  resource: 'services',
  namespaced: true,
  maxObjects: 20_000,
  shows: 'the services',
  project: (object): KubeService | undefined => {
    const named = readNamespaced(object);
    return (
      named && {
        ...named,
        type: textAt(object, 'spec', 'type') ?? 'ClusterIP',
        clusterIp: textAt(object, 'spec', 'clusterIP'),
        selector: readLabels(object, 'spec', 'selector'),
        ports: listAt(object, 'spec', 'ports').map(
          (port) => `${numberAt(port, 'port') ?? '?'}/${textAt(port, 'protocol') ?? 'TCP'}`,
        ),
        addresses: readIngress(object),
      }
    );
  },
};

/** `status.loadBalancer.ingress` of a Service or an Ingress. */
export const readIngress = (object: unknown): readonly string[] =>
  listAt(object, 'status', 'loadBalancer', 'ingress').flatMap(
    (entry) => textAt(entry, 'ip') ?? textAt(entry, 'hostname') ?? [],
  );
