import { createHash } from 'node:crypto';
import {
  withCondition,
  type Condition,
  type Container,
  type ContainerStatus,
  type Pod,
  type PodSpec,
  type PodStatus,
} from './pod.ts';
import { rfc3339 } from './time.ts';

/** A pod, or one that is about to be created: the states need only its name, spec and status. */
type AnyPod = {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: PodSpec;
  readonly status: PodStatus;
};

/** Where a pod runs. */
export type Place = { readonly hostIP: string; readonly podIP: string };

/** Earlier lives of the first container of a pod. */
export type Restarts = {
  readonly count: number;
  readonly lastAtMs: number;
  readonly reason: 'Error' | 'OOMKilled' | 'Completed';
};

const condition = (
  type: string,
  status: Condition['status'],
  atMs: number,
  why?: { reason: string; message: string },
): Condition => ({
  type,
  status,
  ...why,
  lastProbeTime: null,
  lastTransitionTime: rfc3339(atMs),
});

/** A digest of an image, stable by its name. */
const imageId = (image: string): string =>
  `${image.replace(/:[^:/]*$/u, '')}@sha256:${createHash('sha256').update(image).digest('hex')}`;

const containerId = (pod: AnyPod, container: string, life: number): string =>
  `containerd://${createHash('sha256').update(`${pod.metadata.namespace}/${pod.metadata.name}/${container}/${life}`).digest('hex')}`;

/** The scheduler has bound the pod to a node. */
export function scheduled<P extends AnyPod>(pod: P, nodeName: string, atMs: number): P {
  const conditions = withCondition(pod.status.conditions, condition('PodScheduled', 'True', atMs));
  return { ...pod, spec: { ...pod.spec, nodeName }, status: { ...pod.status, conditions } };
}

/** The scheduler looked at the pod and found no node. */
export function unschedulable<P extends AnyPod>(pod: P, message: string, atMs: number): P {
  const conditions = withCondition(
    pod.status.conditions,
    condition('PodScheduled', 'False', atMs, { reason: 'Unschedulable', message }),
  );
  return { ...pod, status: { ...pod.status, phase: 'Pending', conditions } };
}

/** The kubelet has seen the pod and pulls its images. */
export function creating<P extends AnyPod>(pod: P, hostIP: string, atMs: number): P {
  const waiting =
    (reason: string) =>
    (container: Container): ContainerStatus => ({
      name: container.name,
      image: container.image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason } },
      lastState: {},
    });
  const { containers, initContainers } = pod.spec;
  const names = containers.map(({ name }) => name).join(' ');
  const unready = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names}]`,
  };
  const conditions = [
    condition('PodReadyToStartContainers', 'False', atMs),
    initContainers
      ? condition('Initialized', 'False', atMs, {
          reason: 'ContainersNotInitialized',
          message: 'containers with incomplete status',
        })
      : condition('Initialized', 'True', atMs),
    condition('Ready', 'False', atMs, unready),
    condition('ContainersReady', 'False', atMs, unready),
  ].reduce(withCondition, pod.status.conditions ?? []);
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Pending',
      conditions,
      hostIP,
      hostIPs: [{ ip: hostIP }],
      startTime: rfc3339(atMs),
      containerStatuses: containers.map(
        waiting(initContainers ? 'PodInitializing' : 'ContainerCreating'),
      ),
      ...(initContainers && {
        initContainerStatuses: initContainers.map(waiting('PodInitializing')),
      }),
    },
  };
}

/** All containers run and are ready. */
export function running<P extends AnyPod>(
  pod: P,
  place: Place,
  atMs: number,
  restarts?: Restarts,
): P {
  const { containers, initContainers } = pod.spec;
  const status = (container: Container, index: number): ContainerStatus => {
    const lives = index === 0 && restarts ? restarts : undefined;
    return {
      name: container.name,
      image: container.image,
      imageID: imageId(container.image),
      containerID: containerId(pod, container.name, lives?.count ?? 0),
      ready: true,
      started: true,
      restartCount: lives?.count ?? 0,
      state: { running: { startedAt: rfc3339(lives ? lives.lastAtMs + 1000 : atMs) } },
      lastState: lives ? { terminated: ended(pod, container, lives) } : {},
    };
  };
  const conditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']
    .map((type) =>
      condition(
        type,
        'True',
        type.endsWith('eady') && restarts ? restarts.lastAtMs + 12_000 : atMs,
      ),
    )
    .reduce(withCondition, pod.status.conditions ?? []);
  const podIP = pod.spec.hostNetwork ? place.hostIP : place.podIP;
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Running',
      conditions,
      hostIP: place.hostIP,
      hostIPs: [{ ip: place.hostIP }],
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: pod.status.startTime ?? rfc3339(atMs),
      containerStatuses: containers.map(status),
      ...(initContainers && {
        initContainerStatuses: initContainers.map((container) => initialized(pod, container, atMs)),
      }),
    },
  };
}

function initialized(pod: AnyPod, container: Container, atMs: number): ContainerStatus {
  const sidecar = container.restartPolicy === 'Always';
  const containerID = containerId(pod, container.name, 0);
  const time = rfc3339(atMs);
  return {
    name: container.name,
    image: container.image,
    imageID: imageId(container.image),
    containerID,
    ready: true,
    started: sidecar,
    restartCount: 0,
    state: sidecar
      ? { running: { startedAt: time } }
      : {
          terminated: {
            exitCode: 0,
            reason: 'Completed',
            startedAt: time,
            finishedAt: time,
            containerID,
          },
        },
    lastState: {},
  };
}

const EXIT_CODES = { Error: 1, OOMKilled: 137, Completed: 0 };

function ended(
  pod: AnyPod,
  container: Container,
  { count, lastAtMs, reason }: Restarts,
): NonNullable<ContainerStatus['state']['terminated']> {
  return {
    exitCode: EXIT_CODES[reason],
    reason,
    startedAt: rfc3339(lastAtMs - 180_000),
    finishedAt: rfc3339(lastAtMs),
    containerID: containerId(pod, container.name, count - 1),
  };
}

/** The Ready condition turns, as the node controller does for a silent kubelet; the containers' own state is not known. */
export function withReady<P extends AnyPod>(pod: P, status: 'True' | 'False', atMs: number): P {
  return {
    ...pod,
    status: {
      ...pod.status,
      conditions: withCondition(pod.status.conditions, condition('Ready', status, atMs)),
    },
  };
}

/** The first container has ended with exit code 1 once more and waits for its next try. */
export function crashLooping(pod: Pod, atMs: number, backOffSeconds: number): Pod {
  const statuses = pod.status.containerStatuses?.map((status, index): ContainerStatus => {
    if (index > 0) return status;
    const count = status.restartCount + 1;
    const container = { name: status.name, image: status.image };
    const text = `back-off ${backOffSeconds < 60 ? `${backOffSeconds}s` : `${Math.floor(backOffSeconds / 60)}m${backOffSeconds % 60}s`}`;
    return {
      ...status,
      ready: false,
      started: false,
      restartCount: count,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `${text} restarting failed container=${status.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
        },
      },
      lastState: {
        terminated: {
          ...ended(pod, container, { count, lastAtMs: atMs, reason: 'Error' }),
          startedAt: rfc3339(atMs - 2000),
        },
      },
    };
  });
  const first = pod.spec.containers[0]?.name ?? '';
  const unready = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${first}]`,
  };
  const conditions = ['Ready', 'ContainersReady']
    .map((type) => condition(type, 'False', atMs, unready))
    .reduce(withCondition, pod.status.conditions ?? []);
  return {
    ...pod,
    status: { ...pod.status, conditions, ...(statuses && { containerStatuses: statuses }) },
  };
}

/** All containers have ended with success. */
export function completed<P extends AnyPod>(pod: P, atMs: number): P {
  const time = rfc3339(atMs);
  const why = { reason: 'PodCompleted', message: '' };
  const conditions = [
    condition('PodReadyToStartContainers', 'False', atMs),
    condition('Initialized', 'True', atMs, why),
    condition('Ready', 'False', atMs, why),
    condition('ContainersReady', 'False', atMs, why),
  ].reduce(withCondition, pod.status.conditions ?? []);
  const statuses = pod.status.containerStatuses?.map((status): ContainerStatus => ({
    ...status,
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode: 0,
        reason: 'Completed',
        startedAt: status.state.running?.startedAt ?? time,
        finishedAt: time,
        ...(status.containerID && { containerID: status.containerID }),
      },
    },
  }));
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Succeeded',
      conditions,
      ...(statuses && { containerStatuses: statuses }),
    },
  };
}
