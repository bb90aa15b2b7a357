import { expect, test, vi } from 'vitest';
import { createTestLab } from './lab.ts';
import { nodeWatch, podNames, podWatch } from './observed-cluster.ts';
import { failure, line, refuse } from './scripted-api.ts';
import type { ApiRequest } from './scripted-api.ts';

const lab = createTestLab();

test('takes the list from the watch itself and follows it', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  api.put('pods', 'b');
  const observed = lab.watch(api);
  const cluster = await observed.until('two pods', (now) => podNames(now).length === 2);
  expect(cluster.feeds.pods.status).toBe('ok');
  expect(cluster.source.state).toBe('up');
  expect(cluster.version).toBe('v1.34.1');
  expect(cluster.latencyMs).toBeGreaterThanOrEqual(0);
  expect(Math.abs(cluster.clockSkewMs ?? Infinity)).toBeLessThan(30_000);
  expect(api.count('list')).toBe(0);
  api.put('pods', 'c');
  api.put('pods', 'a', 'Failed');
  api.remove('pods', 'b');
  const { feeds } = await observed.until('b gone', (now) => podNames(now).join() === 'a,c');
  expect(feeds.pods.status === 'ok' && feeds.pods.value.byKey.get('a')?.phase).toBe('Failed');
  expect(observed.podStates).toEqual(['pending', 'ok']);
  expect(observed.sourceStates).toEqual(['connecting', 'up']);
});

test('a first list does not wait for its turn when it is complete, what comes later does', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api, { flushMs: 3_600_000 });
  await observed.until('full', (now) => podNames(now).length === 1);
  const { length } = observed.patches;
  api.put('pods', 'b');
  const first = api.count('readyz');
  await expect.poll(() => api.count('readyz')).toBeGreaterThan(first + 1);
  expect(observed.patches).toHaveLength(length);
});

test('uses one connection for all kinds and the heart-beat', async () => {
  const api = await lab.startApi();
  api.put('nodes', 'n1');
  const observed = lab.watch(api, { watches: [nodeWatch, podWatch()] });
  await observed.until(
    'both live',
    ({ feeds }) => feeds.pods.status === 'ok' && feeds.nodes.status === 'ok',
  );
  expect(new Set(api.requests.map(({ remotePort }) => remotePort)).size).toBe(1);
});

test('lists in pages of 500 when the server refuses lists on a watch, and remembers it', async () => {
  const api = await lab.startApi();
  api.hasWatchLists = false;
  for (let index = 0; index < 1201; index += 1) api.put('pods', `pod-${index}`);
  const observed = lab.watch(api, { watches: [podWatch(5000)] });
  await observed.until('all pods', (now) => podNames(now).length === 1201);
  expect([api.count('initial'), api.count('list'), api.count('page')]).toEqual([1, 1, 2]);
  const page = api.requests.find(({ kind }) => kind === 'page');
  expect(page?.query.get('limit')).toBe('500');
  expect(page?.query.has('resourceVersion')).toBe(false);
  api.put('pods', 'later');
  await observed.until('the new pod', (now) => podNames(now).includes('later'));
  api.compact();
  api.resetWatches();
  await observed.until('listed again', () => api.count('list') === 2 && api.watchers() === 1);
  expect(api.count('initial')).toBe(1);
});

test('a page that has expired is no end: the list starts anew, and nothing of the half is shown', async () => {
  const api = await lab.startApi();
  api.hasWatchLists = false;
  for (let index = 0; index < 700; index += 1) api.put('pods', `pod-${index}`);
  let expired = 0;
  api.intercept = ({ kind }, response) => {
    if (kind !== 'page' || expired > 0) return false;
    expired += 1;
    api.remove('pods', 'pod-3');
    return refuse(response, 410, 'Expired', 'The provided continue parameter is too old');
  };
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  expect(podNames(observed.now())).toEqual([...api.objects('pods').keys()].toSorted());
  expect([expired, api.count('list'), api.count('page')]).toEqual([1, 2, 2]);
  // The watch cache ignores the limit for version 0, and would send everything.
  expect(api.requests.filter(({ query }) => query.get('resourceVersion') === '0')).toEqual([]);
});

test('a line without end is given up, and the watch goes on from its last version', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok' && api.watchers() === 1);
  api.write(`{"type":"MODIFIED","object":{"metadata":{"name":"${'x'.repeat(9 * 2 ** 20)}`);
  await observed.until(
    'too long',
    ({ feeds }) => feeds.pods.status === 'failed' && feeds.pods.error.code === 'line-too-long',
  );
  api.put('pods', 'b');
  await observed.until('live again', (now) => podNames(now).join() === 'a,b');
  expect(api.count('initial')).toBe(1);
});

test.for([true, false])(
  'a list that takes long to read leaves turns to others (streamed %s)',
  async (hasWatchLists) => {
    const api = await lab.startApi();
    api.hasWatchLists = hasWatchLists;
    for (let index = 0; index < 60; index += 1) api.put('pods', `pod-${index}`);
    let turns = 0;
    const seen: number[] = [];
    const plain = podWatch();
    const observed = lab.watch(api, {
      watches: [
        {
          ...plain,
          project: (object) => {
            const until = performance.now() + 2;
            while (performance.now() < until);
            seen.push(turns);
            return plain.project(object);
          },
        },
      ],
    });
    const ticking = setInterval(() => {
      turns += 1;
    }, 0);
    await observed.until('all', (now) => podNames(now).length === 60);
    clearInterval(ticking);
    // 120 ms in pieces of 8.
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThanOrEqual(8);
  },
);

test('after an outage not all kinds begin at the same time', async () => {
  const api = await lab.startApi();
  const spreadMs = 10_000_000;
  let part = 0.2;
  const observed = lab.watch(api, {
    watches: [podWatch(), nodeWatch],
    timing: { spreadMs, backoffMs: 1, discoveryMs: 600_000, countMs: 600_000 },
    random: () => (part += 0.001),
  });
  await observed.until(
    'live',
    ({ feeds }) => feeds.nodes.status === 'ok' && feeds.pods.status === 'ok',
  );
  api.intercept = (_, response) => refuse(response, 503, 'ServiceUnavailable', 'starting');
  api.cut();
  await observed.until('down', (now) => now.source.state === 'down');
  const timers = vi.spyOn(globalThis, 'setTimeout');
  api.intercept = undefined;
  // Each waits a part of the spread of its own.
  const waits = () => timers.mock.calls.flatMap(([, ms = 0]) => (ms > 0.2 * spreadMs ? [ms] : []));
  await expect.poll(() => waits().length).toBeGreaterThanOrEqual(2);
  const beats = api.count('readyz');
  await expect.poll(() => api.count('readyz')).toBeGreaterThan(beats + 3);
  expect(api.watchers()).toBe(0);
  expect(new Set(waits()).size).toBe(waits().length);
  expect(Math.max(...waits())).toBeLessThan(spreadMs);
});

test('tries lists on a watch again when the version of the server changed', async () => {
  const api = await lab.startApi();
  api.hasWatchLists = false;
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.version = 'v1.35.0';
  api.hasWatchLists = true;
  api.intercept = ({ kind }, response) =>
    kind === 'readyz' && refuse(response, 500, 'InternalError', 'no etcd');
  await observed.until('down', (now) => now.source.state === 'down');
  api.compact();
  api.resetWatches();
  api.intercept = undefined;
  await observed.until('up', (now) => now.version === 'v1.35.0' && now.feeds.pods.status === 'ok');
  await observed.until('streamed', () => api.count('initial') === 2 && api.watchers() === 1);
  expect(api.count('list')).toBe(1);
});

test('shows how many objects came while the first list is read', async () => {
  const api = await lab.startApi();
  api.hasWatchLists = false;
  for (let index = 0; index < 501; index += 1) api.put('pods', `pod-${index}`);
  let finish = () => {};
  api.intercept = ({ kind }, response) => {
    if (kind !== 'page') return false;
    finish = () => {
      refuse(response, 410, 'Expired', 'the provided continue parameter is too old');
    };
    return true;
  };
  const observed = lab.watch(api);
  const { feeds } = await observed.until(
    'half a list',
    (now) => now.feeds.pods.status === 'pending' && now.feeds.pods.received === 500,
  );
  expect(feeds.pods).toEqual({ status: 'pending', received: 500 });
  api.intercept = undefined;
  finish();
  const done = await observed.until('listed anew', (now) => now.feeds.pods.status === 'ok');
  expect(podNames(done)).toHaveLength(501);
});

test('a new list removes what did not come in it, and keeps the identity of what did not change', async () => {
  const api = await lab.startApi();
  api.put('pods', 'stays');
  api.put('pods', 'goes');
  const observed = lab.watch(api);
  const before = await observed.until('two pods', (now) => podNames(now).length === 2);
  api.intercept = ({ kind }, response) =>
    kind === 'watch' && refuse(response, 429, 'TooManyRequests', 'wait', { 'retry-after': '0' });
  api.resetWatches();
  await observed.until('no watcher', () => api.watchers() === 0);
  api.remove('pods', 'goes');
  api.put('pods', 'new');
  api.compact();
  api.intercept = undefined;
  const after = await observed.until('the new list', (now) => podNames(now).includes('new'));
  expect(podNames(after)).toEqual(['new', 'stays']);
  const stays = (cluster: typeof before) =>
    cluster.feeds.pods.status === 'ok' ? cluster.feeds.pods.value.byKey.get('stays') : undefined;
  expect(stays(after)).toBeDefined();
  expect(stays(after)).toBe(stays(before));
});

test('410 as an HTTP status and as an ERROR event both lead to a new list, old rows in sight', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.write(line('ERROR', failure(410, 'Expired', 'too old resource version: 1 (2)')));
  await observed.until('failed', () => observed.podStates.includes('failed expired'));
  expect(podNames(observed.now())).toEqual(['a']);
  await observed.until('live again', (now) => now.feeds.pods.status === 'ok');
  expect(api.count('initial')).toBe(2);
  api.compact();
  api.resetWatches();
  await observed.until(
    'listed again',
    (now) => api.count('initial') === 3 && now.feeds.pods.status === 'ok',
  );
  expect(podNames(observed.now())).toEqual(['a']);
});

test('waits at least as long as Retry-After asks', async () => {
  const api = await lab.startApi();
  let refusedAt = 0;
  api.intercept = ({ kind }, response) => {
    if (kind !== 'count' || refusedAt !== 0) return false;
    refusedAt = performance.now();
    return refuse(response, 429, 'TooManyRequests', 'the cache is being initialized', {
      'retry-after': '1',
    });
  };
  const observed = lab.watch(api);
  await observed.until('overloaded', () => observed.podStates.includes('failed overloaded'));
  observed.source.retryNow();
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  // Not even a person's wish shortens it; a timer may be a part of a millisecond early.
  expect(performance.now() - refusedAt).toBeGreaterThanOrEqual(998);
  expect(api.count('count')).toBe(2);
});

test('500 and an ERROR event of code 500 leave the old rows as failed, and are tried again', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  let refusals = 3;
  api.intercept = ({ kind }, response) => {
    if (kind !== 'watch' || (refusals -= 1) < 0) return false;
    return refuse(response, 500, 'InternalError', 'conversion webhook failed');
  };
  api.write(line('ERROR', failure(500, 'InternalError', 'etcdserver: leader changed')));
  const { feeds } = await observed.until('failed', (now) => now.feeds.pods.status === 'failed');
  expect(feeds.pods).toMatchObject({ status: 'failed', error: { code: 'unavailable' } });
  await observed.until(
    'the webhook is named',
    ({ feeds: { pods } }) =>
      pods.status === 'failed' && pods.error.message.includes('conversion webhook failed'),
  );
  expect(podNames(observed.now())).toEqual(['a']);
  api.put('pods', 'b');
  await observed.until(
    'live',
    (now) => now.feeds.pods.status === 'ok' && podNames(now).length === 2,
  );
  expect(api.count('initial')).toBe(1);
});

test('an error in a streamed list leads to a list in pages', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  api.intercept = ({ kind }, response) => {
    if (kind !== 'initial') return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      line(
        'ERROR',
        failure(500, 'InternalError', 'required storage feature RequestWatchProgress is disabled'),
      ),
    );
    return true;
  };
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  expect([api.count('initial'), api.count('list')]).toEqual([1, 1]);
});

test('a bookmark without the end mark in a streamed list leads to a list in pages', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  api.intercept = ({ kind }, response) => {
    if (kind !== 'initial') return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(line('BOOKMARK', { metadata: { resourceVersion: '101' } }));
    return true;
  };
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  expect(podNames(observed.now())).toEqual(['a']);
  expect(api.count('list')).toBe(1);
});

test('nothing of a list that breaks before its end is shown', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  let isBroken = true;
  api.intercept = ({ kind }, response) => {
    if (kind !== 'initial' || !isBroken) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(line('ADDED', { metadata: { name: 'half', resourceVersion: '7' }, status: {} }));
    return true;
  };
  const observed = lab.watch(api);
  await observed.until('failed', () => observed.podStates.includes('failed reset'));
  expect(podNames(observed.now())).toEqual([]);
  isBroken = false;
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  expect(podNames(observed.now())).toEqual(['a']);
});

test('half a JSON line breaks the stream, and the watch goes on from the last version', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.put('pods', 'b');
  await observed.until('b', (now) => podNames(now).length === 2);
  api.write('{"type":"ADDED","object":{"metadata":{"na');
  api.endWatches();
  await observed.until('failed', () => observed.podStates.includes('failed bad-json'));
  api.put('pods', 'c');
  await observed.until('c', (now) => podNames(now).length === 3);
  expect(api.count('initial')).toBe(1);
  expect(api.requests.findLast(({ kind }) => kind === 'watch')?.query.get('resourceVersion')).toBe(
    '102',
  );
});

test('a line that is not JSON breaks the stream', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.write('upstream connect error\n');
  await observed.until('failed', () => observed.podStates.includes('failed bad-json'));
  await observed.until('live again', (now) => now.feeds.pods.status === 'ok');
  expect(api.count('watch')).toBe(1);
});

test('puts lines and characters together that the network cut in two', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  const bytes = Buffer.from(
    line('ADDED', {
      metadata: { name: 'naïve-日本', resourceVersion: '200' },
      status: { phase: '€uro' },
    }),
  );
  const cut = bytes.indexOf('日') + 1;
  api.write(bytes.subarray(0, cut));
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  api.write(bytes.subarray(cut));
  const { feeds } = await observed.until('the pod', (now) => podNames(now).length === 1);
  expect(feeds.pods.status === 'ok' && feeds.pods.value.byKey.get('naïve-日本')?.phase).toBe(
    '€uro',
  );
});

test('a stream without a byte is broken after the limit of silence; bookmarks keep it alive', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api, { timing: { silenceMs: 1500 } });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  await observed.until('silence', () => observed.podStates.includes('failed silence'));
  expect(podNames(observed.now())).toEqual(['a']);
  expect(observed.now().source.state).toBe('up');
  await observed.until('opened again', (now) => now.feeds.pods.status === 'ok');
  expect(api.count('initial')).toBe(1);
});

test('a clean end is no failure: the watch goes on from its last bookmark', async () => {
  const api = await lab.startApi();
  api.put('nodes', 'n1');
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.put('nodes', 'n2');
  const { feeds } = observed.now();
  api.bookmark();
  await observed.until('the bookmark', (now) => now.feeds.pods !== feeds.pods);
  api.endWatches();
  await observed.until('opened again', () => api.count('watch') === 1 && api.watchers() === 1);
  expect(api.requests.findLast(({ kind }) => kind === 'watch')?.query.get('resourceVersion')).toBe(
    '102',
  );
  api.put('pods', 'a');
  await observed.until('the pod', (now) => podNames(now).length === 1);
  expect(observed.podStates).toEqual(['pending', 'ok']);
});

test('a server that ends every stream at once is not asked without end', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api, {
    timing: { backoffMs: 200, backoffCapMs: 30_000, settledMs: 5000, shortStreamMs: 5000 },
  });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  const times: number[] = [];
  api.intercept = ({ kind }, response) => {
    if (kind !== 'watch') return false;
    times.push(performance.now());
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end();
    return true;
  };
  api.endWatches();
  await observed.until('four attempts', () => times.length === 4);
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(waits[0]).toBeGreaterThanOrEqual(400);
  expect(waits[1]).toBeGreaterThanOrEqual(800);
  expect(waits[2]).toBeGreaterThanOrEqual(1600);
  expect(observed.podStates).toContain('failed stream-short');
});

test('waits for a server that is behind, then lists anew when it stays behind', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  const asked: ApiRequest[] = [];
  api.intercept = (request, response) => {
    if (request.kind !== 'watch') return false;
    asked.push(request);
    return refuse(
      response,
      504,
      'Timeout',
      'Too large resource version: 101, current: 9',
      {},
      {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 0,
      },
    );
  };
  api.endWatches();
  await observed.until(
    'listed anew',
    (now) => api.count('initial') === 2 && now.feeds.pods.status === 'ok',
  );
  expect(asked).toHaveLength(5);
  expect(new Set(asked.map(({ query }) => query.get('resourceVersion')))).toEqual(new Set(['101']));
});

test('403 is denied and asked again after its time; 404 is absent until the kind is there', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  let status: 403 | 404 | undefined = 403;
  api.intercept = ({ path }, response) => {
    if (status === undefined || path !== '/api/v1/pods') return false;
    return status === 403
      ? refuse(
          response,
          403,
          'Forbidden',
          'pods is forbidden: User "viewer" cannot list resource "pods"',
        )
      : refuse(response, 404, 'NotFound', 'the server could not find the requested resource');
  };
  const observed = lab.watch(api, { watches: [nodeWatch, podWatch()] });
  const { feeds } = await observed.until('denied', (now) => now.feeds.pods.status === 'denied');
  expect(feeds.pods.status === 'denied' && feeds.pods.reason).toContain(
    'cannot list resource "pods"',
  );
  status = 404;
  await observed.until('absent', (now) => now.feeds.pods.status === 'absent');
  expect(observed.now().feeds.nodes.status).toBe('ok');
  expect(observed.now().source.state).toBe('up');
  status = undefined;
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
});

test('a kind over its cap is counted, never listed, until it is below', async () => {
  const api = await lab.startApi();
  for (let index = 0; index < 21; index += 1) api.put('pods', `pod-${index}`);
  const observed = lab.watch(api, { watches: [podWatch(20)] });
  const { feeds } = await observed.until(
    'over the cap',
    (now) => now.feeds.pods.status === 'failed',
  );
  expect(feeds.pods).toMatchObject({ error: { code: 'over-cap' } });
  expect(feeds.pods.status === 'failed' && feeds.pods.error.message).toContain('21 pods');
  for (let index = 21; index < 30; index += 1) api.put('pods', `pod-${index}`);
  await observed.until(
    'counted again',
    (now) => now.feeds.pods.status === 'failed' && now.feeds.pods.error.message.includes('30 pods'),
  );
  expect([api.count('initial'), api.count('list'), api.count('watch')]).toEqual([0, 0, 0]);
  for (let index = 15; index < 30; index += 1) api.remove('pods', `pod-${index}`);
  await observed.until('below', (now) => podNames(now).length === 15);
});

test('a watch that grows over its cap is closed', async () => {
  const api = await lab.startApi();
  for (let index = 0; index < 10; index += 1) api.put('pods', `pod-${index}`);
  const observed = lab.watch(api, { watches: [podWatch(10)] });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.put('pods', 'one-too-many');
  await observed.until('over', () => observed.podStates.includes('failed over-cap'));
  await observed.until('closed', () => api.watchers() === 0);
  expect(podNames(observed.now())).toContain('pod-9');
});

test('an object that cannot be read is a complaint, not the end of the watch', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.write(line('ADDED', { metadata: { resourceVersion: '300' }, spec: { password: 'hidden' } }));
  api.write(line('ADDED', 'not even an object'));
  api.put('pods', 'a');
  const { feeds } = await observed.until('the pod', (now) => podNames(now).length === 1);
  const complaints = feeds.pods.status === 'ok' ? feeds.pods.complaints : [];
  expect(complaints).toHaveLength(2);
  expect(JSON.stringify(complaints)).not.toContain('hidden');
  expect(observed.podStates).toEqual(['pending', 'ok']);
});

test('an object that can no longer be read is not shown as it was', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const watch = podWatch();
  const observed = lab.watch(api, {
    watches: [
      {
        ...watch,
        project: (object) =>
          JSON.stringify(object).includes('"Odd"') ? undefined : watch.project(object),
      },
    ],
  });
  await observed.until('live', (now) => podNames(now).length === 1);
  api.put('pods', 'a', 'Odd');
  const { feeds } = await observed.until('gone', (now) => podNames(now).length === 0);
  expect(feeds.pods.status === 'ok' && feeds.pods.complaints[0]?.text).toBe('default/a');
});

test('says so when the versions of the server go backwards', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.write(line('BOOKMARK', { metadata: { resourceVersion: '900' } }));
  api.write(line('ERROR', failure(410, 'Expired', 'too old')));
  const { feeds } = await observed.until(
    'complaint',
    ({ feeds: { pods } }) => pods.status === 'ok' && pods.complaints.length > 0,
  );
  expect(feeds.pods.status === 'ok' && feeds.pods.complaints[0]).toMatchObject({
    text: 'resourceVersion 100 after 900',
  });
});

test('a feed is as fresh as the last byte of its kind; heart-beats do not refresh it', async () => {
  const api = await lab.startApi();
  let time = 1_000_000;
  const observed = lab.watch(api, { clock: () => time });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  const beats = api.count('readyz');
  time = 1_050_000;
  const later = await observed.until(
    'a heart-beat at the new time',
    (now) => api.count('readyz') > beats && now.source.lastDataAt === 1_050_000,
  );
  expect(later.feeds.pods).toMatchObject({ at: 1_000_000, freshUntil: 1_100_000 });
  api.bookmark();
  const refreshed = await observed.until(
    'the bookmark',
    ({ feeds: { pods } }) => pods.status === 'ok' && pods.at === 1_050_000,
  );
  const table = (cluster: typeof later) =>
    cluster.feeds.pods.status === 'ok' ? cluster.feeds.pods.value : undefined;
  expect(table(refreshed)).toBe(table(later));
});

test('a burst of events is a few patches, at most one per flush time', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api, {
    flushMs: 100,
    watches: [podWatch(5000)],
    heartbeatSeconds: 60,
  });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  const first = observed.patches.length;
  for (let index = 0; index < 3000; index += 1) api.put('pods', `pod-${index}`);
  await observed.until('all', (now) => podNames(now).length === 3000);
  const times = observed.patches.slice(first).map(({ at }) => at);
  // Counted over the whole burst: on a busy machine a patch may be told late, and the next one in time.
  const tookMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  expect(times.length).toBeGreaterThan(0);
  expect(times.length).toBeLessThanOrEqual(Math.ceil(tookMs / 98) + 1);
});

test('no patch comes after close, and close ends every stream', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  await observed.source.close();
  const { length } = observed.patches;
  api.put('pods', 'late');
  await expect.poll(() => api.watchers()).toBe(0);
  expect(observed.patches).toHaveLength(length);
});
