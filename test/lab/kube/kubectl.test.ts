import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { startQuickApi } from './client.ts';

const hasKubectl = ((): boolean => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let api: KubeApi;
let folder: string;

beforeAll(async () => {
  api = await startQuickApi();
  folder = mkdtempSync(join(tmpdir(), 'lab-kubectl-'));
  writeFileSync(join(folder, 'config'), api.kubeconfig(), { mode: 0o600 });
});

afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const argumentsOf = (words: string): readonly string[] => [
  '--kubeconfig',
  join(folder, 'config'),
  '--cache-dir',
  join(folder, 'cache'),
  ...words.split(' '),
];

/** Runs kubectl and gives what it prints. */
const kubectl = async (words: string): Promise<string> =>
  (await promisify(execFile)('kubectl', argumentsOf(words))).stdout;

const lines = (text: string): readonly string[] => text.trimEnd().split('\n');

// Where kubectl is not on PATH these tests are reported as skipped.
test.skipIf(!hasKubectl)('get pods -A prints every pod', async () => {
  const [header = '', ...rows] = lines(await kubectl('get pods -A'));
  expect(header.trim().split(/ {2,}/u)).toEqual([
    'NAMESPACE',
    'NAME',
    'READY',
    'STATUS',
    'RESTARTS',
    'AGE',
  ]);
  expect(rows).toHaveLength(api.store.count('pods'));
  expect(rows.find((row) => row.includes('gitea-runner'))).toMatch(
    /^apps +gitea-runner-\S+ +2\/2 +Running +/u,
  );
});

test.skipIf(!hasKubectl)('get nodes -o wide prints the four nodes', async () => {
  const [, ...rows] = lines(await kubectl('get nodes -o wide'));
  expect(rows.map((row) => row.split(/ {2,}/u).slice(0, 3))).toEqual(
    ['rk1', 'worker1', 'worker2', 'worker3'].map((name) => [name, 'Ready', 'worker']),
  );
  expect(rows[0]).toContain('Talos (v1.11.1)');
});

test.skipIf(!hasKubectl)('get prints the other kinds too, in both ways of discovery', async () => {
  expect(await kubectl('get ns')).toMatch(/^kube-node-lease +Active +412d$/mu);
  expect(await kubectl('get leases -A')).toMatch(/^kube-system +kube-scheduler +k8sched1_/mu);
  expect(await kubectl('get events -A')).toMatch(/Normal +Issuing +certificate\/paperless-tls/u);
  expect(await kubectl('get svc,deploy,ds,sts,rs -A')).toMatch(
    /^kube-system +daemonset\.apps\/cilium +4 +4 +4 +4 +4 /mu,
  );
  expect(await kubectl('get po -n apps -l app.kubernetes.io/name=paperless -o name')).toMatch(
    /^pod\/paperless-/u,
  );
  expect(lines(await kubectl('get pods -A --chunk-size=7')).length - 1).toBe(
    api.store.count('pods'),
  );
});

test.skipIf(!hasKubectl)('get prints the network as the API and its CRDs do', async () => {
  const fields = async (words: string): Promise<readonly (readonly string[])[]> =>
    lines(await kubectl(words)).map((line) => line.trim().split(/ {2,}/u));
  expect(await fields('get gateways -A')).toEqual([
    ['NAMESPACE', 'NAME', 'CLASS', 'ADDRESS', 'PROGRAMMED', 'AGE'],
    ['apps', 'public', 'cilium', '10.127.64.21', 'True', '96d'],
  ]);
  expect(await fields('get gatewayclasses')).toEqual([
    ['NAME', 'CONTROLLER', 'ACCEPTED', 'AGE'],
    ['cilium', 'io.cilium/gateway-controller', 'True', '96d'],
  ]);
  expect((await fields('get httproutes -A'))[1]).toEqual([
    'apps',
    'immich',
    '["photos.k8s.lab"]',
    '76d',
  ]);
  expect(await fields('get ingresses -A')).toEqual([
    ['NAMESPACE', 'NAME', 'CLASS', 'HOSTS', 'ADDRESS', 'PORTS', 'AGE'],
    ['media', 'audiobookshelf', 'cilium', 'books.k8s.lab', '10.127.64.20', '80, 443', '57d'],
  ]);
  expect(await fields('get ciliumloadbalancerippools')).toEqual([
    ['NAME', 'DISABLED', 'CONFLICTING', 'IPS AVAILABLE', 'AGE'],
    ['lab', 'false', 'False', '58', '118d'],
  ]);
  expect((await fields('get ciliumnodes'))[0]).toEqual([
    'NAME',
    'CILIUMINTERNALIP',
    'INTERNALIP',
    'AGE',
  ]);
  expect((await fields('get validatingwebhookconfigurations'))[1]).toEqual([
    'cert-manager-webhook',
    '1',
    '233d',
  ]);
  expect(await kubectl('get apiservices')).toMatch(
    /^v1beta1\.metrics\.k8s\.io +kube-system\/metrics-server +True +412d$/mu,
  );
  expect(await kubectl('get endpointslices -n kube-system')).toMatch(
    /^kube-dns-\w+ +IPv4 +53,53,9153 +10\./mu,
  );
});

test.skipIf(!hasKubectl)('get pods -A -w sees a change', async () => {
  const watch = spawn('kubectl', argumentsOf('get pods -A -w --output-watch-events'), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const { promise: seen, resolve } = Promise.withResolvers<void>();
  watch.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const wasComplete = lines(text).length > api.store.count('pods');
    text += chunk;
    // The list is out: now something may happen.
    if (!wasComplete && lines(text).length > api.store.count('pods')) {
      const name = api.store.list('pods', 'media')[0]?.metadata.name ?? '';
      setImmediate(() => api.setPodCrashLooping('media', name));
    }
    if (/^MODIFIED +media +\S+ +0\/1 +CrashLoopBackOff +1 \(\d+s ago\)/mu.test(text)) resolve();
  });
  await seen;
  watch.kill();
  expect(text).toMatch(/^ADDED +apps +/mu);
});

test.skipIf(!hasKubectl)('describe node shows conditions, pods and the lease', async () => {
  const text = await kubectl('describe node worker1');
  expect(text).toMatch(/HolderIdentity: +worker1/u);
  expect(text).toMatch(/Ready +True .*KubeletReady +kubelet is posting ready status/u);
  expect(text).toMatch(/Non-terminated Pods: +\(\d+ in total\)/u);
});

test.skipIf(!hasKubectl)('cordon, drain, uncordon', async () => {
  expect(await kubectl('cordon rk1')).toContain('node/rk1 cordoned');
  expect(await kubectl('get nodes')).toMatch(/^rk1 +Ready,SchedulingDisabled /mu);
  expect(await kubectl('drain rk1 --ignore-daemonsets --force')).toContain('node/rk1 drained');
  const left = api.store
    .list('pods')
    .filter((pod) => (pod['spec'] as { nodeName?: string }).nodeName === 'rk1');
  expect(left.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'DaemonSet')).toBe(
    true,
  );
  expect(await kubectl('uncordon rk1')).toContain('node/rk1 uncordoned');
});

test.skipIf(!hasKubectl)('delete pod waits for its end; scale and rollout work', async () => {
  // Not one of a StatefulSet: kubectl waits for ever when a pod of that name is back before it looks.
  const name =
    api.store.list('pods', 'apps').find(({ metadata }) => metadata.name.startsWith('gitea-'))
      ?.metadata.name ?? '';
  expect(await kubectl(`delete pod -n apps ${name}`)).toContain(`pod "${name}" deleted`);
  expect(api.store.get('pods', 'apps', name)).toBeUndefined();
  expect(await kubectl('scale -n kube-system deploy/coredns --replicas=3')).toContain('scaled');
  expect(await kubectl('rollout restart -n kube-system deploy/coredns')).toContain('restarted');
  expect(await kubectl('rollout status -n kube-system deploy/coredns --timeout=50s')).toContain(
    'successfully rolled out',
  );
});

test.skipIf(!hasKubectl)('logs, auth can-i, version', async () => {
  expect(lines(await kubectl('logs -n apps immich-redis-0 --tail=4'))).toHaveLength(4);
  expect(await kubectl('auth can-i list pods')).toBe('yes\n');
  expect(await kubectl('version')).toContain('Server Version: v1.34.1');
});

test.skipIf(!hasKubectl)(
  'logs: of all containers, of a workload, since, with times, before a crash',
  async () => {
    const of = async (words: string) => lines(await kubectl(`logs -n apps ${words}`));
    const prefixed = await of('deploy/gitea-runner --all-pods --all-containers --prefix --tail=2');
    expect(new Set(prefixed.map((line) => line.split(' ', 1)[0])).size).toBe(4);
    const [stamped = ''] = await of('immich-redis-0 --since=1m --timestamps');
    expect(Date.now() - Date.parse(stamped.slice(0, 24))).toBeLessThan(70_000);
    const from = new Date(Date.now() - 30_000).toISOString();
    expect((await of(`immich-redis-0 --since-time=${from}`)).length).toBeLessThan(60);
    expect((await kubectl('logs -n apps immich-redis-0 --limit-bytes=100')).length).toBe(100);
    await expect(of('immich-redis-0 --previous')).rejects.toThrow('previous terminated container');
    api.setPodCrashLooping('apps', 'immich-redis-0');
    expect((await of('immich-redis-0 --previous')).at(-1)).toMatch(/^fatal: /u);
  },
);

test.skipIf(!hasKubectl)('logs -f goes on with what is written', async () => {
  const follow = spawn(
    'kubectl',
    argumentsOf('logs -n apps deploy/gitea-runner -c runner -f --tail=1'),
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let text = '';
  const { promise: seen, resolve } = Promise.withResolvers<void>();
  follow.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (lines(text).length > 2) resolve();
  });
  await seen;
  follow.kill();
  expect(text).toMatch(/^level=/u);
});
