import { record } from '../admission.ts';
import { CLUSTER_AGE_DAYS, DAY_SECONDS } from '../model.ts';
import type { KubeObject } from '../object.ts';
import { tenantNames } from './deployments.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

type Namespace = KubeObject & { readonly status: { readonly phase: string } };

const NAMESPACES: readonly (readonly [name: string, ageDays: number])[] = [
  ['apps', 210],
  ['cert-manager', 233],
  ['default', CLUSTER_AGE_DAYS],
  ['kube-node-lease', CLUSTER_AGE_DAYS],
  ['kube-public', CLUSTER_AGE_DAYS],
  ['kube-system', CLUSTER_AGE_DAYS],
  ['kubevirt', 140],
  ['longhorn-system', 164],
  ['media', 57],
  ['openebs', 90],
];

export const namespaces = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  generation: false,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'The status of the namespace',
      cell: ({ status }) => status.phase,
    },
    ageColumn,
  ],
  fields: { 'status.phase': ({ status }) => status.phase },
  admit: (draft) => {
    const { metadata } = draft;
    const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
    return {
      ...draft,
      metadata: { ...metadata, labels },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active', ...record(draft['status']) },
    };
  },
  terminating: (namespace) => ({
    ...namespace,
    status: { ...namespace.status, phase: 'Terminating' },
  }),
  seed: (model) =>
    [...NAMESPACES, ...tenantNames(model.scale).map((name) => [name, 32] as const)].map(
      ([name, ageDays]) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name,
          uid: model.uid('Namespace', undefined, name),
          creationTimestamp: model.ago(ageDays * DAY_SECONDS + 40),
          labels: { 'kubernetes.io/metadata.name': name },
        },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      }),
    ),
});
