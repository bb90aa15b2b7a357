import type { EpochMs } from '../../domain/time.ts';
import { isTrueAt, listAt, numberAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';

/** STATUS, READY and RESTARTS of a pod as kubectl prints them. */
export type PodStatus = {
  readonly status: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
  readonly lastRestartAt: EpochMs | null;
};

/** How often containers were started again, and when last. */
type Restarts = { readonly count: number; readonly lastAt: EpochMs | null };
const NO_RESTARTS: Restarts = { count: 0, lastAt: null };

/** The printer of kubectl, `printPod` in pkg/printers/internalversion/printers.go, step by step. */
export function readPodStatus(pod: unknown): PodStatus {
  const phase = textAt(pod, 'status', 'phase') ?? '';
  const conditions = listAt(pod, 'status', 'conditions');
  const condition = (type: string) => conditions.find((entry) => textAt(entry, 'type') === type);
  const hasCondition = (type: string) => textAt(condition(type), 'status') === 'True';
  const sidecars = sidecarNames(pod);
  const init = readInitContainers(pod, sidecars);
  let status = textAt(pod, 'status', 'reason') ?? phase;
  if (textAt(condition('PodScheduled'), 'reason') === 'SchedulingGated') status = 'SchedulingGated';
  status = init.status ?? status;
  let { restarts, readyContainers } = init;
  if (init.status === null || hasCondition('Initialized')) {
    const main = readContainers(pod, init.sidecarRestarts);
    ({ restarts } = main);
    readyContainers += main.readyContainers;
    status = main.status ?? status;
    if (status === 'Completed' && main.readyContainers > 0)
      status = hasCondition('Ready') ? 'Running' : 'NotReady';
  }
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== null) {
    if (textAt(pod, 'status', 'reason') === 'NodeLost') status = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') status = 'Terminating';
  }
  return {
    status,
    readyContainers,
    totalContainers: listAt(pod, 'spec', 'containers').length + sidecars.size,
    restarts: restarts.count,
    lastRestartAt: restarts.lastAt,
  };
}

/** Init containers that run on beside the others. */
const sidecarNames = (pod: unknown): ReadonlySet<string> =>
  new Set(
    listAt(pod, 'spec', 'initContainers').flatMap((container) =>
      textAt(container, 'restartPolicy') === 'Always' ? (textAt(container, 'name') ?? []) : [],
    ),
  );

type InitContainers = {
  /** null when all have ended well or run as sidecars. */
  readonly status: string | null;
  readonly readyContainers: number;
  readonly restarts: Restarts;
  readonly sidecarRestarts: Restarts;
};

function readInitContainers(pod: unknown, sidecars: ReadonlySet<string>): InitContainers {
  let restarts = NO_RESTARTS;
  let sidecarRestarts = NO_RESTARTS;
  let readyContainers = 0;
  for (const [index, container] of listAt(pod, 'status', 'initContainerStatuses').entries()) {
    const isSidecar = sidecars.has(textAt(container, 'name') ?? '');
    restarts = addRestarts(restarts, container);
    if (isSidecar) sidecarRestarts = addRestarts(sidecarRestarts, container);
    const terminated = valueAt(container, 'state', 'terminated');
    if (isPresent(terminated) && exitCode(terminated) === 0) continue;
    if (isSidecar && isTrueAt(container, 'started')) {
      if (isTrueAt(container, 'ready')) readyContainers += 1;
      continue;
    }
    const waiting = textAt(container, 'state', 'waiting', 'reason');
    const total = listAt(pod, 'spec', 'initContainers').length;
    const step = isPresent(terminated)
      ? endedStatus(terminated)
      : waiting !== null && waiting !== 'PodInitializing'
        ? waiting
        : `${index}/${total}`;
    return { status: `Init:${step}`, readyContainers, restarts, sidecarRestarts };
  }
  return { status: null, readyContainers, restarts, sidecarRestarts };
}

type Containers = {
  /** null when no container has anything to say. */
  readonly status: string | null;
  readonly readyContainers: number;
  readonly restarts: Restarts;
};

/** From the last to the first, so that the first container's word counts. */
function readContainers(pod: unknown, sidecarRestarts: Restarts): Containers {
  let status: string | null = null;
  let restarts = sidecarRestarts;
  let readyContainers = 0;
  for (const container of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    restarts = addRestarts(restarts, container);
    const waiting = textAt(container, 'state', 'waiting', 'reason');
    const terminated = valueAt(container, 'state', 'terminated');
    if (waiting !== null) status = waiting;
    else if (isPresent(terminated)) status = endedStatus(terminated);
    else if (isTrueAt(container, 'ready') && isPresent(valueAt(container, 'state', 'running')))
      readyContainers += 1;
  }
  return { status, readyContainers, restarts };
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

/** Left out in JSON when it is 0. */
const exitCode = (terminated: unknown): number => numberAt(terminated, 'exitCode') ?? 0;

function endedStatus(terminated: unknown): string {
  const signal = numberAt(terminated, 'signal') ?? 0;
  return (
    textAt(terminated, 'reason') ??
    (signal === 0 ? `ExitCode:${exitCode(terminated)}` : `Signal:${signal}`)
  );
}

function addRestarts({ count, lastAt }: Restarts, container: unknown): Restarts {
  const at = timeAt(container, 'lastState', 'terminated', 'finishedAt');
  return {
    count: count + (numberAt(container, 'restartCount') ?? 0),
    lastAt: at === null ? lastAt : Math.max(at, lastAt ?? at),
  };
}
