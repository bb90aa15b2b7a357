import type { KubeObject } from '../object.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';
import { seededMeta } from './seeded-meta.ts';

type Ingress = KubeObject & {
  readonly spec: {
    readonly ingressClassName?: string;
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly unknown[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
};

/** As `printIngress` of the API server prints it. */
export const ingresses = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Class',
      type: 'string',
      description: 'The name of the IngressClass resource that should be used for this Ingress',
      cell: ({ spec }) => spec.ingressClassName ?? '<none>',
    },
    {
      name: 'Hosts',
      type: 'string',
      description: 'Hosts that incoming requests are matched against before the ingress rule',
      cell: ({ spec }) => (spec.rules ?? []).map(({ host }) => host ?? '*').join(',') || '*',
    },
    {
      name: 'Address',
      type: 'string',
      description: 'Address is a list containing ingress points for the load-balancer',
      cell: ({ status }) =>
        (status?.loadBalancer?.ingress ?? [])
          .flatMap(({ ip, hostname }) => ip ?? hostname ?? [])
          .join(','),
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of TLS configurations that open',
      cell: ({ spec }) => ((spec.tls ?? []).length > 0 ? '80, 443' : '80'),
    },
    ageColumn,
  ],
  fields: {},
  seed: (model) => [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: seededMeta(model, 'Ingress', 'audiobookshelf', 57, 'media'),
      spec: {
        ingressClassName: 'cilium',
        rules: [
          {
            host: 'books.k8s.lab',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'audiobookshelf', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
        tls: [{ hosts: ['books.k8s.lab'], secretName: 'audiobookshelf-tls' }],
      },
      status: { loadBalancer: { ingress: [{ ip: '10.127.64.20', ipMode: 'VIP' }] } },
    },
  ],
});
