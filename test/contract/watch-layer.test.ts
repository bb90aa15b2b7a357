import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  apiResources,
  groupVersionPath,
  readAggregated,
  readGroups,
  readResourceList,
} from '../../src/collect/kube/api-resources.ts';
import { chunksOf, readJson } from '../../src/collect/kube/body.ts';
import { countObjects } from '../../src/collect/kube/count.ts';
import { createDiscovery } from '../../src/collect/kube/discovery.ts';
import { KubeError } from '../../src/collect/kube/kube-error.ts';
import { createLineSplitter } from '../../src/collect/kube/line-splitter.ts';
import { defaultTiming } from '../../src/collect/kube/timing.ts';
import { createGate } from '../../src/collect/kube/waiting.ts';
import { lastKnown } from '../../src/domain/feed.ts';
import type { ClusterInventory } from '../../src/domain/inventory.ts';
import type { ClusterWatch } from '../../src/domain/watch.ts';
import { nodeWatch, observe, podNames, podWatch } from '../collect/kube/observed-cluster.ts';
import type { ObservedCluster } from '../collect/kube/observed-cluster.ts';
import { seeded, seeds } from '../support/seeded.ts';
import { connect } from './client.ts';
import type { Client } from './client.ts';
import { startRelay } from './relay.ts';
import { onEveryApi } from './subjects.ts';
import type { Subject } from './subjects.ts';

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
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const keyOf = ({ metadata }: Item): string => `${metadata.namespace}/${metadata.name}`;
const SOON = { interval: 100 };
const allPods: ClusterWatch<'pods'> = { ...podWatch(20_000), namespaced: true };

/** The contracts of the API that carry the watch layer. */
onEveryApi((start) => {
  let subject: Subject;
  let api: Client;
  const closers: (() => Promise<void>)[] = [];
  let observed: ObservedCluster | undefined;

  beforeAll(async () => {
    subject = await start();
    closers.push(subject.close);
    api = await connect(subject.kubeconfig);
    closers.push(api.close);
  });
  afterEach(() => observed?.source.close());
  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  });

  const get = async <T = List>(path: string, accept = 'application/json'): Promise<T> => {
    const { transport, signal } = api;
    const answer = await transport.open({ method: 'GET', path, accept, signal });
    return (await readJson(answer, 1 << 26, transport.target())) as T;
  };
  /** Events of a watch up to the one that `isLast`, or up to its end. */
  const events = async (
    query: string,
    isLast: (event: Event) => boolean,
    accept = 'application/json',
  ): Promise<readonly Event[]> => {
    const answer = await api.transport.open({
      method: 'GET',
      path: `${DEFAULT_PODS}?watch=true&${query}`,
      accept,
      signal: api.signal,
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
  const create = (name: string): Promise<unknown> =>
    api.ask('POST', DEFAULT_PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'example/main:1' }] },
    });
  const remove = (name: string): Promise<unknown> =>
    api.ask('DELETE', `${DEFAULT_PODS}/${name}?gracePeriodSeconds=0`);
  const createDefinition = (plural: string): Promise<unknown> =>
    api.ask('POST', CRDS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.contract.example.org` },
      spec: {
        group: 'contract.example.org',
        scope: 'Namespaced',
        names: { plural, kind: 'Widget' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        ],
      },
    });
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

  test('a row without its object counts a resource, as long as the list', async () => {
    await create('counted');
    for (const path of [PODS, '/api/v1/namespaces', '/api/v1/nodes']) {
      const { items } = await get(path);
      const { count, resourceVersion } = await countObjects(api.transport, path, api.signal);
      expect(count).toBe(items.length);
      expect(resourceVersion).toMatch(/^\d+$/);
    }
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

  test('of metadata-only lists and watches nothing but the metadata is sent', async () => {
    await create('partial');
    const listed = await get(DEFAULT_PODS, METADATA_LIST);
    expect(listed.kind).toBe('PartialObjectMetadataList');
    const seen = await events(INITIAL, isEnd, METADATA);
    const objects = seen.slice(0, -1).map(({ object }) => object);
    expect(objects.map(keyOf).toSorted()).toEqual(listed.items.map(keyOf).toSorted());
    for (const object of [...listed.items, ...objects])
      expect(
        Object.keys(object).filter((field) => !['kind', 'apiVersion'].includes(field)),
      ).toEqual(['metadata']);
  });

  test('a field selector leaves what it names, and one that is not supported is 400', async () => {
    await create('selected');
    const { items } = await get(`${PODS}?fieldSelector=metadata.name%3Dselected`);
    expect(items.map(keyOf)).toEqual(['default/selected']);
    const refused = await api.refusal('GET', `${PODS}?fieldSelector=spec.color%3Dred`);
    expect(refused.status).toBe(400);
  });

  test('sendInitialEvents without resourceVersionMatch is 422', async () => {
    const refused = await api.refusal('GET', `${PODS}?watch=true&sendInitialEvents=true`);
    expect(refused.status).toBe(422);
  });

  test('a watch ends cleanly at its timeoutSeconds', async () => {
    const { metadata } = await get(DEFAULT_PODS);
    const seen = await events(
      `timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`,
      () => false,
    );
    expect(seen.filter(({ type }) => type === 'ERROR')).toEqual([]);
  });

  test('a version that the server has not reached says that it is behind', async () => {
    const error = await api.transport
      .open({
        method: 'GET',
        path: `${PODS}?resourceVersion=999999999999&resourceVersionMatch=NotOlderThan`,
        signal: api.signal,
      })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ status: 504, isBehind: true });
  });

  test('unknown paths and names are 404', async () => {
    const nobody = await api.refusal('GET', `${DEFAULT_PODS}/nobody`);
    expect(nobody).toMatchObject({
      status: 404,
      message: expect.stringContaining('not found') as string,
    });
    expect((await api.refusal('GET', '/apis/nobody.example.org/v1/things')).status).toBe(404);
  });

  test('discovery tells the same in one answer and group by group', async () => {
    for (const root of ['/api', '/apis'] as const) {
      const aggregated = readAggregated(await get<unknown>(root, AGGREGATED));
      const single = await Promise.all(
        readGroups(await get<unknown>(root)).map(async (one) =>
          readResourceList(await get<unknown>(groupVersionPath(one)), one),
        ),
      );
      const named = (all: typeof single) =>
        all
          .flatMap(({ resources }) => resources)
          .map(({ group, version, resource, kind, namespaced, verbs }) =>
            [group, version, resource, kind, namespaced, ...verbs.toSorted()].join(' '),
          )
          .toSorted();
      expect(named(single)).toEqual(named([...aggregated]));
      expect(single.length).toBeGreaterThan(0);
      // The order of versions is that of their preference.
      expect(
        apiResources(single)
          .preferred.map(({ version }) => version)
          .toSorted(),
      ).toEqual(
        apiResources(aggregated)
          .preferred.map(({ version }) => version)
          .toSorted(),
      );
    }
  });

  test('what is served is not sent again while it is the same, and is when it is not', async () => {
    const ending = new AbortController();
    const answers: string[] = [];
    const gate = createGate();
    gate.open();
    const { open } = api.transport;
    const discovery = createDiscovery({
      transport: {
        ...api.transport,
        open: async (request) => {
          const answer = await open(request);
          answers.push(`${request.path} ${answer.status}`);
          return answer;
        },
      },
      timing: { ...defaultTiming, discoveryMs: 600_000, rediscoverMs: 20 },
      signal: ending.signal,
      gate,
      onChange: () => {},
    });
    const running = discovery.run();
    await discovery.asked();
    expect(answers.toSorted()).toEqual(['/api 200', '/apis 200']);
    const before = discovery.resources()?.map(({ resource }) => resource);
    discovery.hurry();
    await expect
      .poll(() => answers.filter((each) => each.endsWith(' 304')).length)
      .toBeGreaterThan(1);
    expect(answers.slice(2)).not.toContain('/apis 200');
    expect(discovery.resources()?.map(({ resource }) => resource)).toEqual(before);
    await createDefinition('gadgets');
    await expect
      .poll(() => {
        discovery.hurry();
        return discovery.find({
          group: 'contract.example.org',
          versions: ['v1'],
          resource: 'gadgets',
        }).kind;
      })
      .toBe('served');
    ending.abort();
    await running;
    await api.ask('DELETE', `${CRDS}/gadgets.contract.example.org`);
  });

  test('the source follows creations and deletions', async () => {
    observed = observe(subject.kubeconfig, { watches: [allPods], heartbeatSeconds: 1 });
    await observed.until('live', (now) => now.feeds.pods.status === 'ok');
    expect(podNames(observed.now())).toEqual((await get(PODS)).items.map(keyOf).toSorted());
    await create('followed');
    await observed.until('created', (now) => podNames(now).includes('default/followed'));
    await remove('followed');
    const { source, version } = await observed.until(
      'removed',
      (now) => !podNames(now).includes('default/followed'),
    );
    expect(source.state).toBe('up');
    expect(version).toMatch(/^v\d+\.\d+/);
  });

  test('a resource is absent until its CRD is there, and again when it is not', async () => {
    const name = 'widgets.contract.example.org';
    const widgets: ClusterWatch<'pods'> = {
      ...podWatch(),
      group: 'contract.example.org',
      versions: ['v1'],
      resource: 'widgets',
      namespaced: true,
    };
    observed = observe(subject.kubeconfig, {
      watches: [widgets],
      // Only the event of the CRD can tell, as soon as in use.
      timing: { discoveryMs: 600_000, recountMs: 600_000, rediscoverMs: 2_000 },
    });
    const none = await observed.until('absent', (now) => now.feeds.pods.status === 'absent');
    expect(none.feeds.pods).toMatchObject({ reason: `the cluster has no ${name}` });
    await observed.until('counted', (now) => countOf(now, 'namespaces') !== undefined);
    await createDefinition('widgets');
    await observed.until('served', (now) => now.feeds.pods.status === 'ok');
    await api.ask('POST', '/apis/contract.example.org/v1/namespaces/default/widgets', {
      apiVersion: 'contract.example.org/v1',
      kind: 'Widget',
      metadata: { name: 'one', namespace: 'default' },
    });
    await observed.until('seen', (now) => podNames(now).includes('default/one'));
    await observed.until('counted too', (now) => countOf(now, name) === 1);
    await api.ask('DELETE', `${CRDS}/${name}`);
    await observed.until('gone', (now) => now.feeds.pods.status === 'absent');
    await observed.until('no longer counted', (now) => countOf(now, name) === undefined);
  });

  test('without a right a resource is denied, and what that hides is told', async () => {
    const { kubeconfig, undo } = subject.withoutRights();
    try {
      observed = observe(kubeconfig, { watches: [allPods] });
      const { feeds, source } = await observed.until(
        'denied',
        (now) => now.feeds.pods.status === 'denied',
      );
      expect(feeds.pods.status === 'denied' && feeds.pods.reason).toMatch(
        /^the pods cannot be seen: .*pods is forbidden: User "nobody" cannot list resource "pods" in API group "" at the cluster scope/,
      );
      expect(source.state).toBe('up');
    } finally {
      undo();
    }
  });

  describe('with rights in some namespaces only', () => {
    const READ = ['get', 'list', 'watch'];
    const inTeams = { apiGroups: [''], resources: ['pods', 'events'], verbs: READ };
    const podIn = async (namespace: string, name: string): Promise<void> => {
      await api.ask('POST', `/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace },
        spec: { containers: [{ name: 'main', image: 'example/main:1' }] },
      });
    };
    const podsOf = (cluster: ClusterInventory, ...namespaces: readonly string[]) =>
      podNames(cluster).filter((key) => namespaces.includes(key.split('/')[0] ?? ''));

    beforeAll(async () => {
      for (const name of ['team-a', 'team-b', 'team-c']) {
        await api.ask('POST', '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name },
        });
        await podIn(name, 'first');
      }
    });

    test('each allowed namespace is watched, and what is hidden is told', async () => {
      const kubeconfig = await subject.limited('two-teams', [
        { ...inTeams, namespaces: ['team-a', 'team-b'] },
        { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
      ]);
      observed = observe(kubeconfig, { watches: [allPods, nodeWatch] });
      const { feeds } = await observed.until('both', (now) => now.feeds.pods.status === 'ok');
      expect(podNames(observed.now())).toEqual(['team-a/first', 'team-b/first']);
      const { items } = await get('/api/v1/namespaces');
      expect(feeds.pods).toMatchObject({
        gap: {
          reason: expect.stringMatching(
            /^only in team-a, team-b: .*User "two-teams" cannot list resource "pods" in API group "" at the cluster scope/,
          ) as string,
          hides: `the pods of ${items.length - 2} other namespaces`,
        },
      });
      await observed.until('no nodes', (now) => now.feeds.nodes.status === 'denied');
      await podIn('team-a', 'second');
      await podIn('team-c', 'second');
      await observed.until('followed', (now) => podNames(now).includes('team-a/second'));
      await api.ask('DELETE', '/api/v1/namespaces/team-b/pods/first?gracePeriodSeconds=0');
      await observed.until('removed', (now) => !podNames(now).includes('team-b/first'));
      expect(podNames(observed.now())).toEqual(['team-a/first', 'team-a/second']);
      expect(observed.now().source.state).toBe('up');
    });

    test('who may not ask which namespaces there are names them', async () => {
      const kubeconfig = await subject.limited('blind', [{ ...inTeams, namespaces: ['team-a'] }]);
      const unnamed = observe(kubeconfig, { watches: [allPods] });
      await unnamed.until('denied', (now) => now.feeds.pods.status === 'denied');
      await unnamed.source.close();
      observed = observe(kubeconfig, { watches: [allPods], namespaces: ['team-a', 'team-c'] });
      const { feeds } = await observed.until('one', (now) => now.feeds.pods.status === 'ok');
      expect(podsOf(observed.now(), 'team-a').length).toBeGreaterThan(0);
      expect(podNames(observed.now())).toEqual(podsOf(observed.now(), 'team-a'));
      expect(feeds.pods).toMatchObject({ gap: { hides: 'the pods of all other namespaces' } });
    });

    test('more watches than one connection may carry are all served', async () => {
      const namespaces = Array.from({ length: 20 }, (_, index) => `many-${index}`);
      for (const name of namespaces)
        await api.ask('POST', '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name },
        });
      const kinds = [
        ['pods', 'pods'],
        ['events', 'events'],
        ['services', 'services'],
        ['claims', 'persistentvolumeclaims'],
        ['deployments', 'deployments'],
        ['statefulsets', 'statefulsets'],
      ] as const;
      const kubeconfig = await subject.limited('many', [
        { namespaces, apiGroups: ['*'], resources: kinds.map(([, name]) => name), verbs: READ },
      ]);
      observed = observe(kubeconfig, {
        namespaces,
        watches: kinds.map(([feed, resource]): ClusterWatch => {
          const group = feed === 'deployments' || feed === 'statefulsets' ? 'apps' : '';
          const watch = { ...allPods, feed, group, resource, shows: resource };
          return { ...watch, project: (object) => object as never };
        }),
      });
      await observed.until('all', ({ feeds }) =>
        kinds.every(([feed]) => feeds[feed].status === 'ok'),
      );
      await podIn('many-19', 'seen');
      const { feeds } = await observed.until('followed', (now) =>
        podNames(now).includes('many-19/seen'),
      );
      expect(kinds.map(([feed]) => feeds[feed].status)).toEqual(kinds.map(() => 'ok'));
    });

    test('a right that comes later is used: another namespace, then all of them', async () => {
      const kubeconfig = await subject.limited('growing', [
        { ...inTeams, namespaces: ['team-a'] },
        { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
      ]);
      observed = observe(kubeconfig, { watches: [allPods] });
      await observed.until('one', (now) => now.feeds.pods.status === 'ok');
      await subject.limited('growing', [
        { ...inTeams, namespaces: ['team-a', 'team-c'] },
        { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
      ]);
      await observed.until('two', (now) => podsOf(now, 'team-c').length > 0);
      expect(observed.podStates.filter((state) => state.startsWith('failed'))).toEqual([]);
      await subject.limited('growing', [inTeams]);
      const { feeds } = await observed.until(
        'all',
        ({ feeds }) => feeds.pods.status === 'ok' && feeds.pods.gap === undefined,
      );
      expect(feeds.pods.status).toBe('ok');
      expect(podNames(observed.now())).toEqual((await get(PODS)).items.map(keyOf).toSorted());
    });
  });

  test('a token that nobody gave out is refused, and said so', async () => {
    observed = observe(subject.withToken('guessed'), { watches: [allPods] });
    const { source } = await observed.until('refused', (now) => now.source.state === 'auth-failed');
    expect(source.error).toMatchObject({ code: 'unauthorized' });
  });

  test('a version that is too old is 410, as a status or as an ERROR event', async () => {
    await subject.forget();
    const code = await events(
      'timeoutSeconds=10&resourceVersion=1',
      ({ type }) => type === 'ERROR',
    ).then(
      (seen) => seen.at(-1)?.object.code,
      (error: unknown) => error instanceof KubeError && error.status,
    );
    expect(code).toBe(410);
  });

  test('a source outlives a server that forgets, and has what was written meanwhile', async () => {
    observed = observe(subject.kubeconfig, { watches: [allPods] });
    await observed.until('live', (now) => now.feeds.pods.status === 'ok');
    await create('before-it-forgot');
    await subject.forget();
    await create('after-it-forgot');
    await observed.until(
      'the later one',
      (now) => podNames(now).includes('default/after-it-forgot') && now.feeds.pods.status === 'ok',
    );
    expect(podNames(observed.now())).toEqual((await get(PODS)).items.map(keyOf).toSorted());
  });

  test('a source outlives a store that is killed, and has what is written when it is back', async () => {
    observed = observe(subject.kubeconfig, { watches: [allPods] });
    await observed.until('live', (now) => now.feeds.pods.status === 'ok');
    await create('before-the-store-died');
    await observed.until('seen', (now) => podNames(now).includes('default/before-the-store-died'));
    const revive = await subject.killStore();
    // What was known stays in sight, as old.
    const down = await observed.until(
      'down',
      ({ source, feeds }) => source.error?.code === 'unavailable' && feeds.pods.status === 'failed',
    );
    expect(down.source.state).toBe('down');
    expect(down.source.error?.message).toContain('etcd');
    expect(podNames(observed.now())).toContain('default/before-the-store-died');
    await revive();
    await create('after-the-store-died');
    await observed.until(
      'the later one',
      (now) =>
        podNames(now).includes('default/after-the-store-died') && now.feeds.pods.status === 'ok',
    );
    const watched = observed;
    await expect
      .poll(async () => {
        const listed = (await get(PODS)).items.map(identityOf).toSorted();
        return listed.join('\n') === identitiesIn(watched.now()).join('\n');
      }, SOON)
      .toBe(true);
  });

  test.for(seeds(3))(
    'nothing is lost or doubled behind a line that is cut and stalled while objects change (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const relay = await startRelay(subject.server);
      const prefix = `seed${seed}`;
      observed = observe(subject.by(relay.url), {
        watches: [allPods],
        random: seeded(seed + 100),
        timing: { silenceMs: 3_000, headersMs: 5_000, heartbeatLimitMs: 400, frozenMs: 1_200 },
      });
      await observed.until('live', (now) => now.feeds.pods.status === 'ok');
      const harms = [
        relay.cut,
        () => relay.cutAfter(Math.floor(random() * 2_000)),
        () => relay.stall(true),
        () => relay.stall(false),
      ];
      let number = 0;
      const living: string[] = [];
      for (let round = 0; round < 60; round += 1) {
        const dice = random();
        if (dice < 0.5 || living.length === 0) {
          number += 1;
          living.push(`${prefix}-${number}`);
          await create(`${prefix}-${number}`);
        } else if (dice < 0.75) {
          const [gone = ''] = living.splice(Math.floor(random() * living.length), 1);
          await remove(gone);
          // Sometimes it comes back at once, under its name and with another uid.
          if (random() < 0.5) {
            await create(gone);
            living.push(gone);
          }
        } else {
          const name = living[Math.floor(random() * living.length)] ?? '';
          await api.ask(
            'PATCH',
            `${DEFAULT_PODS}/${name}`,
            { metadata: { labels: { round: String(round) } } },
            'application/merge-patch+json',
          );
        }
        if (random() < 0.3) harms[Math.floor(random() * harms.length)]?.();
      }
      relay.stall(false);
      const watched = observed;
      await expect
        .poll(async () => {
          const listed = (await get(PODS)).items.map(identityOf).toSorted();
          const kept = identitiesIn(watched.now());
          return listed.join('\n') === kept.join('\n') && watched.now().feeds.pods.status === 'ok';
        }, SOON)
        .toBe(true);
      const names = podNames(watched.now()).filter((name) => name.startsWith(`default/${prefix}-`));
      expect(names).toEqual(living.map((name) => `default/${name}`).toSorted());
      await observed.source.close();
      await relay.close();
    },
  );
});

const countOf = ({ feeds }: ClusterInventory, name: string): number | null | undefined =>
  lastKnown(feeds.objects)?.value.byKey.get(name)?.count;

const identityOf = ({ metadata }: Item): string =>
  `${metadata.namespace}/${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`;

/** What a test's watch keeps of a pod: its `reason` is the object's version. */
const identitiesIn = (cluster: ClusterInventory): readonly string[] =>
  [...(lastKnown(cluster.feeds.pods)?.value.byKey.values() ?? [])]
    .map(({ namespace, name, uid, reason }) => `${namespace}/${name} ${uid} ${reason}`)
    .toSorted();
