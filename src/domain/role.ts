import type { EpochMs } from './time.ts';
import {
  COMPONENT_KINDS,
  componentsOfRole,
  K3S,
  K3S_PROGRAMS,
  MICROK8S,
  MICROK8S_PROGRAMS,
} from './zone-component.ts';
import type { ComponentKind } from './zone-component.ts';

/** What a zone is for, and how that is known. Its name is no evidence. */
export type ZoneRole = {
  readonly name: string;
  /** The configuration says so; or one of its SMF services; or one of its processes. */
  readonly by: 'configured' | 'service' | 'process';
  /** The FMRI or the program; null when it is configured. */
  readonly evidence: string | null;
  /** When the evidence was seen last; null while it is there, and when it is configured. */
  readonly lastSeenAt: EpochMs | null;
  /** The cluster that the configuration names with it. */
  readonly cluster?: string;
  /** What it is for besides: further ones of the configuration, or further components of a control plane. */
  readonly others?: readonly ZoneRole[];
};

/** All that a zone is for, the most telling first. */
export const rolesIn = (role: ZoneRole | null): readonly ZoneRole[] =>
  role === null ? [] : [role, ...(role.others ?? [])];

/** `etcd`, `etcd,kube-apiserver`; null when nothing tells. */
export const roleText = (role: ZoneRole | null): string | null =>
  rolesIn(role)
    .map(({ name }) => name)
    .join(',') || null;

/**
 * The components of a control plane that a zone is there for: all of them where it is stacked. What a zone was there for
 * it is there for still, when its process is gone.
 * @param asked those that were asked in it before; the configuration counts more
 */
export function componentsIn(
  role: ZoneRole | null,
  asked: readonly { readonly kind: ComponentKind }[] = [],
): readonly ComponentKind[] {
  const told = new Set(rolesIn(role).flatMap(({ name }) => componentsOfRole(name)));
  if (role?.by !== 'configured' || told.size === 0 || isK3s(role))
    for (const { kind } of asked) told.add(kind);
  return COMPONENT_KINDS.filter((kind) => told.has(kind));
}

const NAME_SERVERS: ReadonlySet<string> = new Set(['named', 'unbound', 'nsd', 'dnsmasq', 'dns']);

/** Whether a zone is there to answer for names. */
export const isNameServer = (role: ZoneRole | null): boolean =>
  rolesIn(role).some(({ name }) => NAME_SERVERS.has(name));

/** Whether k3s runs in a zone: nothing but an answer tells whether it is etcd too. */
export const isK3s = (role: ZoneRole | null): boolean =>
  rolesIn(role).some(({ name }) => name === K3S);

/** Whether MicroK8s runs in a zone. */
export const isMicrok8s = (role: ZoneRole | null): boolean =>
  rolesIn(role).some(({ name }) => name === MICROK8S);

/**
 * Whether what runs in a zone as k3s or MicroK8s is a worker alone, by the arguments of its process: `k3s agent`, or
 * `--start-control-plane=false`. Their programs are the same.
 */
export const isWorkerAlone = (args: ReadonlyMap<string, string>): boolean =>
  args.get(SUBCOMMAND) === 'agent' || args.get('start-control-plane') === 'false';

/** Whether only the arguments of a process tell that; a role that is configured is none. */
export const mayBeWorkerAlone = (role: ZoneRole | null): boolean =>
  role?.by !== 'configured' && (isK3s(role) || isMicrok8s(role));

/** Stands in the arguments of a process for the word behind its program. */
export const SUBCOMMAND = 'subcommand';

/** What was seen in a zone, and is there no more: when it was seen last. */
export type Ended = ReadonlyMap<string, EpochMs>;

/** How a role is recognised. */
type RoleSign = {
  readonly role: string;
  /** Against the FMRI without `svc:/`: `network/dns/bind:default`. */
  readonly service: RegExp;
  /** Names of programs. */
  readonly programs: readonly string[];
};

/** A service whose own name, or whose instance, is that word; a version may follow it. */
const named = (word: string): RegExp =>
  new RegExp(`(?:^|/)(?:${word})[-_.0-9]*(?::|$)|:(?:${word})[-_.0-9]*$`);

const sign = (role: string, word: string, ...programs: readonly string[]): RoleSign => ({
  role,
  service: named(word),
  programs,
});

/** Its program is that of a server. */
const K3S_AGENT = 'k3s-agent';

/**
 * The roles that are known, the most telling first: a zone with an application and the web server and database before
 * it is there for the application.
 */
export const ROLE_SIGNS: readonly RoleSign[] = [
  sign('etcd', 'etcd', 'etcd'),
  sign('kube-apiserver', 'kube-apiserver', 'kube-apiserver'),
  sign('kube-controller-manager', 'kube-controller-manager', 'kube-controller-manager'),
  sign('kube-scheduler', 'kube-scheduler', 'kube-scheduler'),
  {
    role: K3S_AGENT,
    service: /(?:^|\/)k3s-agent[-_.0-9]*(?::|$)|(?:^|\/)k3s:agent[-_.0-9]*$/,
    programs: ['k3s-agent'],
  },
  sign(K3S, 'k3s(?:-server)?', ...K3S_PROGRAMS),
  sign(MICROK8S, 'microk8s', ...MICROK8S_PROGRAMS),
  sign('kubelet', 'kubelet', 'kubelet'),
  sign('vaultwarden', 'vaultwarden', 'vaultwarden'),
  sign('gitea', 'gitea|forgejo', 'gitea', 'forgejo'),
  sign('gitlab', 'gitlab', 'gitlab-workhorse'),
  sign('nextcloud', 'nextcloud'),
  sign('prometheus', 'prometheus', 'prometheus'),
  sign('grafana', 'grafana', 'grafana', 'grafana-server'),
  sign('influxdb', 'influxdb|influxd', 'influxd'),
  sign('homeassistant', 'home-assistant|homeassistant', 'hass'),
  sign('unbound', 'unbound', 'unbound'),
  {
    role: 'named',
    service: /(?:^|\/)(?:bind[0-9]*|named)(?::|$)|^network\/dns\/server:/,
    programs: ['named'],
  },
  sign('nsd', 'nsd', 'nsd'),
  sign('dnsmasq', 'dnsmasq', 'dnsmasq'),
  sign('dovecot', 'dovecot', 'dovecot'),
  sign('postfix', 'postfix', 'qmgr'),
  sign('exim', 'exim', 'exim'),
  sign('opensmtpd', 'opensmtpd', 'smtpd'),
  sign('squid', 'squid', 'squid'),
  {
    role: 'dhcpd',
    service: /(?:^|\/)(?:isc-)?(?:dhcpd|dhcp-server|kea)(?::|$)|^network\/dhcp\/server:/,
    programs: ['dhcpd', 'kea-dhcp4', 'in.dhcpd'],
  },
  sign('radius', 'freeradius|radiusd', 'radiusd'),
  sign('tftpd', 'tftpd|tftp-hpa', 'in.tftpd', 'tftpd'),
  sign('openvpn', 'openvpn', 'openvpn'),
  sign('wireguard', 'wireguard|wireguard-go', 'wireguard-go'),
  sign('tailscale', 'tailscale|tailscaled', 'tailscaled'),
  sign('haproxy', 'haproxy', 'haproxy'),
  sign('keepalived', 'keepalived', 'keepalived'),
  sign('frr', 'frr', 'zebra', 'bgpd'),
  sign('bird', 'bird', 'bird'),
  sign('samba', 'smbd|samba', 'smbd'),
  sign('syslog', 'rsyslog|syslog-ng', 'rsyslogd', 'syslog-ng'),
  sign('mosquitto', 'mosquitto', 'mosquitto'),
  sign('rabbitmq', 'rabbitmq'),
  sign('postgres', 'postgres|postgresql', 'postgres'),
  sign('mysql', 'mysql|mariadb', 'mysqld', 'mariadbd'),
  sign('mongodb', 'mongodb|mongod', 'mongod'),
  sign('redis', 'redis|valkey', 'redis-server', 'valkey-server'),
  sign('nginx', 'nginx', 'nginx'),
  sign('apache', 'apache|httpd', 'httpd', 'apache2'),
  sign('caddy', 'caddy', 'caddy'),
];

/** Whether a service tells what its zone is for. */
export const isRoleService = (fmri: string): boolean =>
  ROLE_SIGNS.some(({ service }) => service.test(fmri.replace(/^svc:\//, '')));

/** Whether a program tells what its zone is for. */
export const isRoleProgram = (program: string): boolean =>
  ROLE_SIGNS.some(({ programs }) => programs.includes(program));

/**
 * What told a role before and does not now, with when it did so last.
 * @param before what told at `at`
 */
export function endedSince(
  before: readonly string[],
  ended: Ended | undefined,
  at: EpochMs,
  now: readonly string[],
): Ended | undefined {
  const all = new Map([...(ended ?? []), ...before.map((each) => [each, at] as const)]);
  for (const each of now) all.delete(each);
  return all.size === 0 ? undefined : all;
}

const NONE: Ended = new Map();

/**
 * What a zone is for: what the configuration says (`ROLE` or `CLUSTER/ROLE`), else by its
 * services, else by its processes. Not what its name says. What has ended counts as long as the zone is there: one whose
 * daemon died is there for it still. Of several things the most telling one counts, and each component of a control plane. null when nothing
 * of it is known that tells.
 */
export function roleOf(
  configured: readonly string[] | undefined,
  fmris: readonly string[],
  programs: readonly string[],
  endedFmris: Ended = NONE,
  endedPrograms: Ended = NONE,
): ZoneRole | null {
  if (configured !== undefined) return withOthers(configured.map(configuredRole));
  const services = [...fmris, ...endedFmris.keys()];
  const processes = [...programs, ...endedPrograms.keys()];
  const byService = (each: RoleSign): ZoneRole | undefined => {
    const evidence = services.find((fmri) => each.service.test(fmri.replace(/^svc:\//, '')));
    return evidence === undefined ? undefined : seen(each.role, 'service', evidence, endedFmris);
  };
  const byProcess = (each: RoleSign): ZoneRole | undefined => {
    const evidence = processes.find((program) => each.programs.includes(program));
    return evidence === undefined ? undefined : seen(each.role, 'process', evidence, endedPrograms);
  };
  const first = firstOf(ROLE_SIGNS, byService) ?? firstOf(ROLE_SIGNS, byProcess);
  return first === undefined
    ? null
    : withOthers([
        first,
        ...COMPONENT_SIGNS.flatMap((each) =>
          each.role === first.name || (first.name === K3S_AGENT && each.role === K3S)
            ? []
            : (byService(each) ?? byProcess(each) ?? []),
        ),
      ]);
}

const COMPONENT_SIGNS = [...COMPONENT_KINDS, K3S, MICROK8S].flatMap(
  (name) => ROLE_SIGNS.find(({ role }) => role === name) ?? [],
);

function firstOf(
  signs: readonly RoleSign[],
  roleBy: (each: RoleSign) => ZoneRole | undefined,
): ZoneRole | undefined {
  for (const each of signs) {
    const role = roleBy(each);
    if (role) return role;
  }
  return undefined;
}

const seen = (
  name: string,
  by: 'service' | 'process',
  evidence: string,
  ended: Ended,
): ZoneRole => ({ name, by, evidence, lastSeenAt: ended.get(evidence) ?? null });

function configuredRole(text: string): ZoneRole {
  const [name = '', cluster] = text.split('/').toReversed();
  return {
    name,
    by: 'configured',
    evidence: null,
    lastSeenAt: null,
    ...(cluster !== undefined && { cluster }),
  };
}

/** One cluster that is named counts for the whole zone. */
function withOthers([first, ...others]: readonly ZoneRole[]): ZoneRole | null {
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const cluster = [first, ...others].find((each) => each.cluster !== undefined)?.cluster;
  return { ...first, ...(cluster !== undefined && { cluster }), others };
}
