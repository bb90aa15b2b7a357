import { expect, test } from 'vitest';
import type { HostInventory } from '../../src/domain/inventory.ts';
import { ownPathOf, wayText } from '../../src/domain/own-path.ts';
import type { JumpHop, Neighbour, SshSession } from '../../src/domain/ssh-session.ts';
import {
  answered,
  makeConfig,
  makeHost,
  makeInventory,
  makeLink,
  makeZone,
} from '../derive/inventory.ts';

const JUMP = '02:08:20:00:00:01';
const ROUTER = '02:08:20:00:00:02';
const at = (address: string, macAddress: string | null = null): Neighbour => ({
  address,
  macAddress,
});

type Shape = {
  readonly session?: Partial<SshSession> | null;
  readonly address?: string;
  /** Zones with the addresses that their links may send from. */
  readonly zones?: readonly (readonly [
    name: string,
    address: string,
    vlan: number,
    mac?: string,
  ])[];
  readonly isOff?: boolean;
  readonly isConfigured?: boolean;
};

const nicOf = (zone: string, vlan: number): string => `${zone}_${vlan}`;

function lab(
  name: string,
  { session = {}, address = '10.0.20.2/24', zones = [], isOff, isConfigured }: Shape,
): HostInventory {
  return makeHost(name, {
    session: answered(
      session && {
        client: at('10.0.45.15'),
        server: address.split('/')[0] ?? '',
        router: at('10.0.20.1'),
        defaultRouter: at('10.0.20.1'),
        ...session,
      },
    ),
    addresses: answered([
      { object: 'lo0/v4', link: 'lo0', type: 'static', state: 'ok', address: '127.0.0.1/8' },
      { object: 'core20/v4', link: 'core20', type: 'static', state: 'ok', address },
    ]),
    zones: answered(
      [...new Set(zones.map(([zone]) => zone))].map((zone) =>
        makeZone(zone, { brand: 'bhyve', ...(isOff ? { state: 'installed' as const } : {}) }),
      ),
    ),
    zoneConfigs: answered(
      zones.map(([zone, own, vlan]) =>
        makeConfig(zone, {
          brand: 'bhyve',
          nets: [
            {
              physical: nicOf(zone, vlan),
              globalNic: 'aggr0',
              vlanId: null,
              addresses: isConfigured ? [`${own}/24`] : [],
            },
          ],
        }),
      ),
    ),
    links: answered([
      makeLink('core20', { class: 'vlan', over: ['aggr0'] }),
      ...zones.map(([zone, , vlan]) =>
        makeLink(nicOf(zone, vlan), { class: 'vnic', over: ['aggr0'] }),
      ),
    ]),
    vlans: answered([{ name: 'core20', vlanId: 20, over: 'aggr0' }]),
    vnics: answered(
      zones.map(([zone, , vlanId, macAddress = null]) => ({
        name: nicOf(zone, vlanId),
        over: 'aggr0',
        vlanId,
        macAddress,
        zone,
      })),
    ),
    linkProperties: answered(
      zones.map(([zone, own, vlan]) => ({
        link: nicOf(zone, vlan),
        zone,
        allowedIps: isConfigured ? [] : [own],
      })),
    ),
  });
}
const JUMP_AND_ROUTER: Shape['zones'] = [
  ['jump', '10.0.45.15', 45, JUMP],
  ['fw', '10.0.20.1', 20, ROUTER],
];
const pathOf = (...hosts: readonly HostInventory[]) => {
  const inventory = makeInventory({ hosts });
  const path = ownPathOf(inventory);
  return { ...path, texts: path.ways.map((way) => wayText(way, inventory)) };
};

test('finds the machine that the session comes from, its host, its VLAN and the router by what hosts see', () => {
  const { texts, parts, routers, isWhole } = pathOf(
    lab('omni1', { zones: JUMP_AND_ROUTER }),
    lab('omni2', { address: '10.0.20.3/24' }),
  );
  expect(texts).toEqual([
    'you > jump (VM on omni1) > VLAN 45 > fw (VM on omni1) > VLAN 20 > all hosts',
  ]);
  expect([...parts]).toEqual([
    ['vm:omni1/jump', 'omni1 sees your session come from 10.0.45.15, which it has'],
    ['vlan:45', 'jump is reached on it'],
    ['vm:omni1/fw', 'omni1 answers you by the router 10.0.20.1, which it is'],
    ['vlan:20', 'omni1 is reached on it, at 10.0.20.2'],
    ['host:omni1', 'jump runs on it'],
  ]);
  expect([...routers]).toEqual([['vm:omni1/fw', ['omni1', 'omni2']]]);
  expect(isWhole).toBe(true);
});

test('takes the addresses that a configuration allows as well', () => {
  expect(pathOf(lab('omni1', { zones: JUMP_AND_ROUTER, isConfigured: true })).texts).toEqual([
    'you > jump (VM on omni1) > VLAN 45 > fw (VM on omni1) > VLAN 20 > omni1',
  ]);
});

test('on one network there is no router between', () => {
  const { texts, isWhole } = pathOf(
    lab('omni1', {
      session: { client: at('10.0.20.15') },
      zones: [
        ['jump', '10.0.20.15', 20],
        ['fw', '10.0.20.1', 20],
      ],
    }),
  );
  expect(texts).toEqual(['you > jump (VM on omni1) > VLAN 20 > omni1']);
  expect(isWhole).toBe(true);
});

test('a VM that tells no addresses is known by its hardware address', () => {
  const bare = lab('omni1', {
    session: { client: at('10.0.20.15', JUMP) },
    zones: [['jump', '', 20, JUMP]],
  });
  expect(pathOf(bare).texts).toEqual(['you > jump (VM on omni1) > VLAN 20 > omni1']);
});

test('a watched host may be the jump host of others', () => {
  const { texts, parts } = pathOf(
    lab('omni1', { session: null }),
    lab('omni2', { address: '10.0.20.3/24', session: { client: at('10.0.20.2') } }),
  );
  expect(texts).toEqual(['you > omni1 > VLAN 20 > omni2']);
  expect([...parts.keys()]).toEqual(['host:omni1', 'vlan:20']);
});

const reachedBy = (host: HostInventory, ...hops: readonly JumpHop[]): HostInventory => ({
  ...host,
  source: { ...host.source, hops },
});
const hop = (name: string, ...addresses: readonly string[]): JumpHop => ({ name, addresses });
/** The gate is on the network from which it is reached, and on that of the jump host behind it. */
const GATED: Shape['zones'] = [
  ['gate', '192.0.2.10', 90],
  ['gate', '10.0.45.10', 45],
  ...JUMP_AND_ROUTER,
];

test('of several jump hosts those that the host does not see are found by their addresses', () => {
  const { texts, parts, isWhole } = pathOf(
    reachedBy(lab('omni1', { zones: GATED }), hop('gate', '192.0.2.10'), hop('jump')),
  );
  expect(texts).toEqual([
    'you > gate (VM on omni1) > VLAN 90 > jump (VM on omni1) > VLAN 45 > fw (VM on omni1) > VLAN 20 > omni1',
  ]);
  expect(parts.get('vm:omni1/gate')).toBe(
    'omni1 is reached through the jump host gate, which it is',
  );
  expect([...parts.keys()]).toEqual([
    'vm:omni1/gate',
    'vlan:90',
    'vm:omni1/jump',
    'vlan:45',
    'vm:omni1/fw',
    'vlan:20',
    'host:omni1',
  ]);
  expect(isWhole).toBe(true);
});

test('what lies between two jump hosts is not known where they share no VLAN', () => {
  const zones: Shape['zones'] = [['gate', '192.0.2.10', 90], ...JUMP_AND_ROUTER];
  const { texts, isWhole } = pathOf(
    reachedBy(lab('omni1', { zones }), hop('gate', '192.0.2.10'), hop('jump')),
  );
  expect(texts[0]).toMatch(/^you > … > gate \(VM on omni1\) > VLAN 90 > jump/);
  expect(isWhole).toBe(false);
});

test('a jump host that is watched is that host; one of which nothing is known leaves a gap', () => {
  const behind = lab('omni2', { address: '10.0.20.3/24', zones: JUMP_AND_ROUTER });
  const { parts, isWhole } = pathOf(
    lab('omni1', { session: null }),
    reachedBy(behind, hop('omni1'), hop('inner')),
  );
  expect(parts.get('host:omni1')).toBe('omni2 is reached through the jump host omni1, which it is');
  expect(isWhole).toBe(false);
  for (const addresses of [[], ['198.51.100.1'], ['10.0.45.15', '10.0.20.1']]) {
    const path = pathOf(reachedBy(behind, hop('outer', ...addresses), hop('jump')));
    expect(path.texts[0]).toMatch(/^you > … > jump \(VM on omni2\)/);
    expect(path.parts.size).toBe(5);
    expect(path.isWhole).toBe(false);
  }
});

test('a jump host that translates addresses is on the way all the same', () => {
  const { texts, isWhole } = pathOf(
    reachedBy(
      lab('omni1', { session: { client: at('198.51.100.9') }, zones: JUMP_AND_ROUTER }),
      hop('jump', '10.0.45.15'),
    ),
  );
  expect(texts).toEqual([
    'you > … > jump (VM on omni1) > VLAN 45 > fw (VM on omni1) > VLAN 20 > omni1',
  ]);
  expect(isWhole).toBe(false);
});

test('of a way that is not known as a whole only the known part is told, as such', () => {
  const { texts, isWhole } = pathOf(
    lab('omni1', { session: { client: at('192.0.2.7') }, zones: JUMP_AND_ROUTER }),
  );
  expect(texts).toEqual(['you > … > fw (VM on omni1) > VLAN 20 > omni1']);
  expect(isWhole).toBe(false);
});

test.for<[string, Shape]>([
  ['the host does not tell', { session: null }],
  ['the session comes over loopback', { session: { client: at('127.0.0.1') } }],
  ['nobody has the address', { zones: [['jump', '10.0.45.99', 45]] }],
  ['only the name fits', { session: { router: null }, zones: [['jump', '', 45]] }],
  [
    'two have the address',
    {
      session: { router: null },
      zones: [
        ['a', '10.0.45.15', 45],
        ['b', '10.0.45.15', 45],
      ],
    },
  ],
  ['who has it does not run', { zones: JUMP_AND_ROUTER, isOff: true }],
  [
    'who has it has other hardware than the host sees',
    {
      session: { client: at('10.0.20.15', '02:08:20:99:99:99'), router: null },
      zones: [['jump', '10.0.20.15', 20, JUMP]],
    },
  ],
])('nothing is said when %s', ([, shape]) => {
  const { ways, parts, isWhole } = pathOf(lab('omni1', shape));
  expect({ ways, parts: [...parts], isWhole }).toEqual({ ways: [], parts: [], isWhole: false });
});

test('stays the same object while only counters have changed', () => {
  const host = lab('omni1', { zones: JUMP_AND_ROUTER });
  const before = ownPathOf(makeInventory({ hosts: [host] }));
  const later = { ...host, source: { ...host.source, lastDataAt: 1 } };
  expect(ownPathOf(makeInventory({ hosts: [later] }))).toBe(before);
});
