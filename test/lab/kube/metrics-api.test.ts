import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { VIEWER } from '../../../src/lab/kube/rights.ts';
import { clientOf, credentialsOf, startQuickApi, type Client } from './client.ts';

const METRICS = '/apis/metrics.k8s.io/v1beta1';
let api: KubeApi;
let client: Client;
let folder: string;

beforeAll(async () => {
  api = await startQuickApi();
  client = clientOf(api);
  folder = mkdtempSync(join(tmpdir(), 'lab-metrics-'));
  writeFileSync(join(folder, 'config'), api.kubeconfig(), { mode: 0o600 });
});

afterAll(async () => {
  client.close();
  await api.close();
  rmSync(folder, { recursive: true });
});

const hasKubectl = ((): boolean => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const top = async (words: string): Promise<readonly string[]> => {
  const args = ['--kubeconfig', join(folder, 'config'), '--cache-dir', join(folder, 'cache')];
  const { stdout } = await promisify(execFile)('kubectl', [...args, 'top', ...words.split(' ')]);
  return stdout.trimEnd().split('\n');
};

test('nodes and running pods are measured, in the quantities of metrics-server', async () => {
  const nodes = await client.get(`${METRICS}/nodes`);
  expect(nodes.body).toMatchObject({
    kind: 'NodeMetricsList',
    apiVersion: 'metrics.k8s.io/v1beta1',
  });
  expect(nodes.body.items).toHaveLength(4);
  for (const { usage, window } of nodes.body.items)
    expect([usage.cpu, usage.memory, window]).toEqual([
      expect.stringMatching(/^\d+n$/),
      expect.stringMatching(/^\d+Ki$/),
      '15.1s',
    ]);
  const pods = await client.get(`${METRICS}/namespaces/media/pods`);
  const running = (await client.get('/api/v1/namespaces/media/pods')).body.items.filter(
    ({ status }: { readonly status: { readonly phase: string } }) => status.phase === 'Running',
  );
  const names = (items: readonly { readonly metadata: { readonly name: string } }[]) =>
    items.map(({ metadata }) => metadata.name).toSorted();
  expect(names(pods.body.items)).toEqual(names(running));
  const one = await client.get(`${METRICS}/nodes/rk1`);
  expect([one.status, one.body.kind, one.body.metadata.name]).toEqual([200, 'NodeMetrics', 'rk1']);
  expect((await client.get(`${METRICS}/nodes/none`)).status).toBe(404);
});

test('a right is needed, and a watch there is none', async () => {
  const viewer = clientOf(api, credentialsOf(api.kubeconfig({ user: VIEWER.name, groups: [] })));
  expect((await viewer.get(`${METRICS}/nodes`)).status).toBe(403);
  expect((await viewer.get(`${METRICS}/namespaces/media/pods`)).status).toBe(200);
  expect((await client.get(`${METRICS}/nodes?watch=true`)).status).toBe(400);
  viewer.close();
});

test.skipIf(!hasKubectl)('kubectl top prints nodes and pods', async () => {
  const [header = '', ...nodes] = await top('nodes');
  expect(header).toMatch(/^NAME +CPU\(cores\) +CPU\(?%\)? +MEMORY\(bytes\) +MEMORY\(?%\)? *$/);
  expect(nodes).toHaveLength(4);
  for (const line of nodes) expect(line).toMatch(/^\S+ +\d+m +\d+% +\d+Mi +\d+% *$/);
  const [, ...pods] = await top('pods -n media --containers');
  expect(pods.length).toBeGreaterThan(0);
  for (const line of pods) expect(line).toMatch(/^\S+ +\S+ +\d+m +\d+Mi *$/);
});

test('without metrics-server the API is unavailable, and discovery tells that it is stale', async () => {
  api.scaleDeployment('kube-system', 'metrics-server', 0);
  await expect.poll(async () => (await client.get(`${METRICS}/nodes`)).status).toBe(503);
  const { body } = await client.get('/apis', {
    accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  });
  const metrics = body.items.find(
    ({ metadata }: { readonly metadata: { readonly name: string } }) =>
      metadata.name === 'metrics.k8s.io',
  );
  expect(metrics.versions).toMatchObject([{ version: 'v1beta1', freshness: 'Stale' }]);
  api.scaleDeployment('kube-system', 'metrics-server', 1);
  await expect.poll(async () => (await client.get(`${METRICS}/nodes`)).status).toBe(200);
});
