import { ageColumn, clusterColumn, createdColumn, namespaceColumn } from '../../domain/columns.ts';
import { eventBlock } from '../../domain/event-block.ts';
import { lastKnown } from '../../domain/feed.ts';
import { UNKNOWN, bytes, cores, duration, kubectlDuration } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import type { KubeNode, KubeTable, Pod, Usage } from '../../domain/kube.ts';
import { nodeRef, podRef } from '../../domain/ref.ts';
import type { PodRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import { usageOf } from '../../domain/usage.ts';
import { allRows, rowSource } from '../../domain/view.ts';
import type { RowSource, Sign, View } from '../../domain/view.ts';

type PodRow = Pod & {
  readonly ref: PodRef;
  readonly cluster: string;
  readonly at: EpochMs | null;
  readonly fresh: boolean;
  /** Its node is known not to be ready: the phase is what the kubelet said last. */
  readonly nodeSilent: boolean;
  /** What it takes now; null when nobody measures it. */
  readonly usage: Usage | null;
};

const sources = (inventory: Inventory, now: EpochMs): readonly RowSource<PodRow>[] =>
  inventory.clusters.flatMap((cluster) => {
    const last = lastKnown(cluster.feeds.pods);
    if (!last) return [];
    const isFresh = clusterFresh(cluster, 'pods', now);
    const nodes = lastKnown(cluster.feeds.nodes)?.value;
    const usage = usageOf(cluster, 'podUsage', now);
    return rowSource<Pod, PodRow>({
      part: cluster.name,
      table: last.value,
      prefix: `pod:${cluster.name}/`,
      depends: [isFresh, nodes ? silentNodes(nodes) : '', usage],
      row: (pod) => ({
        ...pod,
        ref: podRef(cluster.name, pod.namespace, pod.name),
        cluster: cluster.name,
        at: last.at,
        fresh: isFresh,
        usage: usage?.byKey.get(`${pod.namespace}/${pod.name}`) ?? null,
        nodeSilent: pod.node !== null && nodes?.byKey.get(pod.node)?.ready === 'Unknown',
      }),
    });
  });

const silentCache = new WeakMap<KubeTable<KubeNode>, string>();

/** The names of the nodes whose kubelet is silent, as one text to compare. */
function silentNodes(nodes: KubeTable<KubeNode>): string {
  let silent = silentCache.get(nodes);
  if (silent === undefined) {
    silent = [...nodes.byKey.values()]
      .flatMap(({ name, ready }) => (ready === 'Unknown' ? name : []))
      .join(' ');
    silentCache.set(nodes, silent);
  }
  return silent;
}

const STARTING = new Set(['Pending', 'ContainerCreating', 'PodInitializing', 'Terminating']);

function podSign(pod: PodRow): Sign {
  if (!pod.fresh || (pod.nodeSilent && pod.phase === 'Running')) return 'unknown';
  if (pod.status === 'Completed' || pod.status === 'Succeeded') return 'off';
  if (pod.status === 'Running')
    return pod.readyContainers === pod.totalContainers ? 'ok' : 'degraded';
  if (STARTING.has(pod.status) || /^Init:\d/.test(pod.status)) return 'changing';
  return 'down';
}

/** Cluster pane, tab pods: READY, STATUS, RESTARTS, AGE, IP and NODE as kubectl prints them. */
export const podView: View<PodRow> = {
  id: 'pods',
  title: 'Pods',
  feeds: ['pods'],
  rows: (inventory, now) => allRows(sources(inventory, now)),
  sources,
  parts: ({ clusters }) => clusters,
  key: (pod) => pod.ref,
  sign: podSign,
  at: (pod) => pod.at,
  stale: (pod) => !pod.fresh,
  columns: [
    namespaceColumn(1),
    {
      id: 'name',
      title: 'POD',
      width: 'grow',
      least: 26,
      good: 31,
      most: 56,
      priority: 0,
      text: (pod) => pod.name,
    },
    {
      id: 'ready',
      title: 'READY',
      width: 5,
      align: 'right',
      priority: 1,
      text: (pod) => `${pod.readyContainers}/${pod.totalContainers}`,
      value: (pod) => pod.readyContainers - pod.totalContainers,
    },
    {
      id: 'status',
      title: 'STATUS',
      width: 17,
      priority: 0,
      text: (pod) => pod.status,
      tone: (pod) => {
        const sign = podSign(pod);
        return sign === 'ok' || sign === 'off' ? 'muted' : sign === 'down' ? 'bad' : 'warn';
      },
    },
    {
      id: 'restarts',
      title: 'RESTARTS',
      width: 13,
      align: 'right',
      priority: 3,
      text: (pod, now) =>
        pod.restarts > 0 && pod.lastRestartAt !== null
          ? `${pod.restarts} (${kubectlDuration(now - pod.lastRestartAt)} ago)`
          : String(pod.restarts),
      value: (pod) => pod.restarts,
    },
    {
      id: 'cpu',
      title: 'CPU',
      width: 4,
      align: 'right',
      priority: 5,
      text: ({ usage }) => cores(usage?.cores),
      value: ({ usage }) => usage?.cores ?? null,
      unit: 'cores',
    },
    {
      id: 'mem',
      title: 'MEM',
      width: 4,
      align: 'right',
      priority: 5,
      text: ({ usage }) => bytes(usage?.memoryBytes),
      value: ({ usage }) => usage?.memoryBytes ?? null,
    },
    {
      id: 'ip',
      title: 'IP',
      width: 15,
      priority: 6,
      text: (pod) => pod.ip ?? '<none>',
      tone: () => 'muted',
    },
    {
      id: 'node',
      title: 'NODE',
      width: 10,
      priority: 2,
      text: (pod) => pod.node ?? '<none>',
      tone: () => 'muted',
    },
    createdColumn(2),
    clusterColumn(),
    ageColumn(4),
  ],
  detail: (pod, { clusters }, now) => [
    {
      title: 'Pod',
      lines: [
        { label: 'status', text: pod.status },
        { label: 'phase', text: pod.phase },
        { label: 'ready', text: `${pod.readyContainers}/${pod.totalContainers}` },
        {
          label: 'restarts',
          text: `${pod.restarts}${pod.lastRestartAt === null ? '' : `, last ${duration(now - pod.lastRestartAt)} ago`}`,
        },
        { label: 'reason', text: pod.reason ?? '-' },
        {
          label: 'node',
          text: pod.node ?? '<none>',
          ...(pod.node === null ? {} : { ref: nodeRef(pod.cluster, pod.node) }),
        },
        {
          label: 'takes',
          text:
            pod.usage === null
              ? UNKNOWN
              : `${cores(pod.usage.cores)} cpus, ${bytes(pod.usage.memoryBytes)}`,
        },
        { label: 'ip', text: pod.ip ?? '<none>' },
        { label: 'owner', text: pod.owner ?? '<none>' },
        { label: 'uid', text: pod.uid },
        {
          label: 'created',
          text: pod.createdAt === null ? UNKNOWN : `${duration(now - pod.createdAt)} ago`,
        },
      ],
    },
    ...clusters
      .filter(({ name }) => name === pod.cluster)
      .flatMap((cluster) => eventBlock(cluster, { ...pod, kind: 'Pod' }, now)),
  ],
};
