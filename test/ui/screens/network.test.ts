import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import { vlansOf } from '../../../src/domain/joined.ts';
import { networkTab } from '../../../src/ui/paint/host/network.ts';
import { lineText } from '../../../src/ui/paint/lines.ts';
import { linkPage } from '../../../src/ui/paint/link-page.ts';
import type { Panel } from '../../../src/ui/paint/panel.ts';
import { vlanPage } from '../../../src/ui/paint/vlan-map.ts';
import { createScreen } from '../../../src/ui/screen.ts';
import { aggrEntry, aggrPort, NO_PARTNER } from '../../resources/link/networks.ts';
import { tones } from '../../support/drawn.ts';
import { NOW, ok } from '../../support/inventory.ts';
import { problem } from '../../support/model.ts';
import { linkEntry, richLab, richModel } from '../../support/rich-lab.ts';

/** The rich lab, the first host of which has these answers too. */
function lookAt(feeds: Partial<HostInventory['feeds']>, problems = richModel().problems) {
  const hosts = richLab.hosts.map((host, index) =>
    index === 0 ? { ...host, feeds: { ...host.feeds, ...feeds } } : host,
  );
  const model = richModel({ inventory: { ...richLab, hosts }, problems });
  return { look: createScreen(() => tones).look(model), hosts };
}
const textOf = (panels: readonly Panel[], id: string, width = 110): string =>
  panels
    .filter((panel) => panel.id === id)
    .flatMap((panel) => panel.lines(width, null))
    .map((line) => lineText(line))
    .join('\n');
function networkOf(feeds: Partial<HostInventory['feeds']>) {
  const { look, hosts } = lookAt(feeds);
  const [host] = hosts;
  return host ? networkTab(host, look).panels : [];
}

const ports = [aggrPort('ixgbe0'), aggrPort('ixgbe1', { lacp: NO_PARTNER, portState: 'standby' })];
const AGGRS = ok([aggrEntry(ports, { speedMbps: 10_000 })]);

test('an aggregation shows its ports, what LACP says of each and what is wrong', () => {
  const text = textOf(networkOf({ aggrs: AGGRS }), 'aggregations');
  expect(text).toMatch(/◐ aggr0 +up +10G +active .*spreads by L4/);
  expect(text).toMatch(/● ├ ixgbe0 +up +10G +full +attached +yes +yes +yes/);
  expect(text).toMatch(/▲ └ ixgbe1 +up +10G +full +standby +no +no +no .*not in sync/);
});

test('without LACP there is nothing to say of it, and of a port that is down neither', () => {
  const off = ok([aggrEntry(ports, { lacpActivity: 'off' })]);
  expect(textOf(networkOf({ aggrs: off }), 'aggregations')).toMatch(
    /ixgbe0 +up +10G +full +attached +- +- +- /,
  );
  const down = ok([aggrEntry([aggrPort('ixgbe0'), aggrPort('ixgbe1', { state: 'down' })])]);
  expect(textOf(networkOf({ aggrs: down }), 'aggregations')).toMatch(
    /✗ └ ixgbe1 +down +┄ +┄ +attached +┄ +┄ +┄ .*down/,
  );
});

test('what is too old is unknown', () => {
  const old = ok([aggrEntry(ports)], NOW - 600_000);
  const text = textOf(networkOf({ aggrs: old }), 'aggregations');
  expect(text).toMatch(/\? aggr0 +unknown/);
  expect(text).toMatch(/\? ├ ixgbe0 +unknown/);
});

test('addresses have their state, a duplicate stands out, and an answer that is missing says why', () => {
  const addresses = ok([
    { object: 'core0/v4', link: 'core0', type: 'static', state: 'ok', address: '10.0.20.2/24' },
    { object: 'igb0/v4', link: 'igb0', type: 'dhcp', state: 'duplicate', address: '10.0.10.2/24' },
    { object: 'igb1/v4', link: 'igb1', type: 'dhcp', state: 'disabled', address: null },
  ]);
  const text = textOf(networkOf({ addresses }), 'addresses');
  expect(text).toMatch(/● 10\.0\.20\.2\/24 +core0\/v4 +static +ok/);
  expect(text).toMatch(/✗ 10\.0\.10\.2\/24 +igb0\/v4 +dhcp +duplicate/);
  expect(text).toMatch(/○ ┄ +igb1\/v4 +dhcp +disabled/);
  const denied = { status: 'denied', reason: 'permission denied', at: NOW } as const;
  expect(textOf(networkOf({ addresses: denied }), 'addresses')).toMatch(
    /denied: permission denied/,
  );
});

test('bridges and overlays are shown where there are some', () => {
  expect(networkOf({}).map(({ id }) => id)).not.toContain('switches');
  const switches = ok({
    bridges: [
      { name: 'home', protection: 'stp', designatedRoot: '32768/8:0:20:bf:f:0', ports: null },
      {
        name: 'lab',
        protection: 'stp',
        designatedRoot: null,
        ports: [
          { link: 'net2', state: 'forwarding', cost: 2000, isEdge: true },
          { link: 'net3', state: 'discarding', cost: null, isEdge: null },
        ],
      },
    ],
    overlays: [{ name: 'vx0', encapsulation: 'vxlan', virtualNetworkId: 10 }],
  });
  const links = ok([linkEntry('net0', { bridge: 'home' }), linkEntry('net1', { bridge: 'home' })]);
  const text = textOf(networkOf({ switches, links }), 'switches');
  expect(text).toMatch(/home +stp +net0 net1 +root 32768/);
  expect(text).toMatch(/net2 +forwarding +cost 2000 +edge/);
  expect(text).toMatch(/net3 +discarding/);
  expect(text).toMatch(/vx0 +vxlan +network 10/);
});

test('a VLAN shows what carries it on each host, and the problems of that', () => {
  const trouble = problem({
    id: 'aggr',
    rule: 'aggr.degraded',
    severity: 'warning',
    subject: 'link:omni1/aggr0',
    title: 'ixgbe1 not in sync',
  });
  const { look } = lookAt({ aggrs: AGGRS }, [...richModel().problems, trouble]);
  const vlan = vlansOf(look.model.inventory).find(({ id }) => id === 48);
  if (!vlan) throw new Error('there is no VLAN 48');
  const { panels } = vlanPage(vlan, look);
  const carriers = textOf(panels, 'carriers');
  expect(carriers).toMatch(/● omni1 +over aggr0\n.*AGGR \/ PORT.*\n ◐ aggr0 +up/);
  expect(carriers).toMatch(/✗ omni2 .*as last known/);
  expect(textOf(panels, 'problems')).toMatch(/link omni1\/aggr0 +ixgbe1 not in sync/);
  expect(textOf(panels, 'problems')).not.toMatch(/worker2/);
});

test('a zone has the address of its net with that tag, or what its link is held to', () => {
  const linkProperties = ok([{ link: 'etcd1_0', zone: 'etcd1', allowedIps: ['10.0.48.99'] }]);
  const page = (feeds: Partial<HostInventory['feeds']>) => {
    const { look } = lookAt(feeds);
    const vlan = vlansOf(look.model.inventory).find(({ id }) => id === 48);
    return vlan ? textOf(vlanPage(vlan, look).panels, 'members') : '';
  };
  expect(page({ linkProperties })).toMatch(/etcd1 +etcd1_0 .*10\.0\.48\.71\/26/);
  expect(page({ linkProperties, zoneConfigs: ok([]) })).toMatch(/etcd1 +etcd1_0 .*10\.0\.48\.99/);
});

const linkOf = (name: string, feeds: Partial<HostInventory['feeds']> = {}) => {
  const { look, hosts } = lookAt(feeds);
  const [host] = hosts;
  return host ? linkPage(`link:${host.name}/${name}`, host, look) : null;
};

test('a link has a page: what it is, its traffic, its errors and who uses it', () => {
  const page = linkOf('aggr0', { aggrs: AGGRS });
  const panels = page?.panels ?? [];
  expect(panels.map(({ id }) => id)).toEqual(['facts', 'traffic', 'errors', 'ports', 'users']);
  expect(textOf(panels, 'facts')).toMatch(/class +aggr\n/);
  expect(textOf(panels, 'ports')).toMatch(/▲ └ ixgbe1 .*not in sync/);
  expect(textOf(panels, 'users')).toMatch(/vnic +48 +etcd1/);
  const refs = panels.flatMap((panel) => panel.lines(110, null).flatMap(({ ref }) => ref ?? []));
  expect(refs).toEqual(
    expect.arrayContaining(['link:omni1/ixgbe0', 'link:omni1/etcd1_0', 'host:omni1']),
  );
  expect(linkOf('gone')).toBeNull();
});

test('a VNIC leads to its zone and VLAN; errors and silence of late are told', () => {
  const base = richModel().inventory.hosts[0]?.feeds.kstats;
  if (base?.status !== 'ok') throw new Error('the rich lab has no counters');
  const rate = {
    rxBytesPerSecond: 0,
    txBytesPerSecond: 9,
    txBytesPerSecondBefore: 9,
    errors: { seconds: 60, count: 12, rises: 3, marks: [] },
    silence: { seconds: 90, sent: 40, since: 0, sentBefore: 0n },
  };
  const kstats = ok({ ...base.value, links: new Map([['etcd1_0', rate]]) });
  const panels = linkOf('etcd1_0', { kstats })?.panels ?? [];
  const facts = panels.find(({ id }) => id === 'facts')?.lines(60, null) ?? [];
  expect(facts.flatMap(({ ref }) => ref ?? [])).toEqual([
    'link:omni1/aggr0',
    'vlan:48',
    'zone:omni1/etcd1',
  ]);
  expect(textOf(panels, 'errors')).toMatch(/of late +12 in 1m/);
  expect(textOf(panels, 'errors')).toMatch(/silent +for 1m30s, 40 packets sent/);
});

test('the charts of a link fill the room that they are given, with their axis', () => {
  const traffic = linkOf('aggr0')?.panels.find(({ id }) => id === 'traffic');
  for (const height of [6, 8, 15]) expect(traffic?.lines(110, height)).toHaveLength(height);
});
