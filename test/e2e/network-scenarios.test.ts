import { expect, test } from 'vitest';
import { linksOf } from '../../src/domain/joined.ts';
import {
  isFreshSince,
  LIMIT,
  rootsOf,
  snapshotRoots,
  startStage,
  watchStage,
} from '../support/stage.ts';

test.for([
  [
    'aggr-port',
    'aggr.degraded link:omni2/aggr0',
    { portsInUse: 1, portsTotal: 2, lacp: 'active', from: 'dladm show-aggr -x, -L' },
  ],
  [
    'vlan-cut',
    'vlan.mismatch vlan:48',
    {
      missingOn: 'omni2: pfsense2 pfsense2_6, etcd2 etcd2_0, apisrv2 apisrv2_1',
      linksOn: 'omni1, store1',
      from: 'zonecfg export, dladm show-vnic',
    },
  ],
] as const)(
  '%s: the snapshot names %s, and nothing else',
  async ([scenario, expected, measured]) => {
    const stage = await startStage();
    stage.lab.play(scenario);
    const { roots, evidence } = await snapshotRoots(stage);
    expect(roots).toEqual([expected]);
    expect(evidence).toMatchObject(measured);
  },
);

test('a port that loses its partner, then its link, and comes back is told at each step, with the next frame', async () => {
  const stage = await startStage();
  const sources = watchStage(stage, { fast: 1, slow: 3600, inventory: 3600 });
  const ports = () =>
    sources.problems().find(({ rule }) => rule === 'aggr.degraded')?.evidence['ports'];
  await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  stage.lab.world.setLacpPartner('omni2', 'ixgbe1', false);
  await expect.poll(ports, LIMIT).toBe('ixgbe0 up, ixgbe1 up not in sync no partner (defaulted)');
  stage.lab.world.setPort('omni2', 'ixgbe1', false);
  await expect.poll(ports, LIMIT).toBe('ixgbe0 up, ixgbe1 down');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual(['aggr.degraded link:omni2/aggr0']);
  stage.lab.world.setPort('omni2', 'ixgbe1', true);
  stage.lab.world.setLacpPartner('omni2', 'ixgbe1', true);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});

test('links that come and go are seen with the next frame, however seldom dladm is asked', async () => {
  const stage = await startStage();
  const sources = watchStage(stage, { fast: 1, slow: 3600, inventory: 3600 });
  const omni2 = () => sources.inventory().hosts.find(({ name }) => name === 'omni2');
  const names = () => {
    const links = omni2()?.feeds.links;
    return links?.status === 'ok' ? links.value.map(({ name }) => name) : [];
  };
  await expect.poll(names, LIMIT).toContain('etcd2_0');
  await expect.poll(() => omni2()?.feeds.kstats.status, LIMIT).toBe('ok');
  stage.lab.world.cutVlan('omni2', 48, true);
  await expect.poll(names, LIMIT).not.toContain('etcd2_0');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual(['vlan.mismatch vlan:48']);
  stage.lab.world.cutVlan('omni2', 48, false);
  await expect.poll(names, LIMIT).toContain('etcd2_0');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});

const SELDOM = { fast: 1, slow: 3600, inventory: 3600 };

test.for<[string, string, Readonly<Record<string, unknown>>]>([
  [
    'link-errors',
    'link.errors link:omni1/ixgbe1',
    { limit: 10, from: 'kstat link:0:ixgbe1:ierrors, oerrors' },
  ],
  [
    'vlan-isolated',
    'vlan.isolated vlan:60',
    { hosts: 'store1', receivedPackets: 0, from: 'kstat link:0:*:ipackets64, opackets64' },
  ],
  [
    'address-duplicate',
    'address.duplicate zone:omni1/dns-int1',
    { kind: 'IP', owners: 'omni1/dns-int1, store1/gobuilder', from: 'dladm show-linkprop' },
  ],
])(
  '%s leads to %s as the one top problem, with what was measured',
  async ([scenario, expected, measured]) => {
    const stage = await startStage();
    const sources = watchStage(stage, SELDOM, { 'vlan.isolated': { warning: 30, critical: 900 } });
    await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
    stage.lab.play(scenario);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([expected]);
    const top = () => sources.problems().find(({ cause }) => cause === null);
    await expect.poll(() => top()?.evidence, LIMIT).toMatchObject(measured);
  },
);

test('the address that a link is held to twice is told on the wire, and not on a network that does not leave its host', async () => {
  const stage = await startStage();
  const { world } = stage.lab;
  const sources = watchStage(stage, SELDOM);
  await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  const address = world.zone('omni1', 'dns-int1').plan.nics[0]?.address ?? '';
  const held = () => {
    const host = sources.inventory().hosts.find(({ name }) => name === 'store1');
    const link = host && linksOf(host).find(({ zone, vlanId }) => zone === 'gobuilder' && vlanId);
    return link && [link.over, link.allowedIps];
  };
  const bootOver = async (below: string): Promise<void> => {
    if (world.zone('store1', 'gobuilder').runtime) world.act('store1', 'gobuilder', 'halt');
    await expect.poll(() => world.zone('store1', 'gobuilder').runtime ?? null, LIMIT).toBeNull();
    await expect.poll(held, LIMIT).toBeUndefined();
    world.setAddress('store1', 'gobuilder', address);
    world.setLinkBelow('store1', 'gobuilder', below);
    world.act('store1', 'gobuilder', 'boot');
    await expect.poll(held, LIMIT).toEqual([[below], [address.split('/')[0]]]);
  };
  await bootOver('stub0');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  await bootOver('aggr0');
  await expect
    .poll(() => rootsOf(sources), LIMIT)
    .toEqual(['address.duplicate zone:omni1/dns-int1']);
});

test('a cable that is mended and a tag that is back end their problems', async () => {
  const stage = await startStage();
  const sources = watchStage(stage, SELDOM, { 'vlan.isolated': { warning: 30, critical: 900 } });
  await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
  stage.lab.play('link-errors');
  stage.lab.play('vlan-isolated');
  const both = ['link.errors link:omni1/ixgbe1', 'vlan.isolated vlan:60'];
  await expect.poll(() => rootsOf(sources).toSorted(), LIMIT).toEqual(both);
  stage.lab.world.setPortErrors('omni1', 'ixgbe1', 0);
  stage.lab.world.muteVlan('store1', 60, false);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});
