import type { WatchedResource } from '../../domain/watch.ts';
import {
  apiResources,
  groupVersionPath,
  readAggregated,
  readGroups,
  readResourceList,
} from './api-resources.ts';
import type { ApiResource, ApiResources, Found, GroupVersion } from './api-resources.ts';
import { readAll, readJson } from './body.ts';
import { KubeError, networkError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import { asRecord } from './status-error.ts';
import type { KubeTiming } from './timing.ts';
import { createAlarm } from './waiting.ts';
import type { Gate } from './waiting.ts';

/** Keeps what the server serves, as of its last answer. */
export type Discovery = {
  /** Runs until the abort. */
  readonly run: () => Promise<void>;
  /** Resolves after the first answer or the first failure of one, or at the abort. */
  readonly asked: () => Promise<void>;
  /** `unknown` also where discovery itself is refused. */
  readonly find: (wanted: Pick<WatchedResource, 'group' | 'versions' | 'resource'>) => Found;
  /** Each resource in its preferred version; undefined before the first answer. */
  readonly resources: () => readonly ApiResource[] | undefined;
  /** Something tells that what is served has changed: asks soon, and once more when it has settled. */
  readonly hurry: () => void;
};

export type DiscoveryOptions = {
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly signal: AbortSignal;
  /** Open while the cluster answers: an API server in trouble is not asked. */
  readonly gate: Gate;
  /** What is served has changed, or was found out for the first time. */
  readonly onChange: () => void;
};

type Root = '/api' | '/apis';

/** What a root told last, and the name of that state. */
type Aggregated = { readonly etag: string; readonly groupVersions: readonly GroupVersion[] };

/** Aggregated discovery is stable since Kubernetes 1.30; v2beta1 came before it. */
const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');
const LIMIT = 32 * 1024 * 1024;
/** Without aggregated discovery every group is asked by itself, so many at the same time. */
const GROUPS_AT_ONCE = 4;

/** See {@link Discovery}. */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { transport, timing, signal, gate } = options;
  const alarm = createAlarm(signal);
  const first = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => first.resolve(), { once: true });
  const roots = new Map<Root, Aggregated>();
  let known: ApiResources | undefined;
  let epoch = transport.epoch();
  /** How often to ask again soon: what a CRD's event announces is served a moment later. */
  let hurries = 0;

  const get = (path: string): Promise<unknown> =>
    transport
      .open({ method: 'GET', path, accept: 'application/json', signal })
      .then((answer) => readJson(answer, LIMIT, transport.target()));

  /** An aggregated answer names its state (ETag), and is not sent again while that is the same. */
  async function readRoot(root: Root): Promise<readonly GroupVersion[]> {
    const before = roots.get(root);
    const answer = await transport.open({
      method: 'GET',
      path: root,
      accept: ACCEPT,
      signal,
      ...(before === undefined ? {} : { ifNoneMatch: before.etag }),
    });
    if (answer.status === 304 && before !== undefined) {
      await readAll(answer, LIMIT, transport.target());
      return before.groupVersions;
    }
    const document = await readJson(answer, LIMIT, transport.target());
    roots.delete(root);
    if (asRecord(document)['kind'] !== 'APIGroupDiscoveryList')
      return readOneByOne(readGroups(document));
    const groupVersions = readAggregated(document);
    if (answer.etag !== null) roots.set(root, { etag: answer.etag, groupVersions });
    return groupVersions;
  }

  async function readOneByOne(
    wanted: readonly Pick<GroupVersion, 'group' | 'version'>[],
  ): Promise<readonly GroupVersion[]> {
    const found: GroupVersion[] = [];
    for (let at = 0; at < wanted.length; at += GROUPS_AT_ONCE)
      found.push(
        ...(await Promise.all(wanted.slice(at, at + GROUPS_AT_ONCE).map(readGroupVersion))),
      );
    return found;
  }

  async function readGroupVersion(
    one: Pick<GroupVersion, 'group' | 'version'>,
  ): Promise<GroupVersion> {
    try {
      return readResourceList(await get(groupVersionPath(one)), one);
    } catch (error) {
      // An aggregated API that is down answers 503; its group is there all the same.
      if (error instanceof KubeError && error.status !== null)
        return { ...one, resources: [], isStale: true };
      throw error;
    }
  }

  async function ask(): Promise<void> {
    if (transport.epoch() !== epoch) {
      epoch = transport.epoch();
      known = undefined;
      roots.clear();
    }
    const read = await Promise.all([readRoot('/api'), readRoot('/apis')]);
    const next = apiResources(read.flat());
    const isNews = next.fingerprint !== known?.fingerprint;
    known = next;
    first.resolve();
    if (isNews) options.onChange();
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await gate.passed(signal);
      if (signal.aborted) return;
      let delayMs = timing.discoveryMs;
      try {
        await ask();
      } catch (error) {
        const { retryAfterMs } = networkError(error, transport.target());
        delayMs = Math.max(retryAfterMs, timing.recountMs);
        first.resolve();
      }
      if (hurries > 0) {
        hurries -= 1;
        delayMs = Math.min(delayMs, timing.rediscoverMs);
      }
      await alarm.sleep(delayMs);
    }
  }

  return {
    run,
    asked: () => first.promise,
    find: (wanted) => known?.find(wanted) ?? { kind: 'unknown' },
    resources: () => known?.preferred,
    hurry: () => {
      if (hurries === 0) alarm.wake();
      hurries = HURRIES;
    },
  };
}

const HURRIES = 3;
