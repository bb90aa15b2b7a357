import { record } from '../admission.ts';
import {
  CLUSTER_AGE_DAYS,
  DAY_SECONDS,
  KUBERNETES_VERSION,
  type ClusterModel,
  type NodeModel,
} from '../model.ts';
import type { Draft, KubeObject } from '../object.ts';
import { conditionOf, type Condition } from '../pod.ts';
import { hash32, suffixOf } from '../random.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

export type Taint = {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
};

export type Node = KubeObject & {
  readonly spec: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly Taint[];
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly conditions: readonly Condition[];
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo: { readonly [field: string]: string };
    readonly [field: string]: unknown;
  };
};

export const nodes = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  generation: false,
  subresources: ['status'],
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'The status of the node', cell: printStatus },
    { name: 'Roles', type: 'string', description: 'The roles of the node', cell: printRoles },
    ageColumn,
    {
      name: 'Version',
      type: 'string',
      description: 'Kubelet Version reported by the node.',
      cell: nodeInfo('kubeletVersion'),
    },
    {
      name: 'Internal-IP',
      type: 'string',
      wide: true,
      description: 'List of addresses reachable to the node.',
      cell: address('InternalIP'),
    },
    {
      name: 'External-IP',
      type: 'string',
      wide: true,
      description: 'List of addresses reachable to the node.',
      cell: address('ExternalIP'),
    },
    {
      name: 'OS-Image',
      type: 'string',
      wide: true,
      description:
        'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
      cell: nodeInfo('osImage'),
    },
    {
      name: 'Kernel-Version',
      type: 'string',
      wide: true,
      description:
        "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
      cell: nodeInfo('kernelVersion'),
    },
    {
      name: 'Container-Runtime',
      type: 'string',
      wide: true,
      description:
        'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
      cell: nodeInfo('containerRuntimeVersion'),
    },
  ],
  fields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  admit: (draft) => {
    const none = { conditions: [], addresses: [], nodeInfo: {} };
    return {
      ...draft,
      spec: record(draft['spec']),
      status: { ...none, ...record(draft['status']) },
    };
  },
  seed: (model) => model.nodes.map((node) => seedNode(model, node)),
});

function printStatus({ spec, status }: Node): string {
  const ready = conditionOf(status.conditions, 'Ready');
  const state = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec.unschedulable ? `${state},SchedulingDisabled` : state;
}

function printRoles({ metadata }: Node): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(metadata.labels ?? {})
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length));
  return roles.sort().join(',') || '<none>';
}

function nodeInfo(field: string): (node: Node) => string {
  return ({ status }) => status.nodeInfo[field] || '<unknown>';
}

function address(type: string): (node: Node) => string {
  return ({ status }) => status.addresses.find((entry) => entry.type === type)?.address ?? '<none>';
}

const DEBIAN = {
  osImage: 'Debian GNU/Linux 12 (bookworm)',
  kernelVersion: '6.1.0-39-amd64',
  containerRuntimeVersion: 'containerd://1.7.28',
};
const TALOS = {
  osImage: 'Talos (v1.11.1)',
  kernelVersion: '6.12.45-talos',
  containerRuntimeVersion: 'containerd://2.1.4',
};

function seedNode(model: ClusterModel, node: NodeModel): Draft {
  const { name, architecture, cpus, memoryKi, index } = node;
  const podCIDR = `10.244.${index % 256}.0/24`;
  const disk = 449_814_768;
  const resources = (reservedKi: number, cpu: string): Record<string, string> => ({
    cpu,
    'ephemeral-storage': reservedKi === 0 ? `${disk}Ki` : String(Math.floor(disk * 0.9 * 1024)),
    ...(architecture === 'amd64' && { 'devices.kubevirt.io/kvm': '1k', 'hugepages-2Mi': '2Gi' }),
    memory: `${memoryKi - reservedKi}Ki`,
    pods: '110',
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: model.uid('Node', undefined, name),
      creationTimestamp: model.ago((CLUSTER_AGE_DAYS - (index % 4)) * DAY_SECONDS - 5000),
      labels: {
        'beta.kubernetes.io/arch': architecture,
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node-role.kubernetes.io/worker': '',
        'openebs.io/engine': architecture === 'amd64' ? 'mayastor' : 'none',
        'topology.kubernetes.io/zone': 'rack1',
      },
      annotations: {
        'alpha.kubernetes.io/provided-node-ip': node.address,
        'node.alpha.kubernetes.io/ttl': '0',
        'csi.volume.kubernetes.io/nodeid': `{"driver.longhorn.io":"${name}"}`,
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: {
      capacity: resources(0, String(cpus)),
      allocatable: resources(2_150_400, `${cpus * 1000 - 250}m`),
      conditions: readyConditions(model, index),
      addresses: [
        { type: 'InternalIP', address: node.address },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: model.uid('machine', undefined, name).replaceAll('-', ''),
        systemUUID: model.uid('system', undefined, name),
        bootID: model.uid('boot', undefined, name),
        ...(architecture === 'amd64' ? DEBIAN : TALOS),
        kubeletVersion: KUBERNETES_VERSION,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture,
      },
      images: IMAGES.map((image, number) => ({
        names: [`${image}@sha256:${suffixOf(image, 64)}`, `${image}:v1`],
        sizeBytes: 50_000_000 + (hash32(image) % 400_000_000) - number,
      })),
    },
  };
}

const IMAGES = [
  'quay.io/cilium/cilium',
  'longhornio/longhorn-manager',
  'longhornio/longhorn-engine',
  'quay.io/kubevirt/virt-handler',
  'openebs/mayastor-io-engine',
  'registry.k8s.io/pause',
];

function readyConditions(model: ClusterModel, index: number): readonly Condition[] {
  const booted = model.ago((31 - (index % 4)) * DAY_SECONDS + 3000);
  const beat = model.ago(hash32(`beat ${index}`) % 300);
  const fine = (type: string, reason: string, message: string): Condition => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime: type === 'NetworkUnavailable' ? booted : beat,
    lastTransitionTime: booted,
    reason,
    message,
  });
  return [
    fine('NetworkUnavailable', 'CiliumIsUp', 'Cilium is running on this node'),
    ...HEALTHY.map(([type, reason, message]) => fine(type, reason, message)),
  ];
}

/** The conditions that a kubelet posts when all is well: type, reason, message. */
export const HEALTHY = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'KubeletReady', 'kubelet is posting ready status'],
] as const;
