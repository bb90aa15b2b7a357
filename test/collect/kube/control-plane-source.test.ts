import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createControlPlaneSource } from '../../../src/collect/kube/control-plane-source.ts';
import { createKubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import { defaultTiming } from '../../../src/collect/kube/timing.ts';
import type { ApiServer, ControlPlane } from '../../../src/domain/control-plane.ts';
import type { ClusterSettings } from '../../../src/domain/settings.ts';
import { startVip } from '../../../src/lab/control-plane/vip.ts';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import { createApiServerMetricsReader } from '../../../src/resources/control-plane/api-server-metrics.ts';

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});
const LIMIT = { timeout: 30_000, interval: 20 };

/** Two API servers behind a balancer, and what is known of them. */
async function stage(change: Partial<ClusterSettings> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-cp-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const kube = await startKubeApi({ seed: 5, names: ['10.128.0.9'] });
  closers.push(kube.close);
  const second = await kube.addInstance('apisrv2');
  const vip = await startVip(kube.instances);
  closers.push(vip.close);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kube.kubeconfig({ server: vip.url }));
  const settings: ClusterSettings = {
    name: 'lab',
    kubeconfig,
    context: null,
    vip: null,
    apiServers: [],
    namespaces: [],
    kubelets: false,
    ...change,
  };
  const transport = createKubeTransport(settings, defaultTiming, Date.now);
  closers.push(transport.close);
  let latest: ControlPlane | undefined;
  const source = createControlPlaneSource(settings, {
    access: transport.access,
    createMetricsReader: createApiServerMetricsReader,
    kubelets: () => [],
    intervalSeconds: 0.1,
    onChange: (feed) => {
      if (feed.status === 'ok') latest = feed.value;
    },
  });
  closers.push(source.close);
  source.start();
  const server = (url: string): ApiServer | undefined =>
    latest?.apiServers.find((each) => each.url === url);
  return { kube, second, vip, server, latest: () => latest };
}

test('finds each API server by the endpoints, asks it and the virtual IP, and reads the leases', async () => {
  const { kube, second, latest, server } = await stage();
  await expect.poll(() => latest()?.apiServers.length, LIMIT).toBe(2);
  await expect
    .poll(() => latest()?.apiServers.map(({ state }) => state), LIMIT)
    .toEqual(['ok', 'ok']);
  expect(latest()?.vip).toMatchObject({ state: 'ok', live: true, from: 'kubeconfig' });
  await expect.poll(() => server(kube.url)?.version, LIMIT).toBe('v1.34.1');
  await expect.poll(() => server(kube.url)?.metrics?.residentBytes, LIMIT).toBeGreaterThan(1e6);
  expect(server(kube.url)?.certificate).toMatchObject({
    subject: 'kube-apiserver',
    issuer: 'kubernetes',
    names: expect.arrayContaining(['apisrv1', '10.128.0.9']) as unknown,
  });
  await expect.poll(() => server(second.url)?.certificate?.names, LIMIT).toContain('apisrv2');
  const [scheduler] = latest()?.leases ?? [];
  expect(scheduler).toMatchObject({ kind: 'kube-scheduler', durationSeconds: 15, transitions: 14 });
  expect(scheduler?.holder).toMatch(/^k8sched1_/);
  expect(Math.abs(Date.now() - (scheduler?.renewedAt ?? 0))).toBeLessThan(30_000);
  await expect
    .poll(() => latest()?.certificates, LIMIT)
    .toMatchObject([{ node: null, address: null }]);
});

test('tells the ways in which an API server does not answer apart', async () => {
  const { kube, server, vip, latest } = await stage();
  const state = () => server(kube.url)?.state;
  await expect.poll(state, LIMIT).toBe('ok');

  const heal = kube.faults.failCheck('etcd');
  await expect.poll(state, LIMIT).toBe('failing');
  expect(server(kube.url)).toMatchObject({
    failedChecks: ['etcd'],
    live: false,
    error: { code: 'not-ready' },
  });
  heal();
  await expect.poll(state, LIMIT).toBe('ok');

  const endDenial = kube.faults.respond({ status: 429, path: '/readyz' });
  await expect.poll(state, LIMIT).toBe('overloaded');
  endDenial();

  await kube.setListening(false);
  await expect.poll(state, LIMIT).toBe('refused');
  expect(server(kube.url)?.readyAt).not.toBeNull();
  // The balancer leads to the other one.
  await expect.poll(() => latest()?.vip?.state, LIMIT).toBe('ok');
  await kube.setListening(true);
  await expect.poll(state, LIMIT).toBe('ok');

  await vip.setListening(false);
  await expect.poll(() => latest()?.vip?.state, LIMIT).toBe('refused');
  expect(state()).toBe('ok');
});

test('an API server of the configuration is known although nothing answers', async () => {
  const closed = await startVip(() => []);
  await closed.close();
  const { latest } = await stage({
    vip: closed.url,
    apiServers: [{ url: closed.url.replace('127.0.0.1', 'localhost'), zone: 'omni1/apisrv1' }],
  });
  await expect.poll(() => latest()?.vip?.state, LIMIT).toBe('refused');
  expect(latest()?.apiServers).toMatchObject([
    { place: 'omni1/apisrv1', state: 'refused', from: 'configuration', version: null },
  ]);
});
