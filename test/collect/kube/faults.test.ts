import { expect, test } from 'vitest';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import { createTestLab } from './lab.ts';
import { podWatch } from './observed-cluster.ts';
import { failure, line, refuse } from './scripted-api.ts';
import type { ScriptedApi } from './scripted-api.ts';

const lab = createTestLab();

/** mulberry32: the same numbers for the same seed everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

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

/** One thing that goes wrong. */
function harm(api: ScriptedApi, random: () => number): void {
  const faults: readonly (() => void)[] = [
    api.cut,
    api.endWatches,
    api.resetWatches,
    api.compact,
    api.bookmark,
    () => {
      api.write('{"type":"MODIFIED","object":{"metadata":{"name":"pod-1","resourceV');
      api.cut();
    },
    () => {
      api.write('not json\n');
    },
    () => {
      api.write(line('ERROR', failure(410, 'Expired', 'too old resource version')));
    },
    () => {
      api.write(line('ERROR', failure(500, 'InternalError', 'etcdserver: leader changed')));
      api.endWatches();
    },
    () => {
      api.hasWatchLists = !api.hasWatchLists;
      api.compact();
      api.cut();
    },
    () => {
      let left = 1 + Math.floor(random() * 3);
      api.intercept = ({ kind }, response) => {
        if (kind === 'version') return false;
        if ((left -= 1) < 0) {
          api.intercept = undefined;
          return false;
        }
        return refuse(response, 503, 'ServiceUnavailable', 'apiserver is shutting down');
      };
      api.cut();
    },
    () => {
      let left = 1;
      api.intercept = ({ kind }, response) => {
        if (kind !== 'initial' || (left -= 1) < 0) return false;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(
          line('ADDED', { metadata: { name: 'ghost', resourceVersion: '1' }, status: {} }),
        );
        if (response.stream) response.stream.close();
        else response.end();
        return true;
      };
      api.compact();
      api.resetWatches();
    },
  ];
  faults[Math.floor(random() * faults.length)]?.();
}

function change(api: ScriptedApi, random: () => number): void {
  const name = `pod-${Math.floor(random() * 30)}`;
  if (random() < 0.35) api.remove('pods', name);
  else api.put('pods', name, ['Pending', 'Running', 'Failed'][Math.floor(random() * 3)]);
}

test.for([
  { seed: 1, isHttp1: false },
  { seed: 2, isHttp1: false },
  { seed: 3, isHttp1: true },
  { seed: 4, isHttp1: false },
  { seed: 5, isHttp1: true },
])(
  'after any faults the table equals the server object by object ($seed, HTTP/1.1 $isHttp1)',
  async ({ seed, isHttp1 }) => {
    const random = seeded(seed);
    const api = await lab.startApi({ ...lab.serverCertificate(), isHttp1 });
    const observed = lab.watch(api, { watches: [podWatch()], random: seeded(seed + 1000) });
    for (let round = 0; round < 25; round += 1) {
      for (let step = Math.floor(random() * 8); step >= 0; step -= 1) change(api, random);
      harm(api, random);
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
