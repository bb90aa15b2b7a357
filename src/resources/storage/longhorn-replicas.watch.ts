import type { LonghornReplica } from '../../domain/storage.ts';
import { textAt, timeAt } from '../../parse/json-fields.ts';
import { longhornWatch } from './longhorn-watch.ts';
import { readMeta } from './storage-fields.ts';

/** The replicas of Longhorn's volumes: what an operator that runs wild makes too many of, so few are read. */
export const longhornReplicasWatch = longhornWatch<'longhornReplicas'>({
  feed: 'longhornReplicas',
  resource: 'replicas',
  maxObjects: 2_000,
  shows: 'replicas of Longhorn',
  project: projectReplica,
});

function projectReplica(object: unknown): LonghornReplica | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  return {
    ...meta,
    volume: textAt(object, 'spec', 'volumeName'),
    node: textAt(object, 'spec', 'nodeID'),
    state: textAt(object, 'status', 'currentState'),
    failedAt: timeAt(object, 'spec', 'failedAt'),
  };
}
