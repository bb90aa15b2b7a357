import { record } from './admission.ts';
import { ApiError, badRequest } from './api-error.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { conditionOf, type ContainerStatus, type Pod } from './pod.ts';
import { hash32 } from './random.ts';
import { flag, integerOf, type HttpResponse } from './request.ts';
import { begin } from './respond.ts';
import { current } from './write.ts';

/** The lines of one container's life: line `index` was written at a time that depends on nothing but the index. */
type Log = {
  readonly startMs: number;
  /** After it no line comes; undefined while the container runs. */
  readonly endMs: number | undefined;
  readonly everyMs: number;
  readonly line: (index: number) => string;
};

/** Without `tailLines` a log begins this many lines back: kubelets rotate at 10 MB. */
const KEPT_LINES = 20_000;

/** GET of `pods/log`. */
export function serveLog(
  context: ServerContext,
  request: ResourceRequest,
  response: HttpResponse,
): void {
  const { clock, store } = context;
  const { query } = request;
  const pod = current(context, request) as Pod;
  const container = containerOf(pod, query.get('container'));
  checkKubelet(context, pod);
  const log = logOf(pod, container, flag(query, 'previous'));
  const stamps = flag(query, 'timestamps');
  const timeOf = (index: number): number => log.startMs + index * log.everyMs;
  const render = (index: number): string =>
    `${stamps ? `${new Date(timeOf(index)).toISOString().slice(0, -1)}000000Z ` : ''}${log.line(index)}\n`;
  const written = (): number =>
    Math.max(
      0,
      Math.floor(
        (Math.min(clock(), log.endMs ?? Number.POSITIVE_INFINITY) - log.startMs) / log.everyMs,
      ) + 1,
    );

  let next = firstLine(query, {
    total: written(),
    startMs: log.startMs,
    everyMs: log.everyMs,
    nowMs: clock(),
  });
  const limit = integerOf(query, 'limitBytes') ?? Number.POSITIVE_INFINITY;
  const take = (): string => {
    let text = '';
    for (const end = written(); next < end; next++) text += render(next);
    return text;
  };
  begin(response, 200, { 'content-type': 'text/plain' });
  response.write(
    Buffer.from(take()).subarray(0, limit === Number.POSITIVE_INFINITY ? undefined : limit),
  );
  if (!flag(query, 'follow') || log.endMs !== undefined || limit !== Number.POSITIVE_INFINITY) {
    response.end();
    return;
  }
  const timer = setInterval(() => {
    if (response.writableLength > 1_000_000) return;
    const text = take();
    if (text !== '') response.write(text);
    const left = store.get('pods', pod.metadata.namespace, pod.metadata.name);
    if (left?.metadata.uid !== pod.metadata.uid) response.end();
  }, 250);
  response.once('close', () => clearInterval(timer));
}

function containerOf(pod: Pod, asked: string | null): string {
  const { name } = pod.metadata;
  const names = pod.spec.containers.map((container) => container.name);
  const initial = (pod.spec.initContainers ?? []).map((container) => container.name);
  if (asked) {
    if (![...names, ...initial].includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [first = '', ...others] = names;
  if (others.length === 0) return first;
  const choices =
    initial.length > 0
      ? `[${names.join(' ')}] or one of the init containers: [${initial.join(' ')}]`
      : `[${names.join(' ')}]`;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: ${choices}`);
}

/** The API server fetches logs from the kubelet: without a kubelet there are none. */
function checkKubelet({ store }: ServerContext, pod: Pod): void {
  const { nodeName } = pod.spec;
  if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  const node = store.get('nodes', undefined, nodeName);
  const conditions = record(node?.['status'])['conditions'] as Parameters<typeof conditionOf>[0];
  if (conditionOf(conditions, 'Ready')?.status !== 'Unknown') return;
  const path = `/containerLogs/${pod.metadata.namespace}/${pod.metadata.name}`;
  throw new ApiError(
    500,
    'InternalError',
    `Get "https://${pod.status.hostIP}:10250${path}": dial tcp ${pod.status.hostIP}:10250: connect: no route to host`,
  );
}

function logOf(pod: Pod, container: string, previous: boolean): Log {
  const statuses = [
    ...(pod.status.containerStatuses ?? []),
    ...(pod.status.initContainerStatuses ?? []),
  ];
  const status = statuses.find(({ name }) => name === container);
  const waiting = status?.state.waiting?.reason ?? 'ContainerCreating';
  const last = status?.lastState.terminated;
  const where = `container "${container}" in pod "${pod.metadata.name}"`;
  if (previous) {
    if (!status || !last) throw badRequest(`previous terminated ${where} not found`);
    return lifeOf(pod, status, last);
  }
  if (status?.state.running)
    return lifeOf(pod, status, { startedAt: status.state.running.startedAt });
  const end = status?.state.terminated ?? last;
  if (!status || !end) throw badRequest(`${where} is waiting to start: ${waiting}`);
  return lifeOf(pod, status, end);
}

function lifeOf(
  pod: Pod,
  { name, restartCount }: ContainerStatus,
  life: { readonly startedAt?: string; readonly finishedAt?: string; readonly exitCode?: number },
): Log {
  const startMs = Date.parse(life.startedAt ?? pod.metadata.creationTimestamp);
  const endMs = life.finishedAt === undefined ? undefined : Date.parse(life.finishedAt);
  const key = `${pod.metadata.uid} ${name} ${restartCount}`;
  const everyMs = 800 + (hash32(key) % 2600);
  const lastIndex = endMs === undefined ? undefined : Math.floor((endMs - startMs) / everyMs);
  return {
    startMs,
    endMs,
    everyMs,
    line: (index) =>
      index === lastIndex && life.exitCode
        ? `fatal: cannot connect to the database: connection refused (exit ${life.exitCode})`
        : lineOf(key, index),
  };
}

const LINES = [
  (n: number) =>
    `level=info msg="request served" method=GET path=/api/v1/items status=200 duration=${n % 40}ms`,
  (n: number) =>
    `level=info msg="request served" method=POST path=/api/v1/items status=201 duration=${n % 90}ms`,
  (n: number) => `level=debug msg="cache refreshed" entries=${n % 5000}`,
  (n: number) => `level=info msg="reconciled" generation=${n % 30} queue=${n % 4}`,
  (n: number) => `level=info msg="scheduled job finished" job=cleanup removed=${n % 17}`,
  (n: number) => `level=warn msg="slow query" duration=${1000 + (n % 900)}ms table=documents`,
] as const;

function lineOf(key: string, index: number): string {
  if (index === 0) return 'level=info msg="starting" version=1.42.0';
  const number = hash32(`${key} ${index}`);
  // One line in fifty is a warning.
  const choice = number % 50 === 0 ? 5 : number % 5;
  return LINES[choice]?.(number >>> 8) ?? '';
}

function firstLine(
  query: URLSearchParams,
  log: {
    readonly total: number;
    readonly startMs: number;
    readonly everyMs: number;
    readonly nowMs: number;
  },
): number {
  const since = integerOf(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const fromMs =
    since === undefined
      ? sinceTime
        ? Date.parse(sinceTime)
        : undefined
      : log.nowMs - since * 1000;
  if (fromMs !== undefined && Number.isNaN(fromMs))
    throw badRequest(`sinceTime is no RFC 3339 time: ${sinceTime}`);
  const tail = integerOf(query, 'tailLines');
  if (tail !== undefined && tail < 0)
    throw badRequest('tailLines: Invalid value: must be greater than or equal to 0');
  const byTime = fromMs === undefined ? 0 : Math.ceil((fromMs - log.startMs) / log.everyMs);
  return Math.max(0, byTime, log.total - (tail ?? KEPT_LINES));
}
