import type { KubeNode } from '../../domain/kube.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { isTrueAt, keysAt, listAt, textAt, timeAt } from '../../parse/json-fields.ts';
import { parseQuantity } from '../../parse/quantities.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

/**
 * Conditions that tell of trouble when they are True: those of kubelet and network agents, and those of
 * node-problem-detector. Others, such as EtcdIsVoter, are True when all is well.
 */
const BAD_WHEN_TRUE: ReadonlySet<string> = new Set([
  'MemoryPressure',
  'DiskPressure',
  'PIDPressure',
  'NetworkUnavailable',
  'KernelDeadlock',
  'ReadonlyFilesystem',
  'CorruptDockerOverlay2',
  'FrequentKubeletRestart',
  'FrequentDockerRestart',
  'FrequentContainerdRestart',
]);

/** The nodes of a cluster. Every field of the object may be missing. */
export const nodesWatch: ClusterWatch<'nodes'> = {
  feed: 'nodes',
  group: '',
  versions: ['v1'],
  resource: 'nodes',
  namespaced: false,
  maxObjects: 20_000,
  shows: 'the nodes',
  project: projectNode,
};

/** What is shown of a v1 Node; undefined for an object without a name. */
export function projectNode(object: unknown): KubeNode | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === null) return undefined;
  const conditions = listAt(object, 'status', 'conditions');
  const ready = conditions.find((condition) => textAt(condition, 'type') === 'Ready');
  const readyStatus = textAt(ready, 'status');
  const unschedulable = isTrueAt(object, 'spec', 'unschedulable');
  return {
    name,
    uid: textAt(object, 'metadata', 'uid') ?? '',
    status: nodeStatus(readyStatus, ready !== undefined, unschedulable),
    ready:
      readyStatus === 'True' || readyStatus === 'False' || readyStatus === 'Unknown'
        ? readyStatus
        : null,
    readyReason: textAt(ready, 'reason'),
    readyMessage: textAt(ready, 'message'),
    readySince: timeAt(ready, 'lastTransitionTime'),
    roles: readRoles(object),
    version: textAt(object, 'status', 'nodeInfo', 'kubeletVersion'),
    architecture: textAt(object, 'status', 'nodeInfo', 'architecture'),
    osImage: textAt(object, 'status', 'nodeInfo', 'osImage'),
    kernelVersion: textAt(object, 'status', 'nodeInfo', 'kernelVersion'),
    internalIp: textAt(
      listAt(object, 'status', 'addresses').find((entry) => textAt(entry, 'type') === 'InternalIP'),
      'address',
    ),
    unschedulable,
    taints: listAt(object, 'spec', 'taints').flatMap((taint) => taintText(taint) ?? []),
    pressures: conditions.flatMap((condition) => {
      const type = textAt(condition, 'type');
      return type !== null && BAD_WHEN_TRUE.has(type) && textAt(condition, 'status') === 'True'
        ? [type]
        : [];
    }),
    cpuAllocatable: allocatable(object, 'cpu'),
    memoryAllocatableBytes: allocatable(object, 'memory'),
    podsAllocatable: allocatable(object, 'pods'),
    createdAt: timeAt(object, 'metadata', 'creationTimestamp'),
  };
}

/** As kubectl prints it: `Unknown` only without a Ready condition; a silent kubelet reads `NotReady`. */
function nodeStatus(status: string | null, hasReady: boolean, unschedulable: boolean): string {
  const word = !hasReady ? 'Unknown' : status === 'True' ? 'Ready' : 'NotReady';
  return unschedulable ? `${word},SchedulingDisabled` : word;
}

function readRoles(object: unknown): readonly string[] {
  const roles = keysAt(object, 'metadata', 'labels')
    .filter((label) => label.startsWith(ROLE_PREFIX) && label !== ROLE_PREFIX)
    .map((label) => label.slice(ROLE_PREFIX.length));
  const named = textAt(object, 'metadata', 'labels', ROLE_LABEL);
  return [...new Set([...roles, ...(named === null ? [] : [named])])].toSorted();
}

/** `key=value:effect`, or `key:effect`. */
function taintText(taint: unknown): string | undefined {
  const key = textAt(taint, 'key');
  const value = textAt(taint, 'value');
  const effect = textAt(taint, 'effect');
  if (key === null) return undefined;
  return `${key}${value === null ? '' : `=${value}`}${effect === null ? '' : `:${effect}`}`;
}

const allocatable = (object: unknown, resource: string): number | null =>
  parseQuantity(textAt(object, 'status', 'allocatable', resource) ?? '');
