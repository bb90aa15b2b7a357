import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { AddressEntry, LinkEntry, VnicEntry } from '../../../src/domain/link.ts';
import type { ZoneConfig, ZoneEntry } from '../../../src/domain/zone.ts';
import { addressDuplicate } from '../../../src/resources/link/address-duplicate.rule.ts';
import {
  answered,
  lost,
  makeConfig,
  makeHost,
  makeInventory,
  makeLink,
  makeZone,
  NOW,
} from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

type Member = {
  readonly zone: string;
  readonly addresses?: readonly string[];
  readonly vlanId?: number;
  readonly macAddress?: string;
  readonly over?: string;
  readonly state?: ZoneEntry['state'];
  /** What its link is held to. */
  readonly allowedIps?: readonly string[];
};

const vnicOf = ({ zone, vlanId = 20, macAddress, over = 'aggr0' }: Member): VnicEntry => ({
  name: `${zone}_0`,
  over,
  vlanId,
  macAddress: macAddress ?? null,
  zone,
});
const configOf = ({ zone, vlanId = 20, addresses = [], over = 'aggr0' }: Member): ZoneConfig =>
  makeConfig(zone, { nets: [{ physical: `${zone}_0`, globalNic: over, vlanId, addresses }] });

/** A host with zones on VLANs over aggr0, which lies over net0, or over the etherstub stub0. */
function host(
  name: string,
  members: readonly Member[],
  addresses: readonly AddressEntry[] = [],
): HostInventory {
  const links: readonly LinkEntry[] = [
    makeLink('net0'),
    makeLink('aggr0', { class: 'aggr', over: ['net0'] }),
    makeLink('core0', { class: 'vlan', over: ['aggr0'] }),
    makeLink('stub0', { class: 'etherstub' }),
    ...members.map(({ zone, over = 'aggr0' }) =>
      makeLink(`${zone}_0`, { class: 'vnic', over: [over] }),
    ),
  ];
  return makeHost(name, {
    links: answered(links),
    vlans: answered([{ name: 'core0', vlanId: 20, over: 'aggr0' }]),
    vnics: answered(members.map(vnicOf)),
    linkProperties: answered(
      members.map(({ zone, allowedIps = [] }) => ({ link: `${zone}_0`, zone, allowedIps })),
    ),
    zones: answered(members.map(({ zone, state = 'running' }) => makeZone(zone, { state }))),
    zoneConfigs: answered(members.map(configOf)),
    addresses: answered(addresses),
  });
}
const address = (text: string, change: Partial<AddressEntry> = {}): AddressEntry => ({
  object: 'core0/v4',
  link: 'core0',
  type: 'static',
  state: 'ok',
  address: text,
  ...change,
});
const check = (...hosts: readonly HostInventory[]) =>
  addressDuplicate.check(makeInventory({ hosts }), NOW, plainContext);

const web = { zone: 'web', addresses: ['10.0.20.9/24'] };
const db = { zone: 'db', addresses: ['10.0.20.9/24'] };
const MAC = '02:08:20:00:00:09';

test.for<[string, readonly HostInventory[], readonly string[]]>([
  [
    'every address once',
    [host('a', [web]), host('b', [{ ...db, addresses: ['10.0.20.10/24'] }])],
    [],
  ],
  ['an address of two zones on two hosts', [host('a', [web]), host('b', [db])], ['zone:a/web']],
  ['of two zones of one host', [host('a', [web, db])], ['zone:a/db']],
  [
    'with another prefix length',
    [host('a', [web]), host('b', [{ ...db, addresses: ['10.0.20.9/32'] }])],
    ['zone:a/web'],
  ],
  ['on another VLAN', [host('a', [web]), host('b', [{ ...db, vlanId: 30 }])], []],
  [
    'of a zone that does not run',
    [host('a', [web]), host('b', [{ ...db, state: 'installed' }])],
    [],
  ],
  [
    'that a link is held to, whatever the configuration says by now',
    [
      host('a', [web]),
      host('b', [{ ...db, addresses: ['10.0.20.10/24'], allowedIps: ['10.0.20.9'] }]),
    ],
    ['zone:a/web'],
  ],
  [
    'that the configuration allows only from the next boot on',
    [host('a', [web]), host('b', [{ ...db, allowedIps: ['10.0.20.10'] }])],
    [],
  ],
  [
    'one that its link was given besides others, while the configuration names it',
    [host('a', [web]), host('b', [{ ...db, allowedIps: ['10.0.20.9/32', '10.0.20.77'] }])],
    ['zone:a/web'],
  ],
  [
    'one that is no longer among those of its link',
    [host('a', [web]), host('b', [{ ...db, allowedIps: ['10.0.20.77', '10.0.20.78'] }])],
    [],
  ],
  [
    'one of several that a net allows, as for VRRP',
    [host('a', [web]), host('b', [{ ...db, addresses: ['10.0.20.9/24', '10.0.20.1/24'] }])],
    [],
  ],
  [
    'over an etherstub, which does not leave the host',
    [host('a', [{ ...web, over: 'stub0' }]), host('b', [{ ...db, over: 'stub0' }])],
    [],
  ],
  [
    'loopback',
    [
      host('a', [{ ...web, addresses: ['127.0.0.1/8'] }]),
      host('b', [{ ...db, addresses: ['127.0.0.1/8'] }]),
    ],
    [],
  ],
  [
    'link-local',
    [
      host('a', [{ ...web, addresses: ['fe80::1/10'] }]),
      host('b', [{ ...db, addresses: ['fe80::1/10'] }]),
    ],
    [],
  ],
  [
    'of the host and of a zone',
    [host('a', [], [address('10.0.20.9/24')]), host('b', [db])],
    ['link:a/core0'],
  ],
  [
    'of two hosts',
    [host('a', [], [address('10.0.20.9/24')]), host('b', [], [address('10.0.20.9/24')])],
    ['link:a/core0'],
  ],
  [
    'loopback of two hosts',
    [
      host('a', [], [address('127.0.0.1/8', { object: 'lo0/v4', link: 'lo0' })]),
      host('b', [], [address('127.0.0.1/8', { object: 'lo0/v4', link: 'lo0' })]),
    ],
    [],
  ],
  [
    'an address that is not in use',
    [host('a', [], [address('10.0.20.9/24', { state: 'down' })]), host('b', [db])],
    [],
  ],
  [
    'what the kernel found',
    [host('a', [], [address('10.0.20.9/24', { state: 'duplicate' })])],
    ['link:a/core0'],
  ],
  [
    'a MAC address of two hosts',
    [host('a', [{ zone: 'web', macAddress: MAC }]), host('b', [{ zone: 'db', macAddress: MAC }])],
    ['link:a/web_0'],
  ],
  [
    'on two VLANs',
    [
      host('a', [{ zone: 'web', macAddress: MAC }]),
      host('b', [{ zone: 'db', macAddress: MAC, vlanId: 30 }]),
    ],
    [],
  ],
  [
    'of VRRP',
    [
      host('a', [{ zone: 'web', macAddress: '00:00:5e:00:01:07' }]),
      host('b', [{ zone: 'db', macAddress: '00:00:5e:00:01:07' }]),
    ],
    [],
  ],
  ['of a host that does not answer', [host('a', [web]), { ...host('b', [db]), source: lost }], []],
])('%s', ([, hosts, expected]) => {
  expect(check(...hosts).map(({ subject }) => subject)).toEqual(expected);
});

test('a port has the address of its aggregation', () => {
  const links = [
    makeLink('net0'),
    makeLink('net1'),
    makeLink('aggr0', { class: 'aggr', over: ['net0', 'net1'] }),
  ];
  const card = (name: string) => ({
    name,
    media: 'Ethernet',
    state: 'up' as const,
    speedMbps: 1000,
    duplex: 'full',
    device: name,
    macAddress: MAC,
  });
  const phys = answered([card('net0'), card('net1')]);
  const one = makeHost('a', { links: answered(links), phys });
  expect(check(one)).toEqual([]);
  const other = makeHost('b', { links: answered([makeLink('net0')]), phys });
  const alone = makeHost('c', { links: answered([makeLink('net0')]), phys });
  expect(check(one, other, alone)).toMatchObject([
    { subject: 'link:b/net0', evidence: { owners: 'b/net0, c/net0' } },
  ]);
});

test('names all owners and where they were found', () => {
  expect(check(host('a', [web]), host('b', [db], [address('10.0.20.9/24')]))).toMatchObject([
    {
      title: 'IP address 10.0.20.9 is that of b/core0, b/db too',
      evidence: {
        address: '10.0.20.9',
        kind: 'IP',
        owners: 'a/web, b/core0, b/db',
        from: 'zonecfg export; ipadm show-addr',
      },
    },
  ]);
});
