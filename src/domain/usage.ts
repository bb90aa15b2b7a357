import { fresh } from './feed.ts';
import type { ClusterInventory } from './inventory.ts';
import type { KubeTable, Usage } from './kube.ts';
import type { EpochMs } from './time.ts';

/** What is known of the use of nodes or pods, of now; undefined where nobody measures, or no longer does. */
export const usageOf = (
  { source, feeds }: ClusterInventory,
  feed: 'nodeUsage' | 'podUsage',
  now: EpochMs,
): KubeTable<Usage> | undefined => (source.state === 'up' ? fresh(feeds[feed], now) : undefined);
