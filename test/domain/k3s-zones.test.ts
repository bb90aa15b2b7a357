import { expect, test } from 'vitest';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import { componentsOf } from '../../src/domain/components.ts';
import { NO_EVIDENCE } from '../../src/domain/control-plane.ts';
import type { HostInventory, Inventory } from '../../src/domain/inventory.ts';
import { membershipOf } from '../../src/domain/membership.ts';
import type { ZoneComponent } from '../../src/domain/zone-component.ts';
import { mark } from '../../src/parse/marks.ts';
import { rules } from '../../src/registry.ts';
import { componentView } from '../../src/resources/control-plane/component.view.ts';
import { zoneCertificates } from '../../src/resources/control-plane/zone-certificates.command.ts';
import {
  parseZoneComponents,
  zoneComponents,
} from '../../src/resources/control-plane/zone-components.command.ts';
import { lease, member, refused, server } from '../support/control-plane.ts';
import { cluster, config, host, lab, noControlPlane, NOW, ok, zone } from '../support/inventory.ts';

const KINDS = ['kube-apiserver', 'kube-scheduler', 'kube-controller-manager'] as const;

type Shape = {
  /** Its process has ended. */
  readonly isDead?: boolean;
  readonly hasEtcd?: boolean;
};

/** A host with a zone of brand lx in which `k3s server --disable-agent` runs. */
function hostWithK3s({ isDead = false, hasEtcd = false }: Shape): HostInventory {
  const answer = (kind: ZoneComponent['kind']): ZoneComponent => ({
    zone: 'k3s1',
    kind,
    state: isDead ? 'refused' : kind === 'kube-apiserver' ? 'denied' : 'ok',
    reason: null,
    etcd: kind === 'etcd' && !isDead ? member({ id: 'a1', clusterId: 'c1', isLeader: true }) : null,
  });
  return host('omni1', {
    zones: [zone('k3s1', { brand: 'lx', zoneId: 7 })],
    configs: [
      config('k3s1', {
        nets: [{ physical: 'k0', globalNic: 'aggr0', vlanId: 47, addresses: ['10.1.0.1/24'] }],
      }),
    ],
    feeds: {
      processes: ok(
        new Map([
          [
            'k3s1',
            {
              count: 2,
              top: isDead
                ? []
                : [
                    {
                      pid: 4711,
                      user: 'root',
                      hostCpuPercent: 3,
                      rssKib: 900_000,
                      elapsedSeconds: 9,
                      command: '/usr/local/bin/k3s',
                    },
                  ],
              programs: isDead ? ['init'] : ['init', 'k3s'],
              ...(isDead && { ended: new Map([['k3s', NOW - 60_000]]) }),
            },
          ],
        ]),
      ),
      zoneComponents: ok([...KINDS, ...(hasEtcd ? (['etcd'] as const) : [])].map(answer)),
    },
  });
}

function k3s(shape: Shape = {}): Inventory {
  const entry = cluster('edge', [], []);
  const plane = ok({
    ...noControlPlane,
    apiServers: [
      server(null, {
        address: '10.1.0.1:6443',
        from: 'endpoints',
        ...(shape.isDead === true && refused),
      }),
    ],
    leases: [lease('kube-scheduler', 'k3s1'), lease('kube-controller-manager', 'k3s1')],
    leasesAt: NOW - 1000,
    evidence: { ...NO_EVIDENCE, endpointsAt: NOW - 1000 },
  });
  return lab([hostWithK3s(shape)], [{ ...entry, feeds: { ...entry.feeds, controlPlane: plane } }]);
}

const rows = (inventory: Inventory) => {
  const [own] = inventory.clusters;
  return own ? componentsOf(inventory, own, NOW) : [];
};

function problems(inventory: Inventory): readonly string[] {
  let state = noProblems;
  for (let second = 0; second <= 12; second += 1)
    state = nextProblems(state, rules, inventory, NOW + second * 1000);
  return state.problems.map(({ rule }) => rule);
}

test('the process of k3s is each of its components, and of the cluster that its address is an endpoint of', () => {
  const inventory = k3s();
  expect(rows(inventory).map(({ kind, name, sign, gone }) => [kind, name, sign, gone])).toEqual(
    KINDS.map((kind) => [kind, 'k3s1', 'ok', null]),
  );
  expect(membershipOf(inventory).zones.get('zone:omni1/k3s1')).toMatchObject({
    is: 'member',
    cluster: 'edge',
    by: 'the endpoints of default/kubernetes name its address',
  });
  const told = problems(inventory);
  for (const rule of ['etcd.quorum', 'etcd.member', 'api.instance', 'api.down'])
    expect(told).not.toContain(rule);
});

test('all of its components go with the process', () => {
  const gone = rows(k3s({ isDead: true })).filter((each) => each.gone !== null);
  expect(gone.map(({ kind }) => kind)).toEqual([...KINDS]);
  expect(problems(k3s({ isDead: true }))).toContain('api.down');
});

test('that it is etcd too only an answer tells', () => {
  const marks = (own: HostInventory) =>
    (zoneComponents.question(own) ?? []).filter(([program]) => program === 'echo');
  const known = KINDS.map((kind) => mark(`component ${kind} k3s1`));
  const perhaps = 'component etcd k3s1 perhaps';
  expect(marks(hostWithK3s({}))).toEqual([...known, mark(perhaps)]);
  expect(zoneComponents.question(hostWithK3s({}))?.at(-1)).toContain(
    'http://127.0.0.1:2381/metrics',
  );
  expect(marks(hostWithK3s({ hasEtcd: true }))).toEqual([mark('component etcd k3s1'), ...known]);
  expect(marks({ ...hostWithK3s({}), strangers: new Set(['k3s1']) })).toEqual([mark('none runs')]);
  const read = (label: string, ...lines: readonly string[]) =>
    parseZoneComponents([`=== labtop: ${label}`, ...lines].join('\n')).value.map(
      ({ zone: name, kind, state }) => [name, kind, state],
    );
  const nobody = 'curl: (7) Failed to connect to 127.0.0.1 port 2381: Connection refused';
  expect(read(perhaps, nobody, nobody)).toEqual([]);
  expect(read('component etcd k3s1', nobody, nobody)).toEqual([['k3s1', 'etcd', 'refused']]);
  expect(read(perhaps, '{"health":"true","reason":""}# HELP', 'etcd_server_has_leader 1')).toEqual([
    ['k3s1', 'etcd', 'ok'],
  ]);
});

test('an API server of k3s tells where its objects are', () => {
  const objects = (inventory: Inventory) => {
    const row = rows(inventory).find(({ kind }) => kind === 'kube-apiserver');
    const lines = row && componentView.detail?.(row, inventory, NOW)[0]?.lines;
    return lines?.find(({ label }) => label === 'objects')?.text;
  };
  expect(objects(k3s())).toBe('k3s is no etcd here: SQLite, or what its datastore-endpoint names');
  expect(objects(k3s({ hasEtcd: true }))).toBe('etcd in the same process of k3s');
  // As k0s starts it.
  const told = k3s();
  const zoneCertificates = ok(
    KINDS.map((kind) => ({
      zone: 'k3s1',
      kind,
      arguments: new Map([['etcd-servers', 'unix:///run/k0s/kine/kine.sock:2379']]),
      certificates: [],
    })),
  );
  const hosts = told.hosts.map((own) => ({ ...own, feeds: { ...own.feeds, zoneCertificates } }));
  expect(objects({ ...told, hosts })).toBe('kine in place of etcd: there is no quorum');
});

test('its certificates are read where k3s lays them, again when its process is another', () => {
  const own = hostWithK3s({ hasEtcd: true });
  expect(zoneCertificates.follows?.(own)).toBe(Array(4).fill('k3s1 4711').join('\n'));
  const scripts = (zoneCertificates.question(own) ?? []).flatMap((argv) => argv.slice(3));
  expect(scripts).toHaveLength(4);
  const config = ' /var/lib/rancher/k3s/server/db/etcd/config ';
  expect(scripts.map((script) => script.includes(config))).toEqual([true, false, false, false]);
  for (const script of scripts) expect(script).toContain(' /var/lib/rancher/k3s/server/tls/*.crt ');
});

type Worker = {
  readonly program: 'k3s' | 'kubelite';
  /** null: its arguments are not read yet. */
  readonly arguments: ReadonlyMap<string, string> | null;
};

/** A zone of brand lx in which k3s or MicroK8s runs, on the network of an API server of the cluster. */
function besideServer({ program, arguments: args }: Worker): Inventory {
  const net = (address: string) => ({
    nets: [{ physical: 'k0', globalNic: 'aggr0', vlanId: 47, addresses: [address] }],
  });
  const entry = cluster('edge', [], []);
  const own = host('omni1', {
    zones: [zone('cp', { zoneId: 3 }), zone('w1', { brand: 'lx', zoneId: 7 })],
    configs: [config('cp', net('10.1.0.1/24')), config('w1', net('10.1.0.7/24'))],
    feeds: {
      processes: ok(
        new Map([
          ['cp', { count: 2, top: [], programs: ['init', 'kube-apiserver'] }],
          ['w1', { count: 2, top: [], programs: ['init', program] }],
        ]),
      ),
      zoneCertificates: args
        ? ok([
            {
              zone: 'w1',
              kind: 'kube-apiserver' as const,
              arguments: args,
              certificates: [],
              servers: [],
              authorities: [],
            },
          ])
        : { status: 'pending' },
    },
  });
  const plane = ok({
    ...noControlPlane,
    apiServers: [server(null, { address: '10.1.0.1:6443', from: 'endpoints' as const })],
    evidence: { ...NO_EVIDENCE, endpointsAt: NOW - 1000 },
  });
  return lab([own], [{ ...entry, feeds: { ...entry.feeds, controlPlane: plane } }]);
}
const kindsOf = (worker: Worker) =>
  rows(besideServer(worker)).flatMap(({ kind, name }) => (name === 'w1' ? [kind] : []));
const askedIn = (worker: Worker): string => {
  const [own] = besideServer(worker).hosts;
  return JSON.stringify((own && zoneComponents.question(own)) ?? []);
};

test.each([
  ['k3s', new Map([['subcommand', 'agent']])],
  ['kubelite', new Map([['start-control-plane', 'false']])],
] as const)('%s that is a worker alone is no part of the control plane', (program, args) => {
  expect(kindsOf({ program, arguments: args })).toEqual([]);
  expect(askedIn({ program, arguments: args })).not.toContain('"w1"');
  // Until its arguments are read nothing is claimed of it.
  expect(kindsOf({ program, arguments: null })).toEqual([]);
  expect(kindsOf({ program, arguments: new Map() })).toEqual([...KINDS]);
});

test('the process of MicroK8s is each of its components but etcd, its API at a port of its own', () => {
  const worker = { program: 'kubelite', arguments: new Map() } as const;
  expect(kindsOf(worker)).toEqual([...KINDS]);
  expect(askedIn(worker)).toContain('https://127.0.0.1:16443/readyz');
  expect(askedIn(worker)).toContain('https://127.0.0.1:10259/healthz');
});

test('the word behind the program tells an agent', () => {
  const read = (lines: string) =>
    zoneCertificates.parse(`${mark('certificates kube-apiserver w1')[1]}\n${lines}`).value[0]
      ?.arguments;
  expect(read('argv[1]: agent')?.get('subcommand')).toBe('agent');
  expect(read('argv[1]: --secure-port=6443')?.get('subcommand')).toBeUndefined();
});
