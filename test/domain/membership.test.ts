import { expect, test } from 'vitest';
import { guardOf } from '../../src/act/guard.ts';
import { createGraph } from '../../src/derive/graph.ts';
import type { Component } from '../../src/domain/components.ts';
import { etcdClustersIn, everyComponent } from '../../src/domain/components.ts';
import { apiServerTargets } from '../../src/domain/control-plane-targets.ts';
import { NO_EVIDENCE } from '../../src/domain/control-plane.ts';
import type { ControlPlane, PlaneEvidence } from '../../src/domain/control-plane.ts';
import type { ClusterInventory, Inventory } from '../../src/domain/inventory.ts';
import { candidatesOn, membershipOf, othersOf, strangersOn } from '../../src/domain/membership.ts';
import type { ZoneCertificates } from '../../src/domain/zone-certificates.ts';
import type { ComponentKind, ZoneComponent } from '../../src/domain/zone-component.ts';
import { apiDown } from '../../src/resources/control-plane/api-down.rule.ts';
import { apiInstance } from '../../src/resources/control-plane/api-instance.rule.ts';
import { componentView } from '../../src/resources/control-plane/component.view.ts';
import { etcdMember } from '../../src/resources/control-plane/etcd-member.rule.ts';
import { etcdQuorum } from '../../src/resources/control-plane/etcd-quorum.rule.ts';
import { zoneRestart } from '../../src/resources/zone/zone-restart.action.ts';
import {
  certificate,
  findingsOf,
  lease,
  member,
  refused,
  server,
} from '../support/control-plane.ts';
import { cluster, config, host, lab, noControlPlane, NOW, ok, zone } from '../support/inventory.ts';

/** A zone of a control plane on the host `h1`. */
type Part = {
  readonly kind: ComponentKind;
  readonly address: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly files?: ZoneCertificates['certificates'];
  readonly servers?: readonly string[];
  readonly authorities?: ZoneCertificates['authorities'];
  readonly etcd?: Parameters<typeof member>[0];
  readonly says?: ZoneComponent['state'];
  readonly role?: string;
  readonly isStopped?: boolean;
};

const hostWith = (name: string, parts: Readonly<Record<string, Part>>) => {
  const all = Object.entries(parts);
  return {
    ...host(name, {
      zones: all.map(([zoneName, { isStopped }]) =>
        zone(zoneName, isStopped ? { state: 'installed', zoneId: null } : {}),
      ),
      configs: all.map(([zoneName, { address }]) =>
        config(zoneName, {
          nets: [
            { physical: `${zoneName}_0`, globalNic: 'aggr0', vlanId: 47, addresses: [address] },
          ],
        }),
      ),
      feeds: {
        zoneComponents: ok(
          all.map(([zoneName, { kind, etcd, says = 'ok' }]) => ({
            zone: zoneName,
            kind,
            state: says,
            reason: null,
            etcd: kind === 'etcd' && says === 'ok' ? member(etcd) : null,
          })),
          NOW - 1000,
        ),
        zoneCertificates: ok(
          all.map(
            ([zoneName, { kind, args = {}, files = [], servers = [], authorities = [] }]) => ({
              zone: zoneName,
              kind,
              arguments: new Map(Object.entries(args)),
              certificates: files,
              servers,
              authorities,
            }),
          ),
          NOW - 1000,
        ),
      },
    }),
    configuredRoles: new Map(all.map(([zoneName, { kind, role }]) => [zoneName, [role ?? kind]])),
  };
};

const authority = (start: number) => ({
  subject: 'kubernetes',
  issuer: 'kubernetes',
  names: ['kubernetes'],
  notBefore: start,
  notAfter: start + 10 * 365 * 24 * 3_600_000,
});
const [CA_A, CA_B, CA_NEW] = [authority(1e12), authority(1.1e12), authority(1.2e12)];
const caFiles = (ca: ReturnType<typeof authority>): ZoneCertificates['certificates'] => [
  { path: '/etc/kubernetes/pki/ca.crt', certificate: ca },
  {
    path: '/etc/kubernetes/pki/apiserver.crt',
    certificate: { ...certificate(), issuer: 'kubernetes' },
  },
];

/** Three of everything of one cluster, on networks of its own unless told otherwise. */
function controlPlane(
  prefix: string,
  net: number,
  change: (name: string, kind: ComponentKind, index: number) => Partial<Part> = () => ({}),
): Readonly<Record<string, Part>> {
  const etcd = [1, 2, 3].map((index) => `https://10.${net}.0.${index}:2379`).join(',');
  const kinds = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'] as const;
  return Object.fromEntries(
    kinds.flatMap((kind, at) =>
      [1, 2, 3].map((index): [string, Part] => {
        const name = `${prefix}-${kind.replace('kube-', '')}${index}`;
        return [
          name,
          {
            kind,
            address: `10.${net}.0.${at * 10 + index}/24`,
            ...(kind === 'kube-apiserver' && { args: { 'etcd-servers': etcd } }),
            ...(kind === 'etcd' && { etcd: { id: `${prefix}${index}`, clusterId: prefix } }),
            ...change(name, kind, index),
          },
        ];
      }),
    ),
  );
}

const evidence = (change: Partial<PlaneEvidence> = {}): PlaneEvidence => ({
  ...NO_EVIDENCE,
  endpointsAt: NOW - 1000,
  authorities: [CA_A],
  isVerified: true,
  ...change,
});

const watched = (name: string, plane: Partial<ControlPlane>): ClusterInventory => {
  const entry = cluster(name, [], []);
  return {
    ...entry,
    feeds: { ...entry.feeds, controlPlane: ok({ ...noControlPlane, ...plane }) },
  };
};

/** API and leases of a cluster that is well. */
const alive = (prefix: string, net: number, change: Partial<PlaneEvidence> = {}) =>
  watched(prefix, {
    apiServers: [1, 2, 3].map((index) =>
      server(null, {
        address: `10.${net}.0.1${index}:6443`,
        from: 'endpoints',
        certificate: certificate({ names: ['kubernetes', `10.${net}.0.1${index}`] }),
      }),
    ),
    leases: [
      lease('kube-scheduler', `${prefix}-scheduler1`),
      lease('kube-controller-manager', `${prefix}-controller-manager1`),
    ],
    leasesAt: NOW - 1000,
    evidence: evidence(change),
  });

const byCluster = (inventory: Inventory): Readonly<Record<string, readonly string[]>> => {
  const rows: Record<string, string[]> = {};
  for (const { cluster: of, name } of everyComponent(inventory, NOW))
    (rows[of ?? 'nobody'] ??= []).push(name);
  return rows;
};
const RULES = [apiDown, apiInstance, etcdMember, etcdQuorum];
const findings = (inventory: Inventory): readonly string[] =>
  RULES.flatMap((rule) => findingsOf(rule, inventory));
const names = (prefix: string): readonly string[] =>
  ['etcd', 'apiserver', 'scheduler', 'controller-manager'].flatMap((kind) =>
    [1, 2, 3].map((index) => `${prefix}-${kind}${index}`),
  );

test('of two control planes on the same hosts the one that is not watched is nobody’s, and no problem', () => {
  const quiet = { ...controlPlane('a', 1), ...controlPlane('b', 2, () => ({ says: 'refused' })) };
  const inventory = lab([hostWith('h1', quiet)], [alive('a', 1)]);
  expect(byCluster(inventory)).toEqual({ a: names('a') });
  expect(othersOf(inventory)).toBe(12);
  expect(strangersOn(inventory, 'h1')).toEqual(new Set(names('b')));
  expect(findings(inventory)).toEqual([]);
  // They are looked at seldom, and asked nothing.
  const [own] = inventory.clusters;
  expect(own && apiServerTargets(inventory, own)).toEqual(
    [1, 2, 3].map((index) => ({ url: `https://10.2.0.1${index}:6443`, belongs: 'other' })),
  );
});

test('on the same network arguments, CAs and kubeconfigs tell two control planes apart', () => {
  const strange = (_: string, kind: ComponentKind): Partial<Part> =>
    kind === 'etcd'
      ? {}
      : kind === 'kube-apiserver'
        ? { files: caFiles(CA_B) }
        : { servers: ['https://10.1.0.200:6443'] };
  const other = Object.fromEntries(
    Object.entries(controlPlane('b', 1, strange)).map(([name, part]) => [
      name,
      { ...part, address: part.address.replace(/([0-9]+)\/24/, '2$1/24') },
    ]),
  );
  const inventory = lab([hostWith('h1', { ...controlPlane('a', 1), ...other })], [alive('a', 1)]);
  expect(byCluster(inventory)).toEqual({ a: names('a') });
  expect(othersOf(inventory)).toBe(12);
});

test('two watched clusters on the same hosts each have their own', () => {
  const inventory = lab(
    [hostWith('h1', { ...controlPlane('a', 1), ...controlPlane('b', 2) })],
    [alive('a', 1), alive('b', 2, { authorities: [CA_B] })],
  );
  expect(byCluster(inventory)).toEqual({ a: names('a'), b: names('b') });
  expect(othersOf(inventory)).toBe(0);
  expect(findings(inventory)).toEqual([]);
});

/** Two clusters of which the second has no etcd of its own: its API servers name the members of the first. */
function sharing(gone: readonly string[] = []): Inventory {
  const etcd = [1, 2, 3].map((index) => `https://10.1.0.${index}:2379`).join(',');
  const all: Readonly<Record<string, Part>> = {
    ...controlPlane('a', 1),
    ...Object.fromEntries(
      Object.entries(
        controlPlane('b', 2, (_, kind) =>
          kind === 'kube-apiserver' ? { args: { 'etcd-servers': etcd, 'etcd-prefix': '/b' } } : {},
        ),
      ).filter(([, { kind }]) => kind !== 'etcd'),
    ),
  };
  const parts = Object.entries(all).map(([name, part]): [string, Part] => [
    name,
    gone.includes(name) ? { ...part, isStopped: true } : part,
  ]);
  return lab(
    [hostWith('h1', Object.fromEntries(parts))],
    [alive('a', 1), alive('b', 2, { authorities: [CA_B] })],
  );
}

test('an etcd that two watched clusters share is shown in both, and its problems are told once', () => {
  const inventory = sharing();
  expect(byCluster(inventory)).toEqual({
    a: names('a'),
    b: [...names('a').slice(0, 3), ...names('b').slice(3)],
  });
  const rows = everyComponent(inventory, NOW).filter(({ name }) => name === 'a-etcd1');
  expect(
    rows.map(({ ref, belongs }) => [ref, belongs?.cluster, belongs?.sharedBy?.length]),
  ).toEqual([
    ['component:a/etcd/a-etcd1', 'a', 2],
    ['component:b/etcd/a-etcd1', 'b', 2],
  ]);
  expect(
    componentView.columns.find(({ id }) => id === 'kind')?.text(rows[1] as Component, NOW),
  ).toBe('etcd, shared');
  expect(findings(inventory)).toEqual([]);
  expect(findings(sharing(['a-etcd2', 'a-etcd3']))).toEqual([
    'critical component:a/etcd/a-etcd2: zone a-etcd2 is installed',
    'critical component:a/etcd/a-etcd3: zone a-etcd3 is installed',
    'critical component:a/etcd: quorum lost: 1 of 3 members, 2 are needed',
  ]);
});

test('a shared etcd explains what either cluster suffers from', () => {
  const [, other] = sharing().clusters;
  const needs = createGraph(sharing()).needs('component:b/kube-apiserver/b-apiserver1');
  expect(other?.name).toBe('b');
  expect(needs).toContainEqual({ to: 'component:a/etcd', strength: 'hard' });
  expect(createGraph(sharing()).needs('cluster:b')).toContainEqual({
    to: 'component:a/etcd',
    strength: 'hard',
  });
});

test('the restart of a member of a shared etcd tells whose quorum it is, once', () => {
  const { level, kept } = guardOf(zoneRestart, 'zone:h1/a-etcd1', {
    inventory: sharing(),
    problems: [],
    now: NOW,
  });
  expect(level).toBe(1);
  expect(kept).toEqual([expect.stringMatching(/^etcd of a and b: 3 of 3 voters are healthy now/)]);
});

test('the etcd of events has a quorum of its own', () => {
  const parts = (gone: readonly string[]): Readonly<Record<string, Part>> => ({
    ...controlPlane('a', 1, (_, kind) =>
      kind === 'kube-apiserver'
        ? {
            args: {
              'etcd-servers': 'https://10.1.0.1:2379,https://10.1.0.2:2379,https://10.1.0.3:2379',
              'etcd-servers-overrides':
                '/events#https://10.1.0.51:2379;https://10.1.0.52:2379;https://10.1.0.53:2379',
            },
          }
        : {},
    ),
    ...Object.fromEntries(
      [1, 2, 3].map((index): [string, Part] => [
        `ev${index}`,
        {
          kind: 'etcd',
          address: `10.1.0.5${index}/24`,
          etcd: { id: `e${index}`, clusterId: 'e' },
          ...(gone.includes(`ev${index}`) && { isStopped: true }),
        },
      ]),
    ),
  });
  const inventory = lab([hostWith('h1', parts([]))], [alive('a', 1)]);
  expect(
    etcdClustersIn(everyComponent(inventory, NOW)).map(({ kind, members }) => [
      kind,
      members.map(({ name }) => name),
    ]),
  ).toEqual([
    ['etcd', ['a-etcd1', 'a-etcd2', 'a-etcd3']],
    ['etcd-events', ['ev1', 'ev2', 'ev3']],
  ]);
  expect(findings(inventory)).toEqual([]);
  // Of six members four would be enough; of the three of events two are not there.
  expect(
    findingsOf(etcdQuorum, lab([hostWith('h1', parts(['ev1', 'ev2']))], [alive('a', 1)])),
  ).toEqual(['critical component:a/etcd-events: quorum lost: 1 of 3 members, 2 are needed']);
});

test('with the API dead from the start the zones are shown, and those of another CA are not', () => {
  const dead = watched('a', {
    apiServers: [],
    vip: server(null, { ...refused, from: 'kubeconfig', address: '10.1.0.99:6443', readyAt: null }),
    evidence: { ...evidence(), endpointsAt: null, fronts: ['10.1.0.99'] },
  });
  const down = controlPlane('a', 1, (_, kind) =>
    kind === 'etcd' ? { isStopped: true } : { says: 'refused' },
  );
  const alone = lab([hostWith('h1', down)], [dead]);
  expect(byCluster(alone)).toEqual({
    a: [...names('a').slice(0, 6), 'vip', ...names('a').slice(6)],
  });
  expect(findings(alone)).toEqual(
    expect.arrayContaining([
      'critical cluster:a: no API server answers: a-apiserver1, a-apiserver2, a-apiserver3',
      'critical component:a/etcd: quorum lost: 0 of 3 members, 2 are needed',
    ]),
  );
  // A neighbour is told by its files before anything of the cluster answers.
  const foreign = controlPlane('b', 2, (_, kind) =>
    kind === 'etcd' ? {} : { files: caFiles(CA_B) },
  );
  const own = controlPlane('a', 1, (_, kind) =>
    kind === 'kube-apiserver'
      ? {
          files: caFiles(CA_A),
          says: 'refused',
          args: {
            'etcd-servers': 'https://10.1.0.1:2379,https://10.1.0.2:2379,https://10.1.0.3:2379',
          },
        }
      : {},
  );
  const both = lab([hostWith('h1', { ...own, ...foreign })], [dead]);
  expect(byCluster(both)).toEqual({
    a: [...names('a').slice(0, 6), 'vip', ...names('a').slice(6)],
  });
  expect(othersOf(both)).toBe(12);
});

test('who was known stays known when it is gone', () => {
  const gone = controlPlane('a', 1, (name) =>
    name === 'a-etcd3' || name === 'a-apiserver3' ? { isStopped: true } : {},
  );
  // The API has died too; what it told is there still.
  const last = alive('a', 1);
  const inventory = lab([hostWith('h1', gone)], [last]);
  expect(byCluster(inventory)).toEqual({ a: names('a') });
});

test('while a CA is rotated the files of either are the cluster’s own', () => {
  const parts = controlPlane('a', 1, (_, kind, index) =>
    kind === 'kube-apiserver' ? { files: caFiles(index === 1 ? CA_A : CA_NEW) } : {},
  );
  const of = (authorities: PlaneEvidence['authorities']) => {
    const plane = watched('a', { evidence: evidence({ authorities }) });
    const { zones } = membershipOf(lab([hostWith('h1', parts)], [plane]));
    return [1, 2, 3].map((index) => zones.get(`zone:h1/a-apiserver${index}`)?.is);
  };
  expect(of([CA_A, CA_NEW])).toEqual(['member', 'member', 'member']);
  // An address that the cluster knows counts more than a CA that the kubeconfig does not know yet.
  const known = alive('a', 1);
  const { zones } = membershipOf(lab([hostWith('h1', parts)], [known]));
  expect(zones.get('zone:h1/a-apiserver3')).toMatchObject({ is: 'member', cluster: 'a' });
  expect(of([CA_A])).toEqual(['member', 'other', 'other']);
});

test('a kubeconfig tells by its CA whose a scheduler is, be it on the same network', () => {
  const parts = {
    s1: { kind: 'kube-scheduler', address: '10.1.0.41/24', authorities: [CA_A] },
    s2: { kind: 'kube-scheduler', address: '10.1.0.42/24', authorities: [CA_B] },
    s3: { kind: 'kube-scheduler', address: '10.7.0.43/24', authorities: [CA_B, CA_A] },
  } as const satisfies Readonly<Record<string, Part>>;
  const { zones } = membershipOf(
    lab([hostWith('h1', { ...controlPlane('a', 1), ...parts })], [alive('a', 1)]),
  );
  expect(Object.keys(parts).map((name) => zones.get(`zone:h1/${name}`)?.is)).toEqual([
    'member',
    'other',
    'member',
  ]);
});

test('a look tells by the certificate that is shown, and the configuration says it before all', () => {
  const parts = {
    api9: { kind: 'kube-apiserver', address: '10.9.0.9/24' },
    etcd9: { kind: 'etcd', address: '10.9.9.9/24', role: 'a/etcd' },
  } as const satisfies Readonly<Record<string, Part>>;
  const is = (looks: PlaneEvidence['looks'], name: string) => {
    const plane = watched('a', { evidence: evidence({ looks, endpointsAt: null }) });
    return membershipOf(lab([hostWith('h1', parts)], [plane])).zones.get(`zone:h1/${name}`);
  };
  const address = '10.9.0.9:6443';
  expect(is([], 'api9')).toMatchObject({ is: 'candidate' });
  expect(is([{ address, isTrusted: true }], 'api9')).toMatchObject({ is: 'member', cluster: 'a' });
  expect(is([{ address, isTrusted: false }], 'api9')).toMatchObject({ is: 'other' });
  expect(is([], 'etcd9')).toMatchObject({ is: 'member', by: 'configured' });
});

test('a host that has not changed is not looked at again for its zones', () => {
  let reads = 0;
  const part = { kind: 'etcd', address: '10.0.48.70' } as const;
  const made = hostWith('h1', { etcd1: part });
  const counted = {
    ...made,
    feeds: new Proxy(made.feeds, {
      get: (feeds, name) => {
        reads += 1;
        return Reflect.get(feeds, name) as unknown;
      },
    }),
  };
  const first = candidatesOn(counted);
  expect(first).toMatchObject([{ name: 'etcd1', kind: 'etcd' }]);
  expect(reads).toBeGreaterThan(0);
  reads = 0;
  expect(candidatesOn(counted)).toBe(first);
  expect(reads).toBe(0);
});
