import { lastKnown } from '../../domain/feed.ts';
import { age, count, duration, UNKNOWN } from '../../domain/format.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import { clusterFresh, SOURCE_SIGNS } from '../../domain/joined.ts';
import { clusterRef, nodeRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Sign, View } from '../../domain/view.ts';

const nodesOf = ({ feeds }: ClusterInventory) => [
  ...(lastKnown(feeds.nodes)?.value.byKey.values() ?? []),
];

/** Its connection's sign; of one that answers, degraded while a node is known not to be ready. */
function clusterSign(cluster: ClusterInventory, now: EpochMs): Sign {
  const { state } = cluster.source;
  if (state !== 'up') return SOURCE_SIGNS[state];
  if (!clusterFresh(cluster, 'nodes', now)) return 'unknown';
  return nodesOf(cluster).every(({ ready }) => ready === 'True') ? 'ok' : 'degraded';
}

const nodesText = (cluster: ClusterInventory): string => {
  if (!lastKnown(cluster.feeds.nodes)) return UNKNOWN;
  const nodes = nodesOf(cluster);
  return `${nodes.filter(({ ready }) => ready === 'True').length}/${nodes.length}`;
};

/** Cluster pane, first tab: the page of the clusters; a row is one of them. */
export const clusterView: View<ClusterInventory> = {
  id: 'cluster',
  title: 'Cluster',
  isPage: true,
  rows: ({ clusters }) => clusters,
  parts: ({ clusters }) => clusters,
  key: ({ name }) => clusterRef(name),
  sign: clusterSign,
  at: ({ source }) => source.lastDataAt,
  stale: ({ source }) => source.state !== 'up',
  columns: [
    {
      id: 'name',
      title: 'CLUSTER',
      width: 'grow',
      most: 28,
      priority: 0,
      text: ({ name }) => name,
    },
    { id: 'state', title: 'API', width: 10, priority: 0, text: ({ source }) => source.state },
    {
      id: 'latency',
      title: 'TOOK',
      width: 6,
      align: 'right',
      priority: 2,
      text: ({ latencyMs }) => (latencyMs === null ? UNKNOWN : `${Math.round(latencyMs)}ms`),
      value: ({ latencyMs }) => latencyMs,
      unit: 'ms',
    },
    {
      id: 'version',
      title: 'VERSION',
      width: 9,
      priority: 1,
      text: ({ version }) => version ?? UNKNOWN,
    },
    {
      id: 'nodes',
      title: 'NODES',
      width: 5,
      align: 'right',
      priority: 1,
      text: nodesText,
    },
    {
      id: 'pods',
      title: 'PODS',
      width: 6,
      align: 'right',
      priority: 1,
      text: ({ feeds }) => count(lastKnown(feeds.pods)?.value.byKey.size),
      value: ({ feeds }) => lastKnown(feeds.pods)?.value.byKey.size ?? null,
    },
    {
      id: 'age',
      title: 'AGE',
      width: 4,
      align: 'right',
      priority: 2,
      text: ({ source }, now) => age(source.lastDataAt, now),
      value: ({ source }) => source.lastDataAt,
      unit: 'since',
    },
  ],
  detail: (cluster, _inventory, now) => [
    {
      title: 'Cluster',
      lines: [
        {
          label: 'state',
          text: `${cluster.source.state} for ${duration(now - cluster.source.since)}`,
          tone: cluster.source.state === 'up' ? 'ok' : 'bad',
        },
        { label: 'version', text: cluster.version ?? UNKNOWN },
        { label: 'nodes ready', text: nodesText(cluster) },
      ],
    },
    {
      title: 'Nodes',
      lines: nodesOf(cluster).map(({ name, status }) => ({
        label: name,
        text: status,
        ref: nodeRef(cluster.name, name),
      })),
    },
  ],
};
