import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastKnown } from '../../../src/domain/feed.ts';
import { findHost } from '../../../src/domain/joined.ts';
import type { EtcdMember, ZoneComponent } from '../../../src/domain/zone-component.ts';
import { askEtcd } from '../../../src/resources/control-plane/etcd-api.ts';
import {
  parseZoneComponents,
  zoneComponents,
} from '../../../src/resources/control-plane/zone-components.command.ts';
import { applyAnswer } from '../../../src/store/apply.ts';
import { member, planeLab } from '../../support/control-plane.ts';
import { host, lab, NOW, ok, zone } from '../../support/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const read = (name: string) =>
  parseZoneComponents(readFixture(`control-plane/zone-components/${name}`));

test('reads how each component answers within its zone', () => {
  const { value, complaints } = read('omnios.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ zone: name, kind, state }) => [name, kind, state])).toEqual([
    ['etcd1', 'etcd', 'ok'],
    ['apisrv1', 'kube-apiserver', 'ok'],
    ['k8sched1', 'kube-scheduler', 'ok'],
    ['ctrlmgr1', 'kube-controller-manager', 'refused'],
  ]);
  expect(value[0]?.etcd).toEqual({
    id: '8e9e05c52164694d',
    version: '3.5.21',
    hasLeader: true,
    isLeader: true,
    isLearner: false,
    clusterId: null,
    leaderId: null,
    term: null,
    alarms: null,
    peers: null,
    apiReason: null,
    leaderChanges: 3,
    newLeaderChanges: null,
    dbBytes: 226_285_514,
    inUseBytes: 180_355_072,
    quotaBytes: 2_147_483_648,
    committed: 41_001_000,
    applied: 41_000_998,
    pending: 0,
    failed: 0,
    fsyncSeconds: [
      [0.001, 610],
      [0.002, 930],
      [0.004, 1000],
      [Infinity, 1000],
    ],
    commitSeconds: [],
    fsyncP99Ms: null,
    commitP99Ms: null,
  });
});

test('reads what members answer their clients, of one moment with their state', () => {
  const { value, complaints } = read('etcd-clients.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ zone: name, state, reason }) => [name, state, reason])).toEqual([
    // 3.5, as its metrics were an election before.
    ['etcd1', 'ok', null],
    // 3.4 with an alarm: its health has no reason.
    ['etcd2', 'failing', 'ALARM NOSPACE'],
    // Nothing listens on 2381.
    ['etcd3', 'failing', 'RAFT NO LEADER'],
    ['etcd4', 'ok', null],
    [
      'etcd5',
      'refused',
      'Failed to connect to 127.0.0.1 port 2381 after 0 ms: Could not connect to server',
    ],
  ]);
  const [first, second, third, fourth] = value.map(({ etcd }) => etcd);
  expect(first).toMatchObject({
    id: '6d5e35fe80cf73ba',
    clusterId: 'e8ee2b9c69e4b4e2',
    leaderId: 'fa4bb7fdf8a67fbd',
    isLeader: false,
    hasLeader: true,
    term: 5,
    alarms: [],
    apiReason: null,
    committed: 41_741_170,
    applied: 41_741_168,
    dbBytes: 226_285_514,
    quotaBytes: 2_147_483_648,
    leaderChanges: 3,
  });
  expect(
    first?.peers?.map(({ id, name, clientUrls, isLearner }) => [id, name, clientUrls, isLearner]),
  ).toEqual([
    ['6d5e35fe80cf73ba', 'etcd1', ['https://10.128.0.102:2379'], false],
    ['fa4bb7fdf8a67fbd', 'etcd2', ['https://10.128.0.106:2379'], false],
    ['2e1259d415f2a040', '', [], true],
  ]);
  expect(second?.alarms).toEqual([{ member: '2e1259d415f2a040', alarm: 'NOSPACE' }]);
  expect(third).toMatchObject({ hasLeader: false, isLeader: false, leaderId: null, term: 7 });
  expect(fourth).toMatchObject({
    isLeader: true,
    term: null,
    alarms: null,
    apiReason: 'it takes no client without a certificate, or with that of the member',
  });
});

test('a member whose arguments are known is asked as its clients ask it, in the same process', () => {
  const args = new Map([
    ['listen-client-urls', 'https://10.0.48.70:2379,https://127.0.0.1:2379'],
    ['listen-metrics-urls', 'http://127.0.0.1:2381'],
    ['cert-file', '/etc/etcd/pki/server.crt'],
    ['key-file', '/etc/etcd/pki/server.key'],
  ]);
  const asked = askEtcd('etcd1', args).join(' ');
  expect(asked.match(/curl/g)).toHaveLength(1);
  expect(asked).toContain(
    "http://127.0.0.1:2381/metrics --next -sSk --stderr - --max-time 2 --cert /etc/etcd/pki/server.crt --key /etc/etcd/pki/server.key -d {} -w '\\n%{http_code} %{url_effective}\\n' https://127.0.0.1:2379/v3/maintenance/status https://127.0.0.1:2379/v3/cluster/member/list",
  );
  // Without a port for metrics they are where clients are served.
  args.delete('listen-metrics-urls');
  expect(askEtcd('etcd1', args).join(' ')).toContain(
    '--key /etc/etcd/pki/server.key https://127.0.0.1:2379/health https://127.0.0.1:2379/metrics --next',
  );
  // What a shell would take for more than a word is never passed on.
  const evil = new Map([
    ['listen-client-urls', 'https://127.0.0.1:2379;reboot,https://$(reboot):2379'],
    ['cert-file', '/etc/$(reboot)'],
    ['key-file', '/etc/`reboot`'],
  ]);
  expect(askEtcd('etcd1', evil).join(' ')).not.toContain('reboot');
  expect(askEtcd('etcd1', new Map()).join(' ')).not.toContain('--next');
});

test('tells apart what is not well, and gives nothing for what it cannot read', () => {
  const { value, complaints } = read('troubled-crlf-and-cut-off.txt');
  expect(value.map(({ zone: name, state, reason }) => [name, state, reason])).toEqual([
    ['etcd2', 'failing', 'RAFT NO LEADER'],
    ['etcd3', 'timeout', 'Connection timed out after 4001 milliseconds'],
    ['apisrv2', 'failing', 'etcd, etcd-readiness'],
    ['k8sched2', 'unknown', null],
    ['ctrlmgr2', 'unknown', '<html>what is this</html>'],
  ]);
  expect(value[0]?.etcd).toMatchObject({ hasLeader: false, dbBytes: null, id: null });
  expect(complaints.map(({ text }) => text)).toEqual(['zlogin: some notice before any mark']);
});

test('one that tells its health to nobody without a name answers all the same', () => {
  const status = (code: number, message: string) =>
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, message, code }, null, 2);
  const state = (kind: string, body: string) =>
    parseZoneComponents(`=== labtop: component ${kind} cp1\n${body}`).value.map((each) => [
      each.state,
      each.reason,
    ]);
  expect(state('kube-apiserver', status(401, 'Unauthorized'))).toEqual([['denied', null]]);
  const forbidden = 'forbidden: User "system:anonymous" cannot get path "/healthz"';
  expect(state('kube-scheduler', status(403, forbidden))).toEqual([['denied', null]]);
  expect(state('kube-apiserver', status(500, 'etcd'))[0]?.[0]).toBe('unknown');
});

test('takes any text', () => {
  fc.assert(
    fc.property(hostileText('control-plane/zone-components'), (any) => {
      const { value } = parseZoneComponents(any);
      for (const { zone: name, state } of value) {
        expect(name).not.toBe('');
        expect(['ok', 'failing', 'denied', 'refused', 'timeout', 'unknown']).toContain(state);
      }
    }),
  );
});

const omni1 = () => {
  const found = findHost(planeLab(), 'omni1');
  if (!found) throw new Error('no omni1');
  return found;
};

test('asks those zones that run and are there for a component, each by its own port', () => {
  const question = zoneComponents.question(omni1()) ?? [];
  expect(question).toHaveLength(8);
  expect(question[1]).toEqual([
    'pfexec',
    '/usr/sbin/zlogin',
    'etcd1',
    '/usr/bin/curl',
    '-sSk',
    '--stderr',
    '-',
    '--max-time',
    '4',
    'http://127.0.0.1:2381/health',
    'http://127.0.0.1:2381/metrics',
  ]);
  expect(question.at(-1)).toContain('https://127.0.0.1:10257/healthz');
});

test('one that listens elsewhere by its arguments is asked there, as soon as these are known', () => {
  const asked = (...args: readonly (readonly [string, string])[]) => {
    const { feeds, ...rest } = omni1();
    const told = [
      { zone: 'k8sched1', kind: 'kube-scheduler', arguments: new Map(args), certificates: [] },
    ] as const;
    const known = { ...rest, feeds: { ...feeds, zoneCertificates: ok(told) } };
    const url = zoneComponents
      .question(known)
      ?.find((argv) => argv.includes('k8sched1'))
      ?.at(-1);
    return [url, zoneComponents.follows?.(known) === zoneComponents.follows?.(omni1())];
  };
  const usual = 'https://127.0.0.1:10259/healthz';
  expect(asked()).toEqual([usual, true]);
  expect(asked(['bind-address', '0.0.0.0'], ['secure-port', '10259'])).toEqual([usual, true]);
  expect(asked(['bind-address', '10.0.48.20'])).toEqual([
    'https://10.0.48.20:10259/healthz',
    false,
  ]);
  expect(asked(['bind-address', '127.0.0.1'], ['secure-port', '443'])).toEqual([
    'https://127.0.0.1:443/healthz',
    false,
  ]);
  // What a shell would take for more than a word is never passed on; 0 turns the port off.
  expect(asked(['bind-address', '1.2.3.4;reboot'], ['secure-port', '$(reboot)'])[0]).toBe(usual);
  expect(asked(['bind-address', '::'], ['secure-port', '0'])[0]).toBe(usual);
});

test('zones of control planes that are not watched are not asked', () => {
  const question = zoneComponents.question({ ...omni1(), strangers: new Set(['apisrv1']) }) ?? [];
  expect(question.flat().some((word) => word.includes('apisrv1'))).toBe(false);
  expect(question).toHaveLength(6);
});

test('a zone that was there for a component is asked still when its process is gone', () => {
  const before = [{ zone: 'etcd1', kind: 'etcd', state: 'ok', reason: null, etcd: null }] as const;
  const known = host('omni1', {
    zones: [zone('etcd1'), zone('dns1')],
    feeds: { zoneComponents: ok(before) },
  });
  expect(zoneComponents.question(known)).toHaveLength(2);
  expect(zoneComponents.question(host('omni1', { zones: [zone('dns1')] }))).toBeUndefined();
  const stopped = host('omni1', {
    zones: [zone('etcd1', { state: 'installed' })],
    feeds: { zoneComponents: ok(before) },
  });
  expect(zoneComponents.question(stopped)).toEqual([['echo', '=== labtop: none runs']]);
});

test('what happened between two answers is told, and a zone that was not asked keeps its kind', () => {
  const [first] = read('omnios.txt').value;
  if (!first?.etcd) throw new Error('no member');
  const later = {
    ...first,
    etcd: {
      ...first.etcd,
      leaderChanges: 5,
      fsyncSeconds: [
        [0.001, 610],
        [0.002, 930],
        [0.004, 1000],
        [Infinity, 1100],
      ] as const,
    },
  };
  const folded = zoneComponents.fold?.(
    [first, { zone: 'apisrv1', kind: 'kube-apiserver', state: 'ok', reason: null, etcd: null }],
    [later],
    { previous: NOW - 60_000, next: NOW },
  );
  expect(folded?.[0]?.etcd).toMatchObject({ newLeaderChanges: 2, fsyncP99Ms: 4 });
  expect(folded?.[1]).toMatchObject({ zone: 'apisrv1', kind: 'kube-apiserver', state: 'unknown' });
});

test('what a member does not tell its clients is told as hidden', () => {
  expect(zoneComponents.gap?.(read('etcd-clients.txt').value)).toEqual({
    reason: expect.stringContaining(
      'etcd4: it takes no client without a certificate, or with that of the member',
    ) as unknown,
    hides: 'raft term, alarms and members of etcd',
  });
  expect(zoneComponents.gap?.(read('omnios.txt').value)).toBeNull();
  const answer = {
    kind: 'done',
    code: 0,
    stdout: readFixture('control-plane/zone-components/etcd-clients.txt'),
    stderr: '',
    durationMs: 3,
    bytes: 100,
    beganAt: NOW,
  } as const;
  const inventory = applyAnswer(lab([omni1()]), 'omni1', zoneComponents, answer, {
    now: NOW,
    intervalSeconds: 60,
  });
  expect(findHost(inventory, 'omni1')?.feeds.zoneComponents).toMatchObject({
    status: 'ok',
    gap: { hides: 'raft term, alarms and members of etcd' },
  });
});

test('a missing right is told as such', () => {
  const answer = {
    kind: 'done',
    code: 1,
    stdout: '=== labtop: component etcd etcd1\n',
    stderr: 'zlogin: You lack sufficient privilege to run this command (all privs required)\n',
    durationMs: 3,
    bytes: 100,
    beganAt: NOW,
  } as const;
  const inventory = applyAnswer(lab([omni1()]), 'omni1', zoneComponents, answer, {
    now: NOW,
    intervalSeconds: 60,
  });
  const feed = findHost(inventory, 'omni1')?.feeds.zoneComponents;
  expect(feed?.status).toBe('denied');
  expect(feed && lastKnown(feed)).toBeUndefined();
});

test('a member without a gateway is asked by etcdctl from then on, which costs two processes more', () => {
  const client = 'https://127.0.0.1:2379';
  const args = new Map([
    ['listen-client-urls', client],
    ['cert-file', '/etc/etcd/server.crt'],
    ['key-file', '/etc/etcd/server.key'],
  ]);
  const wordsFor = (
    change: Partial<EtcdMember>,
    more: readonly (readonly [string, string])[] = [],
  ) =>
    zoneComponents
      .question(
        host('omni1', {
          zones: [zone('etcd1')],
          feeds: {
            zoneComponents: ok([
              { zone: 'etcd1', kind: 'etcd', state: 'ok', reason: null, etcd: member(change) },
            ]),
            zoneCertificates: ok([
              {
                zone: 'etcd1',
                kind: 'etcd',
                arguments: new Map([...args, ...more]),
                certificates: [],
              },
            ]),
          },
        }),
      )
      ?.at(-1)
      ?.filter((word) => word === 'etcdctl' || word.endsWith('/v3/maintenance/status')).length;
  expect(wordsFor({ apiReason: null })).toBe(1);
  expect(wordsFor({ apiReason: 'HTTP 404: 404 page not found' })).toBe(2);
  expect(wordsFor({ apiReason: null, isByCtl: true })).toBe(2);
  expect(wordsFor({ apiReason: null }, [['enable-grpc-gateway', 'false']])).toBe(2);
});

test('what etcdctl answers is read to the last digit, with warnings and failures around it', () => {
  const [one, two, three] = read('etcdctl.txt').value;
  expect(one).toMatchObject({
    zone: 'etcd1',
    state: 'ok',
    etcd: {
      id: '2e1259d415f2a040',
      clusterId: '48276a8f75b6a87',
      leaderId: '2e1259d415f2a040',
      term: 2,
      version: '3.6.5',
      isLeader: true,
      alarms: [{ member: '2e1259d415f2a040', alarm: 'NOSPACE' }],
      peers: [{ id: '2e1259d415f2a040', name: 'n1' }],
      apiReason: null,
      isByCtl: true,
    },
  });
  expect(two?.etcd).toMatchObject({ term: null, apiReason: 'sh: etcdctl: not found' });
  expect(three?.etcd).toMatchObject({
    apiReason: 'Error: context deadline exceeded',
    isByCtl: true,
  });
});

test('of a zone with several components each keeps what it told before', () => {
  const parts = (changes: number): readonly ZoneComponent[] => [
    {
      zone: 'cp1',
      kind: 'etcd',
      state: 'ok',
      reason: null,
      etcd: member({ clusterId: 'c1', leaderChanges: changes }),
    },
    { zone: 'cp1', kind: 'kube-scheduler', state: 'ok', reason: null, etcd: null },
  ];
  const fold = (before: readonly ZoneComponent[], next: readonly ZoneComponent[]) =>
    zoneComponents.fold?.(before, next, { previous: NOW - 60_000, next: NOW });
  const told = fold(parts(3), parts(5));
  expect(told?.map(({ kind, etcd }) => [kind, etcd?.newLeaderChanges ?? null])).toEqual([
    ['etcd', 2],
    ['kube-scheduler', null],
  ]);
  // While the zone is down.
  expect(
    fold(told ?? [], [])?.map(({ kind, state, etcdCluster }) => [kind, state, etcdCluster]),
  ).toEqual([
    ['etcd', 'unknown', 'c1'],
    ['kube-scheduler', 'unknown', undefined],
  ]);
});
