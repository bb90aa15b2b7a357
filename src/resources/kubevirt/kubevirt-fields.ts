import type { ClusterTableName } from '../../domain/inventory.ts';
import type { MigrationState } from '../../domain/kubevirt.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { isTrueAt, listAt, numberAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { parseQuantity } from '../../parse/quantities.ts';

/** The watch of a resource of KubeVirt. */
export const kubevirtWatch = <K extends ClusterTableName>(
  own: Pick<ClusterWatch<K>, 'feed' | 'resource' | 'shows' | 'project'>,
): ClusterWatch<K> => ({
  group: 'kubevirt.io',
  versions: ['v1', 'v1alpha3'],
  namespaced: true,
  maxObjects: 10_000,
  ...own,
});

/** What a machine has of a computer (`DomainSpec`): without a number of CPUs it has one. */
export function readDomain(spec: unknown) {
  const domain = valueAt(spec, 'domain');
  const cpu = (field: string): number => numberAt(domain, 'cpu', field) ?? 1;
  const memory =
    textAt(domain, 'memory', 'guest') ??
    textAt(domain, 'resources', 'requests', 'memory') ??
    textAt(domain, 'resources', 'limits', 'memory');
  return {
    vcpus: domain === undefined ? null : cpu('cores') * cpu('sockets') * cpu('threads'),
    memoryBytes: parseQuantity(memory ?? ''),
    claims: listAt(spec, 'volumes').flatMap(
      (volume) =>
        textAt(volume, 'persistentVolumeClaim', 'claimName') ??
        textAt(volume, 'dataVolume', 'name') ??
        [],
    ),
  };
}

/** `VirtualMachineInstanceMigrationState`; null when there is none. */
export function readMigrationState(object: unknown): MigrationState | null {
  const state = valueAt(object, 'status', 'migrationState');
  if (state === undefined || state === null) return null;
  return {
    uid: textAt(state, 'migrationUid'),
    source: textAt(state, 'sourceNode'),
    target: textAt(state, 'targetNode'),
    mode: textAt(state, 'mode'),
    startedAt: timeAt(state, 'startTimestamp'),
    endedAt: timeAt(state, 'endTimestamp'),
    isCompleted: isTrueAt(state, 'completed'),
    isFailed: isTrueAt(state, 'failed'),
    reason:
      textAt(state, 'failureReason') ?? (isTrueAt(state, 'abortRequested') ? 'aborted' : null),
  };
}

/** Whether the condition of that type is True; null when nobody says. */
export function isCondition(object: unknown, type: string): boolean | null {
  const found = listAt(object, 'status', 'conditions').find(
    (each) => textAt(each, 'type') === type,
  );
  const status = textAt(found, 'status');
  return status === 'True' ? true : status === 'False' ? false : null;
}
