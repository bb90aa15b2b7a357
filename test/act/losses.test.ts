import { expect, test } from 'vitest';
import { guardOf } from '../../src/act/guard.ts';
import { standInsOf } from '../../src/act/losses.ts';
import type { HostInventory, Inventory } from '../../src/domain/inventory.ts';
import type { Ref } from '../../src/domain/ref.ts';
import { zoneRestart } from '../../src/resources/zone/zone-restart.action.ts';
import { makeProblem } from '../derive/inventory.ts';
import { planeLab, refused, server } from '../support/control-plane.ts';
import type { PlaneShape } from '../support/control-plane.ts';
import { config, host, lab, NOW, ok, zone } from '../support/inventory.ts';

const judge = (subject: Ref, inventory: Inventory, away: readonly Ref[] = []) =>
  guardOf(zoneRestart, subject, { inventory, problems: [], now: NOW, away: new Set(away) });

const ETCD1 = 'zone:omni1/etcd1';
const gone = { says: { state: 'refused' } } as const;
const unasked = { says: null, state: 'unknown' } as const;

const ETCD: readonly (readonly [
  name: string,
  shape: PlaneShape,
  level: number,
  breaks: readonly string[],
  text: string,
])[] = [
  [
    'all voters are healthy',
    {},
    1,
    [],
    'etcd of infrak8s: 3 of 3 voters are healthy now; without etcd1 there would be 2, and a quorum needs 2: no other may fail meanwhile',
  ],
  [
    'another one is gone',
    { zones: { etcd2: gone } },
    3,
    ['quorum'],
    'etcd of infrak8s: 2 of 3 voters are healthy now (etcd2: gone); without etcd1 there would be 1, and a quorum needs 2: it is lost, and then nothing can be written',
  ],
  [
    'the host of another one is silent',
    { silent: ['omni2'] },
    3,
    ['quorum'],
    'etcd of infrak8s: 2 of 3 voters are healthy now (etcd2: unknown); without etcd1 there would be 1, and a quorum needs 2: it may be lost, and then nothing can be written',
  ],
  [
    'another one is in a state that nobody knows',
    { zones: { etcd3: unasked } },
    3,
    ['quorum'],
    'etcd of infrak8s: 2 of 3 voters are healthy now (etcd3: unknown); without etcd1 there would be 1, and a quorum needs 2: it may be lost, and then nothing can be written',
  ],
  [
    'another one sees no leader',
    { zones: { etcd3: { etcd: { hasLeader: false } } } },
    3,
    ['quorum'],
    'etcd of infrak8s: 2 of 3 voters are healthy now (etcd3: no leader); without etcd1 there would be 1, and a quorum needs 2: it may be lost, and then nothing can be written',
  ],
  [
    'one that is gone is a learner, and another voter is there',
    { zones: { etcd2: { ...gone, etcd: { isLearner: true } } } },
    3,
    ['quorum'],
    'etcd of infrak8s: 2 of 2 voters are healthy now; without etcd1 there would be 1, and a quorum needs 2: it is lost, and then nothing can be written',
  ],
  [
    'the quorum is lost already',
    { zones: { etcd2: gone, etcd3: gone } },
    1,
    [],
    'etcd of infrak8s: 1 of 3 voters are healthy now (etcd2: gone, etcd3: gone), the quorum of 2 is lost already',
  ],
];

test.for(ETCD)('a voter of etcd: %s', ([, shape, level, breaks, text]) => {
  const found = judge(ETCD1, planeLab(shape));
  expect(found).toMatchObject({ level, breaks });
  expect(level === 3 ? found.reasons : found.kept).toEqual([text]);
  expect(found.phrase).toBe(level === 3 ? 'etcd1 breaks quorum' : null);
});

const down = (zones: readonly number[]): PlaneShape => ({
  zones: Object.fromEntries(zones.map((of) => [`apisrv${of}`, gone])),
  plane: {
    apiServers: ['omni1', 'omni2', 'store1'].map((name, index) =>
      server(`${name}/apisrv${index + 1}`, zones.includes(index + 1) ? refused : {}),
    ),
  },
});

test.for([
  ['etcd of which one is silent', ETCD1, { silent: ['omni2'] }, 'etcd2'],
  [
    'etcd whose voters are all there',
    ETCD1,
    { zones: { etcd2: { ...gone, etcd: { isLearner: true } } } },
    null,
  ],
  ['the last API server that serves', 'zone:omni1/apisrv1', down([2, 3]), 'apisrv2 or apisrv3'],
  ['one of three API servers', 'zone:omni1/apisrv1', down([]), null],
] as const)('what is safer is told where it is known: %s', ([, subject, shape, awaited]) => {
  expect(judge(subject, planeLab(shape)).safer).toBe(
    awaited === null ? undefined : `wait until ${awaited} can stand in again`,
  );
});

test.for([
  ['that is gone takes nothing with it', { etcd1: gone, etcd2: gone }],
  ['that is a learner neither', { etcd1: { etcd: { isLearner: true } } }],
  ['whose zone is off neither', { etcd1: { state: 'installed' }, etcd2: gone }],
] as const)('a member %s', ([, zones]) => {
  expect(judge(ETCD1, planeLab({ zones }))).toMatchObject({ level: 1, reasons: [], kept: [] });
});

test('what an action is under way on counts as gone, and what it is about does not count twice', () => {
  const inventory = planeLab();
  expect(judge('zone:omni2/etcd2', inventory, [ETCD1])).toMatchObject({
    level: 3,
    phrase: 'etcd2 breaks quorum',
    reasons: [expect.stringContaining('2 of 3 voters are healthy now (etcd1: restarts)')],
  });
  expect(judge(ETCD1, inventory, [ETCD1]).level).toBe(1);
});

test.for([
  [
    'three serve',
    planeLab(),
    1,
    'API servers of infrak8s: 3 of 3 are well now; without apisrv1 there would be 2',
  ],
  [
    'two serve',
    planeLab(down([2])),
    1,
    'API servers of infrak8s: 2 of 3 are well now (apisrv2: gone); without apisrv1 there would be 1',
  ],
  [
    'it is the last that serves',
    planeLab(down([2, 3])),
    3,
    'API servers of infrak8s: 1 of 3 are well now (apisrv2: gone, apisrv3: gone); without apisrv1 there would be none',
  ],
] as const)('an API server: %s', ([, inventory, level, text]) => {
  const found = judge('zone:omni1/apisrv1', inventory);
  expect(found.level).toBe(level);
  expect(level === 3 ? found.reasons : found.kept).toEqual([text]);
  expect(found.phrase).toBe(level === 3 ? 'apisrv1 breaks API' : null);
});

test('the last scheduler takes its name typed', () => {
  const inventory = planeLab({ zones: { k8sched2: gone, k8sched3: gone } });
  expect(judge('zone:omni1/k8sched1', inventory)).toMatchObject({
    level: 2,
    phrase: 'k8sched1',
    breaks: [],
  });
});

test('what stands before the API servers alone is guarded like the last of them', () => {
  const plane = { vip: server(null, { address: '10.1.0.9:6443' }) };
  const balancer = host('store2', {
    zones: [zone('lb')],
    configs: [
      config('lb', {
        nets: [{ physical: 'lb0', globalNic: 'aggr0', vlanId: 47, addresses: ['10.1.0.9/24'] }],
      }),
    ],
  });
  const inventory = planeLab({ plane });
  expect(
    judge('zone:store2/lb', { ...inventory, hosts: [...inventory.hosts, balancer] }),
  ).toMatchObject({
    level: 3,
    phrase: 'lb breaks API',
    reasons: ['the virtual IP of infrak8s is there: nothing else answers at it'],
  });
});

test('a host takes all that its zones hold', () => {
  expect(judge('host:omni1', planeLab())).toMatchObject({ breaks: [], reasons: [] });
  expect(judge('host:omni1', planeLab()).kept).toHaveLength(4);
  expect(judge('host:omni1', planeLab({ zones: { etcd3: gone } })).breaks).toEqual(['quorum']);
  expect(judge('host:omni1', planeLab(), ['zone:omni2/etcd2']).breaks).toEqual(['quorum']);
});

test('a configured group says nothing that the members of etcd tell better', () => {
  const groups = [
    { name: 'etcd', members: ['omni1/etcd1', 'omni2/etcd2', 'store1/etcd3'], atLeast: 2 },
    { name: 'front', members: ['omni1/etcd1', 'omni2/apisrv2'], atLeast: 2 },
  ];
  const inventory = { ...planeLab({ zones: { etcd2: gone } }), groups };
  expect(judge(ETCD1, inventory).breaks).toEqual(['quorum', 'front']);
});

test('a member that is well remedies nothing of its etcd: what is critical there asks for more', () => {
  const inventory = planeLab({ zones: { etcd1: gone } });
  const critical = (subject: Ref) =>
    guardOf(zoneRestart, 'zone:omni2/etcd2', {
      inventory,
      problems: [makeProblem('etcd.quorum', subject)],
      now: NOW,
    }).reasons.some((reason) => reason.startsWith('a critical problem is open'));
  // It is not etcd2 that is down.
  expect(critical('component:infrak8s/etcd')).toBe(true);
});

test('a problem of what a restart remedies raises nothing', () => {
  const inventory = planeLab({ zones: { etcd1: gone } });
  const guard = (problem: Ref) =>
    guardOf(zoneRestart, ETCD1, {
      inventory,
      problems: [makeProblem('etcd.member', problem)],
      now: NOW,
    }).level;
  expect(guard('component:infrak8s/etcd/etcd1')).toBe(1);
  expect(guard('component:infrak8s/etcd')).toBe(1);
  expect(guard('component:infrak8s/etcd/etcd2')).toBe(2);
});

test('an action whose subject stays is guarded by itself alone', () => {
  const inventory = planeLab({ zones: { etcd2: gone } });
  expect(
    guardOf({ ...zoneRestart, stops: false }, ETCD1, { inventory, problems: [], now: NOW }),
  ).toMatchObject({ level: 1, reasons: [], kept: [] });
});

/** Name servers by their names, each on that VLAN of its host. */
const named = (name: string, zones: Readonly<Record<string, number>>, isSilent = false) => {
  const made: HostInventory = host(name, {
    zones: Object.keys(zones).map((each) => zone(each)),
    configs: Object.entries(zones).map(([each, vlanId]) =>
      config(each, { nets: [{ physical: `${each}0`, globalNic: 'aggr0', vlanId, addresses: [] }] }),
    ),
    source: isSilent ? { state: 'down' } : {},
    feeds: {
      processes: ok(
        new Map(
          Object.keys(zones).map((each) => [
            each,
            { count: 2, top: [], programs: ['init', 'named'] },
          ]),
        ),
      ),
    },
  });
  return made;
};

test('the last name server of a network that is seen to run takes the consequence typed', () => {
  const of = (...others: readonly HostInventory[]) =>
    judge('zone:omni1/dns1', lab([named('omni1', { dns1: 20 }), ...others], []));
  const last = {
    level: 3,
    phrase: 'dns1 breaks DNS',
    reasons: ['no other name server than dns1 is seen to run on VLAN 20'],
  };
  expect(of(named('omni2', { dns2: 20 }))).toMatchObject({
    level: 1,
    kept: ['name servers on VLAN 20: without dns1 there would be 1'],
  });
  expect(of()).toMatchObject(last);
  expect(of(named('omni2', { dns2: 30 }))).toMatchObject(last);
  expect(of(named('omni2', { dns2: 20 }, true))).toMatchObject(last);
});

test('the hosts of all that stand in for it are asked before it is restarted', () => {
  expect(standInsOf(ETCD1, planeLab(), NOW)).toEqual(['omni1', 'omni2', 'store1']);
  expect(standInsOf('zone:omni1/web', planeLab(), NOW)).toEqual([]);
});
