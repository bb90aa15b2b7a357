import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createControlPlaneSource } from '../../../src/collect/kube/control-plane-source.ts';
import { createKubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import { defaultTiming } from '../../../src/collect/kube/timing.ts';
import type {
  ApiServer,
  ControlPlane,
  EtcdTarget,
  ServerTarget,
} from '../../../src/domain/control-plane.ts';
import type { ClusterSettings } from '../../../src/domain/settings.ts';
import { systemClock } from '../../../src/lab/clock.ts';
import { startEtcdServers } from '../../../src/lab/control-plane/etcd-servers.ts';
import { startVip } from '../../../src/lab/control-plane/vip.ts';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { createWorld } from '../../../src/lab/world.ts';
import { createApiServerMetricsReader } from '../../../src/resources/control-plane/api-server-metrics.ts';
import { closedPort } from '../../support/closed-port.ts';
import { clusterSettings } from '../../support/cluster-settings.ts';
import { startHttpProxy, startSocksProxy } from './proxies.ts';

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Two API servers behind a balancer, and what is known of them. */
async function stage(
  change: Partial<ClusterSettings> = {},
  proxyUrl?: string,
  known: {
    etcd?: readonly EtcdTarget[];
    apiServers?: readonly ServerTarget[];
    /** The clock of the cluster. */
    clock?: () => number;
    deprecated?: Parameters<KubeApi['setDeprecatedRequests']>[0];
  } = {},
) {
  const { etcd = [], apiServers = [], clock = Date.now, deprecated } = known;
  const folder = mkdtempSync(join(tmpdir(), 'labtop-cp-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const kube = await startKubeApi({ seed: 5, names: ['10.128.0.9'], clock });
  closers.push(kube.close);
  if (deprecated) kube.setDeprecatedRequests(deprecated);
  const second = await kube.addInstance('apisrv2');
  const vip = await startVip(kube.instances);
  closers.push(vip.close);
  const kubeconfig = join(folder, 'kubeconfig');
  const text = kube.kubeconfig({ server: vip.url });
  writeFileSync(
    kubeconfig,
    proxyUrl === undefined
      ? text
      : text.replace(/^( *)server:.*$/m, `$&\n$1proxy-url: ${proxyUrl}`),
  );
  const settings = clusterSettings('lab', kubeconfig, change);
  const transport = createKubeTransport(settings, defaultTiming, Date.now);
  closers.push(transport.close);
  let latest: ControlPlane | undefined;
  const source = createControlPlaneSource(settings, {
    access: transport.access,
    createMetricsReader: createApiServerMetricsReader,
    kubelets: () => [],
    etcd: () => etcd,
    apiServers: () => apiServers,
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
  await expect.poll(() => latest()?.apiServers.length).toBe(2);
  await expect.poll(() => latest()?.apiServers.map(({ state }) => state)).toEqual(['ok', 'ok']);
  await expect
    .poll(() => latest()?.vip)
    .toMatchObject({ state: 'ok', live: true, from: 'kubeconfig' });
  await expect.poll(() => server(kube.url)?.version).toBe('v1.34.1');
  await expect.poll(() => server(kube.url)?.metrics?.residentBytes).toBeGreaterThan(1e6);
  await expect
    .poll(() => server(kube.url)?.certificate)
    .toMatchObject({
      subject: 'kube-apiserver',
      issuer: 'kubernetes',
      names: expect.arrayContaining(['apisrv1', '10.128.0.9']) as unknown,
    });
  await expect.poll(() => server(second.url)?.certificate?.names).toContain('apisrv2');
  const scheduler = () => latest()?.leases[0];
  await expect.poll(scheduler).toMatchObject({
    kind: 'kube-scheduler',
    durationSeconds: 15,
    transitions: 14,
    holder: expect.stringMatching(/^k8sched1_/) as string,
  });
  expect(Math.abs(Date.now() - (scheduler()?.renewedAt ?? 0))).toBeLessThan(600_000);
  await expect.poll(() => latest()?.certificates).toMatchObject([{ node: null, address: null }]);
});

test('the age of a lease is told by the server, whose clock may be another', async () => {
  const hour = 3_600_000;
  const { latest } = await stage({}, undefined, { clock: () => Date.now() - hour });
  await expect.poll(() => latest()?.leases.length).toBe(2);
  const [scheduler] = latest()?.leases ?? [];
  expect(Math.abs(Date.now() - (scheduler?.renewedAt ?? 0))).toBeLessThan(hour / 2);
});

test('tells the ways in which an API server does not answer apart', async () => {
  const { kube, server, vip, latest } = await stage();
  const state = () => server(kube.url)?.state;
  await expect.poll(state).toBe('ok');

  const heal = kube.faults.failCheck('etcd');
  await expect
    .poll(() => server(kube.url))
    .toMatchObject({
      state: 'failing',
      failedChecks: ['etcd'],
      live: false,
      error: { code: 'not-ready' },
    });
  heal();
  await expect.poll(state).toBe('ok');

  const endDenial = kube.faults.respond({ status: 429, path: '/readyz' });
  await expect.poll(state).toBe('overloaded');
  endDenial();

  await kube.setListening(false);
  await expect.poll(state).toBe('refused');
  expect(server(kube.url)?.readyAt).not.toBeNull();
  // The balancer leads to the other one.
  await expect.poll(() => latest()?.vip?.state).toBe('ok');
  await kube.setListening(true);
  await expect.poll(state).toBe('ok');

  await vip.setListening(false);
  await expect.poll(() => latest()?.vip?.state).toBe('refused');
  await expect.poll(state).toBe('ok');
});

test('an API server of the configuration is known although nothing answers', async () => {
  const closed = `https://127.0.0.1:${await closedPort()}`;
  const { latest } = await stage({
    vip: closed,
    apiServers: [{ url: closed.replace('127.0.0.1', 'localhost'), zone: 'omni1/apisrv1' }],
  });
  await expect.poll(() => latest()?.vip?.state).toBe('refused');
  await expect
    .poll(() => latest()?.apiServers)
    .toMatchObject([
      { place: 'omni1/apisrv1', state: 'refused', from: 'configuration', version: null },
    ]);
});

test.for(['http', 'socks5'] as const)(
  'through the %s proxy of the kubeconfig the same is seen',
  async (kind) => {
    const proxy = await (kind === 'http' ? startHttpProxy() : startSocksProxy(null));
    closers.push(proxy.close);
    const { kube, second, vip, server, latest } = await stage(
      {},
      `${kind}://127.0.0.1:${proxy.port}`,
    );
    await expect.poll(() => latest()?.apiServers.map(({ state }) => state)).toEqual(['ok', 'ok']);
    await expect.poll(() => latest()?.vip).toMatchObject({ state: 'ok', from: 'kubeconfig' });
    await expect.poll(() => server(second.url)?.certificate?.names).toContain('apisrv2');
    const hosts = [kube.url, second.url, vip.url].map((url) => new URL(url).host);
    expect(new Set(proxy.asked)).toEqual(new Set(hosts));
  },
);

test('an API server that the proxy does not let through to is not known, and says why', async () => {
  let hidden: string | undefined;
  const proxy = await startHttpProxy((target) => (target === hidden ? 403 : null));
  closers.push(proxy.close);
  const { second, server, latest } = await stage({}, `http://127.0.0.1:${proxy.port}`);
  hidden = new URL(second.url).host;
  await expect.poll(() => latest()?.apiServers.length).toBe(2);
  await second.setListening(false);
  await expect
    .poll(() => server(second.url))
    .toMatchObject({
      state: 'no-way',
      error: { code: 'proxy', message: `the proxy does not let through to ${hidden}: 403 No` },
    });
  await expect
    .poll(() =>
      latest()
        ?.apiServers.map(({ state }) => state)
        .toSorted(),
    )
    .toEqual(['no-way', 'ok']);
});

test('looks at the ports of etcd, which want a certificate, and tells when one does not answer any more', async () => {
  const lab = createWorld({ seed: 5, clock: systemClock });
  const etcd = await startEtcdServers(lab, 'infrak8s');
  closers.push(etcd.close);
  const targets = etcd.servers.map(({ member, url }) => ({ member, url }));
  const { latest } = await stage({}, undefined, { etcd: targets });
  const states = () => latest()?.etcdPorts.map(({ member, state }) => [member, state]);
  await expect.poll(states).toEqual([
    ['etcd1', 'answers'],
    ['etcd2', 'answers'],
    ['etcd3', 'answers'],
  ]);
  await expect
    .poll(() => latest()?.etcdPorts[0]?.certificate)
    .toMatchObject({ subject: 'etcd1', issuer: 'etcd-ca' });
  await etcd.servers[1]?.setListening(false);
  // Others are there, so that it is looked at once more.
  targets.splice(2, 1);
  await expect.poll(states).toEqual([
    ['etcd1', 'answers'],
    ['etcd2', 'refused'],
  ]);
  expect(latest()?.etcdPorts[1]).toMatchObject({
    answeredAt: expect.any(Number) as unknown,
    certificate: { subject: 'etcd2' },
  });
});

test('an API server that nothing but its zone tells of is asked when it is known to be one of the cluster', async () => {
  const closed = `https://127.0.0.1:${await closedPort()}`;
  const others = await startKubeApi({ seed: 6 });
  closers.push(others.close);
  const { server } = await stage({ vip: closed }, undefined, {
    apiServers: [{ url: others.url, belongs: 'member' }],
  });
  // Its authority is another one, which is told by its state.
  await expect.poll(() => server(others.url)?.from).toBe('zone');
  await expect.poll(() => server(others.url)?.state).toBe('tls');
});

test('one that may be of the cluster is looked at first, and asked when the CA of the cluster signed what it shows', async () => {
  const closed = `https://127.0.0.1:${await closedPort()}`;
  const others = await startKubeApi({ seed: 6 });
  closers.push(others.close);
  const targets: ServerTarget[] = [{ url: others.url, belongs: 'candidate' }];
  const { kube, server, latest } = await stage({ vip: closed }, undefined, {
    apiServers: targets,
  });
  // Known by another name than the one by which the endpoints call it.
  const own = kube.url.replace('127.0.0.1', 'localhost');
  targets.push({ url: own, belongs: 'candidate' });
  await expect
    .poll(() => latest()?.evidence.looks)
    .toContainEqual({ address: new URL(others.url).host, isTrusted: false });
  expect(server(others.url)).toBeUndefined();
  await expect
    .poll(() => latest()?.evidence)
    .toMatchObject({
      isVerified: true,
      authorities: [{ subject: 'kubernetes' }],
      fronts: ['127.0.0.1'],
    });
  await expect.poll(() => server(own)?.state).toBe('ok');
});

test('tells by which names its API servers renew their identity leases', async () => {
  const { latest } = await stage();
  await expect
    .poll(() => latest()?.evidence.identities)
    .toEqual(expect.arrayContaining(['apisrv1']));
  await expect.poll(() => latest()?.evidence.endpointsAt).toEqual(expect.any(Number));
});

test('a certificate is looked at in each round, so that its end and its renewal are seen', async () => {
  const { kube, server } = await stage();
  const hour = 3_600_000;
  const lifetime = (fromHours: number, leftHours: number) => ({
    notBeforeMs: Date.now() - fromHours * hour,
    notAfterMs: Date.now() + leftHours * hour,
  });
  const leftHours = (): number =>
    ((server(kube.url)?.certificate?.notAfter ?? Date.now()) - Date.now()) / hour;
  kube.renewCertificate(lifetime(160, 8));
  await expect.poll(leftHours).toBeCloseTo(8, 0);
  kube.renewCertificate(lifetime(0, 168));
  await expect.poll(leftHours).toBeCloseTo(168, 0);
});

test('while somebody asks for a deprecated API the metrics are read sooner, so that its end is seen', async () => {
  const deprecated = {
    group: 'storage.k8s.io',
    version: 'v1alpha1',
    resource: 'volumeattributesclasses',
    removedRelease: '1.35',
  };
  const { kube, server } = await stage({}, undefined, { deprecated });
  const asked = () => server(kube.url)?.metrics?.deprecatedApis.map(({ resource }) => resource);
  await expect.poll(asked).toEqual([deprecated.resource]);
  kube.setDeprecatedRequests(null);
  await expect.poll(asked).toEqual([]);
});

test('the metrics of an API server that was away are read soon after it is back', async () => {
  const { kube, server } = await stage();
  const readAt = () => server(kube.url)?.metrics?.at ?? 0;
  await expect.poll(readAt).toBeGreaterThan(0);
  const before = readAt();
  await kube.setListening(false);
  await expect.poll(() => server(kube.url)?.state).toBe('refused');
  await kube.setListening(true);
  await expect.poll(readAt).toBeGreaterThan(before);
});
