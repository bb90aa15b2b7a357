import { admitWorkload } from '../admission.ts';
import { replicaSetStatus } from '../workload-status.ts';
import { seededOwner, hashOf, workloadDraft, type Workload } from '../workload.ts';
import { deploymentSeeds, selectorColumn, statusNumber, templateColumns } from './deployments.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

export const replicaSets = defineKind<Workload>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  admit: admitWorkload({ group: 'apps', kind: 'ReplicaSet' }),
  subresources: ['status', 'scale'],
  columns: [
    nameColumn,
    {
      name: 'Desired',
      type: 'integer',
      description: 'Replicas is the number of desired pods.',
      cell: ({ spec }) => spec.replicas ?? 1,
    },
    {
      name: 'Current',
      type: 'integer',
      description: 'Replicas is the most recently observed number of non-terminating pods.',
      cell: (object) => statusNumber(object, 'replicas'),
    },
    {
      name: 'Ready',
      type: 'integer',
      description:
        'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
      cell: (object) => statusNumber(object, 'readyReplicas'),
    },
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  fields: { 'status.replicas': (object) => String(statusNumber(object, 'replicas')) },
  seed: (model) =>
    deploymentSeeds(model).map((seed) => {
      const { metadata, template } = workloadDraft(model, seed);
      const name = `${seed.name}-${hashOf(template)}`;
      return {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: {
          name,
          namespace: seed.namespace,
          uid: model.uid('ReplicaSet', seed.namespace, name),
          creationTimestamp: metadata.creationTimestamp,
          labels: { ...template.metadata.labels, 'pod-template-hash': hashOf(template) },
          annotations: {
            'deployment.kubernetes.io/desired-replicas': String(seed.replicas),
            'deployment.kubernetes.io/revision': '1',
          },
          ownerReferences: [seededOwner(model, 'Deployment', 'apps/v1', seed.namespace, seed.name)],
        },
        spec: replicaSetSpec(template, seed.replicas),
        status: replicaSetStatus(1, {
          total: seed.replicas,
          updated: seed.replicas,
          ready: seed.replicas,
        }),
      };
    }),
});

/** The spec of the ReplicaSet of a Deployment's template: it selects by the template's hash too. */
export function replicaSetSpec(
  template: Workload['spec']['template'],
  replicas: number,
): Workload['spec'] {
  const labels = { ...template.metadata.labels, 'pod-template-hash': hashOf(template) };
  return {
    replicas,
    selector: { matchLabels: labels },
    template: { ...template, metadata: { ...template.metadata, labels } },
  };
}
