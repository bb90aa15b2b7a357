import type { Http2ServerResponse } from 'node:http2';
import { expect, test } from 'vitest';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import { seeded, seeds } from '../../support/seeded.ts';
import { createTestLab } from './lab.ts';
import { podWatch } from './observed-cluster.ts';
import { failure, line, refuse } from './scripted-api.ts';
import type { ApiRequest, ScriptedApi } from './scripted-api.ts';

const lab = createTestLab();

/** What the server has, and what the table has, as comparable text. */
const serverState = (api: ScriptedApi): readonly string[] =>
  [...api.objects('pods').values()]
    .map(
      ({ metadata, status }) =>
        `${metadata.name} ${metadata.uid} ${metadata.resourceVersion} ${status.phase}`,
    )
    .toSorted();
const tableState = (cluster: ClusterInventory): readonly string[] =>
  [...(lastKnown(cluster.feeds.pods)?.value.byKey.values() ?? [])]
    .map(({ name, uid, reason, phase }) => `${name} ${uid} ${reason} ${phase}`)
    .toSorted();

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.join('\n') === b.join('\n');

type Harm = (api: ScriptedApi, random: () => number) => void;

/** Answers the next requests of that kind itself, so many of them. */
function answerNext(
  api: ScriptedApi,
  kinds: readonly ApiRequest['kind'][],
  count: number,
  answer: (response: Http2ServerResponse) => void,
): void {
  let left = count;
  api.intercept = ({ kind }, response) => {
    if (!kinds.includes(kind)) return false;
    left -= 1;
    if (left <= 0) api.intercept = undefined;
    answer(response);
    return true;
  };
}

/** Headers, and then not a byte. */
function fallSilent(response: Http2ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('\n');
}

/** Everything that can go wrong with a watch and its list. */
const HARMS: readonly Harm[] = [
  (api) => api.cut(),
  (api) => api.endWatches(),
  (api) => api.resetWatches(),
  (api) => api.goAway(),
  (api) => api.compact(),
  (api) => api.bookmark(),
  (api) => {
    api.write('{"type":"MODIFIED","object":{"metadata":{"name":"pod-1","resourceV');
    api.cut();
  },
  (api) => {
    // The other half of the line comes after all, behind that of another.
    api.write('{"type":"MODIFIED","object":{"metadata":{"name":"pod-1","resourceV');
    api.endWatches();
  },
  (api) => api.write('not json\n'),
  (api) => api.write(line('ERROR', failure(410, 'Expired', 'too old resource version'))),
  (api) => {
    api.write(line('ERROR', failure(500, 'InternalError', 'etcdserver: leader changed')));
    api.endWatches();
  },
  (api) => {
    api.hasWatchLists = !api.hasWatchLists;
    api.compact();
    api.cut();
  },
  (api, random) => {
    answerNext(api, ANY, 1 + Math.floor(random() * 3), (response) =>
      refuse(response, 503, 'ServiceUnavailable', 'apiserver is shutting down'),
    );
    api.cut();
  },
  (api) => {
    answerNext(api, ['watch', 'initial', 'list'], 2, (response) =>
      refuse(response, 500, 'InternalError', 'etcdserver: request timed out'),
    );
    api.endWatches();
  },
  (api) => {
    answerNext(api, ['count', 'watch', 'initial', 'list'], 2, (response) =>
      refuse(response, 429, 'TooManyRequests', 'storage is (re)initializing', {
        'retry-after': '1',
      }),
    );
    api.resetWatches();
  },
  (api) => {
    answerNext(api, ['watch'], 1, (response) =>
      refuse(response, 504, 'Timeout', 'Too large resource version: 7, current: 3'),
    );
    api.endWatches();
  },
  (api) => {
    answerNext(api, ['watch', 'initial'], 1, fallSilent);
    api.resetWatches();
  },
  (api) => {
    // It tells of something that there never was, and ends before the list does.
    answerNext(api, ['initial'], 1, (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(
        line('ADDED', { metadata: { name: 'ghost', resourceVersion: '1' }, status: {} }),
      );
      if (response.stream) response.stream.close();
      else response.end();
    });
    api.compact();
    api.resetWatches();
  },
];
const ANY = ['readyz', 'count', 'list', 'page', 'initial', 'watch'] as const;

/** All of them in some order, and some again. */
function* harms(random: () => number): Generator<Harm> {
  for (;;) {
    const left = [...HARMS];
    while (left.length > 0) yield* left.splice(Math.floor(random() * left.length), 1);
  }
}

function change(api: ScriptedApi, random: () => number): void {
  const name = `pod-${Math.floor(random() * 30)}`;
  if (random() < 0.35) api.remove('pods', name);
  else api.put('pods', name, ['Pending', 'Running', 'Failed'][Math.floor(random() * 3)]);
}

/** Each of them at least once. */
const ROUNDS = HARMS.length + 2;

test.for(seeds(6).map((seed) => ({ seed, isHttp1: seed % 3 === 0 })))(
  'after any faults the table equals the server object by object ($seed, HTTP/1.1 $isHttp1)',
  async ({ seed, isHttp1 }) => {
    const random = seeded(seed);
    const api = await lab.startApi({ ...lab.serverCertificate(), isHttp1 });
    const observed = lab.watch(api, {
      watches: [podWatch()],
      random: seeded(seed + 1000),
      timing: { silenceMs: 800, headersMs: 3_000, heartbeatLimitMs: 1_000 },
    });
    const next = harms(random);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { value: harm } = next.next();
      for (let step = Math.floor(random() * 8); step >= 0; step -= 1) change(api, random);
      harm?.(api, random);
      for (let step = Math.floor(random() * 4); step >= 0; step -= 1) change(api, random);
      // Every few faults the watch gets as far as the server, the others hit it while it recovers.
      if (round % 5 === 4) {
        api.intercept = undefined;
        await observed.until(`round ${round}`, (now) => isEqual(tableState(now), serverState(api)));
      } else {
        // The next fault comes at any moment of the recovery: heart-beats and retries count the time.
        const enough = api.requests.length + random() * 4;
        await observed.until('more requests', () => api.requests.length >= enough);
      }
    }
    const cluster = await observed.until(
      'recovered',
      (now) => now.feeds.pods.status === 'ok' && isEqual(tableState(now), serverState(api)),
    );
    expect(tableState(cluster)).toEqual(serverState(api));
    expect(tableState(cluster).length).toBeGreaterThan(0);
  },
);
