import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { clientOf, credentialsOf, http2ClientOf, startQuickApi, type Client } from './client.ts';

let api: KubeApi;
let client: Client;
let second: Client;
const NODES = '/api/v1/nodes';

beforeEach(async () => {
  api = await startQuickApi({ bookmarkSeconds: 0.05 });
  client = clientOf(api);
  second = http2ClientOf(api);
});

afterEach(async () => {
  client.close();
  second.close();
  await api.close();
});

const openWatch = (each: Client = client) =>
  each.watch(`${NODES}?watch=true&allowWatchBookmarks=true&resourceVersion=${api.store.version()}`);
const cordon = (value: boolean): void => {
  api.store.modify('nodes', undefined, 'rk1', (node) => ({
    ...node,
    spec: { ...(node['spec'] as object), unschedulable: value },
  }));
};

test('a rule answers as many requests of its path as it says', async () => {
  api.faults.respond({ status: 503, path: NODES, count: 2, message: 'etcd leader changed' });
  const codes = [];
  for (const path of [NODES, '/api/v1/pods?limit=1', NODES, NODES])
    codes.push((await client.get(path)).status);
  expect(codes).toEqual([503, 200, 503, 200]);
});

test('429 says when to come back, in the header and in the Status', async () => {
  const undo = api.faults.respond({ status: 429, retryAfterSeconds: 7 });
  const { status, headers, body } = await client.get(NODES);
  expect([status, headers['retry-after'], body.reason, body.details.retryAfterSeconds]).toEqual([
    429,
    '7',
    'TooManyRequests',
    7,
  ]);
  undo();
  expect((await client.get(NODES)).status).toBe(200);
});

test('a proxy that answers in HTML can be played', async () => {
  api.faults.respond({ status: 503, html: '<html>no server</html>' });
  const { headers, text } = await client.get(NODES);
  expect([headers['content-type'], text]).toEqual(['text/html', '<html>no server</html>']);
});

test('stalled watches send nothing, not even bookmarks, until they flow again', async () => {
  const instance = await api.addInstance('apisrv2');
  const other = clientOf(api, undefined, instance.url);
  const watch = await openWatch();
  await watch.until(({ type }) => type === 'BOOKMARK');
  api.faults.stallWatches(true);
  const before = watch.lines.length;
  cordon(true);
  // The watch of another instance shows that the time for bookmarks has passed.
  const moving = await openWatch(other);
  await moving.until(() => moving.lines.length === 3);
  expect((await client.get('/readyz')).text).toBe('ok');
  expect(watch.lines).toHaveLength(before);
  api.faults.stallWatches(false);
  const { object } = await watch.until(({ type }) => type === 'MODIFIED');
  expect(object.spec.unschedulable).toBe(true);
  other.close();
});

test('a frozen server answers nobody and comes back', async () => {
  const watch = await openWatch();
  api.faults.freeze(true);
  let answered = false;
  const pending = second.get('/readyz').then((answer) => {
    answered = true;
    return answer.status;
  });
  const other = clientOf(api);
  const early = await Promise.race([
    other.get('/livez').then(() => 'answer'),
    new Promise((resolve) => {
      setTimeout(resolve, 200, 'silence');
    }),
  ]);
  expect([early, answered]).toEqual(['silence', false]);
  api.faults.freeze(false);
  expect(await pending).toBe(200);
  cordon(true);
  await watch.until(({ type }) => type === 'MODIFIED');
  other.close();
});

test('cut connections end all streams, and new ones are served', async () => {
  const watches = [await openWatch(), await openWatch(second)];
  api.faults.cutConnections();
  await Promise.all(watches.map(({ ended }) => ended));
  expect((await client.get(NODES)).status).toBe(200);
});

test('watches can end cleanly, with an ERROR event, or in the middle of a line', async () => {
  const clean = await openWatch();
  api.faults.endWatches();
  expect(await clean.ended).toBe('');
  const failed = await openWatch(second);
  api.faults.failWatches(500, 'InternalError', 'etcdserver: no leader');
  await failed.ended;
  expect(failed.lines.at(-1)).toMatchObject({
    type: 'ERROR',
    object: { kind: 'Status', code: 500, message: 'etcdserver: no leader' },
  });
  const half = await openWatch();
  api.faults.truncateWatches();
  expect(await half.ended).toMatch(/^\{"type":"MODIFIED"/u);
});

test('split watches cut lines and characters, and lose nothing', async () => {
  api.faults.splitWatches(3);
  const watch = await openWatch(second);
  api.store.modify('nodes', undefined, 'rk1', (node) => ({
    ...node,
    metadata: { ...node.metadata, annotations: { place: 'Zürich – Küche 🏠' } },
  }));
  const { object } = await watch.until(({ type }) => type === 'MODIFIED');
  expect(object.metadata.annotations.place).toBe('Zürich – Küche 🏠');
});

test('a required token takes the place of certificates', async () => {
  api.faults.requireToken('secret');
  const refused = await client.get(NODES);
  expect([refused.status, refused.body.reason]).toEqual([401, 'Unauthorized']);
  expect((await client.get(NODES, { authorization: 'Bearer secret' })).status).toBe(200);
});

test('a denied right answers 403 for its resource only, and the access review says so', async () => {
  const undo = api.faults.deny({ resource: 'leases.coordination.k8s.io', status: 403 });
  const { status, body } = await client.get('/apis/coordination.k8s.io/v1/leases');
  expect(status).toBe(403);
  expect(body).toMatchObject({
    reason: 'Forbidden',
    message:
      'leases.coordination.k8s.io is forbidden: User "labtop" cannot list resource "leases" in API group "coordination.k8s.io" at the cluster scope',
  });
  expect((await client.get(NODES)).status).toBe(200);
  const review = async (group: string, resource: string): Promise<boolean> =>
    (
      await client.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: { resourceAttributes: { group, resource, verb: 'list' } },
      })
    ).body.status.allowed;
  expect([await review('coordination.k8s.io', 'leases'), await review('', 'nodes')]).toEqual([
    false,
    true,
  ]);
  undo();
  expect((await client.get('/apis/coordination.k8s.io/v1/leases')).status).toBe(200);
});

test('without a certificate only health and version are open', async () => {
  const { ca } = credentialsOf(api.kubeconfig());
  const anonymous = clientOf(api, { ca });
  expect((await anonymous.get('/readyz')).text).toBe('ok');
  expect((await anonymous.get('/version')).body.gitVersion).toBe('v1.34.1');
  const refused = await anonymous.get(NODES);
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
  ]);
  expect((await anonymous.get('/metrics')).status).toBe(403);
  anonymous.close();
});

test('a failing check shows in readyz, which says 500', async () => {
  expect((await client.get('/readyz?verbose')).text).toMatch(
    /^\[\+\]ping ok\n(?:.*\n)*\[\+\]shutdown ok\nreadyz check passed\n$/u,
  );
  const undo = api.faults.failCheck('etcd');
  const { status, text } = await client.get('/readyz');
  expect(status).toBe(500);
  expect(text).toContain('[-]etcd failed: reason withheld\n');
  expect(text).toMatch(/readyz check failed\n$/u);
  expect((await client.get('/readyz?exclude=etcd')).status).toBe(200);
  expect((await client.get('/livez/ping')).text).toBe('ok');
  undo();
  expect((await client.get('/healthz')).text).toBe('ok');
});

test('metrics count objects and requests, and a scenario sets their values', async () => {
  await client.get(NODES);
  const { text } = await client.get('/metrics');
  expect(text).toContain(`apiserver_storage_objects{resource="pods"} ${api.store.count('pods')}\n`);
  expect(text).toMatch(
    /^apiserver_request_total\{code="200",.*resource="nodes",.*verb="LIST".*\} 1$/mu,
  );
  api.faults.setMetric('process_resident_memory_bytes', 11_000_000_000);
  api.faults.setMetric('apiserver_requested_deprecated_apis{group="policy",version="v1beta1"}', 1);
  const after = (await client.get('/metrics')).text;
  expect(after).toContain('\nprocess_resident_memory_bytes 11000000000\n');
  expect(after).toContain(
    '\napiserver_requested_deprecated_apis{group="policy",version="v1beta1"} 1\n',
  );
});

test('latency delays every answer', async () => {
  api.faults.setLatency(60);
  const from = performance.now();
  await client.get('/livez');
  expect(performance.now() - from).toBeGreaterThanOrEqual(59);
});

test('a GOAWAY ends an HTTP/2 connection politely: its streams end, new connections are served', async () => {
  expect((await second.get(NODES)).status).toBe(200);
  api.faults.goAway();
  await expect(second.get(NODES).then(() => second.get(NODES))).rejects.toThrow(
    /session|stream|GOAWAY|destroyed/iu,
  );
  const third = http2ClientOf(api);
  expect((await third.get(NODES)).status).toBe(200);
  third.close();
});

test('instances share the objects and have their own faults', async () => {
  const instance = await api.addInstance('apisrv2');
  const other = clientOf(api, undefined, instance.url);
  instance.faults.respond({ status: 500 });
  cordon(true);
  expect((await other.get(NODES)).status).toBe(500);
  expect((await client.get(`${NODES}/rk1`)).body.spec.unschedulable).toBe(true);
  instance.faults.clear();
  expect((await other.get(`${NODES}/rk1`)).body.spec.unschedulable).toBe(true);
  other.close();
  await instance.close();
});

test('a renewed certificate is what new connections see', async () => {
  const notAfterMs = Date.now() + 3_600_000;
  api.renewCertificate({ notBeforeMs: Date.now() - 1000, notAfterMs });
  const socket = connect({
    port: api.port,
    host: '127.0.0.1',
    ca: api.authority,
    ALPNProtocols: ['h2'],
  });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  expect(Math.abs(Date.parse(socket.getPeerCertificate().valid_to) - notAfterMs)).toBeLessThan(
    1001,
  );
  socket.destroy();
});
