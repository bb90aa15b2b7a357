import type { Usage } from '../../domain/kube.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, valueAt } from '../../parse/json-fields.ts';
import { readUsage } from '../../parse/usage.ts';

/** What the pods take, the sum of their containers (metrics.k8s.io PodMetrics), as `kubectl top pods` prints it. */
export const podUsageWatch: ClusterWatch<'podUsage'> = {
  feed: 'podUsage',
  group: 'metrics.k8s.io',
  versions: ['v1beta1'],
  resource: 'pods',
  namespaced: true,
  pollSeconds: 30,
  maxObjects: 20_000,
  shows: 'what pods take',
  project: (object): Usage | undefined => {
    const containers = listAt(object, 'containers').map((container) =>
      readUsage(valueAt(container, 'usage'), object),
    );
    const measured = containers.filter((usage) => usage !== null);
    const [first] = measured;
    // A sum without one of them would be too little.
    if (first === undefined || measured.length < containers.length) return undefined;
    return {
      cores: measured.reduce((sum, { cores }) => sum + cores, 0),
      memoryBytes: measured.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      at: first.at,
    };
  },
};
