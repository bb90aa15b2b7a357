import type { KubeObject } from '../object.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';
import { seededCondition, seededMeta } from './seeded-meta.ts';

const GROUP = 'gateway.networking.k8s.io';
const CONTROLLER = 'io.cilium/gateway-controller';
const AGE_DAYS = 96;

type Condition = { readonly type: string; readonly status: string };
const statusOf = (conditions: readonly Condition[] | undefined, type: string): string =>
  conditions?.find((condition) => condition.type === type)?.status ?? '';

type GatewayClass = KubeObject & {
  readonly spec: { readonly controllerName: string; readonly description?: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
};

/** With the printer columns of its CRD, as the two others. */
export const gatewayClasses = defineKind<GatewayClass>({
  group: GROUP,
  version: 'v1',
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  singular: 'gatewayclass',
  shortNames: ['gc'],
  categories: ['gateway-api'],
  namespaced: false,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Controller',
      type: 'string',
      description: '',
      cell: ({ spec }) => spec.controllerName,
    },
    {
      name: 'Accepted',
      type: 'string',
      description: '',
      cell: ({ status }) => statusOf(status?.conditions, 'Accepted'),
    },
    ageColumn,
    {
      name: 'Description',
      type: 'string',
      wide: true,
      description: '',
      cell: ({ spec }) => spec.description ?? '',
    },
  ],
  fields: {},
  seed: (model) => [
    {
      apiVersion: `${GROUP}/v1`,
      kind: 'GatewayClass',
      metadata: seededMeta(model, 'GatewayClass', 'cilium', AGE_DAYS),
      spec: { controllerName: CONTROLLER, description: 'The default Cilium GatewayClass' },
      status: {
        conditions: [
          seededCondition(model, AGE_DAYS, 'Accepted', 'True', 'Accepted', 'Valid GatewayClass'),
        ],
      },
    },
  ],
});

type Gateway = KubeObject & {
  readonly spec: { readonly gatewayClassName: string };
  readonly status?: {
    readonly addresses?: readonly { readonly value: string }[];
    readonly conditions?: readonly Condition[];
  };
};

export const gateways = defineKind<Gateway>({
  group: GROUP,
  version: 'v1',
  kind: 'Gateway',
  plural: 'gateways',
  singular: 'gateway',
  shortNames: ['gtw'],
  categories: ['gateway-api'],
  namespaced: true,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Class',
      type: 'string',
      description: '',
      cell: ({ spec }) => spec.gatewayClassName,
    },
    {
      name: 'Address',
      type: 'string',
      description: '',
      cell: ({ status }) => (status?.addresses ?? []).map(({ value }) => value).join(','),
    },
    {
      name: 'Programmed',
      type: 'string',
      description: '',
      cell: ({ status }) => statusOf(status?.conditions, 'Programmed'),
    },
    ageColumn,
  ],
  fields: {},
  seed: (model) => {
    const condition = (type: string, reason: string, message: string): object =>
      seededCondition(model, AGE_DAYS, type, 'True', reason, message);
    return [
      {
        apiVersion: `${GROUP}/v1`,
        kind: 'Gateway',
        metadata: seededMeta(model, 'Gateway', 'public', AGE_DAYS, 'apps'),
        spec: {
          gatewayClassName: 'cilium',
          listeners: [
            {
              name: 'https',
              port: 443,
              protocol: 'HTTPS',
              hostname: '*.k8s.lab',
              tls: { mode: 'Terminate', certificateRefs: [{ name: 'public-tls' }] },
              allowedRoutes: { namespaces: { from: 'All' } },
            },
          ],
        },
        status: {
          addresses: [{ type: 'IPAddress', value: '10.127.64.21' }],
          conditions: [
            condition('Accepted', 'Accepted', 'Gateway successfully scheduled'),
            condition('Programmed', 'Programmed', 'Gateway successfully reconciled'),
          ],
          listeners: [
            {
              name: 'https',
              attachedRoutes: 2,
              supportedKinds: [{ group: GROUP, kind: 'HTTPRoute' }],
              conditions: [
                condition('Programmed', 'Programmed', 'Listener Programmed'),
                condition('Accepted', 'Accepted', 'Listener Accepted'),
                condition('ResolvedRefs', 'ResolvedRefs', 'Resolved Refs'),
              ],
            },
          ],
        },
      },
    ];
  },
});

type HttpRoute = KubeObject & { readonly spec: { readonly hostnames?: readonly string[] } };

const ROUTES = [
  {
    namespace: 'apps',
    name: 'paperless',
    host: 'paperless.k8s.lab',
    port: 8000,
    service: 'paperless',
  },
  { namespace: 'apps', name: 'immich', host: 'photos.k8s.lab', port: 2283, service: 'immich' },
] as const;

export const httpRoutes = defineKind<HttpRoute>({
  group: GROUP,
  version: 'v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  singular: 'httproute',
  shortNames: [],
  categories: ['gateway-api'],
  namespaced: true,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Hostnames',
      type: 'string',
      description: '',
      cell: ({ spec }) => (spec.hostnames ? JSON.stringify(spec.hostnames) : ''),
    },
    ageColumn,
  ],
  fields: {},
  seed: (model) =>
    ROUTES.map(({ namespace, name, host, port, service }) => {
      const parentRef = { group: GROUP, kind: 'Gateway', name: 'public', namespace: 'apps' };
      return {
        apiVersion: `${GROUP}/v1`,
        kind: 'HTTPRoute',
        metadata: seededMeta(model, 'HTTPRoute', name, AGE_DAYS - 20, namespace),
        spec: {
          parentRefs: [parentRef],
          hostnames: [host],
          rules: [
            {
              matches: [{ path: { type: 'PathPrefix', value: '/' } }],
              backendRefs: [{ group: '', kind: 'Service', name: service, port, weight: 1 }],
            },
          ],
        },
        status: {
          parents: [
            {
              parentRef,
              controllerName: CONTROLLER,
              conditions: [
                seededCondition(
                  model,
                  AGE_DAYS - 20,
                  'Accepted',
                  'True',
                  'Accepted',
                  'Accepted HTTPRoute',
                ),
                seededCondition(
                  model,
                  AGE_DAYS - 20,
                  'ResolvedRefs',
                  'True',
                  'ResolvedRefs',
                  'Service reference is valid',
                ),
              ],
            },
          ],
        },
      };
    }),
});
