import { expect, test } from 'vitest';
import { componentKinds } from '../../src/domain/component-kinds.ts';
import { everyComponent } from '../../src/domain/components.ts';
import { NO_EVIDENCE } from '../../src/domain/control-plane.ts';
import type { ApiServer, ControlPlane } from '../../src/domain/control-plane.ts';
import type { ClusterInventory, Inventory } from '../../src/domain/inventory.ts';
import { cluster, config, host, lab, NOW, ok, zone } from '../support/inventory.ts';

const api = (address: string, change: Partial<ApiServer> = {}): ApiServer => ({
  address,
  url: `https://${address}`,
  place: null,
  from: 'endpoints',
  state: 'ok',
  since: NOW - 60_000,
  at: NOW - 1000,
  readyAt: NOW - 1000,
  failedChecks: [],
  live: true,
  latencyMs: 4,
  version: 'v1.34.1',
  error: null,
  certificate: null,
  metrics: null,
  ...change,
});
const plane = (change: Partial<ControlPlane> = {}): ControlPlane => ({
  apiServers: [],
  vip: null,
  leases: [],
  leasesAt: null,
  etcdPorts: [],
  certificates: [],
  evidence: NO_EVIDENCE,
  ...change,
});

const ROLES: Readonly<Record<string, string>> = {
  etcd1: 'etcd',
  api1: 'kube-apiserver',
  api2: 'kube-apiserver',
  sched1: 'kube-scheduler',
};
const ADDRESSES: Readonly<Record<string, string>> = { api1: '10.0.47.4/24', api2: '10.0.47.5/24' };

const omni1 = (change: Partial<Parameters<typeof host>[1]> = {}) => ({
  ...host('omni1', {
    zones: ['etcd1', 'api1', 'api2', 'sched1', 'dns1'].map((name) =>
      zone(name, name === 'api2' ? { state: 'installed', zoneId: null } : {}),
    ),
    configs: Object.keys(ROLES).map((name) =>
      config(name, {
        nets: [
          {
            physical: `${name}_0`,
            globalNic: 'aggr0',
            vlanId: 47,
            addresses: [ADDRESSES[name] ?? `10.0.47.${name.length + 100}/24`],
          },
        ],
      }),
    ),
    ...change,
  }),
  configuredRoles: new Map(Object.entries(ROLES).map(([zoneName, role]) => [zoneName, [role]])),
});
const withPlane = (of: ClusterInventory, value: ControlPlane, freshUntil = NOW + 10_000) => ({
  ...of,
  feeds: {
    ...of.feeds,
    controlPlane: { ...ok(value), freshUntil } as ClusterInventory['feeds']['controlPlane'],
  },
});
const k = cluster('k', [], []);
const told = (inventory: Inventory): readonly string[] =>
  everyComponent(inventory, NOW).map(({ name, kind, zone, sign, leader }) =>
    [kind, zone?.ref ?? name, sign, ...(leader === null ? [] : [leader ? 'leads' : 'waits'])].join(
      ' ',
    ),
  );

test('zones are components by their role, not by their name, also when the cluster is silent', () => {
  // That a zone runs does not tell that its process does.
  const silent: ClusterInventory = { ...k, source: { ...k.source, state: 'down' } };
  expect(told(lab([omni1()], [silent]))).toEqual([
    'etcd zone:omni1/etcd1 unknown',
    'kube-apiserver zone:omni1/api1 unknown',
    'kube-apiserver zone:omni1/api2 down',
    'kube-scheduler zone:omni1/sched1 unknown',
  ]);
  const nameless = host('omni1', { zones: [zone('etcd1')] });
  expect(told(lab([nameless], [k]))).toEqual([]);
});

test('an API server belongs to the zone of its address, or to the place that the configuration names', () => {
  const value = plane({
    apiServers: [
      api('10.0.47.4:6443'),
      api('192.0.2.1:6443', { place: 'omni1/api2', state: 'refused' }),
      api('[fd00::9]:6443'),
    ],
    vip: api('10.0.47.1:6443', { state: 'timeout' }),
  });
  expect(told(lab([omni1()], [withPlane(k, value)]))).toEqual([
    'etcd zone:omni1/etcd1 unknown',
    'kube-apiserver [fd00::9]:6443 ok',
    'kube-apiserver zone:omni1/api1 ok',
    'kube-apiserver zone:omni1/api2 down',
    'vip vip down',
    'kube-scheduler zone:omni1/sched1 unknown',
  ]);
});

test('the worse of both sides counts; what one does not know, the other may', () => {
  const value = plane({ apiServers: [api('10.0.47.4:6443', { state: 'failing' })] });
  expect(told(lab([omni1()], [withPlane(k, value)]))).toContain(
    'kube-apiserver zone:omni1/api1 degraded',
  );
  const well = plane({ apiServers: [api('10.0.47.4:6443')] });
  const blind = omni1({ source: { state: 'down' } });
  expect(told(lab([blind], [withPlane(k, well)]))).toContain('kube-apiserver zone:omni1/api1 ok');
  expect(told(lab([blind], [withPlane(k, well, NOW - 1)]))).toContain(
    'kube-apiserver zone:omni1/api1 unknown',
  );
});

test('who holds a lease leads; without leases nobody knows', () => {
  const lease = {
    kind: 'kube-scheduler',
    holder: 'sched1_4f1c2d',
    renewedAt: NOW - 1000,
    durationSeconds: 15,
    transitions: 2,
    readAt: NOW,
  } as const;
  const leading = plane({ leases: [lease], leasesAt: NOW - 1000 });
  expect(told(lab([omni1()], [withPlane(k, leading)]))).toContain(
    'kube-scheduler zone:omni1/sched1 ok leads',
  );
  const other = plane({ leases: [{ ...lease, holder: 'sched2_99' }], leasesAt: NOW });
  expect(told(lab([omni1()], [withPlane(k, other)]))).toContain(
    'kube-scheduler zone:omni1/sched1 unknown waits',
  );
});

test('with several clusters a zone alone does not tell whose it is', () => {
  const parts = everyComponent(lab([omni1()], [k, cluster('other', [], [])]), NOW);
  expect(new Set(parts.map(({ cluster: of }) => of))).toEqual(new Set([null]));
  expect(parts.map(({ ref, zone }) => ref === zone?.ref)).toEqual([true, true, true, true]);
});

const group = (
  kind: 'etcd' | 'kube-apiserver',
  ...signs: readonly ('ok' | 'down' | 'unknown')[]
) => {
  const [made] = everyComponent(lab([omni1()], [k]), NOW);
  const components = made ? signs.map((sign) => ({ ...made, kind, sign })) : [];
  const [state] = componentKinds(components);
  return `${state?.up}/${state?.components.length} ${state?.sign}`;
};

test.for([
  ['etcd', ['ok', 'ok', 'ok'], '3/3 ok'],
  ['etcd', ['ok', 'ok', 'down'], '2/3 warning'],
  ['etcd', ['ok', 'down', 'down'], '1/3 down'],
  ['etcd', ['ok', 'unknown', 'down'], '1/3 unknown'],
  ['kube-apiserver', ['ok', 'ok', 'down'], '2/3 degraded'],
  ['kube-apiserver', ['ok', 'down', 'down'], '1/3 warning'],
  ['kube-apiserver', ['down', 'down', 'down'], '0/3 down'],
  ['kube-apiserver', ['ok'], '1/1 ok'],
] as const)('%s with %j is %s', ([kind, signs, state]) => {
  expect(group(kind, ...signs)).toBe(state);
});

test('each etcd cluster is a kind of its own, with its own quorum', () => {
  const [made] = everyComponent(lab([omni1()], [k]), NOW);
  const member = (group: string | null, sign: 'ok' | 'down') =>
    made && {
      ...made,
      kind: 'etcd' as const,
      sign,
      etcdCluster: group ?? 'main',
      belongs: { is: 'member', by: '', group, etcd: group ?? 'main' } as typeof made.belongs,
    };
  const members = [
    member(null, 'ok'),
    member(null, 'ok'),
    member(null, 'ok'),
    member('events', 'ok'),
    member('events', 'down'),
    member('events', 'down'),
  ].flatMap((each) => each ?? []);
  const kinds = componentKinds(members).map(
    ({ kind, name, up, components, sign }) => `${kind} ${name} ${up}/${components.length} ${sign}`,
  );
  expect(kinds).toEqual(['etcd etcd 3/3 ok', 'etcd etcd-events 1/3 down']);
});
