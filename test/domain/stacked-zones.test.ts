import { expect, test } from 'vitest';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import { related } from '../../src/derive/related.ts';
import { certificatesOf } from '../../src/domain/certificates.ts';
import { componentsOf, etcdClustersIn, everyComponent } from '../../src/domain/components.ts';
import { NO_EVIDENCE } from '../../src/domain/control-plane.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { membershipOf } from '../../src/domain/membership.ts';
import { COMPONENT_KINDS } from '../../src/domain/zone-component.ts';
import type { ComponentKind, ZoneComponent } from '../../src/domain/zone-component.ts';
import type { ZoneState } from '../../src/domain/zone.ts';
import { mark } from '../../src/parse/marks.ts';
import { rules } from '../../src/registry.ts';
import { zoneComponents } from '../../src/resources/control-plane/zone-components.command.ts';
import { certificate, lease, member, refused, server } from '../support/control-plane.ts';
import { cluster, config, host, lab, noControlPlane, NOW, ok, zone } from '../support/inventory.ts';

const HOSTS = ['omni1', 'omni2', 'store1'];

/** It lies where kubeadm lays it, and is read for each component. */
const FRONT_PROXY = {
  path: '/etc/kubernetes/pki/front-proxy-client.crt',
  certificate: {
    ...certificate(),
    subject: 'front-proxy-client',
    issuer: 'front-proxy-ca',
    names: [],
  },
};

type Shape = {
  /** The processes that have ended, by the name of the zone. */
  readonly dead?: Readonly<Record<string, readonly ComponentKind[]>>;
  readonly states?: Readonly<Record<string, ZoneState>>;
  readonly isWatched?: boolean;
  /** `etcd-servers` of the API servers; null: not known. */
  readonly etcdServers?: string | null;
  /** The etcd cluster of a zone `etcd9` that is on another network, and holds no other component. */
  readonly further?: string;
};

/** Three hosts with a zone each, in which a whole control plane runs: what kubeadm calls stacked. */
function stacked({
  dead = {},
  states = {},
  isWatched = true,
  etcdServers = 'https://127.0.0.1:2379',
  further,
}: Shape = {}): Inventory {
  const hosts = HOSTS.map((hostName, index) => {
    const name = `cp${index + 1}`;
    const state = states[name] ?? 'running';
    const isGone = (kind: ComponentKind): boolean => dead[name]?.includes(kind) === true;
    const gone = COMPONENT_KINDS.filter(isGone);
    return host(hostName, {
      zones: [zone(name, { state, zoneId: state === 'running' ? 7 : null })],
      configs: [
        config(name, {
          nets: [
            {
              physical: `${name}_0`,
              globalNic: 'aggr0',
              vlanId: 47,
              addresses: [`10.1.0.${index + 1}/24`],
            },
          ],
        }),
      ],
      feeds: {
        processes: ok(
          new Map([
            [
              name,
              {
                count: 5,
                top: [],
                programs: ['init', ...COMPONENT_KINDS.filter((kind) => !isGone(kind))],
                ...(gone.length > 0 && {
                  ended: new Map(gone.map((kind) => [kind, NOW - 60_000] as const)),
                }),
              },
            ],
          ]),
        ),
        zoneComponents: ok(
          COMPONENT_KINDS.map((kind): ZoneComponent => ({
            zone: name,
            kind,
            state: isGone(kind) ? 'refused' : 'ok',
            reason: null,
            etcd:
              kind === 'etcd' && !isGone(kind)
                ? member({ id: name, clusterId: 'c1', isLeader: index === 0 })
                : null,
            ...(kind === 'etcd' && { etcdCluster: 'c1' }),
          })),
          NOW - 1000,
        ),
        zoneCertificates: ok(
          COMPONENT_KINDS.map((kind) => ({
            zone: name,
            kind,
            arguments: new Map(
              kind === 'kube-apiserver' && etcdServers !== null
                ? [['etcd-servers', etcdServers]]
                : [],
            ),
            certificates: [FRONT_PROXY],
          })),
          NOW - 1000,
        ),
      },
    });
  });
  const entry = cluster('infrak8s', [], []);
  const plane = ok({
    ...noControlPlane,
    apiServers: HOSTS.map((_, index) => {
      const name = `cp${index + 1}`;
      const isDown = dead[name]?.includes('kube-apiserver') || (states[name] ?? '') === 'installed';
      return server(null, {
        address: `10.1.0.${index + 1}:6443`,
        from: 'endpoints',
        ...(isDown && refused),
      });
    }),
    leases: [lease('kube-scheduler', 'cp2'), lease('kube-controller-manager', 'cp3')],
    leasesAt: NOW - 1000,
    evidence: { ...NO_EVIDENCE, endpointsAt: NOW - 1000 },
  });
  return lab(
    [...hosts, ...(further === undefined ? [] : [furtherHost(further)])],
    isWatched ? [{ ...entry, feeds: { ...entry.feeds, controlPlane: plane } }] : [],
  );
}

const furtherHost = (clusterId: string) =>
  host('store2', {
    zones: [zone('etcd9')],
    configs: [
      config('etcd9', {
        nets: [{ physical: 'e0', globalNic: 'aggr0', vlanId: 99, addresses: ['10.9.0.9/24'] }],
      }),
    ],
    feeds: {
      zoneComponents: ok([
        {
          zone: 'etcd9',
          kind: 'etcd',
          state: 'ok',
          reason: null,
          etcd: member({ id: 'etcd9', clusterId }),
        } satisfies ZoneComponent,
      ]),
    },
  });

const componentsIn = (inventory: Inventory) =>
  inventory.clusters.flatMap((each) => componentsOf(inventory, each, NOW));

const rows = (inventory: Inventory) =>
  everyComponent(inventory, NOW).map(({ kind, name, host: of, state }) => [kind, name, of, state]);

/** `rule subject` of each problem of these kinds, and beneath which it stands. */
function tree(inventory: Inventory): readonly string[] {
  let state = noProblems;
  for (let second = 0; second <= 12; second += 1)
    state = nextProblems(state, rules, inventory, NOW + second * 1000);
  return state.problems
    .filter(({ rule }) => /^(api|etcd|zone|host|scheduler|controller)\./.test(rule))
    .map(
      ({ rule, subject, cause }) =>
        `${rule} ${subject}${cause === null ? '' : ` < ${cause.split('@')[0] ?? ''}`}`,
    );
}

test('each component of a zone that holds all of them is one of the cluster', () => {
  const inventory = stacked();
  expect(rows(inventory)).toEqual([
    ['etcd', 'cp1', 'omni1', 'ready'],
    ['etcd', 'cp2', 'omni2', 'ready'],
    ['etcd', 'cp3', 'store1', 'ready'],
    ['kube-apiserver', 'cp1', 'omni1', 'ready'],
    ['kube-apiserver', 'cp2', 'omni2', 'ready'],
    ['kube-apiserver', 'cp3', 'store1', 'ready'],
    ['kube-scheduler', 'cp1', 'omni1', 'ready'],
    ['kube-scheduler', 'cp2', 'omni2', 'leads'],
    ['kube-scheduler', 'cp3', 'store1', 'ready'],
    ['kube-controller-manager', 'cp1', 'omni1', 'ready'],
    ['kube-controller-manager', 'cp2', 'omni2', 'ready'],
    ['kube-controller-manager', 'cp3', 'store1', 'leads'],
  ]);
  const components = componentsIn(inventory);
  expect(new Set(components.map(({ ref }) => ref)).size).toBe(12);
  expect(components.map(({ cluster: of }) => of)).toEqual(Array(12).fill('infrak8s'));
  expect(etcdClustersIn(components).map(({ kind, members }) => [kind, members.length])).toEqual([
    ['etcd', 3],
  ]);
  // Only a member of etcd is one.
  expect(new Set(components.map(({ kind, etcdCluster }) => [kind, etcdCluster].join(' ')))).toEqual(
    new Set(['etcd c1', 'kube-apiserver ', 'kube-scheduler ', 'kube-controller-manager ']),
  );
  expect(components.flatMap(({ name, leader }) => (leader === true ? [name] : []))).toEqual([
    'cp1',
    'cp2',
    'cp3',
  ]);
  expect(tree(inventory)).toEqual([]);
});

test('the etcd in the zone of an API server that keeps its objects at its loopback is of its cluster', () => {
  const { zones } = membershipOf(stacked());
  expect(zones.get('zone:omni1/cp1')).toEqual({
    is: 'member',
    cluster: 'infrak8s',
    by: 'the endpoints of default/kubernetes name its address',
    group: null,
    etcd: 'c1',
  });
});

test('an etcd that the API servers do not name by their loopback is none of the cluster', () => {
  expect(membershipOf(stacked({ further: 'c2' })).zones.get('zone:store2/etcd9')).toMatchObject({
    is: 'other',
    by: 'the API servers keep nothing in it',
  });
});

test('a further member goes with those that are in one zone with the others, where no argument is known', () => {
  const { zones } = membershipOf(stacked({ further: 'c1', etcdServers: null }));
  expect(zones.get('zone:store2/etcd9')).toMatchObject({
    is: 'member',
    cluster: 'infrak8s',
    by: 'in one zone with others of the cluster',
  });
});

test.for([
  [
    'etcd',
    [
      'etcd.member component:infrak8s/etcd/cp2',
      'etcd.quorum component:infrak8s/etcd < etcd.member',
    ],
  ],
  ['kube-apiserver', ['api.instance component:infrak8s/kube-apiserver/cp2']],
  [
    'kube-controller-manager',
    ['controller.standby component:infrak8s/kube-controller-manager/cp2'],
  ],
] as const)('one process of a zone that is gone is told alone: %s', ([kind, problems]) => {
  const inventory = stacked({ dead: { cp2: [kind] } });
  expect(
    componentsIn(inventory).flatMap((each) =>
      each.sign === 'ok' ? [] : [[each.kind, each.name, each.state, each.gone]],
    ),
  ).toEqual([[kind, 'cp2', 'gone', `no process ${kind} in zone cp2`]]);
  expect(tree(inventory)).toEqual(problems);
});

test('a zone that is down explains all that ran in it', () => {
  const inventory = stacked({ states: { cp2: 'installed' } });
  expect(
    componentsIn(inventory).flatMap(({ kind, name, sign }) =>
      sign === 'ok' ? [] : [[kind, name, sign]],
    ),
  ).toEqual(COMPONENT_KINDS.map((kind) => [kind, 'cp2', 'down']));
  expect(tree(inventory)).toEqual([
    'zone.down zone:omni2/cp2',
    'etcd.member component:infrak8s/etcd/cp2 < zone.down',
    'api.instance component:infrak8s/kube-apiserver/cp2 < zone.down',
    'controller.standby component:infrak8s/kube-controller-manager/cp2 < zone.down',
    'etcd.quorum component:infrak8s/etcd < zone.down',
  ]);
});

test('where no cluster is watched each component of a zone has a row of its own too', () => {
  const inventory = stacked({ isWatched: false });
  const components = everyComponent(inventory, NOW);
  expect(components.map(({ kind, name }) => `${kind} ${name}`)).toHaveLength(12);
  const scheduler = components.find(({ kind }) => kind === 'kube-scheduler');
  expect(scheduler && related(scheduler.ref, inventory).map(({ ref }) => ref)).toEqual([
    'zone:omni1/cp1',
  ]);
  expect(new Set(components.map(({ ref }) => ref)).size).toBe(12);
});

test('each component is asked within the zone by a question of its own', () => {
  const [first] = stacked().hosts;
  const asked = (first && zoneComponents.question(first)) ?? [];
  expect(asked.filter(([program]) => program === 'echo')).toEqual(
    COMPONENT_KINDS.map((kind) => mark(`component ${kind} cp1`)),
  );
  const inZone = asked.filter(([program]) => program !== 'echo');
  expect(new Set(inZone.map((argv) => argv.join(' '))).size).toBe(4);
  expect(inZone.every((argv) => argv.includes('cp1'))).toBe(true);
});

test('a file of a zone with several components is told once', () => {
  const inventory = stacked();
  const [own] = inventory.clusters;
  const found = own ? certificatesOf(inventory, own, NOW) : [];
  expect(found.flatMap(({ from }) => (from.startsWith('files ') ? [from] : []))).toEqual([
    `files ${[1, 2, 3].map((index) => `cp${index}:${FRONT_PROXY.path}`).join(', ')}`,
  ]);
});
