import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chunksOf, readJson } from '../../../src/collect/kube/body.ts';
import { KubeError } from '../../../src/collect/kube/kube-error.ts';
import { createKubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import type { KubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import { createLineSplitter } from '../../../src/collect/kube/line-splitter.ts';
import { defaultTiming } from '../../../src/collect/kube/timing.ts';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { observe, podNames, podWatch, temporaryFolder } from './observed-cluster.ts';
import type { ObservedCluster } from './observed-cluster.ts';
import { controlPlaneBinaries, startRealApi } from './real-api.ts';

/** A server whose behaviour the watch layer builds on. */
type Subject = { readonly kubeconfig: string; readonly close: () => Promise<void> };

type Metadata = {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
  readonly annotations?: Readonly<Record<string, string>>;
};
type Item = { readonly metadata: Metadata };
type List = { readonly kind: string; readonly metadata: Metadata; readonly items: readonly Item[] };
type Event = { readonly type: string; readonly object: Item & { readonly code?: number } };

const PODS = '/api/v1/pods';
const DEFAULT_PODS = '/api/v1/namespaces/default/pods';

const keyOf = ({ metadata }: Item): string => `${metadata.namespace}/${metadata.name}`;
const allPods: ClusterWatch<'pods'> = { ...podWatch(20_000), namespaced: true };

/** The contracts of the API that section by section carry the reflector. */
function contracts(start: () => Promise<Subject>): void {
  let subject: Subject;
  let transport: KubeTransport;
  const closing = new AbortController();
  const { signal } = closing;
  let observed: ObservedCluster | undefined;

  beforeAll(async () => {
    subject = await start();
    const settings = {
      name: 'test',
      kubeconfig: subject.kubeconfig,
      context: null,
      vip: null,
      apiServers: [],
      kubelets: false,
    };
    transport = createKubeTransport(settings, defaultTiming, Date.now);
    await transport.configure();
  });
  afterEach(() => observed?.source.close());
  afterAll(async () => {
    closing.abort();
    await transport.close();
    await subject.close();
  });

  const get = async (path: string, accept = 'application/json'): Promise<List> => {
    const answer = await transport.open({ method: 'GET', path, accept, signal });
    return (await readJson(answer, 1 << 26, transport.target())) as List;
  };
  const refusal = async (path: string): Promise<KubeError> => {
    try {
      const { body } = await transport.open({ method: 'GET', path, signal });
      body.destroy();
    } catch (error) {
      if (error instanceof KubeError) return error;
      throw error;
    }
    throw new Error(`${path} was not refused`);
  };
  /** Events of a watch up to the one that `isLast`, or up to its end. */
  const events = async (
    query: string,
    isLast: (event: Event) => boolean,
  ): Promise<readonly Event[]> => {
    const answer = await transport.open({
      method: 'GET',
      path: `${DEFAULT_PODS}?watch=true&${query}`,
      signal,
    });
    const splitter = createLineSplitter(1 << 23);
    const seen: Event[] = [];
    for await (const chunk of chunksOf(answer))
      for (const line of splitter.push(chunk)) {
        const event = JSON.parse(line.toString('utf8')) as Event;
        seen.push(event);
        if (isLast(event)) return seen;
      }
    return seen;
  };
  const create = async (name: string): Promise<void> => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'example/main:1' }] },
    };
    const { body } = await transport.open({
      method: 'POST',
      path: DEFAULT_PODS,
      body: JSON.stringify(pod),
      signal,
    });
    await body.dump();
  };
  const remove = async (name: string): Promise<void> => {
    const path = `${DEFAULT_PODS}/${name}?gracePeriodSeconds=0`;
    const { body } = await transport.open({ method: 'DELETE', path, signal });
    await body.dump();
  };
  const isEnd = ({ type, object }: Event): boolean =>
    type === 'BOOKMARK' && object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true';
  const INITIAL =
    'allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=60';

  test('a list in pages has one version, a rest that shrinks, and every object once', async () => {
    for (const name of ['paged-1', 'paged-2', 'paged-3']) await create(name);
    const whole = await get(PODS);
    const keys: string[] = [];
    const versions = new Set<string | undefined>();
    let token: string | undefined = '';
    while (token !== undefined) {
      const page: List = await get(
        `${PODS}?limit=2${token && `&continue=${encodeURIComponent(token)}`}`,
      );
      keys.push(...page.items.map(keyOf));
      versions.add(page.metadata.resourceVersion);
      const rest = page.metadata.continue ? (page.metadata.remainingItemCount ?? Number.NaN) : 0;
      expect(keys.length + rest).toBe(whole.items.length);
      token = page.metadata.continue || undefined;
    }
    expect(keys.toSorted()).toEqual(whole.items.map(keyOf).toSorted());
    expect(versions.size).toBe(1);
  });

  test('one object and its remainingItemCount count a kind without listing it', async () => {
    const whole = await get(PODS);
    const counted = await get(
      `${PODS}?limit=1`,
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
    );
    expect(counted.kind).toBe('PartialObjectMetadataList');
    expect(counted.items.length + (counted.metadata.remainingItemCount ?? 0)).toBe(
      whole.items.length,
    );
  });

  test('a list on a watch ends with a marked bookmark to continue from', async () => {
    await create('streamed');
    const seen = await events(INITIAL, isEnd);
    const listed = await get(DEFAULT_PODS);
    expect(seen.at(-1)?.type).toBe('BOOKMARK');
    expect(seen.slice(0, -1).every(({ type }) => type === 'ADDED')).toBe(true);
    expect(
      seen
        .slice(0, -1)
        .map(({ object }) => keyOf(object))
        .toSorted(),
    ).toEqual(listed.items.map(keyOf).toSorted());
    const version = seen.at(-1)?.object.metadata.resourceVersion;
    await remove('streamed');
    const later = await events(
      `allowWatchBookmarks=true&timeoutSeconds=60&resourceVersion=${version}`,
      ({ type }) => type === 'DELETED',
    );
    expect(later.at(-1)?.object.metadata.name).toBe('streamed');
  });

  test('sendInitialEvents without resourceVersionMatch is 422', async () => {
    expect((await refusal(`${PODS}?watch=true&sendInitialEvents=true`)).status).toBe(422);
  });

  test('a watch ends cleanly at its timeoutSeconds', async () => {
    const { metadata } = await get(DEFAULT_PODS);
    const seen = await events(
      `timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`,
      () => false,
    );
    expect(seen.filter(({ type }) => type === 'ERROR')).toEqual([]);
  });

  test('a version that is too old is 410, as a status or as an ERROR event', async () => {
    const code = await events(
      'timeoutSeconds=10&resourceVersion=1',
      ({ type }) => type === 'ERROR',
    ).then(
      (seen) => seen.at(-1)?.object.code,
      (error: unknown) => error instanceof KubeError && error.status,
    );
    expect(code).toBe(410);
  });

  test('a version that the server has not reached says that it is behind', async () => {
    const error = await refusal(
      `${PODS}?resourceVersion=999999999999&resourceVersionMatch=NotOlderThan`,
    );
    expect(error).toMatchObject({ status: 504, isBehind: true });
  });

  test('unknown paths and names are a Status of 404', async () => {
    expect((await refusal(`${DEFAULT_PODS}/nobody`)).failure).toMatchObject({ code: 'absent' });
    expect((await refusal('/apis/nobody.example.org/v1/things')).status).toBe(404);
  });

  test('the source follows creations and deletions', async () => {
    const cluster = (observed = observe(subject.kubeconfig, {
      watches: [allPods],
      heartbeatSeconds: 1,
    }));
    await cluster.until('live', (now) => now.feeds.pods.status === 'ok');
    expect(podNames(cluster.now())).toEqual((await get(PODS)).items.map(keyOf).toSorted());
    await create('followed');
    await cluster.until('created', (now) => podNames(now).includes('default/followed'));
    await remove('followed');
    const { source, version } = await cluster.until(
      'removed',
      (now) => !podNames(now).includes('default/followed'),
    );
    expect(source.state).toBe('up');
    expect(version).toMatch(/^v1\.\d+/);
  });
}

/** The simulator's kubeconfig in a file, as a subject. */
async function startSimulator(): Promise<Subject & { readonly api: KubeApi }> {
  const folder = temporaryFolder();
  const api = await startKubeApi({ seed: 1, bookmarkSeconds: 1, paceMs: 50 });
  const kubeconfig = join(folder.path, 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig());
  return {
    api,
    kubeconfig,
    close: async () => {
      await api.close();
      folder.drop();
    },
  };
}

describe('the simulated API', () => {
  contracts(startSimulator);
});

const binaries = controlPlaneBinaries();
describe.skipIf(typeof binaries === 'string')(
  `a real kube-apiserver${typeof binaries === 'string' ? ` (skipped: ${binaries})` : ''}`,
  () => {
    contracts(() =>
      typeof binaries === 'string' ? Promise.reject(new Error(binaries)) : startRealApi(binaries),
    );
  },
);

type Harm = (api: KubeApi) => void;
const FAULTS: readonly (readonly [what: string, harm: Harm])[] = [
  ['half a line', (api) => api.faults.truncateWatches()],
  ['lines and characters in pieces', (api) => api.faults.splitWatches(7)],
  ['connections cut', (api) => api.faults.cutConnections()],
  ['GOAWAY', (api) => api.faults.goAway()],
  ['a clean end', (api) => api.faults.endWatches()],
  [
    'an ERROR event',
    (api) => api.faults.failWatches(500, 'InternalError', 'etcdserver: leader changed'),
  ],
  [
    'the history gone, told as an event',
    (api) => {
      api.faults.setGone('event');
      api.faults.compact();
      api.faults.cutConnections();
    },
  ],
  [
    'the history gone, told as a status',
    (api) => {
      api.faults.setGone('status');
      api.faults.compact();
      api.faults.cutConnections();
    },
  ],
  [
    'lists on watches switched off',
    (api) => {
      api.faults.setWatchList(false);
      api.faults.compact();
      api.faults.cutConnections();
    },
  ],
  [
    '429 for a while',
    (api) => {
      api.faults.respond({ status: 429, path: PODS, count: 2, retryAfterSeconds: 1 });
      api.faults.endWatches();
    },
  ],
];

describe('the source against the simulated API', () => {
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let observed: ObservedCluster;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterEach(async () => {
    simulator.api.faults.clear();
    await observed.source.close();
  });
  afterAll(() => simulator.close());

  const stored = (): readonly string[] =>
    [...simulator.api.store.list('pods')].map(keyOf).toSorted();
  const agrees = (): Promise<unknown> =>
    observed.until(
      'the table is what the store has',
      (now) => now.feeds.pods.status === 'ok' && podNames(now).join() === stored().join(),
    );

  test.for(FAULTS)('recovers from %s', async ([, harm]) => {
    observed = observe(simulator.kubeconfig, { watches: [allPods] });
    await agrees();
    harm(simulator.api);
    const [first = ''] = podNames(observed.now());
    const [namespace, name = ''] = first.split('/');
    simulator.api.store.remove('pods', namespace, name);
    await agrees();
    expect(podNames(observed.now())).toEqual(stored());
  });
});
