import { request } from 'node:https';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createManualClock } from '../../src/lab/clock.ts';
import type { Lease } from '../../src/lab/kube/kinds/leases.ts';
import { startLab, type Lab } from '../../src/lab/lab.ts';
import { createBench, runOn, START } from './shell-harness.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Whether something listens there. */
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
const portOf = (lab: Lab, name: string): number =>
  lab.kube.instances().find((instance) => instance.name === name)?.port ?? 0;
const leaseOf = (lab: Lab, name: string): Lease['spec'] =>
  (lab.kube.store.get('leases.coordination.k8s.io', 'kube-system', name) as Lease).spec;
const endpoints = (lab: Lab): readonly string[] =>
  lab.kube.store
    .list('endpointslices.discovery.k8s.io', 'default')
    .map(({ metadata }) => metadata.name);

test('an API server lives and dies with its zone, and what is lost of it comes back', async () => {
  const clock = createManualClock(START);
  const lab = await startLab({ clock, speed: 20 });
  closers.push(lab.close);
  const pass = async (condition: () => unknown, expected: unknown) => {
    await expect
      .poll(() => {
        clock.advance(500);
        return condition();
      })
      .toEqual(expected);
  };
  expect(await listens(portOf(lab, 'apisrv1'))).toBe(true);
  expect(endpoints(lab)).toHaveLength(3);

  lab.world.act('omni1', 'apisrv1', 'halt');
  await pass(() => listens(portOf(lab, 'apisrv1')), false);
  expect(await listens(lab.vip.port)).toBe(true);
  await pass(() => endpoints(lab), ['kubernetes-apisrv2', 'kubernetes-apisrv3']);

  lab.world.act('omni1', 'apisrv1', 'boot');
  await pass(() => listens(portOf(lab, 'apisrv1')), true);
  await pass(() => endpoints(lab).length, 3);
});

test('the lease of a scheduler whose zone has stopped goes to another after its duration', async () => {
  const clock = createManualClock(START);
  const lab = await startLab({ clock });
  closers.push(lab.close);
  expect(leaseOf(lab, 'kube-scheduler').holderIdentity).toMatch(/^k8sched1_/);
  const { leaseTransitions = 0 } = leaseOf(lab, 'kube-scheduler');
  lab.world.crashZone('omni1', 'k8sched1');
  await expect
    .poll(() => {
      clock.advance(500);
      return leaseOf(lab, 'kube-scheduler').holderIdentity?.split('_')[0];
    })
    .toBe('k8sched2');
  expect(leaseOf(lab, 'kube-scheduler').leaseTransitions).toBe(leaseTransitions + 1);
  expect(leaseOf(lab, 'kube-controller-manager').holderIdentity).toMatch(/^ctrlmgr1_/);
});

const ask = async (bench: ReturnType<typeof createBench>, host: string, zone: string) => {
  const { stdout } = await runOn(
    bench,
    host,
    `pfexec zlogin ${zone} curl -sS --stderr - http://127.0.0.1:2381/health http://127.0.0.1:2381/metrics`,
  );
  return stdout;
};
const sampleOf = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);

test('a member of etcd tells its health and its metrics on the loopback of its zone only', async () => {
  const bench = createBench();
  const before = await ask(bench, 'omni1', 'etcd1');
  expect(before).toMatch(/^\{"health":"true","reason":""\}# HELP/);
  expect(sampleOf(before, 'etcd_server_is_leader')).toBe(1);
  bench.clock.advance(10_000);
  const after = await ask(bench, 'omni1', 'etcd1');
  const committed = 'etcd_server_proposals_committed_total';
  expect(sampleOf(after, committed)).toBe(sampleOf(before, committed) + 90);
  expect(sampleOf(await ask(bench, 'omni2', 'etcd2'), 'etcd_server_is_leader')).toBe(0);
  const outside = await runOn(bench, 'omni1', 'curl -sS http://127.0.0.1:2381/health');
  expect(outside.code).toBe(127);
});

test('another member leads when the leader is gone, and none without a quorum', async () => {
  const bench = createBench();
  const { world } = bench;
  const first = await ask(bench, 'omni2', 'etcd2');
  world.crashZone('omni1', 'etcd1');
  const second = await ask(bench, 'omni2', 'etcd2');
  expect(sampleOf(second, 'etcd_server_is_leader')).toBe(1);
  const changes = 'etcd_server_leader_changes_seen_total';
  expect(sampleOf(second, changes)).toBe(sampleOf(first, changes) + 1);
  world.setServiceFault('store1', 'etcd3', 'svc:/application/etcd:default', {
    state: 'maintenance',
    reason: 'Start method failed.',
  });
  expect(await ask(bench, 'store1', 'etcd3')).toMatch(/^curl: \(7\) Failed to connect/);
  expect(await ask(bench, 'omni2', 'etcd2')).toContain('RAFT NO LEADER');
  world.setServiceFault('store1', 'etcd3', 'svc:/application/etcd:default', null);
  expect(await ask(bench, 'omni2', 'etcd2')).toContain('"health":"true"');
});

test('members of etcd answer their clients by mutual TLS, and no longer when their zone stops', async () => {
  const clock = createManualClock(START);
  const lab = await startLab({ clock, speed: 20 });
  closers.push(lab.close);
  const [first] = lab.etcd.servers;
  if (!first) throw new Error('no member');
  const post = (identity: { readonly cert?: string; readonly key?: string }): Promise<string> =>
    new Promise((resolve) => {
      const sent = request(
        `${first.url}/v3/maintenance/status`,
        { method: 'POST', ca: lab.etcd.authority, agent: false, ...identity },
        (response) => {
          response.on('data', (chunk: Buffer) => resolve(chunk.toString()));
        },
      );
      sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      sent.end('{}');
    });
  const { certificate: cert, key } = first.server;
  expect(JSON.parse(await post({ cert, key }))).toMatchObject({ version: '3.5.21', raftTerm: '4' });
  expect(await post({})).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET/);

  lab.world.act('omni1', 'etcd1', 'halt');
  await expect
    .poll(() => {
      clock.advance(500);
      return post({ cert, key });
    })
    .toBe('ECONNREFUSED');
  // The others have elected another one.
  const status = lab.world.etcdOf('etcd2').gateway('etcd2', '/v3/maintenance/status').body;
  expect(JSON.parse(status)).toMatchObject({ raftTerm: '5' });
});
