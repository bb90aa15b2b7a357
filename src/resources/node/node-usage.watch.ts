import type { ClusterWatch } from '../../domain/watch.ts';
import { valueAt } from '../../parse/json-fields.ts';
import { readUsage } from '../../parse/usage.ts';

/** What the nodes take, as metrics-server measures it (metrics.k8s.io NodeMetrics, every 15 s by default). */
export const nodeUsageWatch: ClusterWatch<'nodeUsage'> = {
  feed: 'nodeUsage',
  group: 'metrics.k8s.io',
  versions: ['v1beta1'],
  resource: 'nodes',
  namespaced: false,
  pollSeconds: 20,
  maxObjects: 20_000,
  shows: 'what nodes take',
  project: (object) => readUsage(valueAt(object, 'usage'), object) ?? undefined,
};
