import type { Migration } from '../../domain/kubevirt.ts';
import { listAt, textAt, timeAt } from '../../parse/json-fields.ts';
import { kubevirtWatch, readMigrationState } from './kubevirt-fields.ts';

/** The moves of virtual machines from node to node. */
export const migrationsWatch = kubevirtWatch<'migrations'>({
  feed: 'migrations',
  resource: 'virtualmachineinstancemigrations',
  shows: 'migrations of virtual machines',
  project: projectMigration,
});

function projectMigration(object: unknown): Migration | undefined {
  const namespace = textAt(object, 'metadata', 'namespace');
  const name = textAt(object, 'metadata', 'name');
  if (namespace === null || name === null) return undefined;
  return {
    namespace,
    name,
    uid: textAt(object, 'metadata', 'uid') ?? '',
    instance: textAt(object, 'spec', 'vmiName'),
    phase: textAt(object, 'status', 'phase'),
    phases: listAt(object, 'status', 'phaseTransitionTimestamps').flatMap((each) => {
      const phase = textAt(each, 'phase');
      return phase === null ? [] : [{ phase, at: timeAt(each, 'phaseTransitionTimestamp') }];
    }),
    state: readMigrationState(object),
    createdAt: timeAt(object, 'metadata', 'creationTimestamp'),
  };
}
