import { conditionOf, type ContainerStatus, type Pod } from './pod.ts';
import { humanDuration } from './time.ts';

/** READY, STATUS and RESTARTS of a pod as kubectl prints them. */
export type PodCells = {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
};

type Counts = { restarts: number; lastRestart: string };

/**
 * The rules of `printPod` in kubernetes/pkg/printers/internalversion: init containers decide first, then the
 * containers from the last to the first, so that the first one's reason wins.
 */
export function printPod(pod: Pod, nowMs: number): PodCells {
  const {
    spec,
    status: { phase, reason: podReason, conditions, containerStatuses = [] },
  } = pod;
  let status =
    conditionOf(conditions, 'PodScheduled')?.reason === 'SchedulingGated'
      ? 'SchedulingGated'
      : (podReason ?? phase);
  const total = spec.containers.length + (spec.initContainers ?? []).filter(isSidecar).length;
  const init = printInit(pod);
  let { ready } = init;
  let counts = init.all;
  if (init.status) status = init.status;
  if (!init.status || conditionOf(conditions, 'Initialized')?.status === 'True') {
    counts = init.sidecars;
    let hasRunning = false;
    for (const container of containerStatuses.toReversed()) {
      count(counts, container);
      const reason = endReason(container);
      if (container.state.waiting?.reason) status = container.state.waiting.reason;
      else if (reason) status = reason;
      else if (container.ready && container.state.running) {
        hasRunning = true;
        ready += 1;
      }
    }
    if (status === 'Completed' && hasRunning)
      status = conditionOf(conditions, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
  }
  if (pod.metadata.deletionTimestamp) {
    if (podReason === 'NodeLost') status = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') status = 'Terminating';
  }
  return { ready: `${ready}/${total}`, status, restarts: printRestarts(counts, nowMs) };
}

const isSidecar = ({ restartPolicy }: { readonly restartPolicy?: string }): boolean =>
  restartPolicy === 'Always';

/** The part of the init containers: a status when they are not through, and the sidecars that are ready. */
function printInit(pod: Pod): {
  readonly status: string | undefined;
  readonly ready: number;
  readonly all: Counts;
  readonly sidecars: Counts;
} {
  const all = { restarts: 0, lastRestart: '' };
  const sidecars = { restarts: 0, lastRestart: '' };
  const specs = pod.spec.initContainers ?? [];
  let ready = 0;
  for (const [index, container] of (pod.status.initContainerStatuses ?? []).entries()) {
    const sidecar = specs.some((spec) => spec.name === container.name && isSidecar(spec));
    count(all, container);
    if (sidecar) count(sidecars, container);
    const { terminated, waiting } = container.state;
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) ready += 1;
      continue;
    }
    const reason =
      endReason(container) ?? (waiting?.reason === 'PodInitializing' ? undefined : waiting?.reason);
    return { status: `Init:${reason ?? `${index}/${specs.length}`}`, ready, all, sidecars };
  }
  return { status: undefined, ready, all, sidecars };
}

function endReason({ state: { terminated } }: ContainerStatus): string | undefined {
  if (!terminated) return undefined;
  return (
    terminated.reason ??
    (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`)
  );
}

function count(counts: Counts, { restartCount, lastState }: ContainerStatus): void {
  counts.restarts += restartCount;
  const finishedAt = lastState.terminated?.finishedAt ?? '';
  if (finishedAt > counts.lastRestart) counts.lastRestart = finishedAt;
}

function printRestarts({ restarts, lastRestart }: Counts, nowMs: number): string {
  if (restarts === 0 || lastRestart === '') return String(restarts);
  return `${restarts} (${humanDuration(nowMs - Date.parse(lastRestart))} ago)`;
}
