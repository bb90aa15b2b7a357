import { ApiError, badRequest } from './api-error.ts';
import type { ServerContext } from './context.ts';
import type { VirtualResource } from './discovery.ts';
import { denialOf } from './faults.ts';
import type { KubeObject } from './object.ts';
import { conditionOf, type Condition } from './pod.ts';
import { hash32 } from './random.ts';
import type { ResourcePath } from './request.ts';
import { isAllowed } from './rights.ts';
import { parseLabelSelector } from './selectors.ts';
import { rfc3339 } from './time.ts';

const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';
const API_VERSION = `${GROUP}/${VERSION}`;
const API_SERVICE = `${VERSION}.${GROUP}`;

/** What metrics-server serves: measured when it is asked for, never stored, so that there is no watch. */
export const METRICS: readonly VirtualResource[] = [
  { group: GROUP, version: VERSION, kind: 'NodeMetrics', plural: 'nodes', verbs: ['get', 'list'] },
  {
    group: GROUP,
    version: VERSION,
    kind: 'PodMetrics',
    plural: 'pods',
    namespaced: true,
    verbs: ['get', 'list'],
  },
];

/** metrics-server scrapes each kubelet so often; a window is about as long. */
const SCRAPE_MS = 15_000;
const MIB = 2 ** 20;
/** What a node takes besides its pods: the system, the kubelet and the container runtime. */
const NODE_CORES = 0.18;
const NODE_BYTES = 900 * MIB;

type Pod = KubeObject & {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string }[];
  };
  readonly status: { readonly phase?: string };
};
/** An object with conditions. */
type Conditioned = KubeObject & {
  readonly status?: { readonly conditions?: readonly Condition[] };
};
type Usage = { readonly cores: number; readonly bytes: number };

/** Whether the path is one of these. */
export const isMetricsPath = (pathname: string): boolean =>
  pathname === `/apis/${API_VERSION}` || pathname.startsWith(`/apis/${API_VERSION}/`);

/** Whether the APIService that stands for metrics-server is available. */
export function servesMetrics({ store }: Pick<ServerContext, 'store'>): boolean {
  const found: Conditioned | undefined = store.get(
    'apiservices.apiregistration.k8s.io',
    undefined,
    API_SERVICE,
  );
  return conditionOf(found?.status?.conditions, 'Available')?.status === 'True';
}

/**
 * Answers a request for the use of nodes or pods; undefined for another path.
 * @throws {ApiError} 403, 404
 */
export function answerMetrics(
  context: Pick<ServerContext, 'store' | 'clock' | 'faults' | 'rights'>,
  path: ResourcePath,
  query: URLSearchParams,
  user: string,
): unknown {
  const resource = METRICS.find(
    ({ plural, namespaced = false }) =>
      plural === path.plural && (namespaced || path.namespace === undefined),
  );
  if (!resource) return undefined;
  const verb = path.name === undefined ? 'list' : 'get';
  const { namespace, name } = path;
  const attempt = { verb, group: GROUP, resource: resource.plural, namespace };
  const denied = denialOf(context.faults, {
    resource: `${resource.plural}.${GROUP}`,
    namespace,
    verb,
  });
  if (denied || !isAllowed(context.rights, user, attempt))
    throw new ApiError(
      403,
      'Forbidden',
      `${resource.plural}.${GROUP} is forbidden: User "${user}" cannot ${verb} resource "${resource.plural}" in API group "${GROUP}" ${namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`}`,
      { group: GROUP, kind: resource.plural },
    );
  const selects = parseLabelSelector(query.get('labelSelector') ?? '') ?? (() => true);
  if (query.has('watch')) throw badRequest('the metrics API has no watch');
  const measured = measure(resource.plural, context);
  if (name !== undefined) {
    const one = measured.find(
      ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
    );
    if (one) return { ...one, kind: resource.kind, apiVersion: API_VERSION };
    throw new ApiError(404, 'NotFound', `${resource.plural}.${GROUP} "${name}" not found`, {
      name,
      group: GROUP,
      kind: resource.plural,
    });
  }
  return {
    kind: `${resource.kind}List`,
    apiVersion: API_VERSION,
    metadata: {},
    items: measured.filter(
      (each) => selects(each) && (namespace === undefined || each.metadata.namespace === namespace),
    ),
  };
}

type Measured = KubeObject & { readonly [field: string]: unknown };

/** What is measured now of `nodes` or `pods`, as items of a list. */
export const measure = (
  plural: string,
  context: Pick<ServerContext, 'store' | 'clock'>,
): readonly Measured[] => (plural === 'nodes' ? nodeMetrics(context) : podMetrics(context));

function podMetrics({ store, clock }: Pick<ServerContext, 'store' | 'clock'>): readonly Measured[] {
  const at = scrapedAt(clock());
  const nodes = new Set(scraped(store).map(({ metadata }) => metadata.name));
  const pods = (store.list('pods') as readonly Pod[]).filter(isRunning);
  return pods
    .filter(({ spec }) => nodes.has(spec.nodeName ?? ''))
    .map((pod) => ({
      ...measuredOf(pod, at),
      window: `${SCRAPE_MS / 1000}.2s`,
      containers: pod.spec.containers.map(({ name }) => ({
        name,
        usage: usageText(containerUsage(pod, name, at)),
      })),
    }));
}

/** A node whose kubelet is silent is not scraped, and missing with its pods. */
const scraped = (store: ServerContext['store']): readonly Conditioned[] =>
  (store.list('nodes') as readonly Conditioned[]).filter(
    ({ status }) => conditionOf(status?.conditions, 'Ready')?.status === 'True',
  );

function nodeMetrics({
  store,
  clock,
}: Pick<ServerContext, 'store' | 'clock'>): readonly Measured[] {
  const at = scrapedAt(clock());
  const byNode = new Map<string, Usage>();
  for (const pod of (store.list('pods') as readonly Pod[]).filter(isRunning)) {
    const node = pod.spec.nodeName ?? '';
    const before = byNode.get(node) ?? { cores: 0, bytes: 0 };
    const own = pod.spec.containers.map(({ name }) => containerUsage(pod, name, at));
    byNode.set(node, {
      cores: own.reduce((sum, { cores }) => sum + cores, before.cores),
      bytes: own.reduce((sum, { bytes }) => sum + bytes, before.bytes),
    });
  }
  return scraped(store).map((node) => {
    const pods = byNode.get(node.metadata.name) ?? { cores: 0, bytes: 0 };
    return {
      ...measuredOf(node, at),
      window: `${SCRAPE_MS / 1000}.1s`,
      usage: usageText({ cores: pods.cores + NODE_CORES, bytes: pods.bytes + NODE_BYTES }),
    };
  });
}

const scrapedAt = (nowMs: number): number => Math.floor(nowMs / SCRAPE_MS) * SCRAPE_MS;

const isRunning = ({ status, spec }: Pod): boolean =>
  status.phase === 'Running' && spec.nodeName !== undefined;

const measuredOf = ({ metadata: { name, namespace, labels } }: KubeObject, at: number): Measured =>
  ({
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      creationTimestamp: rfc3339(at),
      ...(labels === undefined ? {} : { labels }),
    },
    timestamp: rfc3339(at),
  }) as unknown as Measured;

/** Steady for each container, with a slow swing: a lab that shows the same number for ever looks dead. */
function containerUsage({ metadata: { uid } }: KubeObject, container: string, at: number): Usage {
  const seed = hash32(`usage ${uid} ${container}`);
  const swing = 1 + 0.25 * Math.sin(at / 60_000 + (seed % 360));
  return {
    cores: (0.002 + ((seed % 1000) / 1000) ** 3 * 0.25) * swing,
    bytes: (16 + ((seed >>> 10) % 400)) * MIB * (1 + 0.02 * Math.sin(at / 300_000 + (seed % 90))),
  };
}

/** As metrics-server writes quantities: nanocores and kibibytes. */
const usageText = ({ cores, bytes }: Usage): object => ({
  cpu: `${Math.round(cores * 1e9)}n`,
  memory: `${Math.round(bytes / 1024)}Ki`,
});
