import { PATHS } from './control-plane/paths.ts';

/** A daemon of a zone, and the SMF service that starts it. */
export type Software = {
  /** null in zones without SMF. */
  readonly fmri: string | null;
  readonly description: string;
  /** Path of the program, as argv[0] has it. */
  readonly program: string;
  readonly args: readonly string[];
  readonly user: string;
  /** Its part of what the zone's daemons use, beside the parts of the others. */
  readonly weight: number;
};

const service = (
  fmri: string,
  description: string,
  program: string,
  user = 'root',
  weight = 1,
): Software => ({ fmri: `svc:/${fmri}`, description, program, args: [], user, weight });
const daemon = (program: string, user = 'root', weight = 1): Software => ({
  fmri: null,
  description: '',
  program,
  args: [],
  user,
  weight,
});

/** Arguments of the daemons of a control plane, beside their names: where they listen, and their certificates. */
const ARGUMENTS = {
  etcd: [
    '--data-dir=/var/lib/etcd',
    '--client-cert-auth',
    `--cert-file=${PATHS.etcdServer}`,
    `--key-file=${PATHS.etcdKey}`,
    '--trusted-ca-file',
    PATHS.etcdCa,
    `--peer-cert-file=${PATHS.etcdPeer}`,
    '--listen-client-urls=https://0.0.0.0:2379',
    '--listen-metrics-urls=http://127.0.0.1:2381',
  ],
  'kube-apiserver': [
    `--client-ca-file=${PATHS.ca}`,
    `--tls-cert-file=${PATHS.apiServer}`,
    `--etcd-cafile=${PATHS.etcdCa}`,
    `--etcd-certfile=${PATHS.etcdClient}`,
    '--secure-port=6443',
  ],
  'kube-controller-manager': [
    '--leader-elect=true',
    `--kubeconfig=${PATHS.controllerManager}`,
    `--root-ca-file=${PATHS.ca}`,
  ],
  'kube-scheduler': ['--leader-elect=true', `--kubeconfig=${PATHS.scheduler}`],
} as const;

const kubernetes = (name: keyof typeof ARGUMENTS, description: string): readonly Software[] => [
  {
    ...service(`application/${name}:default`, description, `/opt/local/bin/${name}`, 'kube'),
    args: ARGUMENTS[name],
  },
];
const named = [
  service('network/dns/bind:default', 'BIND DNS server', '/opt/ooce/sbin/named', 'named'),
];
const tailscale = [
  service('network/tailscale:default', 'Tailscale', '/opt/local/sbin/tailscaled', 'root'),
];
const rsyslog = [
  service('system/system-log:rsyslog', 'rsyslogd', '/opt/ooce/sbin/rsyslogd', 'root'),
];

const stackedSoftware = (): readonly Software[] => [
  ...kubernetes('etcd', 'etcd'),
  ...kubernetes('kube-apiserver', 'Kubernetes API server'),
  ...kubernetes('kube-controller-manager', 'Kubernetes controller manager'),
  ...kubernetes('kube-scheduler', 'Kubernetes scheduler'),
];

/** What runs in the zones of the reference lab, by the zone's name without the number of its copy. */
const SOFTWARE: Readonly<Record<string, readonly Software[]>> = {
  dhcp: [service('network/service/dhcpd:default', 'ISC DHCP server', '/opt/ooce/sbin/dhcpd')],
  imap: [
    service('network/dovecot:default', 'Dovecot IMAP server', '/opt/ooce/sbin/dovecot'),
    daemon('dovecot/imap', 'vmail', 3),
    daemon('dovecot/auth', 'dovecot'),
  ],
  smtp: [
    service('network/smtp:postfix', 'Postfix', '/opt/ooce/libexec/postfix/master'),
    daemon('qmgr', 'postfix', 2),
    daemon('pickup', 'postfix'),
  ],
  squid: [
    service('network/squid:default', 'Squid proxy', '/opt/local/sbin/squid', 'root'),
    daemon('(squid-1)', 'squid', 9),
  ],
  radius: [service('network/radius:default', 'FreeRADIUS', '/opt/ooce/sbin/radiusd', 'radius')],
  tftp: [service('network/tftpd:default', 'TFTP server', '/usr/sbin/in.tftpd')],
  vaultwarden: [
    service(
      'application/vaultwarden:default',
      'Vaultwarden',
      '/opt/local/bin/vaultwarden',
      'vault',
    ),
  ],
  postgres: [
    service(
      'ooce/database/postgresql17:default',
      'PostgreSQL 17',
      '/opt/ooce/pgsql-17/bin/postgres',
      'postgres',
    ),
    daemon('postgres:', 'postgres', 6),
    daemon('postgres:', 'postgres', 3),
  ],
  openvpn: [service('network/openvpn:default', 'OpenVPN', '/opt/ooce/sbin/openvpn')],
  'wg-oob': [service('network/wireguard:default', 'WireGuard', '/opt/local/bin/wireguard-go')],
  'dns-int1': named,
  'dns-int2': named,
  'dns-ext1': named,
  'dns-ext2': named,
  'dns-slave1': named,
  'dns-slave2': named,
  unbound: [
    service('network/dns/unbound:default', 'Unbound resolver', '/opt/ooce/sbin/unbound', 'unbound'),
  ],
  logsrv1: rsyslog,
  logsrv2: rsyslog,
  loglb: [service('network/haproxy:default', 'HAProxy', '/opt/ooce/sbin/haproxy', 'haproxy')],
  tailscale1: tailscale,
  tailscale2: tailscale,
  unifi: [daemon('/usr/bin/java', 'unifi', 4), daemon('/usr/bin/mongod', 'mongodb', 2)],
  minecraft: [daemon('/usr/bin/java', 'minecraft', 20)],
  gobuilder: [
    service('application/buildd:default', 'Go build server', '/opt/ooce/bin/go', 'build'),
  ],
  gitea: [service('pkgsrc/gitea:default', 'Gitea', '/opt/local/sbin/gitea', 'git')],
  nextcloud: [
    service('pkgsrc/nginx:default', 'nginx', '/opt/local/sbin/nginx', 'www'),
    service('pkgsrc/php-fpm:default', 'PHP FastCGI', '/opt/local/sbin/php-fpm', 'www', 6),
  ],
  ...Object.fromEntries(
    [1, 2, 3].flatMap((member): readonly [string, readonly Software[]][] => [
      [`etcd${member}`, kubernetes('etcd', 'etcd')],
      [`apisrv${member}`, kubernetes('kube-apiserver', 'Kubernetes API server')],
      [`ctrlmgr${member}`, kubernetes('kube-controller-manager', 'Kubernetes controller manager')],
      [`k8sched${member}`, kubernetes('kube-scheduler', 'Kubernetes scheduler')],
      [`cp${member}`, stackedSoftware()],
      [`edgecp${member}`, stackedSoftware()],
      [
        `events${member}`,
        kubernetes('etcd', 'etcd').map((etcd) => ({
          ...etcd,
          args: [`--config-file=${PATHS.etcdConfig}`],
        })),
      ],
    ]),
  ),
};

/** The daemons of a zone; none in one that the lab has no words for. */
export const softwareOf = (name: string): readonly Software[] => SOFTWARE[name] ?? [];
