import { expect, test } from 'vitest';
import {
  componentsIn,
  endedSince,
  ROLE_SIGNS,
  roleOf,
  rolesIn,
  roleText,
} from '../../src/domain/role.ts';

const SYSTEM = [
  'svc:/milestone/multi-user-server:default',
  'svc:/network/dns/client:default',
  'svc:/network/http-cache:default',
  'svc:/network/inetd:default',
  'svc:/network/nfs/client:default',
  'svc:/network/physical:default',
  'svc:/network/smtp:sendmail',
  'svc:/network/ssh:default',
  'svc:/system/cron:default',
  'svc:/system/name-service/cache:default',
  'svc:/system/system-log:default',
];

test.for<[string, string]>([
  ['svc:/application/etcd:default', 'etcd'],
  ['svc:/application/kube-apiserver:default', 'kube-apiserver'],
  ['svc:/application/kube-controller-manager:default', 'kube-controller-manager'],
  ['svc:/application/kube-scheduler:default', 'kube-scheduler'],
  ['svc:/application/k3s:default', 'k3s'],
  ['svc:/application/kubernetes:k3s-server', 'k3s'],
  ['svc:/network/dns/server:default', 'named'],
  ['svc:/network/dns/bind:default', 'named'],
  ['svc:/network/dns/unbound:default', 'unbound'],
  ['svc:/ooce/database/postgresql17:default', 'postgres'],
  ['svc:/pkgsrc/postgresql:default', 'postgres'],
  ['svc:/ooce/database/mariadb-11.4:default', 'mysql'],
  ['svc:/network/smtp:postfix', 'postfix'],
  ['svc:/network/http:apache22', 'apache'],
  ['svc:/network/http:nginx', 'nginx'],
  ['svc:/system/system-log:rsyslog', 'syslog'],
  ['svc:/network/dhcp/server:ipv4', 'dhcpd'],
  ['svc:/network/samba/smbd:default', 'samba'],
])('the service %s tells %s', ([fmri, role]) => {
  expect(roleOf(undefined, [...SYSTEM, fmri], [])).toEqual({
    name: role,
    by: 'service',
    evidence: fmri,
    lastSeenAt: null,
  });
});

test('what every zone runs tells nothing', () => {
  const programs = [
    'zsched',
    'init',
    'svc.startd',
    'svc.configd',
    'cron',
    'sshd',
    'syslogd',
    'java',
  ];
  expect(roleOf(undefined, SYSTEM, programs)).toBeNull();
  expect(roleOf(undefined, [], [])).toBeNull();
});

test('the configuration is asked first, then services, then processes', () => {
  const fmri = 'svc:/pkgsrc/nginx:default';
  expect(roleOf(['shop'], [fmri], ['etcd'])).toEqual({
    name: 'shop',
    by: 'configured',
    evidence: null,
    lastSeenAt: null,
  });
  expect(roleOf(undefined, [fmri], ['etcd'])).toMatchObject({ name: 'nginx', by: 'service' });
  expect(roleOf(undefined, SYSTEM, ['init', 'etcd'])).toEqual({
    name: 'etcd',
    by: 'process',
    evidence: 'etcd',
    lastSeenAt: null,
  });
});

test('an application goes before the web server and database that serve it', () => {
  expect(roleOf(undefined, [], ['nginx', 'postgres', 'gitea'])?.name).toBe('gitea');
  expect(
    roleOf(undefined, ['svc:/pkgsrc/nginx:default', 'svc:/pkgsrc/vaultwarden:default'], [])?.name,
  ).toBe('vaultwarden');
});

test('each role is there once, and no program tells two', () => {
  const programs = ROLE_SIGNS.flatMap((sign) => sign.programs);
  expect(new Set(programs).size).toBe(programs.length);
  expect(new Set(ROLE_SIGNS.map(({ role }) => role)).size).toBe(ROLE_SIGNS.length);
});

test('what has ended tells still what a zone is for, with when it was seen last', () => {
  const ended = endedSince(['etcd', 'sshd'], undefined, 1000, ['sshd', 'rsyslogd']);
  expect(ended).toEqual(new Map([['etcd', 1000]]));
  expect(roleOf(undefined, SYSTEM, ['sshd', 'rsyslogd'], undefined, ended)).toEqual({
    name: 'etcd',
    by: 'process',
    evidence: 'etcd',
    lastSeenAt: 1000,
  });
  // The time of when it was there is kept, and it is forgotten when it is back.
  expect(endedSince(['sshd'], ended, 5000, ['sshd'])).toEqual(ended);
  expect(endedSince(['sshd'], ended, 5000, ['etcd'])).toEqual(new Map([['sshd', 5000]]));
  expect(endedSince(['etcd'], undefined, 5000, ['etcd'])).toBeUndefined();
});

test('a zone that holds several components of a control plane is there for each of them', () => {
  const role = roleOf(
    undefined,
    ['svc:/application/kube-apiserver:default'],
    ['init', 'kube-scheduler', 'etcd', 'kube-apiserver', 'nginx'],
  );
  expect(rolesIn(role).map(({ name, by }) => [name, by])).toEqual([
    ['kube-apiserver', 'service'],
    ['etcd', 'process'],
    ['kube-scheduler', 'process'],
  ]);
  expect(roleText(role)).toBe('kube-apiserver,etcd,kube-scheduler');
  expect(componentsIn(role)).toEqual(['etcd', 'kube-apiserver', 'kube-scheduler']);
});

test('one of several components that has ended is still what the zone is there for', () => {
  const ended = endedSince(['etcd', 'kube-apiserver'], undefined, 1000, ['kube-apiserver']);
  const role = roleOf(undefined, [], ['kube-apiserver'], undefined, ended);
  expect(rolesIn(role).map(({ name, lastSeenAt }) => [name, lastSeenAt])).toEqual([
    ['etcd', 1000],
    ['kube-apiserver', null],
  ]);
});

test('the configuration names several, and the cluster once', () => {
  const role = roleOf(['etcd', 'infrak8s/kube-apiserver'], [], ['kube-scheduler']);
  expect(componentsIn(role)).toEqual(['etcd', 'kube-apiserver']);
  expect(role?.cluster).toBe('infrak8s');
  // It counts more than what was asked before.
  expect(componentsIn(role, [{ kind: 'kube-scheduler' }])).toEqual(['etcd', 'kube-apiserver']);
  expect(componentsIn(null, [{ kind: 'kube-scheduler' }])).toEqual(['kube-scheduler']);
});

test('k3s is there for what it always is, and for etcd when that has answered in its zone', () => {
  const three = ['kube-apiserver', 'kube-scheduler', 'kube-controller-manager'];
  for (const program of ['k3s', 'k3s-server']) {
    const role = roleOf(undefined, [], ['init', program]);
    expect(role).toMatchObject({ name: 'k3s', by: 'process', evidence: program });
    expect(componentsIn(role)).toEqual(three);
    expect(componentsIn(role, [{ kind: 'etcd' }])).toEqual(['etcd', ...three]);
  }
  // The configuration cannot know that either, unless it names etcd.
  expect(componentsIn(roleOf(['k3s'], [], []), [{ kind: 'etcd' }])).toEqual(['etcd', ...three]);
  expect(componentsIn(roleOf(['etcd', 'k3s'], [], []))).toEqual(['etcd', ...three]);
  // A member of etcd beside it.
  expect(rolesIn(roleOf(undefined, [], ['etcd', 'k3s'])).map(({ name }) => name)).toEqual([
    'etcd',
    'k3s',
  ]);
  // An agent has none of the components, and its program the name of a server's.
  for (const fmri of ['svc:/application/k3s-agent:default', 'svc:/application/k3s:agent']) {
    const agent = roleOf(undefined, [fmri], ['k3s']);
    expect([agent?.name, componentsIn(agent)]).toEqual(['k3s-agent', []]);
  }
});
