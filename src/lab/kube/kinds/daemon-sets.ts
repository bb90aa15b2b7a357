import { admitWorkload } from '../admission.ts';
import type { ClusterModel } from '../model.ts';
import { daemonSetStatus } from '../workload-status.ts';
import { eligibleNodes, workloadDraft, type Workload, type WorkloadSeed } from '../workload.ts';
import { selectorColumn, statusNumber, templateColumns } from './deployments.ts';
import { ageColumn, defineKind, nameColumn, type Column } from './kind.ts';

type Options = Partial<
  Pick<WorkloadSeed, 'initContainers' | 'hostNetwork' | 'architecture' | 'restarts'>
>;

function daemonSet(
  namespace: string,
  name: string,
  ageDays: number,
  containers: WorkloadSeed['containers'],
  options: Options = {},
): WorkloadSeed {
  return { kind: 'DaemonSet', namespace, name, replicas: 0, ageDays, containers, ...options };
}

const DAEMON_SETS: readonly WorkloadSeed[] = [
  daemonSet('kube-system', 'cilium', 118, [['cilium-agent', 'quay.io/cilium/cilium:v1.18.2']], {
    hostNetwork: true,
    initContainers: [
      ['config', 'quay.io/cilium/cilium:v1.18.2'],
      ['mount-cgroup', 'quay.io/cilium/cilium:v1.18.2'],
    ],
    restarts: [[3, 1, 700, 'Error']],
  }),
  daemonSet(
    'kube-system',
    'cilium-envoy',
    118,
    [['cilium-envoy', 'quay.io/cilium/cilium-envoy:v1.34.7']],
    { hostNetwork: true },
  ),
  daemonSet(
    'kubevirt',
    'virt-handler',
    140,
    [['virt-handler', 'quay.io/kubevirt/virt-handler:v1.6.1']],
    { architecture: 'amd64' },
  ),
  daemonSet('longhorn-system', 'engine-image-ei-26bab25d', 164, [
    ['engine-image-ei-26bab25d', 'longhornio/longhorn-engine:v1.9.1'],
  ]),
  daemonSet('longhorn-system', 'longhorn-csi-plugin', 164, [
    ['node-driver-registrar', 'longhornio/csi-node-driver-registrar:v2.14.0'],
    ['longhorn-liveness-probe', 'longhornio/livenessprobe:v2.16.0'],
    ['longhorn-csi-plugin', 'longhornio/longhorn-manager:v1.9.1'],
  ]),
  daemonSet(
    'longhorn-system',
    'longhorn-manager',
    164,
    [
      ['longhorn-manager', 'longhornio/longhorn-manager:v1.9.1'],
      ['pre-pull-share-manager-image', 'longhornio/longhorn-share-manager:v1.9.1'],
    ],
    { restarts: [[1, 2, 31, 'Error']] },
  ),
  daemonSet(
    'openebs',
    'openebs-csi-node',
    90,
    [
      ['csi-node', 'openebs/mayastor-csi-node:v2.9.2'],
      ['csi-driver-registrar', 'registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.13.0'],
    ],
    { hostNetwork: true },
  ),
  daemonSet(
    'openebs',
    'openebs-io-engine',
    90,
    [
      ['io-engine', 'openebs/mayastor-io-engine:v2.9.2'],
      ['metrics-exporter-io-engine', 'openebs/mayastor-metrics-exporter-io-engine:v2.9.2'],
    ],
    { hostNetwork: true, architecture: 'amd64' },
  ),
];

export const daemonSetSeeds = (_model: ClusterModel): readonly WorkloadSeed[] => DAEMON_SETS;

const count = (name: string, field: string, description: string): Column<Workload> => ({
  name,
  type: 'integer',
  description,
  cell: (object) => statusNumber(object, field),
});

export const daemonSets = defineKind<Workload>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  admit: admitWorkload({ group: 'apps', kind: 'DaemonSet' }),
  subresources: ['status'],
  columns: [
    nameColumn,
    count(
      'Desired',
      'desiredNumberScheduled',
      'The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod).',
    ),
    count(
      'Current',
      'currentNumberScheduled',
      'The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod.',
    ),
    count(
      'Ready',
      'numberReady',
      'numberReady is the number of nodes that should be running the daemon pod and have one or more of the daemon pod running with a Ready Condition.',
    ),
    count(
      'Up-to-date',
      'updatedNumberScheduled',
      'The total number of nodes that are running updated daemon pod',
    ),
    count(
      'Available',
      'numberAvailable',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available',
    ),
    {
      name: 'Node Selector',
      type: 'string',
      description: 'NodeSelector is a selector which must be true for the pod to fit on a node.',
      cell: ({ spec }) =>
        Object.entries(spec.template.spec.nodeSelector ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(',') || '<none>',
    },
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  fields: {},
  seed: (model) =>
    daemonSetSeeds(model).map((seed) => {
      const { metadata, template, selector } = workloadDraft(model, seed);
      const nodes = eligibleNodes(model, seed).length;
      return {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { ...metadata, annotations: { 'deprecated.daemonset.template.generation': '1' } },
        spec: {
          selector,
          template,
          updateStrategy: {
            type: 'RollingUpdate',
            rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
          },
          revisionHistoryLimit: 10,
        },
        status: daemonSetStatus(1, nodes, { total: nodes, updated: nodes, ready: nodes }),
      };
    }),
});
