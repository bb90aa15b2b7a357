import { expect, test } from 'vitest';
import { lastKnown } from '../../src/domain/feed.ts';
import {
  LIMIT,
  rootsOf,
  snapshotRoots,
  startStage,
  takeSnapshot,
  watchStage,
} from '../support/stage.ts';

test('memory-cap: the leaking zone is named as it nears its cap, with what was measured', async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  stage.lab.play('memory-cap');
  const paging = () =>
    Number(
      sources.problems().find(({ rule }) => rule === 'zone.memory')?.evidence[
        'pagedOutBytesPerSecond'
      ],
    );
  await expect.poll(paging, LIMIT).toBeGreaterThan(0);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual(['zone.memory zone:store1/gitea']);
  const { roots, evidence } = await snapshotRoots(stage);
  expect(roots).toEqual(['zone.memory zone:store1/gitea']);
  expect(evidence).toMatchObject({ memoryCapBytes: 2 * 2 ** 30, from: expect.any(String) });
  expect(evidence['rssBytes']).toBeGreaterThan(2 * 2 ** 30);
  // A restart ends the leak, and the zone has a new id and one start more.
  const before = stage.lab.world.zone('store1', 'gitea').runtime?.id;
  stage.lab.world.act('store1', 'gitea', 'restart');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  const boots = () => {
    const host = sources.inventory().hosts.find(({ name }) => name === 'store1');
    const kstats = host && lastKnown(host.feeds.kstats)?.value;
    return kstats?.zoneBoots.get('gitea')?.map(({ zoneId, kind }) => [zoneId === before, kind]);
  };
  await expect.poll(boots, LIMIT).toEqual([
    [true, 'zone'],
    [false, 'zone'],
  ]);
});

test('zone-crash: the zone that stopped is named', async () => {
  const stage = await startStage();
  stage.lab.play('zone-crash');
  const { roots, evidence } = await snapshotRoots(stage);
  expect(roots).toEqual(['zone.down zone:omni1/vaultwarden']);
  expect(evidence).toEqual({
    state: 'installed',
    autoboot: true,
    brand: 'lipkg',
    from: 'zoneadm list -cp',
  });
});

test('a service that gives up inside a zone is named with its reason and its log', async () => {
  const stage = await startStage();
  const fmri = 'svc:/network/dns/bind:default';
  stage.lab.world.setServiceFault('omni1', 'dns-int1', fmri, {
    state: 'maintenance',
    reason: 'Start method failed repeatedly, last exited with status 1.',
  });
  const { roots, evidence } = await snapshotRoots(stage);
  expect(roots).toEqual([`zone.service service:omni1/dns-int1/${fmri}`]);
  expect(evidence).toMatchObject({
    zone: 'dns-int1',
    role: 'named',
    state: 'maintenance',
    reason: 'Start method failed repeatedly, last exited with status 1.',
    log: '/var/svc/log/network-dns-bind:default.log',
  });
});

test('a group that lost one of its members stands beneath what took it', async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  await expect.poll(() => sources.inventory().hosts[0]?.feeds.zones.status, LIMIT).toBe('ok');
  stage.lab.world.crashZone('omni1', 'etcd1');
  const group = () => sources.problems().find(({ rule }) => rule === 'group.redundancy');
  await expect.poll(group, LIMIT).toMatchObject({
    subject: 'group:etcd',
    severity: 'warning',
    cause: 'zone.down@zone:omni1/etcd1',
    evidence: { up: 2, members: 3, atLeast: 2, notUp: 'omni1/etcd1' },
  });
});

type Row = Readonly<Record<string, unknown>>;

test('snapshot --json tells of zones and VMs all that the lab has', async () => {
  const stage = await startStage();
  const { zones, vms } = await takeSnapshot<{
    readonly zones: readonly Row[];
    readonly vms: readonly Row[];
  }>(stage);
  const roles = new Map(zones.map((zone) => [zone['name'], zone['role']]));
  expect(
    [
      'etcd1',
      'apisrv2',
      'ctrlmgr3',
      'k8sched1',
      'dns-int1',
      'loglb',
      'postgres',
      'imap',
      'smtp',
      'unifi',
    ].map((name) => roles.get(name)),
  ).toEqual([
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'named',
    'haproxy',
    'postgres',
    'dovecot',
    'postfix',
    'mongodb',
  ]);
  // Nothing there tells what it is for.
  expect(roles.get('minecraft')).toBeNull();
  for (const zone of zones) {
    const isUp = zone['state'] === 'running';
    for (const key of ['uuid', 'path', 'ipType', 'autoboot'])
      expect(zone[key], `${String(zone['name'])} ${key}`).not.toBeNull();
    for (const key of ['zoneId', 'bootedAt', 'cpuPercent', 'rssBytes', 'swapBytes'])
      expect(zone[key] !== null, `${String(zone['name'])} ${key}`).toBe(isUp);
    for (const key of ['links', 'vlans', 'addresses'])
      expect(zone[key], `${String(zone['name'])} ${key}`).not.toEqual([]);
    expect(zone['servicesInMaintenance']).toEqual([]);
  }
  expect(zones.find(({ name }) => name === 'apisrv1')).toMatchObject({
    cpuCapPercent: 400,
    memoryCapBytes: 4 * 2 ** 30,
    vlans: [47, 48],
  });
  // What the cluster runs is measured by nobody on a host.
  for (const vm of vms.filter(({ kind }) => kind !== 'kubevirt')) {
    for (const key of ['vcpus', 'memoryBytes', 'cpuPercent', 'rssBytes'])
      expect(vm[key], `${String(vm['name'])} ${key}`).toBeGreaterThan(0);
    for (const disk of vm['disks'] as readonly Row[])
      expect(disk).toEqual({
        dataset: expect.stringContaining(String(vm['name'])) as string,
        sizeBytes: expect.any(Number) as number,
        usedBytes: expect.any(Number) as number,
      });
  }
});
