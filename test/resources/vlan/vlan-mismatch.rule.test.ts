import { expect, test } from 'vitest';
import type { HostInventory, Inventory } from '../../../src/domain/inventory.ts';
import type { LinkEntry, VnicEntry } from '../../../src/domain/link.ts';
import type { ZoneEntry } from '../../../src/domain/zone.ts';
import { vlanMismatch } from '../../../src/resources/vlan/vlan-mismatch.rule.ts';
import {
  answered,
  lost,
  makeConfig,
  makeHost,
  makeInventory,
  makeKstats,
  makeLink,
  makeZone,
  NOW,
  zoneCounters,
} from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

type Member = {
  readonly zone: string;
  /** As its configuration says. */
  readonly vlanId: number;
  /** As it is; null: there is no link. */
  readonly live?: number | null;
  readonly state?: ZoneEntry['state'];
};
type Shape = {
  readonly zonesAt?: number;
  readonly bootedAt?: number;
  /** VLAN links of the global zone over aggr0. */
  readonly vlans?: readonly number[];
  readonly inKernel?: boolean;
};

function host(
  name: string,
  members: readonly Member[],
  { zonesAt = NOW, bootedAt = NOW - 86_400_000, vlans = [], inKernel = true }: Shape = {},
): HostInventory {
  const linked = members.filter(({ live }) => live !== null);
  const links: readonly LinkEntry[] = [
    makeLink('net0'),
    makeLink('aggr0', { class: 'aggr', over: ['net0'] }),
    ...vlans.map((id) => makeLink(`lab${id}`, { class: 'vlan', over: ['aggr0'] })),
    ...linked.map(({ zone }) => makeLink(`${zone}_0`, { class: 'vnic', over: ['aggr0'] })),
  ];
  const vnics: readonly VnicEntry[] = linked.map(({ zone, vlanId, live }) => ({
    name: `${zone}_0`,
    over: 'aggr0',
    vlanId: live ?? vlanId,
    macAddress: null,
    zone,
  }));
  const stats = makeKstats();
  const zones = new Map(
    inKernel
      ? members.map(({ zone }) => [zone, zoneCounters({ bootTimeSeconds: bootedAt / 1000 })])
      : [],
  );
  return makeHost(name, {
    links: answered(links),
    vnics: answered(vnics),
    vlans: answered(vlans.map((id) => ({ name: `lab${id}`, vlanId: id, over: 'aggr0' }))),
    kstats: answered({ ...stats, counters: { ...stats.counters, zones } }),
    zones: answered(
      members.map(({ zone, state = 'running' }) => makeZone(zone, { state })),
      zonesAt,
    ),
    zoneConfigs: answered(
      members.map(({ zone, vlanId }) =>
        makeConfig(zone, {
          nets: [{ physical: `${zone}_0`, globalNic: 'aggr0', vlanId, addresses: [] }],
        }),
      ),
    ),
  });
}

const check = (hosts: readonly HostInventory[], groups: Inventory['groups'] = []) =>
  vlanMismatch.check(makeInventory({ hosts, groups }), NOW, plainContext);
const briefly = (...args: Parameters<typeof check>) =>
  check(...args).map(({ severity, subject, title }) => `${severity} ${subject} ${title}`);

const etcd = (number: number, change: Partial<Member> = {}): Member => ({
  zone: `etcd${number}`,
  vlanId: 48,
  ...change,
});

test.for<[string, readonly HostInventory[], readonly string[]]>([
  ['every zone has its link', [host('a', [etcd(1)]), host('b', [etcd(2)])], []],
  [
    'a running zone has lost its link',
    [host('a', [etcd(1)]), host('b', [etcd(2, { live: null })])],
    ['critical vlan:48 no link on b, where etcd2 needs it'],
  ],
  [
    'several have',
    [
      host(
        'b',
        ['p', 'q', 'r', 's'].map((zone) => ({ zone, vlanId: 48, live: null })),
      ),
    ],
    ['critical vlan:48 no link on b, where p, q, r and 1 more need it'],
  ],
  [
    'its link has another tag',
    [host('b', [etcd(2, { live: 46 })])],
    ['critical vlan:48 wrong tag on b: etcd2_0 of etcd2 has 46'],
  ],
  [
    'a zone that is down has no link',
    [host('b', [etcd(2, { live: null, state: 'installed' })])],
    [],
  ],
  [
    'a zone that goes down loses it',
    [host('b', [etcd(2, { live: null, state: 'shutting_down' })])],
    [],
  ],
  [
    'the kernel does not know the zone any more',
    [host('b', [etcd(2, { live: null })], { inKernel: false })],
    [],
  ],
  [
    'the zones were listed before the links',
    [host('b', [etcd(2, { live: null })], { zonesAt: NOW - 2000 })],
    [],
  ],
  [
    'the links were listed before its boot',
    [host('b', [etcd(2, { live: null })], { bootedAt: NOW - 500 })],
    [],
  ],
  ['a zone that is untagged', [host('b', [etcd(2, { vlanId: 0, live: null })])], []],
  ['a host that does not answer', [{ ...host('b', [etcd(2, { live: null })]), source: lost }], []],
  ['a VLAN of zones on one host only', [host('a', [etcd(1)]), host('b', [])], []],
])('zones: %s', ([, hosts, expected]) => {
  expect(briefly(hosts)).toEqual(expected);
});

const three = (third: number) => [
  host('a', [etcd(1)]),
  host('b', [etcd(2)]),
  host('c', [etcd(3, { vlanId: third })]),
];
const group = (name: string, ...members: readonly string[]) => [{ name, members, atLeast: 1 }];
const ETCD = group('etcd', 'a/etcd1', 'b/etcd2', 'c/etcd3');

test.for<[string, readonly HostInventory[], Inventory['groups'], readonly string[]]>([
  ['all members share it', three(48), ETCD, []],
  [
    'one of three is on another',
    three(46),
    ETCD,
    ['warning vlan:48 group etcd: etcd3 is not on it, the others are'],
  ],
  ['without a group they may differ', three(46), [], []],
  ['a member whose host never answered', three(46).slice(0, 2), ETCD, []],
  [
    'two uplinks, each on a VLAN of its own',
    three(46).slice(1),
    group('wan', 'b/etcd2', 'c/etcd3'),
    [],
  ],
])('groups: %s', ([, hosts, groups, expected]) => {
  expect(briefly(hosts, groups)).toEqual(expected);
});

test('of two members one lacks what the other has beside its own VLANs', () => {
  const two = host('b', [{ zone: 'dns2', vlanId: 20 }]);
  const net = (vlanId: number) => ({
    physical: `dns1_${vlanId}`,
    globalNic: 'aggr0',
    vlanId,
    addresses: [],
  });
  const one = makeHost('a', {
    links: answered([20, 30].map((id) => makeLink(`dns1_${id}`, { class: 'vnic' }))),
    zones: answered([makeZone('dns1')]),
    zoneConfigs: answered([makeConfig('dns1', { nets: [net(20), net(30)] })]),
  });
  expect(briefly([one, two], group('dns', 'a/dns1', 'b/dns2'))).toEqual([
    'warning vlan:30 group dns: dns2 is not on it, the others are',
  ]);
});

const trunk = (name: string, ...vlans: readonly number[]) => host(name, [], { vlans });

test.for<[string, readonly HostInventory[], readonly string[]]>([
  [
    'all hosts have the same',
    [trunk('a', 200, 201), trunk('b', 200, 201), trunk('c', 200, 201)],
    [],
  ],
  [
    'one host lacks one',
    [trunk('a', 200, 201), trunk('b', 200, 201), trunk('c', 200)],
    ['warning vlan:201 not on c, but on the 2 other hosts with VLAN links'],
  ],
  [
    'one host only has one',
    [trunk('a', 200, 201), trunk('b', 200), trunk('c', 200)],
    ['info vlan:201 on a only, of 3 hosts with VLAN links'],
  ],
  ['two of four lack one', [trunk('a', 1, 2), trunk('b', 1, 2), trunk('c', 1), trunk('d', 1)], []],
  ['a host without VLAN links', [trunk('a', 200), trunk('b', 200), trunk('c')], []],
  [
    'a host whose zones are on it',
    [
      trunk('a', 200, 201),
      trunk('b', 200, 201),
      host('c', [{ zone: 'web', vlanId: 201 }], { vlans: [200] }),
    ],
    [],
  ],
])('VLAN links: %s', ([, hosts, expected]) => {
  expect(briefly(hosts)).toEqual(expected);
});

test('tells where it is missing, where it is, and how that is known', () => {
  expect(check([host('a', [etcd(1)]), host('b', [etcd(2, { live: null })])])).toMatchObject([
    {
      subject: 'vlan:48',
      evidence: {
        missingOn: 'b: etcd2 etcd2_0',
        linksOn: 'a',
        from: 'zonecfg export, dladm show-vnic',
      },
      hint: expect.stringContaining('restart etcd2 (r)'),
    },
  ]);
});
