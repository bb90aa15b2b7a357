import type { VirtualMachineInstance } from '../../domain/kubevirt.ts';
import { listAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { isCondition, kubevirtWatch, readDomain, readMigrationState } from './kubevirt-fields.ts';

/** The virtual machines that run. */
export const virtualMachineInstancesWatch = kubevirtWatch<'virtualMachineInstances'>({
  feed: 'virtualMachineInstances',
  resource: 'virtualmachineinstances',
  shows: 'running virtual machines of KubeVirt',
  project: projectInstance,
});

function projectInstance(object: unknown): VirtualMachineInstance | undefined {
  const namespace = textAt(object, 'metadata', 'namespace');
  const name = textAt(object, 'metadata', 'name');
  if (namespace === null || name === null) return undefined;
  return {
    namespace,
    name,
    phase: textAt(object, 'status', 'phase'),
    node: textAt(object, 'status', 'nodeName'),
    isReady: isCondition(object, 'Ready'),
    guest: textAt(object, 'status', 'guestOSInfo', 'prettyName'),
    hasAgent: isCondition(object, 'AgentConnected'),
    isMigratable: isCondition(object, 'LiveMigratable'),
    isPaused: isCondition(object, 'Paused') === true,
    ip: textAt(listAt(object, 'status', 'interfaces')[0], 'ipAddress'),
    ...readDomain(valueAt(object, 'spec')),
    startedAt: runningSince(object) ?? timeAt(object, 'metadata', 'creationTimestamp'),
    migration: readMigrationState(object),
  };
}

const runningSince = (object: unknown): number | null =>
  timeAt(
    listAt(object, 'status', 'phaseTransitionTimestamps').find(
      (each) => textAt(each, 'phase') === 'Running',
    ),
    'phaseTransitionTimestamp',
  );
