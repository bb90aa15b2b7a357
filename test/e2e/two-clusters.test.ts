import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { toSnapshot } from '../../src/derive/snapshot.ts';
import { componentsOf } from '../../src/domain/components.ts';
import { membershipOf, othersOf } from '../../src/domain/membership.ts';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import { endDaemon } from '../../src/lab/scenarios/end-daemon.ts';
import { startSources } from '../../src/sources.ts';
import type { Sources } from '../../src/sources.ts';
import { privateHome } from '../support/console-driver.ts';
import { LIMIT, rootsOf } from '../support/stage.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** @param isTold the configuration says where API servers and members of etcd are, and what zones are for */
async function start(isTold = true) {
  const home = privateHome();
  endings.push(home.remove);
  const lab = await startLab({ seed: 17, scenario: 'two-clusters' });
  endings.push(lab.close);
  const { config } = await writeLabConfig(lab, join(home.folder, 'lab/config.yaml'));
  const loaded = loadConfig(config);
  if ('issues' in loaded) throw new Error(JSON.stringify(loaded.issues));
  const { settings } = loaded;
  const sources = startSources({
    ...settings,
    // A lab answers as fast as the machine of the tests lets it.
    thresholds: { ...settings.thresholds, 'api.slow': { warning: 300_000, critical: 600_000 } },
    ...(!isTold && {
      roles: new Map(),
      clusters: settings.clusters.map((cluster) => ({ ...cluster, etcd: [] })),
    }),
    intervals: { fast: 1, slow: 5, inventory: 10 },
  });
  endings.push(sources.close);
  await expect.poll(() => wellOf(sources), LIMIT).toEqual({ infrak8s: 13, edge: 13 });
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  return { lab, sources };
}

/** How many components of each cluster are well. */
const wellOf = (sources: Sources): Readonly<Record<string, number>> => {
  const inventory = sources.inventory();
  return Object.fromEntries(
    inventory.clusters.map((cluster) => [
      cluster.name,
      componentsOf(inventory, cluster, Date.now()).filter(
        ({ state }) => state === 'ready' || state === 'leads',
      ).length,
    ]),
  );
};

const SERVERS = [
  ['omni1', 'edgecp1'],
  ['omni2', 'edgecp2'],
  ['store1', 'edgecp3'],
] as const;

test('the API that is dead is one of two, and the other one stays as it is', async () => {
  const { lab, sources } = await start();
  for (const [host, zone] of SERVERS) endDaemon(lab.world, host, zone, 'kube-apiserver');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual(['api.down cluster:edge']);
  const down = sources.problems().find(({ rule }) => rule === 'api.down');
  expect(down?.evidence).toMatchObject({
    answering: 0,
    edgecp1: 'refused; no process kube-apiserver in zone edgecp1 (zone edgecp1 on omni1)',
  });
  expect(wellOf(sources)['infrak8s']).toBe(13);
  const { clusters } = toSnapshot(sources.inventory(), sources.problems(), Date.now());
  expect(clusters.map(({ name, components }) => [name, components.length])).toEqual([
    ['infrak8s', 13],
    ['edge', 13],
  ]);
  for (const [host, zone] of SERVERS)
    lab.world.setServiceFault(host, zone, 'svc:/application/kube-apiserver:default', null);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  await expect.poll(() => wellOf(sources), LIMIT).toEqual({ infrak8s: 13, edge: 13 });
});

test('each etcd has its own quorum', async () => {
  const { lab, sources } = await start();
  endDaemon(lab.world, 'omni2', 'edgecp2', 'etcd');
  endDaemon(lab.world, 'omni2', 'etcd2');
  await expect
    .poll(() => rootsOf(sources).toSorted(), LIMIT)
    .toEqual([
      'etcd.member component:edge/etcd/edgecp2',
      'etcd.member component:infrak8s/etcd/etcd2',
    ]);
  endDaemon(lab.world, 'store1', 'edgecp3', 'etcd');
  await expect.poll(() => rootsOf(sources), LIMIT).toContain('etcd.quorum component:edge/etcd');
  const quorums = sources
    .problems()
    .filter(({ rule, severity }) => rule === 'etcd.quorum' && severity === 'critical');
  expect(quorums.map(({ subject }) => subject)).toEqual(['component:edge/etcd']);
});

test('what the configuration does not tell is found by evidence', async () => {
  const { sources } = await start(false);
  const inventory = sources.inventory();
  expect(othersOf(inventory)).toBe(0);
  const { zones } = membershipOf(inventory);
  expect([...zones].map(([ref, { cluster }]) => [cluster, ref.includes('edge')])).toEqual(
    [...zones].map(([ref]) => [ref.includes('edge') ? 'edge' : 'infrak8s', ref.includes('edge')]),
  );
});

test('a change goes to the cluster that the object is of, where both have one of that name', async () => {
  const { lab, sources } = await start();
  const [reference, edge] = lab.clusters;
  const isCordoned = (cluster: typeof edge): unknown => {
    const node = cluster?.kube.store.get('nodes', undefined, 'worker1');
    return (node?.['spec'] as { unschedulable?: boolean } | undefined)?.unschedulable === true;
  };
  const reply = await sources.cluster('edge')?.request({
    method: 'PATCH',
    path: '/api/v1/nodes/worker1',
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ spec: { unschedulable: true } }),
    timeoutSeconds: 60,
  });
  expect(reply).toMatchObject({ kind: 'done', status: 200 });
  expect([isCordoned(reference), isCordoned(edge)]).toEqual([false, true]);
});
