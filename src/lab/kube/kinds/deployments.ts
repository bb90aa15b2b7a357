import { admitWorkload } from '../admission.ts';
import type { ClusterModel } from '../model.ts';
import type { Container, PodTemplate } from '../pod.ts';
import { deploymentStatus } from '../workload-status.ts';
import { hashOf, workloadDraft, type Workload, type WorkloadSeed } from '../workload.ts';
import { ageColumn, defineKind, nameColumn, type Column } from './kind.ts';

type Options = Partial<Pick<WorkloadSeed, 'initContainers' | 'architecture' | 'restarts'>>;

function deployment(
  namespace: string,
  name: string,
  replicas: number,
  ageDays: number,
  containers: WorkloadSeed['containers'],
  options: Options = {},
): WorkloadSeed {
  return { kind: 'Deployment', namespace, name, replicas, ageDays, containers, ...options };
}

const CSI = 'longhornio/csi-';

const DEPLOYMENTS: readonly WorkloadSeed[] = [
  deployment(
    'kube-system',
    'cilium-operator',
    2,
    118,
    [['cilium-operator', 'quay.io/cilium/operator-generic:v1.18.2']],
    { restarts: [[0, 3, 31, 'Error']] },
  ),
  deployment('kube-system', 'coredns', 2, 412, [
    ['coredns', 'registry.k8s.io/coredns/coredns:v1.12.1'],
  ]),
  deployment('kube-system', 'hubble-relay', 1, 118, [
    ['hubble-relay', 'quay.io/cilium/hubble-relay:v1.18.2'],
  ]),
  deployment('kube-system', 'hubble-ui', 1, 118, [
    ['frontend', 'quay.io/cilium/hubble-ui:v0.13.3'],
    ['backend', 'quay.io/cilium/hubble-ui-backend:v0.13.3'],
  ]),
  deployment('kube-system', 'metrics-server', 1, 301, [
    ['metrics-server', 'registry.k8s.io/metrics-server/metrics-server:v0.8.0'],
  ]),
  deployment('cert-manager', 'cert-manager', 1, 233, [
    ['cert-manager-controller', 'quay.io/jetstack/cert-manager-controller:v1.18.2'],
  ]),
  deployment(
    'cert-manager',
    'cert-manager-cainjector',
    1,
    233,
    [['cert-manager-cainjector', 'quay.io/jetstack/cert-manager-cainjector:v1.18.2']],
    { restarts: [[0, 2, 96, 'Error']] },
  ),
  deployment('cert-manager', 'cert-manager-webhook', 1, 233, [
    ['cert-manager-webhook', 'quay.io/jetstack/cert-manager-webhook:v1.18.2'],
  ]),
  deployment('longhorn-system', 'csi-attacher', 2, 164, [
    ['csi-attacher', `${CSI}attacher:v4.9.0`],
  ]),
  deployment('longhorn-system', 'csi-provisioner', 2, 164, [
    ['csi-provisioner', `${CSI}provisioner:v5.3.0`],
  ]),
  deployment('longhorn-system', 'csi-resizer', 2, 164, [['csi-resizer', `${CSI}resizer:v1.14.0`]]),
  deployment('longhorn-system', 'csi-snapshotter', 2, 164, [
    ['csi-snapshotter', `${CSI}snapshotter:v8.3.0`],
  ]),
  deployment('longhorn-system', 'longhorn-driver-deployer', 1, 164, [
    ['longhorn-driver-deployer', 'longhornio/longhorn-manager:v1.9.1'],
  ]),
  deployment('longhorn-system', 'longhorn-ui', 2, 164, [
    ['longhorn-ui', 'longhornio/longhorn-ui:v1.9.1'],
  ]),
  deployment('openebs', 'openebs-agent-core', 1, 90, [
    ['agent-core', 'openebs/mayastor-agent-core:v2.9.2'],
    ['agent-ha-cluster', 'openebs/mayastor-agent-ha-cluster:v2.9.2'],
  ]),
  deployment('openebs', 'openebs-api-rest', 1, 90, [
    ['api-rest', 'openebs/mayastor-api-rest:v2.9.2'],
  ]),
  deployment('openebs', 'openebs-operator-diskpool', 1, 90, [
    ['operator-diskpool', 'openebs/mayastor-operator-diskpool:v2.9.2'],
  ]),
  deployment('kubevirt', 'virt-api', 2, 140, [['virt-api', 'quay.io/kubevirt/virt-api:v1.6.1']]),
  deployment(
    'kubevirt',
    'virt-controller',
    2,
    140,
    [['virt-controller', 'quay.io/kubevirt/virt-controller:v1.6.1']],
    { restarts: [[1, 4, 31, 'Error']] },
  ),
  deployment('kubevirt', 'virt-operator', 2, 140, [
    ['virt-operator', 'quay.io/kubevirt/virt-operator:v1.6.1'],
  ]),
  deployment('media', 'jellyfin', 1, 57, [['jellyfin', 'docker.io/jellyfin/jellyfin:10.10.7']], {
    architecture: 'amd64',
  }),
  deployment('media', 'audiobookshelf', 1, 57, [
    ['audiobookshelf', 'ghcr.io/advplyr/audiobookshelf:2.29.0'],
  ]),
  deployment(
    'apps',
    'paperless',
    1,
    203,
    [['paperless', 'ghcr.io/paperless-ngx/paperless-ngx:2.18.4']],
    {
      initContainers: [['wait-for-db', 'docker.io/library/busybox:1.37']],
      restarts: [[0, 1, 530, 'OOMKilled']],
    },
  ),
  deployment(
    'apps',
    'immich-server',
    1,
    77,
    [['immich-server', 'ghcr.io/immich-app/immich-server:v1.142.1']],
    { architecture: 'amd64' },
  ),
  deployment(
    'apps',
    'immich-machine-learning',
    1,
    77,
    [['machine-learning', 'ghcr.io/immich-app/immich-machine-learning:v1.142.1']],
    { architecture: 'amd64' },
  ),
  deployment(
    'apps',
    'gitea-runner',
    2,
    41,
    [
      ['runner', 'docker.io/gitea/act_runner:0.2.13'],
      ['dind', 'docker.io/library/docker:28-dind-rootless'],
    ],
    { restarts: [[0, 7, 5, 'Error']] },
  ),
];

/** Replicas of the made-up tenants: together with the DaemonSets about 200 pods for each four nodes. */
const TENANT_REPLICAS = [10, 8, 12, 6, 9, 4, 11, 7, 8, 5, 10, 6, 9, 12, 8, 7, 10, 6, 9, 7];

/** The Deployments at a scale: each step beyond the first brings a tenant with its own namespace. */
export function deploymentSeeds({ scale }: ClusterModel): readonly WorkloadSeed[] {
  const tenants = tenantNames(scale).flatMap((namespace) =>
    TENANT_REPLICAS.map((replicas, index) =>
      deployment(namespace, `service-${String(index + 1).padStart(2, '0')}`, replicas, 12 + index, [
        ['app', `registry.lab/tenant/service:${1 + (index % 4)}.${index}`],
      ]),
    ),
  );
  return [...DEPLOYMENTS, ...tenants];
}

export function tenantNames(scale: number): readonly string[] {
  return Array.from(
    { length: Math.max(0, Math.round(scale) - 1) },
    (_, index) => `tenant-${String(index + 2).padStart(3, '0')}`,
  );
}

/** The wide columns that show what the pods of an object are made of. */
export const templateColumnsOf = <T>(
  template: (object: T) => PodTemplate,
): readonly Column<T>[] => [
  {
    name: 'Containers',
    type: 'string',
    wide: true,
    description: 'Names of each container in the template.',
    cell: (object) => joined(template(object).spec.containers, 'name'),
  },
  {
    name: 'Images',
    type: 'string',
    wide: true,
    description: 'Images referenced by each container in the template.',
    cell: (object) => joined(template(object).spec.containers, 'image'),
  },
];
export const templateColumns = templateColumnsOf<Workload>(({ spec }) => spec.template);

/** Pods that are ready, of those that are wanted. */
export const readyColumn: Column<Workload> = {
  name: 'Ready',
  type: 'string',
  description: 'Number of the pod with ready state',
  cell: (object) => `${statusNumber(object, 'readyReplicas')}/${object.spec.replicas ?? 1}`,
};

export const selectorColumn: Column<Workload> = {
  name: 'Selector',
  type: 'string',
  wide: true,
  description: 'Label selector for pods.',
  cell: ({ spec }) =>
    Object.entries(spec.selector.matchLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
};

const joined = (containers: readonly Container[], field: 'name' | 'image'): string =>
  containers.map((container) => container[field]).join(',');

/** A number of `status`, which the API leaves out when it is zero. */
export function statusNumber({ status }: Workload, field: string): number {
  const value = status[field];
  return typeof value === 'number' ? value : 0;
}

export const deployments = defineKind<Workload>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  admit: admitWorkload({ group: 'apps', kind: 'Deployment' }),
  subresources: ['status', 'scale'],
  columns: [
    nameColumn,
    readyColumn,
    {
      name: 'Up-to-date',
      type: 'string',
      description:
        'Total number of non-terminated pods targeted by this deployment that have the desired template spec.',
      cell: (object) => statusNumber(object, 'updatedReplicas'),
    },
    {
      name: 'Available',
      type: 'string',
      description: 'Total number of available non-terminating pods targeted by this deployment.',
      cell: (object) => statusNumber(object, 'availableReplicas'),
    },
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  fields: {},
  seed: (model) =>
    deploymentSeeds(model).map((seed) => {
      const { metadata, template, selector } = workloadDraft(model, seed);
      const counts = { total: seed.replicas, updated: seed.replicas, ready: seed.replicas };
      const newest = `${seed.name}-${hashOf(template)}`;
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { ...metadata, annotations: { 'deployment.kubernetes.io/revision': '1' } },
        spec: {
          replicas: seed.replicas,
          selector,
          template,
          strategy: {
            type: 'RollingUpdate',
            rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
          },
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
        },
        status: deploymentStatus(
          { generation: 1, replicas: seed.replicas, newest },
          counts,
          Date.parse(metadata.creationTimestamp) + 30_000,
        ),
      };
    }),
});
