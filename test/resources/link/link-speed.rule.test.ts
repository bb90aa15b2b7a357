import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { AggrPort, LinkEntry, PhysEntry } from '../../../src/domain/link.ts';
import { linkSpeed } from '../../../src/resources/link/link-speed.rule.ts';
import { answered, makeLink } from '../../derive/inventory.ts';
import { aggrEntry, aggrPort, briefly, findings, linkedHost } from './networks.ts';

const links = [
  makeLink('net0'),
  makeLink('net1'),
  makeLink('aggr0', { class: 'aggr', over: ['net0', 'net1'] }),
];
const withPort = (change: Partial<AggrPort>) =>
  linkedHost(links, [aggrEntry([aggrPort('net0'), aggrPort('net1', change)])]);
const withCard = (duplex: string, ...others: readonly LinkEntry[]): HostInventory => {
  const host = linkedHost([makeLink('net2'), ...others]);
  const card: PhysEntry = {
    name: 'net2',
    media: 'Ethernet',
    state: 'up',
    speedMbps: 100,
    duplex,
    device: 'igb2',
    macAddress: null,
  };
  return { ...host, feeds: { ...host.feeds, phys: answered([card]) } };
};
const vnic = makeLink('web0', { class: 'vnic', over: ['net2'] });

test.for<[string, HostInventory, readonly string[]]>([
  ['all ports are as fast', withPort({}), []],
  ['a port is slower', withPort({ speedMbps: 1000 }), ['warning net1']],
  ['a port that is down has no speed', withPort({ state: 'down', speedMbps: 0 }), []],
  ['a speed is not known', withPort({ speedMbps: null }), []],
  ['a card has full duplex', withCard('full', vnic), []],
  ['a card has half duplex', withCard('half', vnic), ['warning net2']],
  ['a card that nothing uses', withCard('half'), []],
])('%s', ([, host, expected]) => {
  expect(briefly(linkSpeed, host)).toEqual(expected);
});

test('names the peers and their speed', () => {
  expect(findings(linkSpeed, withPort({ speedMbps: 1000 }))).toMatchObject([
    {
      title: 'negotiated 1000 Mb/s, the other ports of aggr0 10000 Mb/s',
      evidence: { speedMbps: 1000, peersMbps: 10_000, aggregation: 'aggr0', duplex: 'full' },
    },
  ]);
});
