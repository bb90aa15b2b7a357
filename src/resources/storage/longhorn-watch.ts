import type { ClusterTableName } from '../../domain/inventory.ts';
import type { ClusterWatch } from '../../domain/watch.ts';

/** The watch of a resource of Longhorn; v1beta1 has the same fields as far as they are read. */
export const longhornWatch = <K extends ClusterTableName>(
  own: Pick<ClusterWatch<K>, 'feed' | 'resource' | 'shows' | 'project'> &
    Partial<Pick<ClusterWatch<K>, 'maxObjects'>>,
): ClusterWatch<K> => ({
  group: 'longhorn.io',
  versions: ['v1beta2', 'v1beta1'],
  namespaced: true,
  maxObjects: 5_000,
  ...own,
});
