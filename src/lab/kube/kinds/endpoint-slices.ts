import { sliceOf, type Selecting } from '../endpoints.ts';
import type { Draft, KubeObject } from '../object.ts';
import type { Pod } from '../pod.ts';
import type { Store } from '../store.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';
import { pods } from './pods.ts';
import { services } from './services.ts';

type EndpointSlice = KubeObject & {
  readonly addressType: string;
  readonly endpoints: readonly {
    readonly addresses: readonly string[];
    readonly conditions: { readonly ready: boolean };
  }[];
  readonly ports?: readonly {
    readonly name: string;
    readonly port: number;
    readonly protocol: string;
  }[];
};

export const endpointSlices = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  shortNames: [],
  namespaced: true,
  generation: true,
  subresources: [],
  columns: [
    nameColumn,
    {
      name: 'AddressType',
      type: 'string',
      description: 'addressType specifies the type of address carried by this EndpointSlice.',
      cell: ({ addressType }) => addressType,
    },
    {
      name: 'Ports',
      type: 'string',
      description:
        'ports specifies the list of network ports exposed by each endpoint in this slice.',
      cell: ({ ports = [] }) => ports.map(({ port }) => port).join(',') || '<unset>',
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'endpoints is a list of unique endpoints in this slice.',
      cell: ({ endpoints }) =>
        endpoints.flatMap(({ addresses }) => addresses).join(',') || '<unset>',
    },
    ageColumn,
  ],
  fields: {},
  seed: (model) => {
    const present = pods.seed(model) as readonly (Draft & Pod)[];
    return (services.seed(model) as readonly (Draft & Selecting)[])
      .filter(({ spec }) => spec?.selector !== undefined)
      .map((service) => {
        const slice = sliceOf(service, present);
        return {
          ...slice,
          metadata: {
            ...slice.metadata,
            creationTimestamp: service.metadata.creationTimestamp ?? model.ago(0),
          },
        };
      });
  },
});

const RESOURCE = 'endpointslices.discovery.k8s.io';
const LABELS = { 'kubernetes.io/service-name': 'kubernetes' };

/**
 * Makes the API servers that serve the endpoints of the service `kubernetes`. Each has a slice of its own: on loopback
 * they differ in their ports, and the ports of a slice are those of all its endpoints.
 */
export function publishInstances(
  store: Store,
  instances: readonly { readonly name: string; readonly port: number }[],
): void {
  const wanted = new Map(instances.map((instance) => [`kubernetes-${instance.name}`, instance]));
  const present = store
    .list(RESOURCE, 'default')
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'kubernetes')
    .map(({ metadata }) => metadata.name);
  for (const name of present) if (!wanted.has(name)) store.remove(RESOURCE, 'default', name);
  for (const [name, { port }] of wanted)
    if (!present.includes(name)) store.create(RESOURCE, instanceSlice(name, port));
}

const instanceSlice = (name: string, port: number): Draft => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: LABELS },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
  ports: [{ name: 'https', port, protocol: 'TCP' }],
});
