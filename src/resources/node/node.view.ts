import { ageColumn, clusterColumn, createdColumn } from '../../domain/columns.ts';
import { eventBlock } from '../../domain/event-block.ts';
import { gapOf, lastKnown } from '../../domain/feed.ts';
import { bytes, cores, count, duration, UNKNOWN } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import type { KubeNode, Usage } from '../../domain/kube.ts';
import { podsByNode } from '../../domain/pods.ts';
import { nodeRef, podRef } from '../../domain/ref.ts';
import type { NodeRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import { usageOf } from '../../domain/usage.ts';
import type { Sign, View } from '../../domain/view.ts';

type NodeRow = KubeNode & {
  readonly ref: NodeRef;
  readonly cluster: string;
  /** Those that may be seen; null when none may. */
  readonly pods: number | null;
  readonly hidesPods: boolean;
  /** What it takes now; null when nobody measures it. */
  readonly usage: Usage | null;
  readonly at: EpochMs | null;
  readonly fresh: boolean;
};

const rows = (inventory: Inventory, now: EpochMs): readonly NodeRow[] =>
  inventory.clusters.flatMap((cluster) => {
    const feed = cluster.feeds.nodes;
    const last = lastKnown(feed);
    const isFresh = clusterFresh(cluster, 'nodes', now);
    const table = lastKnown(cluster.feeds.pods)?.value;
    const pods = table && podsByNode(table);
    const usage = usageOf(cluster, 'nodeUsage', now);
    return [...(last?.value.byKey.values() ?? [])].map((node) => ({
      ...node,
      usage: usage?.byKey.get(node.name) ?? null,
      ref: nodeRef(cluster.name, node.name),
      cluster: cluster.name,
      pods: pods ? (pods.get(node.name)?.size ?? 0) : null,
      hidesPods: gapOf(cluster.feeds.pods) !== undefined,
      at: last?.at ?? null,
      fresh: isFresh,
    }));
  });

function nodeSign(node: NodeRow): Sign {
  if (!node.fresh) return 'unknown';
  if (node.ready !== 'True') return 'down';
  if (node.pressures.length > 0) return 'warning';
  return node.unschedulable ? 'off' : 'ok';
}

/** Conditions that are not as they should be; whoever tells of a node no more is no condition, but what it means. */
const troublesOf = ({ ready, pressures }: NodeRow): readonly string[] => [
  ...(ready === 'Unknown' ? ['kubelet silent'] : []),
  ...pressures,
];

/** Cluster pane, tab nodes. */
export const nodeView: View<NodeRow> = {
  id: 'nodes',
  title: 'Nodes',
  feeds: ['nodes'],
  rows,
  key: (node) => node.ref,
  sign: nodeSign,
  at: (node) => node.at,
  parts: ({ clusters }) =>
    clusters.flatMap(({ source, feeds }) => [
      source.state,
      feeds.nodes,
      feeds.pods,
      feeds.nodeUsage,
    ]),
  stale: (node) => !node.fresh,
  columns: [
    {
      id: 'name',
      title: 'NODE',
      width: 'grow',
      least: 12,
      most: 40,
      priority: 0,
      text: (node) => node.name,
    },
    {
      id: 'status',
      title: 'STATUS',
      width: 'grow',
      least: 24,
      most: 30,
      priority: 1,
      text: (node) => node.status,
      tone: (node) => (node.ready === 'True' ? 'muted' : 'bad'),
    },
    clusterColumn(),
    {
      id: 'roles',
      title: 'ROLES',
      width: 14,
      priority: 5,
      text: (node) => node.roles.join(',') || '<none>',
      tone: () => 'muted',
    },
    {
      id: 'arch',
      title: 'ARCH',
      width: 6,
      priority: 5,
      text: (node) => node.architecture ?? UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'version',
      title: 'VERSION',
      width: 9,
      priority: 4,
      text: (node) => node.version ?? UNKNOWN,
    },
    {
      id: 'pods',
      title: 'PODS',
      width: 8,
      align: 'right',
      priority: 2,
      text: (node) =>
        `${count(node.pods)}${node.hidesPods ? '+' : ''}/${count(node.podsAllocatable)}`,
      value: (node) => node.pods,
    },
    {
      id: 'cpus',
      title: 'CPU',
      width: 9,
      align: 'right',
      priority: 3,
      text: ({ usage, cpuAllocatable }) => `${cores(usage?.cores)}/${count(cpuAllocatable)}`,
      value: ({ usage }) => usage?.cores ?? null,
      unit: 'cores',
    },
    {
      id: 'mem',
      title: 'MEM',
      width: 9,
      align: 'right',
      priority: 3,
      text: ({ usage, memoryAllocatableBytes }) =>
        `${bytes(usage?.memoryBytes)}/${bytes(memoryAllocatableBytes)}`,
      value: ({ usage }) => usage?.memoryBytes ?? null,
    },
    {
      id: 'conditions',
      title: 'CONDITIONS',
      width: 16,
      priority: 6,
      text: (node) => (node.fresh ? troublesOf(node).join(' ') || '-' : UNKNOWN),
      tone: (node) => (troublesOf(node).length > 0 ? 'warn' : 'muted'),
    },
    {
      id: 'taints',
      title: 'TAINTS',
      width: 'grow',
      priority: 8,
      text: (node) => node.taints.join(' ') || '-',
      tone: () => 'muted',
    },
    createdColumn(5),
    ageColumn(2),
  ],
  detail: (node, inventory, now) => [
    {
      title: 'Node',
      lines: [
        { label: 'status', text: node.status, tone: node.ready === 'True' ? 'ok' : 'bad' },
        {
          label: 'ready',
          text: `${node.ready ?? UNKNOWN}${node.readySince === null ? '' : ` for ${duration(now - node.readySince)}`}`,
        },
        { label: 'reason', text: node.readyReason ?? '-' },
        { label: 'message', text: node.readyMessage ?? '-' },
        { label: 'roles', text: node.roles.join(' ') || '<none>' },
        { label: 'taints', text: node.taints.join(' ') || '-' },
        { label: 'pressures', text: node.pressures.join(' ') || '-' },
      ],
    },
    {
      title: 'System',
      lines: [
        { label: 'version', text: node.version ?? UNKNOWN },
        { label: 'os', text: node.osImage ?? UNKNOWN },
        { label: 'kernel', text: node.kernelVersion ?? UNKNOWN },
        { label: 'arch', text: node.architecture ?? UNKNOWN },
        { label: 'address', text: node.internalIp ?? UNKNOWN },
        {
          label: 'takes',
          text:
            node.usage === null
              ? UNKNOWN
              : `${cores(node.usage.cores)} cpus, ${bytes(node.usage.memoryBytes)}`,
        },
        {
          label: 'allocatable',
          text: `${count(node.cpuAllocatable)} cpus, ${bytes(node.memoryAllocatableBytes)}, ${count(node.podsAllocatable)} pods`,
        },
      ],
    },
    {
      title: `Pods ${count(node.pods)}`,
      lines: inventory.clusters
        .filter(({ name }) => name === node.cluster)
        .flatMap(({ feeds }) => {
          const pods = lastKnown(feeds.pods)?.value;
          return [...((pods && podsByNode(pods).get(node.name)?.values()) ?? [])];
        })
        .map((pod) => ({
          label: pod.namespace,
          text: `${pod.name}  ${pod.status}  ${pod.readyContainers}/${pod.totalContainers}`,
          tone:
            pod.status === 'Running' || pod.status === 'Completed'
              ? ('plain' as const)
              : ('bad' as const),
          ref: podRef(node.cluster, pod.namespace, pod.name),
        })),
    },
    ...inventory.clusters
      .filter(({ name }) => name === node.cluster)
      .flatMap((cluster) =>
        eventBlock(cluster, { kind: 'Node', namespace: null, name: node.name }, now),
      ),
  ],
};
