import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { Pod } from '../../../src/lab/kube/pod.ts';
import { clientOf, http2ClientOf, startQuickApi } from './client.ts';

const seedOf = async (seed: number): Promise<readonly string[]> => {
  const api = await startQuickApi({ seed, clock: () => Date.UTC(2026, 0, 1) });
  const names = api.store
    .list('pods')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.uid}`);
  await api.close();
  return names;
};

test('the same seed gives the same cluster, another seed another one', async () => {
  const first = await seedOf(1);
  expect(await seedOf(1)).toEqual(first);
  expect(await seedOf(2)).not.toEqual(first);
});

test('the reference cluster: three amd64 workers, an arm64 board, 60 to 90 pods, all well', async () => {
  const api = await startQuickApi();
  expect(
    api.store
      .list('nodes')
      .map(({ metadata }) => [metadata.name, metadata.labels?.['kubernetes.io/arch']]),
  ).toEqual([
    ['rk1', 'arm64'],
    ['worker1', 'amd64'],
    ['worker2', 'amd64'],
    ['worker3', 'amd64'],
  ]);
  expect(api.store.count('pods')).toBeGreaterThanOrEqual(60);
  expect(api.store.count('pods')).toBeLessThanOrEqual(90);
  const phases = new Set(
    api.store.list('pods').map((pod) => (pod['status'] as { phase: string }).phase),
  );
  expect(phases).toEqual(new Set(['Running', 'Succeeded']));
  await api.close();
});

test('the controllers find nothing to do in a cluster as it was seeded', async () => {
  // Between two turns of its cron jobs, which are there every quarter of an hour.
  const api = await startQuickApi({ clock: () => Date.UTC(2026, 0, 1, 12, 7) });
  const version = api.store.version();
  // Coming back wakes every controller.
  api.setLeaseRenewing('kube-system', 'kube-controller-manager', true);
  const client = clientOf(api);
  const watch = await client.watch(
    `/api/v1/namespaces/default/events?watch=true&resourceVersion=${version}`,
  );
  api.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: 'last' },
    spec: { containers: [] },
    status: { phase: 'Pending' },
  });
  // The scheduler is woken after the controllers, so its event comes after anything they would have done.
  await watch.until(({ object }) => object.reason === 'Scheduled');
  for (const resource of [
    'deployments.apps',
    'replicasets.apps',
    'daemonsets.apps',
    'statefulsets.apps',
  ])
    expect(api.store.eventsSince(resource, version)).toEqual([]);
  expect(
    api.store.eventsSince('pods', version).filter(({ key }) => key !== 'default/last'),
  ).toEqual([]);
  client.close();
  await api.close();
});

test('scale multiplies nodes and pods', async () => {
  const api = await startQuickApi({ scale: 3 });
  expect(api.store.count('nodes')).toBe(12);
  expect(api.store.count('pods')).toBeGreaterThan(450);
  expect(api.store.count('pods')).toBeLessThan(650);
  await api.close();
});

test('the kubeconfig has everything embedded, its context is the cluster, its server can be another', async () => {
  const api = await startQuickApi({ cluster: 'other' });
  const config = parse(api.kubeconfig({ server: 'https://vip.lab:6443' }));
  expect(config['current-context']).toBe('other');
  expect(config.contexts[0].context).toEqual({ cluster: 'other', user: 'labtop' });
  expect(config.clusters[0].cluster.server).toBe('https://vip.lab:6443');
  expect(Buffer.from(config.users[0].user['client-key-data'], 'base64').toString()).toContain(
    'PRIVATE KEY',
  );
  await api.close();
});

test('an API server that is taken says so', async () => {
  const api = await startQuickApi();
  await expect(startKubeApi({ seed: 1, port: api.port })).rejects.toThrow(/EADDRINUSE/u);
  await api.close();
});

test('close ends open watches, and nothing answers any more', async () => {
  const api = await startQuickApi();
  const [first, second] = [clientOf(api), http2ClientOf(api)];
  const watches = [
    await first.watch('/api/v1/pods?watch=true'),
    await second.watch('/api/v1/pods?watch=true'),
  ];
  await api.close();
  await Promise.all(watches.map(({ ended }) => ended));
  await expect(first.get('/livez')).rejects.toThrow(/ECONNREFUSED|hang up|ECONNRESET/u);
  first.close();
  second.close();
});

test('events of headers and objects follow the given clock', async () => {
  let nowMs = Date.UTC(2030, 0, 1);
  const api = await startQuickApi({ clock: () => nowMs });
  const client = clientOf(api);
  nowMs += 60_000;
  expect((await client.get('/livez')).headers['date']).toBe('Tue, 01 Jan 2030 00:01:00 GMT');
  client.close();
  await api.close();
});

test('a container that ends before the others begin has no probes: no server would take it', async () => {
  const api = await startQuickApi({ seed: 1 });
  const pods = api.store.list('pods') as readonly Pod[];
  const initial = pods.flatMap(({ spec }) => spec.initContainers ?? []);
  expect(initial.length).toBeGreaterThan(0);
  for (const container of initial)
    expect(Object.keys(container).filter((field) => field.endsWith('Probe'))).toEqual([]);
  await api.close();
});

test('an idle connection is kept for a minute and a half, as an API server keeps it', async () => {
  const api = await startQuickApi();
  const client = clientOf(api);
  expect((await client.get('/readyz')).headers).toMatchObject({ 'keep-alive': 'timeout=90' });
  client.close();
  await api.close();
});
