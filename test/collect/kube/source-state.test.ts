import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { closedPort } from '../../support/closed-port.ts';
import { createAuthority } from './certificates.ts';
import { createTestLab } from './lab.ts';
import { podNames, writeKubeconfig } from './observed-cluster.ts';
import { refuse } from './scripted-api.ts';

const lab = createTestLab();
const YESTERDAY = new Date(Date.now() - 86_400_000);

test('a server that goes away is down, all feeds keep their rows as failed, and it recovers', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.intercept = ({ kind }, response) =>
    kind === 'readyz' &&
    refuse(response, 500, 'InternalError', '[+]ping ok\n[-]etcd failed: reason withheld\n');
  const down = await observed.until(
    'down',
    (now) => now.source.state === 'down' && now.feeds.pods.status === 'failed',
  );
  expect(down.source.error).toMatchObject({ code: 'unavailable' });
  expect(down.latencyMs).toBeNull();
  expect(down.feeds.pods).toMatchObject({ status: 'failed', error: { code: 'unavailable' } });
  expect(podNames(down)).toEqual(['a']);
  api.intercept = undefined;
  const up = await observed.until(
    'up',
    (now) => now.source.state === 'up' && now.feeds.pods.status === 'ok',
  );
  expect(up.source).toMatchObject({ attempt: 0, nextAttemptAt: null, error: null });
});

test('readyz names the checks that fail', async () => {
  const api = await lab.startApi();
  api.intercept = ({ kind }, response) => {
    if (kind !== 'readyz') return false;
    response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(
      '[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed: reason withheld\nreadyz check failed\n',
    );
    return true;
  };
  const { source } = await lab.watch(api).until('down', (now) => now.source.state === 'down');
  expect(source.error?.message).toBe('GET /readyz: not ready: etcd, informer-sync (500)');
});

test('a refused connection is down with a plan for the next attempt', async () => {
  const port = await closedPort();
  const path = lab.kubeconfig({ server: `https://127.0.0.1:${port}`, ca: lab.authority().cert });
  const observed = lab.watchWith(path);
  const { source, feeds } = await observed.until(
    'two attempts',
    (now) =>
      now.source.state === 'down' && now.source.attempt > 1 && now.source.nextAttemptAt !== null,
  );
  expect(source.error).toMatchObject({ code: 'refused' });
  expect(source.error?.message).toContain(`127.0.0.1:${port}`);
  expect(feeds.pods.status).toBe('failed');
});

test('an expired server certificate is named with its date', async () => {
  const api = await lab.startApi(lab.authority().issueServer('old-api', ['127.0.0.1'], YESTERDAY));
  const { source } = await lab.watch(api).until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'tls-expired' });
  expect(source.error?.message).toContain('old-api');
  expect(source.error?.message).toContain(YESTERDAY.toISOString().slice(0, 10));
});

test('a certificate of an unknown authority, and one for another name, are told apart', async () => {
  const foreign = await lab.startApi(createAuthority('other-ca').issueServer('api', ['127.0.0.1']));
  const untrusted = await lab.watch(foreign).until('down', (now) => now.source.state === 'down');
  expect(untrusted.source.error).toMatchObject({ code: 'tls-untrusted' });
  expect(untrusted.source.error?.message).toContain('other-ca');
  const named = await lab.startApi(lab.authority().issueServer('api', ['10.1.2.3']));
  const misnamed = await lab.watch(named).until('down', (now) => now.source.state === 'down');
  expect(misnamed.source.error).toMatchObject({ code: 'tls-name' });
});

test('an expired client certificate is told as the own one', async () => {
  const api = await lab.startApi({ ...lab.serverCertificate(), ca: lab.authority().cert });
  api.intercept = (_, response) => refuse(response, 401, 'Unauthorized', 'Unauthorized');
  const own = lab.authority().issueClient('viewer', 'viewers', YESTERDAY);
  const path = lab.kubeconfig({ server: api.url, ca: lab.authority().cert, ...own });
  const { source } = await lab
    .watchWith(path)
    .until('held', (now) => now.source.state === 'auth-failed');
  expect(source.error).toMatchObject({ code: 'tls-expired' });
  expect(source.error?.message).toContain('own client certificate');
});

test('401 asks once more, then holds; a changed kubeconfig ends it', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  api.intercept = ({ headers }, response) =>
    headers['authorization'] !== 'Bearer new' &&
    refuse(response, 401, 'Unauthorized', 'Unauthorized');
  const path = lab.kubeconfig({ server: api.url, ca: lab.authority().cert, token: 'old' });
  const observed = lab.watchWith(path, { timing: { deniedMs: 600_000 } });
  const held = await observed.until('held', (now) => now.source.state === 'auth-failed');
  expect(held.source.error).toMatchObject({ code: 'unauthorized' });
  expect(held.feeds.pods.status).toBe('failed');
  expect(api.requests).toHaveLength(2);
  writeKubeconfig(path, { server: api.url, ca: lab.authority().cert, token: 'new' });
  await observed.until('live', (now) => podNames(now).join() === 'a');
});

test('a person can end the hold', async () => {
  const api = await lab.startApi();
  api.intercept = (_, response) => refuse(response, 401, 'Unauthorized', 'Unauthorized');
  const observed = lab.watch(api, { timing: { deniedMs: 600_000 } });
  await observed.until('held', (now) => now.source.state === 'auth-failed');
  let answer = () => {};
  api.intercept = ({ kind }, response) => {
    if (kind !== 'readyz') return false;
    answer = () => response.end('ok');
    return true;
  };
  observed.source.retryNow();
  await observed.until('connecting', (now) => now.source.state === 'connecting');
  await expect.poll(() => api.count('readyz')).toBe(3);
  api.intercept = undefined;
  answer();
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  expect(observed.sourceStates).toEqual(['connecting', 'auth-failed', 'connecting', 'up']);
});

test('401 on one kind shows on the source when the heart-beat gets it too', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api, { heartbeatSeconds: 600 });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.intercept = (_, response) => refuse(response, 401, 'Unauthorized', 'Unauthorized');
  api.endWatches();
  const { source } = await observed.until('held', (now) => now.source.state === 'auth-failed');
  expect(source.error).toMatchObject({ code: 'unauthorized' });
});

test('a web page is no API server', async () => {
  const api = await lab.startApi();
  api.intercept = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>Log in</title>');
    return true;
  };
  const { source } = await lab.watch(api).until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'not-kubernetes' });
});

test('a port that does not speak TLS is told', async () => {
  const { port, close } = await rawServer((socket) =>
    socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'),
  );
  const path = lab.kubeconfig({ server: `https://127.0.0.1:${port}` });
  const { source } = await lab.watchWith(path).until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'not-kubernetes' });
  close();
});

test('a server that accepts and then says nothing is down for time', async () => {
  const { port, close } = await rawServer(() => {});
  const path = lab.kubeconfig({ server: `https://127.0.0.1:${port}` });
  const observed = lab.watchWith(path, { timing: { connectMs: 300, heartbeatLimitMs: 300 } });
  const { source } = await observed.until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'timeout' });
  close();
});

// How silence is judged, heartbeat.test.ts has by a clock of its own: here machines may stall.
test('silence on a good connection is frozen, not down; an answer ends it', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const observed = lab.watch(api, { timing: { heartbeatLimitMs: 400, frozenMs: 1500 } });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.intercept = ({ kind }) => kind === 'readyz';
  const frozen = await observed.until('frozen', (now) => now.source.state === 'frozen');
  expect(frozen.source.error).toMatchObject({ code: 'frozen' });
  expect(frozen.latencyMs).toBeNull();
  expect(podNames(frozen)).toEqual(['a']);
  api.intercept = undefined;
  await observed.until('up', (now) => now.source.state === 'up');
  expect(observed.sourceStates).not.toContain('down');
  expect(observed.podStates).toEqual(['pending', 'ok']);
});

test('a connection that takes no more requests is not down while its watches bring bytes', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api, { timing: { frozenMs: 400 } });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.intercept = ({ kind }, response) => {
    if (kind !== 'readyz') return false;
    response.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    return true;
  };
  const first = api.count('readyz');
  const timer = setInterval(api.bookmark, 100);
  await observed
    .until('some beats were refused', () => api.count('readyz') >= first + 4)
    .finally(() => clearInterval(timer));
  expect(observed.sourceStates).not.toContain('down');
});

test('a missing kubeconfig is told, and read when it comes', async () => {
  const api = await lab.startApi();
  const path = lab.file('not-there');
  const observed = lab.watchWith(path);
  const { source } = await observed.until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'kubeconfig-missing' });
  expect(source.error?.message).toContain(path);
  writeKubeconfig(path, { server: api.url, ca: lab.authority().cert });
  await observed.until('up', (now) => now.source.state === 'up');
});

test('a kubeconfig with bad YAML is told by its line, without its text', async () => {
  const path = lab.file('bad');
  writeFileSync(
    path,
    'apiVersion: v1\nusers:\n- name: x\n  user: {token: very-secret\nclusters: [',
  );
  const { source } = await lab.watchWith(path).until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'kubeconfig-invalid' });
  expect(source.error?.message).toMatch(/in line \d/);
  expect(JSON.stringify(source.error)).not.toContain('very-secret');
});

test('an unknown context is told with those that there are', async () => {
  const path = lab.kubeconfig({ server: 'https://127.0.0.1:1' });
  const observed = lab.watchWith(path, { context: 'nowhere' });
  const { source } = await observed.until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'context-unknown' });
  expect(source.error?.message).toContain('nowhere');
  expect(source.error?.hint).toContain('test');
});

test('a kubeconfig that becomes unreadable does not end the connection, and is told', async () => {
  const api = await lab.startApi();
  const path = lab.kubeconfig({ server: api.url, ca: lab.authority().cert });
  const good = readFileSync(path);
  const observed = lab.watchWith(path);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  rmSync(path);
  const told = await observed.until('told', (now) => now.source.error !== null);
  expect(told.source).toMatchObject({ state: 'up', error: { code: 'kubeconfig-missing' } });
  writeFileSync(path, good);
  await observed.until('good again', (now) => now.source.error === null);
  expect(observed.podStates).toEqual(['pending', 'ok']);
});

test('a kubeconfig that names another server empties the tables', async () => {
  const [first, second] = [await lab.startApi(), await lab.startApi()];
  first.put('pods', 'of-first');
  second.put('pods', 'of-second');
  const path = lab.kubeconfig({ server: first.url, ca: lab.authority().cert });
  const observed = lab.watchWith(path);
  await observed.until('the first', (now) => podNames(now).join() === 'of-first');
  writeKubeconfig(path, { server: second.url, ca: lab.authority().cert });
  await observed.until('the second', (now) => podNames(now).join() === 'of-second');
  await expect.poll(() => first.watchers()).toBe(0);
});

test('a credential plugin that fails is told, and asked again', async () => {
  const api = await lab.startApi();
  const plugin = lab.file('plugin.sh');
  const switchFile = lab.file('logged-in');
  writeFileSync(
    plugin,
    `#!/bin/sh\nif [ ! -f ${switchFile} ]; then echo 'please log in' >&2; exit 1; fi\n` +
      `echo '{"kind":"ExecCredential","status":{"token":"from-plugin"}}'\n`,
  );
  chmodSync(plugin, 0o755);
  const path = lab.kubeconfig({
    server: api.url,
    ca: lab.authority().cert,
    exec: { command: plugin, args: [] },
  });
  const observed = lab.watchWith(path);
  const { source } = await observed.until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'exec-plugin' });
  expect(source.error?.message).toContain('please log in');
  writeFileSync(switchFile, '');
  await observed.until('up', (now) => now.source.state === 'up');
  expect(api.requests.at(-1)?.headers['authorization']).toBe('Bearer from-plugin');
});

test('a proxy that cannot be reached is told as the proxy', async () => {
  const path = lab.kubeconfig({
    server: 'https://10.0.0.1:6443',
    proxyUrl: `http://127.0.0.1:${await closedPort()}`,
  });
  const { source } = await lab.watchWith(path).until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'proxy' });
});

test('a request gives the answer, the refusal with its words, or the time-out', async () => {
  const api = await lab.startApi();
  const observed = lab.watch(api);
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.intercept = ({ method, path }, response) => {
    if (path === '/slow') return true;
    if (method !== 'PATCH') return false;
    if (path.endsWith('/evicted'))
      return refuse(
        response,
        429,
        'TooManyRequests',
        'Cannot evict pod as it would violate the budget.',
      );
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"kind":"Node"}');
    return true;
  };
  const patch = (path: string) =>
    observed.source.request({
      method: 'PATCH',
      path,
      body: '{"spec":{"unschedulable":true}}',
      contentType: 'application/merge-patch+json',
      timeoutSeconds: 20,
    });
  expect(await patch('/api/v1/nodes/n1')).toMatchObject({
    kind: 'done',
    status: 200,
    body: '{"kind":"Node"}',
  });
  expect(api.requests.findLast(({ method }) => method === 'PATCH')).toMatchObject({
    body: '{"spec":{"unschedulable":true}}',
    headers: {
      'content-type': 'application/merge-patch+json',
      authorization: 'Bearer secret-token',
    },
  });
  const refused = await patch('/api/v1/pods/evicted');
  expect(refused).toMatchObject({ kind: 'refused', status: 429 });
  expect(refused.kind === 'refused' && refused.error.message).toContain('violate the budget');
  expect(
    await observed.source.request({ method: 'GET', path: '/slow', timeoutSeconds: 0.3 }),
  ).toEqual({ kind: 'timeout', afterSeconds: 0.3 });
  const aborted = new AbortController();
  aborted.abort();
  expect(
    await observed.source.request({
      method: 'GET',
      path: '/slow',
      timeoutSeconds: 20,
      signal: aborted.signal,
    }),
  ).toEqual({ kind: 'aborted' });
});

async function rawServer(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, close };
}
