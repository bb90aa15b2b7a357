import { expect, test } from 'vitest';
import type { HostInventory, Inventory } from '../../src/domain/inventory.ts';
import { allZonesOf, linksOf, vlansOf, zonesByAddress } from '../../src/domain/joined.ts';
import {
  answered,
  makeInventory,
  makeHost,
  makeKstats,
  makeLink,
  makeZone,
  makeConfig,
  NOW,
} from '../derive/inventory.ts';

const host = makeHost('omni1', {
  zones: answered([makeZone('etcd1')]),
  zoneConfigs: answered([
    makeConfig('etcd1', {
      nets: [{ physical: 'etcd1n0', globalNic: null, vlanId: 48, addresses: ['10.0.48.11/24'] }],
    }),
  ]),
  links: answered([makeLink('etcd1n0', { class: 'vnic' })]),
  kstats: answered(makeKstats()),
});
const VLAN_NAMES: Inventory['vlanNames'] = new Map([[48, 'etcd']]);
const lab = (changed: HostInventory): Inventory =>
  makeInventory({ hosts: [changed], vlanNames: VLAN_NAMES });
const again = (change: Partial<HostInventory['feeds']>): HostInventory => ({
  ...host,
  feeds: { ...host.feeds, ...change },
});

test('an answer to another question leaves zones, links and VLANs the same objects', () => {
  const after = again({ faults: answered([]), sensors: answered([]) });
  expect(allZonesOf(after)).toBe(allZonesOf(host));
  expect(linksOf(after)).toBe(linksOf(host));
  expect(vlansOf(lab(after))).toBe(vlansOf(lab(host)));
});

test('new counters make zones and links anew, and tell nothing new of addresses', () => {
  const before = zonesByAddress(lab(host));
  const after = again({ kstats: answered(makeKstats(), NOW + 5000) });
  expect(allZonesOf(after)).not.toBe(allZonesOf(host));
  expect(linksOf(after)).not.toBe(linksOf(host));
  expect(zonesByAddress(lab(after))).toBe(before);
  // A list that says what the one before said.
  const { zones } = host.feeds;
  if (zones.status !== 'ok') throw new Error('the host has no list of zones');
  const told = again({ zones: { ...zones, value: [...zones.value] } });
  expect(zonesByAddress(lab(told))).toBe(before);
  expect(before.get('10.0.48.11')).toBe('zone:omni1/etcd1');
});

test('what a zone is connected to is made anew by its configuration and its links, not by counters', () => {
  const [before] = allZonesOf(host);
  const [counted] = allZonesOf(again({ kstats: answered(makeKstats(), NOW + 5000) }));
  expect(counted?.links).toBe(before?.links);
  expect(counted?.vlans).toBe(before?.vlans);
  const net = { physical: 'etcd1n1', globalNic: null, vlanId: 47, addresses: ['10.0.47.11/24'] };
  const zoneConfigs = answered([makeConfig('etcd1', { nets: [net] })]);
  expect(allZonesOf(again({ zoneConfigs }))).toMatchObject([
    { links: ['etcd1n1'], vlans: [47], addresses: ['10.0.47.11/24'] },
  ]);
  const linkProperties = answered([{ link: 'spare0', zone: 'etcd1', allowedIps: [] }]);
  const links = answered([makeLink('etcd1n0', { class: 'vnic' }), makeLink('spare0')]);
  expect(allZonesOf(again({ links, linkProperties }))).toMatchObject([
    { links: ['etcd1n0', 'spare0'] },
  ]);
});

test('the same list that was told again is newer', () => {
  const list = host.feeds.zones;
  if (list.status !== 'ok') throw new Error('the host has zones');
  const after = again({ zones: { ...list, at: NOW + 15_000 } });
  expect(allZonesOf(after)[0]?.at).toBe(NOW + 15_000);
});

test('two hosts whose answers are the same object are still two', () => {
  const twin = { ...host, name: 'omni2' };
  expect(allZonesOf(host)[0]?.host).toBe('omni1');
  expect(allZonesOf(twin)[0]?.host).toBe('omni2');
});

test('a VLAN has the links, zones, VMs and hosts that carry it', () => {
  const [vlan] = vlansOf(lab(host));
  expect(vlan).toMatchObject({ id: 48, name: 'etcd', hosts: ['omni1'], links: [], vms: [] });
  expect(vlan?.zones.map(({ name }) => name)).toEqual(['etcd1']);
});
