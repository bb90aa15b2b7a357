import { CLUSTER_AGE_DAYS } from '../model.ts';
import type { KubeObject } from '../object.ts';
import { ageColumn, defineKind, nameColumn, type Kind } from './kind.ts';
import { seededCondition, seededMeta } from './seeded-meta.ts';

type ApiService = KubeObject & {
  readonly spec: {
    readonly service?: { readonly namespace: string; readonly name: string };
  };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
    }[];
  };
};

/** The versions of the API groups: one of each that the kinds have, and that of the metrics server. */
export const apiServices = (kinds: readonly Kind[]): Kind =>
  defineKind<ApiService>({
    group: 'apiregistration.k8s.io',
    version: 'v1',
    kind: 'APIService',
    plural: 'apiservices',
    singular: 'apiservice',
    shortNames: [],
    categories: ['api-extensions'],
    namespaced: false,
    generation: false,
    subresources: ['status'],
    columns: [
      nameColumn,
      {
        name: 'Service',
        type: 'string',
        description: 'The reference to the service that hosts this API endpoint.',
        cell: ({ spec: { service } }) =>
          service ? `${service.namespace}/${service.name}` : 'Local',
      },
      {
        name: 'Available',
        type: 'string',
        description: 'Whether this service is available.',
        cell: ({ status }) => {
          const available = status?.conditions?.find(({ type }) => type === 'Available');
          return available?.status === 'True'
            ? 'True'
            : `${available?.status ?? 'Unknown'} (${available?.reason ?? ''})`;
        },
      },
      ageColumn,
    ],
    fields: {},
    seed: (model) => {
      const local = [...new Set(kinds.map(({ group, version }) => `${version}.${group}`))];
      const draft = (
        name: string,
        spec: object,
        condition: readonly [reason: string, message: string],
      ) => ({
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: seededMeta(model, 'APIService', name, CLUSTER_AGE_DAYS),
        spec,
        status: {
          conditions: [seededCondition(model, CLUSTER_AGE_DAYS, 'Available', 'True', ...condition)],
        },
      });
      return [
        ...local.map((name) => {
          const [version = '', ...group] = name.split('.');
          return draft(
            name,
            { group: group.join('.'), version, groupPriorityMinimum: 17_000, versionPriority: 15 },
            ['Local', 'Local APIServices are always available'],
          );
        }),
        draft(
          'v1beta1.metrics.k8s.io',
          {
            group: 'metrics.k8s.io',
            version: 'v1beta1',
            groupPriorityMinimum: 100,
            versionPriority: 100,
            insecureSkipTLSVerify: true,
            service: { namespace: 'kube-system', name: 'metrics-server', port: 443 },
          },
          ['Passed', 'all checks passed'],
        ),
      ];
    },
  });
