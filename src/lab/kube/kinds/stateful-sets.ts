import { admitWorkload } from '../admission.ts';
import type { ClusterModel } from '../model.ts';
import { statefulSetStatus } from '../workload-status.ts';
import { hashOf, workloadDraft, type Workload, type WorkloadSeed } from '../workload.ts';
import { readyColumn, templateColumns } from './deployments.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

function statefulSet(
  namespace: string,
  name: string,
  replicas: number,
  ageDays: number,
  containers: WorkloadSeed['containers'],
  restarts?: WorkloadSeed['restarts'],
): WorkloadSeed {
  return {
    kind: 'StatefulSet',
    namespace,
    name,
    replicas,
    ageDays,
    containers,
    ...(restarts && { restarts }),
  };
}

const STATEFUL_SETS: readonly WorkloadSeed[] = [
  statefulSet(
    'openebs',
    'openebs-etcd',
    3,
    90,
    [['etcd', 'docker.io/openebs/etcd:3.5.6']],
    [[2, 1, 31, 'Error']],
  ),
  statefulSet('apps', 'paperless-db', 1, 203, [['postgres', 'docker.io/library/postgres:16.10']]),
  statefulSet('apps', 'immich-postgres', 1, 77, [
    ['postgres', 'ghcr.io/immich-app/postgres:14-vectorchord0.4.3-pgvectors0.2.0'],
  ]),
  statefulSet('apps', 'immich-redis', 1, 77, [['valkey', 'docker.io/valkey/valkey:8.1-bookworm']]),
];

export const statefulSetSeeds = (_model: ClusterModel): readonly WorkloadSeed[] => STATEFUL_SETS;

export const statefulSets = defineKind<Workload>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  admit: admitWorkload({ group: 'apps', kind: 'StatefulSet' }),
  subresources: ['status', 'scale'],
  columns: [nameColumn, readyColumn, ageColumn, ...templateColumns],
  fields: {},
  seed: (model) =>
    statefulSetSeeds(model).map((seed) => {
      const { metadata, template, selector } = workloadDraft(model, seed);
      const revision = `${seed.name}-${hashOf(template)}`;
      return {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: {
          replicas: seed.replicas,
          selector,
          template,
          serviceName: seed.name,
          podManagementPolicy: 'OrderedReady',
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
          revisionHistoryLimit: 10,
        },
        status: statefulSetStatus(
          { generation: 1, revision, current: revision },
          { total: seed.replicas, updated: seed.replicas, ready: seed.replicas },
        ),
      };
    }),
});
