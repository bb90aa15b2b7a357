import fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsOf, isVoter, everyComponent } from '../../src/domain/components.ts';
import type { Component } from '../../src/domain/components.ts';
import type { ApiServer, ControlPlane, LeaderLease } from '../../src/domain/control-plane.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { schedulerLease } from '../../src/resources/control-plane/scheduler-lease.rule.ts';
import {
  certificate,
  findingsOf,
  lease,
  named,
  planeLab,
  refused,
  server,
} from '../support/control-plane.ts';
import { cluster, noControlPlane, NOW, ok } from '../support/inventory.ts';

const componentsIn = (inventory: Inventory, now = NOW): readonly Component[] =>
  inventory.clusters.flatMap((cluster) => componentsOf(inventory, cluster, now));

test('a row per instance: etcd, API servers and what is in front of them, then the others', () => {
  expect(
    componentsIn(planeLab()).map(({ name, host, state, leader }) => [name, host, state, leader]),
  ).toEqual([
    ['etcd1', 'omni1', 'ready', true],
    ['etcd2', 'omni2', 'ready', false],
    ['etcd3', 'store1', 'ready', false],
    ['apisrv1', 'omni1', 'ready', null],
    ['apisrv2', 'omni2', 'ready', null],
    ['apisrv3', 'store1', 'ready', null],
    ['vip', null, 'ready', null],
    ['k8sched1', 'omni1', 'leads', true],
    ['k8sched2', 'omni2', 'ready', false],
    ['k8sched3', 'store1', 'ready', false],
    ['ctrlmgr1', 'omni1', 'leads', true],
    ['ctrlmgr2', 'omni2', 'ready', false],
    ['ctrlmgr3', 'store1', 'ready', false],
  ]);
});

test('while the API is dead the zones still tell, and name what is gone', () => {
  const components = componentsIn(
    planeLab({
      zones: { apisrv1: { says: { state: 'refused' } } },
      plane: {
        apiServers: [server('omni1/apisrv1', refused)],
        vip: null,
        leasesAt: NOW - 600_000,
      },
    }),
  );
  expect(named(components, 'apisrv1')).toMatchObject({
    sign: 'down',
    state: 'gone',
    gone: 'no process kube-apiserver in zone apisrv1',
    rssBytes: 400_000_000,
  });
  expect(named(components, 'etcd1')).toMatchObject({ sign: 'ok', leader: true, fresh: true });
  // Nobody knows who leads.
  expect(named(components, 'k8sched1')).toMatchObject({ leader: null, state: 'ready' });
});

test('who tells its health to nobody without a name is well as far as its zone can see', () => {
  const denied = { says: { state: 'denied' } } as const;
  const at = (plane: Partial<ControlPlane>) =>
    componentsIn(planeLab({ zones: { apisrv2: denied, k8sched2: denied }, plane }));
  expect(named(at({}), 'apisrv2')).toMatchObject({ sign: 'ok', state: 'ready' });
  expect(named(at({}), 'k8sched2')).toMatchObject({ sign: 'ok', state: 'answers, denied' });
  const alone = at({ apiServers: [], vip: null });
  expect(named(alone, 'apisrv2')).toMatchObject({ sign: 'ok', state: 'answers, denied' });
  const unreachable = at({ apiServers: [server('omni2/apisrv2', refused)] });
  expect(named(unreachable, 'apisrv2')).toMatchObject({ state: 'refused, well inside' });
});

test('of members that said one after another to lead the last one does', () => {
  const inventory = planeLab({ zones: { etcd3: { etcd: { isLeader: true } } } });
  const hosts = inventory.hosts.map((host) => {
    const { zoneComponents } = host.feeds;
    return host.name === 'omni1' && zoneComponents.status === 'ok'
      ? { ...host, feeds: { ...host.feeds, zoneComponents: { ...zoneComponents, at: NOW - 9000 } } }
      : host;
  });
  const components = componentsIn({ ...inventory, hosts });
  expect(named(components, 'etcd1')).toMatchObject({ leader: null });
  expect(named(components, 'etcd2')).toMatchObject({ leader: false });
  expect(named(components, 'etcd3')).toMatchObject({ leader: true });
});

const MEMBERS = ['etcd1', 'etcd2', 'etcd3'] as const;

/** What a member told last, of an etcd cluster in whose terms those lead; a term may be without a leader. */
type Told = {
  readonly term: number;
  /** It has not heard yet who leads. */
  readonly isUnaware: boolean;
  /** Its metrics alone are seen, which have no term. */
  readonly isTermless: boolean;
  readonly secondsAgo: number;
  readonly isSilent: boolean;
};

function etcdLab(leaders: readonly (number | null)[], told: readonly Told[]): Inventory {
  const shapes = told.map(({ term, isUnaware, isTermless }, index) => {
    const leader = isUnaware ? null : (leaders[term] ?? null);
    return {
      etcd: {
        id: `a${index}`,
        hasLeader: leader !== null,
        isLeader: leader === index,
        leaderId: isTermless || leader === null ? null : `a${leader}`,
        term: isTermless ? null : term,
      },
    };
  });
  const hosts = ['omni1', 'omni2', 'store1'];
  const { hosts: entries, ...rest } = planeLab({
    zones: Object.fromEntries(MEMBERS.map((name, index) => [name, shapes[index] ?? {}] as const)),
    silent: hosts.filter((_, index) => told[index]?.isSilent),
  });
  return {
    ...rest,
    hosts: entries.map((entry) => {
      const { zoneComponents: feed } = entry.feeds;
      const at = NOW - 1000 * (told[hosts.indexOf(entry.name)]?.secondsAgo ?? 0);
      return feed.status === 'ok'
        ? { ...entry, feeds: { ...entry.feeds, zoneComponents: { ...feed, at } } }
        : entry;
    }),
  };
}

test('in no order of answers two members lead, nor one that a newer answer knows to have lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.nat(2)), { minLength: 1, maxLength: 5 }),
      fc.array(
        fc.record({
          term: fc.nat(4),
          isUnaware: fc.boolean(),
          isTermless: fc.boolean(),
          secondsAgo: fc.nat(3),
          isSilent: fc.boolean(),
        }),
        { minLength: 3, maxLength: 3 },
      ),
      (leaders, any) => {
        const told = any.map((each) => ({ ...each, term: each.term % leaders.length }));
        const rows = componentsIn(etcdLab(leaders, told)).filter(({ kind }) => kind === 'etcd');
        const shown = rows.filter(({ leader }) => leader === true);
        expect(shown.length).toBeLessThan(2);
        const fresh = told.filter(({ isSilent }) => !isSilent);
        const withTerm = fresh.filter(({ isTermless }) => !isTermless);
        const newest = Math.max(...withTerm.map(({ term }) => term));
        const isTold = withTerm.some(
          ({ term, isUnaware }) => term === newest && !isUnaware && leaders[term] !== null,
        );
        // Whom the newest term names is shown, unless metrics without a term say something else since.
        const isMissed = isTold && withTerm.length === fresh.length && shown.length === 0;
        expect(isMissed).toBe(false);
        const index = MEMBERS.findIndex((name) => name === shown[0]?.name);
        const ownClaim = told[index];
        // A fresh answer says that it leads, and none of a newer term says otherwise; one without a term is newer than
        // all that tell of the newest.
        const isNamed = withTerm.some(({ term }) => term === newest && leaders[term] === index);
        const isLastWord =
          ownClaim?.isTermless === true &&
          !ownClaim.isSilent &&
          withTerm.every(
            ({ term, secondsAgo }) => term < newest || secondsAgo > ownClaim.secondsAgo,
          );
        expect(shown.length === 0 || isNamed || isLastWord).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test('a silent host keeps no leader, and its member leads still when the others say so', () => {
  const told = { term: 2, isUnaware: false, isTermless: false, secondsAgo: 1, isSilent: false };
  const leaderOf = (leaders: readonly (number | null)[], ...of: readonly Partial<Told>[]) =>
    componentsIn(
      etcdLab(
        leaders,
        of.map((each) => ({ ...told, ...each })),
      ),
    ).flatMap(({ kind, leader, fresh }) => (kind === 'etcd' ? [[leader, fresh]] : []));
  expect(leaderOf([null, 0, 1], { term: 1, isSilent: true }, {}, {})).toEqual([
    [null, false],
    [true, true],
    [false, true],
  ]);
  expect(leaderOf([null, null, 0], { isSilent: true }, {}, {})).toEqual([
    [true, false],
    [false, true],
    [false, true],
  ]);
  expect(
    leaderOf([null, null, 0], { isSilent: true }, { isSilent: true }, { isSilent: true }),
  ).toEqual([
    [null, false],
    [null, false],
    [null, false],
  ]);
});

test('members that the others know are there too, also those in zones that nobody knew to be for one', () => {
  const peers = [
    { id: 'a1', name: 'etcd1', clientUrls: [], peerUrls: [], isLearner: false },
    {
      id: 'a2',
      name: 'two',
      clientUrls: [],
      peerUrls: ['https://10.0.48.72:2380'],
      isLearner: false,
    },
    {
      id: 'a9',
      name: 'etcd9',
      clientUrls: ['https://10.9.9.9:2379'],
      peerUrls: [],
      isLearner: true,
    },
  ];
  const shape = { etcd: { id: 'a1', peers, term: 3, alarms: [], leaderId: 'a9' } };
  const inventory = planeLab({
    zones: {
      etcd1: shape,
      etcd2: { etcd: { id: 'a2', peers: [], term: 2 } },
      etcd3: { says: null },
    },
  });
  const rows = componentsIn(inventory).filter(({ kind }) => kind === 'etcd');
  expect(rows.map(({ name, host, state, address }) => [name, host, state, address])).toEqual([
    ['etcd1', 'omni1', 'ready', null],
    ['etcd2', 'omni2', 'ready', null],
    ['etcd3', 'store1', 'runs', null],
    ['etcd9', null, 'unknown', '10.9.9.9'],
  ]);
  // What tells nothing itself is a learner as the others know it, and counts for no quorum.
  expect(rows.filter(isVoter).map(({ name }) => name)).toEqual(['etcd1', 'etcd2', 'etcd3']);
});

test('a zone that serves at several addresses is one row, by the address that answers', () => {
  const zoneServers = [
    server(null, { from: 'zone', address: '10.0.48.9:6443', state: 'timeout', readyAt: null }),
    server(null, { from: 'zone', address: '10.0.47.9:6443' }),
  ].map((each) => ({ ...each, place: 'omni1/apisrv1' }));
  const rows = (apiServers: readonly ReturnType<typeof server>[]) =>
    componentsIn(planeLab({ plane: { apiServers, vip: null } }))
      .filter(({ direct }) => direct !== null)
      .map(({ name, direct }) => [name, direct?.address]);
  expect(rows(zoneServers)).toEqual([['apisrv1', '10.0.47.9:6443']]);
  expect(rows([...zoneServers, server('omni1/apisrv1')])).toEqual([['apisrv1', 'apisrv1:6443']]);
});

test('an API server is joined to its zone by its address, or by a certificate for one zone alone', () => {
  const names = (change: Parameters<typeof server>[1]) =>
    componentsIn(planeLab({ plane: { apiServers: [server(null, change)], vip: null } }))
      .filter(({ direct }) => direct !== null)
      .map(({ name, host }) => [name, host]);
  expect(
    names({ address: '172.18.0.9:6443', certificate: certificate({ names: ['apisrv2'] }) }),
  ).toEqual([['apisrv2', 'omni2']]);
  expect(
    names({
      address: '172.18.0.9:6443',
      certificate: certificate({ names: ['apisrv2', 'apisrv3'] }),
    }),
  ).toEqual([['172.18.0.9:6443', null]]);
  expect(names({ address: '172.18.0.9:6443', certificate: null })).toEqual([
    ['172.18.0.9:6443', null],
  ]);
});

test('what is old says nothing of now', () => {
  const later = componentsIn(planeLab(), NOW + 600_000);
  expect(later.map(({ fresh }) => fresh)).toEqual(later.map(() => false));
  expect(named(later, 'etcd1')).toMatchObject({
    sign: 'unknown',
    state: 'unknown',
    rssBytes: null,
  });
  expect(named(later, 'apisrv1')).toMatchObject({ sign: 'unknown', cpuPercent: null });
});

test('while no API server tells of leases, none of them is expired', () => {
  const leases = [
    lease('kube-scheduler', 'k8sched1', { renewedAt: NOW - 30_000, readAt: NOW - 28_000 }),
  ];
  const components = componentsIn(planeLab({ plane: { leases, leasesAt: NOW - 28_000 } }));
  expect(named(components, 'k8sched1')).toMatchObject({ sign: 'ok', state: 'leads' });
  expect(
    findingsOf(schedulerLease, planeLab({ plane: { leases, leasesAt: NOW - 19_000 } })),
  ).toEqual([]);
});

test('a leader that does not renew its lease is not well, although its zone says so', () => {
  const components = componentsIn(
    planeLab({
      plane: { leases: [lease('kube-scheduler', 'k8sched2.lab', { renewedAt: NOW - 20_000 })] },
    }),
  );
  expect(named(components, 'k8sched2')).toMatchObject({ sign: 'down', state: 'lease expired' });
  expect(named(components, 'k8sched1')).toMatchObject({ sign: 'ok', leader: false });
});

test('nobody may look into the zones: their processes and the API tell what they can', () => {
  const zones = Object.fromEntries(
    ['etcd1', 'k8sched1', 'k8sched2'].map((name) => [name, { says: null }] as const),
  );
  const components = componentsIn(planeLab({ zones }));
  expect(named(components, 'etcd1')).toMatchObject({
    state: 'runs',
    sign: 'ok',
    etcd: null,
    leader: null,
  });
  expect(named(components, 'k8sched1')).toMatchObject({ state: 'leads' });
  expect(named(components, 'k8sched2')).toMatchObject({ state: 'runs' });
});

test('of two clusters each has its own: what both claim is of the one that says it more surely, or near whose servers it is', () => {
  const first = planeLab();
  const second = (
    apiServers: readonly ApiServer[],
    leases: readonly LeaderLease[] = [],
    { hosts, clusters: [infrak8s = cluster('none', [], [])], ...rest } = first,
  ) => {
    const inventory = {
      ...rest,
      hosts,
      clusters: [
        infrak8s,
        {
          ...infrak8s,
          name: 'second',
          feeds: {
            ...infrak8s.feeds,
            controlPlane: ok({ ...noControlPlane, apiServers, leases, leasesAt: NOW - 1000 }),
          },
        },
      ],
    };
    return Object.groupBy(everyComponent(inventory, NOW), ({ cluster }) => cluster ?? 'nobody');
  };
  const names = (components: readonly Component[] = []) => components.map(({ name }) => name);
  const foreign = server(null, {
    address: '172.18.0.9:6443',
    certificate: certificate({ names: ['apisrv1'] }),
  });
  // Its zones are called as those of the other; where these are is configured.
  const told = second([foreign], [lease('kube-scheduler', 'k8sched1')]);
  expect(names(told['infrak8s'])).toEqual(names(componentsIn(first)));
  expect(told['second']).toMatchObject([
    { name: 'apisrv1', zone: null },
    { name: 'k8sched1', zone: null, leader: true },
  ]);
  expect(told['nobody']).toBeUndefined();
  // With servers of both on the same network nobody tells whose the others there are.
  const shared = planeLab({
    plane: { apiServers: [server('omni1/apisrv1'), server('omni2/apisrv2')] },
  });
  const both = second([server('store1/apisrv3')], [], shared);
  expect(names(both['second'])).toEqual(['apisrv3']);
  expect(names(both['infrak8s'])).toEqual(['apisrv1', 'apisrv2', 'vip', 'k8sched1', 'ctrlmgr1']);
  expect(names(both['nobody'])).toEqual([
    'etcd1',
    'etcd2',
    'etcd3',
    'k8sched2',
    'k8sched3',
    'ctrlmgr2',
    'ctrlmgr3',
  ]);
});
