import { expect, test } from 'vitest';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { rules } from '../../src/registry.ts';
import { planeLab, refused, server } from '../support/control-plane.ts';
import type { ZoneShape } from '../support/control-plane.ts';
import { NOW, ok } from '../support/inventory.ts';
import { objectsOf } from './inventory.ts';

/** `rule subject` of each problem of these kinds, and beneath which it stands. */
function tree(inventory: Inventory): readonly string[] {
  let state = noProblems;
  for (let second = 0; second <= 12; second += 1)
    state = nextProblems(state, rules, inventory, NOW + second * 1000);
  return state.problems
    .filter(({ rule }) => /^(api|etcd|zone|host|objects|source|scheduler|controller)\./.test(rule))
    .map(
      ({ rule, subject, cause }) =>
        `${rule} ${subject}${cause === null ? '' : ` < ${cause.split('@')[0] ?? ''}`}`,
    );
}
const gone = { says: { state: 'refused' } } as const;

test('a healthy control plane has no problem', () => {
  expect(tree(planeLab())).toEqual([]);
});

test('a zone that is down explains its member, and what is left of the quorum', () => {
  expect(tree(planeLab({ zones: { etcd2: { state: 'installed' } } }))).toEqual([
    'zone.down zone:omni2/etcd2',
    'etcd.member component:infrak8s/etcd/etcd2 < zone.down',
    'etcd.quorum component:infrak8s/etcd < zone.down',
  ]);
});

test('a member whose process alone is gone explains what is left of the quorum', () => {
  expect(tree(planeLab({ zones: { etcd2: gone } }))).toEqual([
    'etcd.member component:infrak8s/etcd/etcd2',
    'etcd.quorum component:infrak8s/etcd < etcd.member',
  ]);
});

test('a lost quorum stands above the members that are gone, and above the API servers that are not ready', () => {
  const inventory = planeLab({
    zones: { etcd2: gone, etcd3: gone },
    plane: {
      apiServers: [
        server('omni1/apisrv1', {
          state: 'failing',
          error: { code: 'not-ready', message: 'not ready: etcd', hint: '' },
        }),
      ],
      vip: null,
    },
  });
  expect(tree(inventory)).toEqual([
    'etcd.quorum component:infrak8s/etcd',
    'api.instance component:infrak8s/kube-apiserver/apisrv1 < etcd.quorum',
    'etcd.member component:infrak8s/etcd/etcd2 < etcd.quorum',
    'etcd.member component:infrak8s/etcd/etcd3 < etcd.quorum',
  ]);
});

test('a silent host explains what is not seen of the quorum', () => {
  const inventory = planeLab({ silent: ['omni2'] });
  const silent = {
    ...inventory,
    hosts: inventory.hosts.map((host) =>
      host.name === 'omni2'
        ? {
            ...host,
            source: {
              ...host.source,
              attempt: 3,
              error: { code: 'timeout', message: '', hint: '' },
            },
          }
        : host,
    ),
  };
  expect(tree(silent)).toEqual([
    'host.unreachable host:omni2',
    'etcd.quorum component:infrak8s/etcd < host.unreachable',
  ]);
});

test('a zone that is down explains its API server', () => {
  const inventory = planeLab({
    zones: { apisrv1: { state: 'installed' } },
    plane: {
      apiServers: [server('omni1/apisrv1', refused), server('omni2/apisrv2')],
    },
  });
  expect(tree(inventory)).toEqual([
    'zone.down zone:omni1/apisrv1',
    'api.instance component:infrak8s/kube-apiserver/apisrv1 < zone.down',
  ]);
});

test('a dead virtual IP explains that the cluster gives no data', () => {
  const inventory = planeLab({ plane: { vip: server(null, refused) } });
  const cut = {
    ...inventory,
    clusters: inventory.clusters.map((cluster) => ({
      ...cluster,
      source: {
        ...cluster.source,
        state: 'down' as const,
        attempt: 2,
        lastDataAt: NOW - 30_000,
        error: { code: 'refused', message: 'refuses connections', hint: '' },
      },
    })),
  };
  expect(tree(cut)).toEqual([
    'api.vip component:infrak8s/vip/vip',
    'source.stale source:infrak8s < api.vip',
  ]);
});

const GIB = 2 ** 30;
const full: Partial<ZoneShape> = { rssBytes: 3.9 * GIB, capBytes: 4 * GIB };

test('memory of an API server near its cap, and that of its zone, stand beneath the objects that multiply', () => {
  const inventory = planeLab({ zones: { apisrv1: full } });
  const objects = ok(
    objectsOf(
      ['pods', 2_000, { perMinute: 10 }],
      ['replicas.longhorn.io', 60_000, { perMinute: 5_000 }],
    ),
  );
  const [entry] = inventory.clusters;
  if (!entry) throw new Error('a lab without a cluster');
  const storm = { ...inventory, clusters: [{ ...entry, feeds: { ...entry.feeds, objects } }] };
  expect(tree(storm)).toEqual([
    'objects.growth resource:infrak8s/replicas.longhorn.io',
    'api.memory component:infrak8s/kube-apiserver/apisrv1 < objects.growth',
    'zone.memory zone:omni1/apisrv1 < api.memory',
  ]);
});

test('without objects that multiply the memory of an API server explains that of its zone', () => {
  expect(tree(planeLab({ zones: { apisrv1: full } }))).toEqual([
    'api.memory component:infrak8s/kube-apiserver/apisrv1',
    'zone.memory zone:omni1/apisrv1 < api.memory',
  ]);
});
