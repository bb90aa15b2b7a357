import type { ClusterModel } from '../model.ts';
import type { Draft, KubeObject } from '../object.ts';
import { ageColumn, defineKind, nameColumn, type Kind } from './kind.ts';
import { seededMeta } from './seeded-meta.ts';

type Configuration = KubeObject & { readonly webhooks?: readonly unknown[] };

/** A configuration in as few words as the seeds need. */
type Seed = {
  readonly name: string;
  readonly ageDays: number;
  readonly webhooks: readonly {
    readonly name: string;
    readonly service: readonly [namespace: string, name: string, port: number, path: string];
    readonly group: string;
    readonly resources: readonly string[];
    readonly failurePolicy?: 'Ignore';
    readonly timeoutSeconds?: number;
  }[];
};

const VALIDATING: readonly Seed[] = [
  {
    name: 'cert-manager-webhook',
    ageDays: 233,
    webhooks: [
      {
        name: 'webhook.cert-manager.io',
        service: ['cert-manager', 'cert-manager-webhook', 443, '/validate'],
        group: 'cert-manager.io',
        resources: ['*/*'],
        timeoutSeconds: 30,
      },
    ],
  },
  {
    name: 'longhorn-webhook-validator',
    ageDays: 164,
    webhooks: [
      {
        name: 'validator.longhorn.io',
        service: ['longhorn-system', 'longhorn-admission-webhook', 9502, '/v1/webhook/validation'],
        group: 'longhorn.io',
        resources: ['volumes', 'nodes', 'settings', 'recurringjobs'],
      },
    ],
  },
  {
    name: 'virt-api-validator',
    ageDays: 140,
    webhooks: [
      {
        name: 'virtualmachine-validator.kubevirt.io',
        service: ['kubevirt', 'virt-api', 443, '/virtualmachines-validate'],
        group: 'kubevirt.io',
        resources: ['virtualmachines'],
      },
    ],
  },
];

const MUTATING: readonly Seed[] = [
  {
    name: 'cert-manager-webhook',
    ageDays: 233,
    webhooks: [
      {
        name: 'webhook.cert-manager.io',
        service: ['cert-manager', 'cert-manager-webhook', 443, '/mutate'],
        group: 'cert-manager.io',
        resources: ['certificaterequests'],
        timeoutSeconds: 30,
      },
    ],
  },
  {
    name: 'virt-api-mutator',
    ageDays: 140,
    webhooks: [
      {
        name: 'virtualmachines-mutator.kubevirt.io',
        service: ['kubevirt', 'virt-api', 443, '/virtualmachines-mutate'],
        group: 'kubevirt.io',
        resources: ['virtualmachines'],
        failurePolicy: 'Ignore',
      },
    ],
  },
];

const GROUP = 'admissionregistration.k8s.io';

const configurations = (
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration',
  seeds: readonly Seed[],
): Kind =>
  defineKind<Configuration>({
    group: GROUP,
    version: 'v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: ['api-extensions'],
    namespaced: false,
    generation: true,
    subresources: [],
    columns: [
      nameColumn,
      {
        name: 'Webhooks',
        type: 'integer',
        description: 'Webhooks indicates the number of webhooks registered in this configuration.',
        cell: ({ webhooks }) => webhooks?.length ?? 0,
      },
      ageColumn,
    ],
    fields: {},
    seed: (model) => seeds.map((seed) => draftOf(model, kind, seed)),
  });

const draftOf = (model: ClusterModel, kind: string, seed: Seed): Draft => ({
  apiVersion: `${GROUP}/v1`,
  kind,
  metadata: seededMeta(model, kind, seed.name, seed.ageDays),
  webhooks: seed.webhooks.map(
    ({ name, service, group, resources, failurePolicy = 'Fail', timeoutSeconds = 10 }) => ({
      name,
      admissionReviewVersions: ['v1'],
      clientConfig: {
        service: { namespace: service[0], name: service[1], port: service[2], path: service[3] },
      },
      rules: [
        {
          apiGroups: [group],
          apiVersions: ['*'],
          operations: ['CREATE', 'UPDATE'],
          resources,
          scope: '*',
        },
      ],
      failurePolicy,
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      sideEffects: 'None',
      timeoutSeconds,
      ...(kind === 'MutatingWebhookConfiguration' && { reinvocationPolicy: 'Never' }),
    }),
  ),
});

export const validatingWebhookConfigurations = configurations(
  'ValidatingWebhookConfiguration',
  VALIDATING,
);
export const mutatingWebhookConfigurations = configurations(
  'MutatingWebhookConfiguration',
  MUTATING,
);
