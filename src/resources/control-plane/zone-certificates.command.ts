import type { HostCommand, Question } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { SUBCOMMAND } from '../../domain/role.ts';
import { sanitize } from '../../domain/text.ts';
import type { FileCertificate, ZoneCertificates } from '../../domain/zone-certificates.ts';
import { isProgramOf, toldOf } from '../../domain/zone-component.ts';
import type { ComponentKind } from '../../domain/zone-component.ts';
import { fromBase64, parsePemCertificates } from '../../parse/x509.ts';
import type { X509 } from '../../parse/x509.ts';
import {
  askComponentZones,
  GRANT_ZLOGIN,
  inZone,
  NO_COMPONENTS,
  readComponentZones,
  runningComponentZones,
} from './component-zones.ts';

const MARK = 'certificates ';

/**
 * Reads the certificates that a component of the control plane has in files of its zone, and the arguments that name
 * them. They change when somebody renews them, and the arguments when the process begins anew.
 */
export const zoneCertificates: HostCommand<'zoneCertificates'> = {
  id: 'zone-certificates',
  feed: 'zoneCertificates',
  pace: 'inventory',
  every: 5,
  timeoutSeconds: 30,
  isSlow: true,
  follows: (host) =>
    runningComponentZones(host)
      .map(([zone, kind]) => `${zone} ${pidOf(host, zone, kind) ?? ''}`)
      .join('\n') || null,
  question: askCertificates,
  parse: parseZoneCertificates,
  fold: keepArguments,
  unasked: NO_COMPONENTS,
  hides:
    'certificates in files of zones with etcd, API servers, schedulers and controller managers; raft term, alarms and members of etcd',
  grant: GRANT_ZLOGIN,
};

/** The process of the component, by the last ps(1); a zone shows its processes by the same ids as the global one. */
const pidOf = (host: HostInventory, zone: string, kind: ComponentKind): number | undefined =>
  lastKnown(host.feeds.processes)
    ?.value.get(zone)
    ?.top.find(({ command }) => isProgramOf(kind, command.split('/').at(-1) ?? ''))?.pid;

function askCertificates(host: HostInventory): Question | undefined {
  return askComponentZones(host, MARK, (zone, kind) =>
    inZone(
      zone,
      readingScript(
        pidOf(host, zone, kind),
        pathsOf(host, zone, kind),
        kind === 'etcd' ? K3S_ETCD_CONFIG : '',
      ),
    ),
  );
}

/** Files that its process named while it ran: they are read still when it has ended. */
const pathsOf = (host: HostInventory, zone: string, kind: ComponentKind): readonly string[] => [
  ...new Set(
    toldOf(lastKnown(host.feeds.zoneCertificates)?.value, zone, kind)?.certificates.flatMap(
      ({ path }) => (/^\/[A-Za-z0-9._/-]+$/.test(path) ? path : []),
    ),
  ),
];

/** Names of arguments whose values are paths or addresses, as basic regular expressions. */
const NAMES = [
  '[a-z-]*file',
  '[a-z-]*certificate',
  '[a-z-]*kubeconfig',
  'listen-[a-z]*-urls',
  'etcd-servers',
  'etcd-servers-overrides',
  'initial-cluster',
  'enable-grpc-gateway',
  'secure-port',
  'bind-address',
  'advertise-address',
  'master',
  'start-control-plane',
];
/** Of pargs(1): `argv[3]: --name=value`, or name and value as two; etcd is told by its environment too. */
const ARGUMENTS = [
  ...NAMES.flatMap((name) => [`/^argv[^ ]* --*${name}=/p`, `/^argv[^ ]* --*${name}$/{p;n;p;}`]),
  // k3s is a server or an agent.
  '/^argv.1.: agent$/p',
  '/^envp[^ ]* ETCD_[A-Z_]*FILE=/p',
  '/^envp[^ ]* ETCD_LISTEN_[A-Z_]*URLS=/p',
  '/^envp[^ ]* ETCD_INITIAL_CLUSTER=/p',
  '/^envp[^ ]* ETCD_ENABLE_GRPC_GATEWAY=/p',
];
const ABSOLUTE = String.raw`s/^[^\/]*\(\/[^ ]*\)$/\1/p`;
/** The path of a configuration file of etcd among these. */
const CONFIG_PATH = [
  `/ --*config-file=/${ABSOLUTE}`,
  `/ --*config-file$/{n;${ABSOLUTE};}`,
  `/ ETCD_CONFIG_FILE=/${ABSOLUTE}`,
];
/**
 * Of that file, https://etcd.io/docs/v3.6/op-guide/configuration/: what is asked of arguments too, without quotes and
 * comments, and the sections that certificates stand in.
 */
const CONFIG = [
  String.raw`s/^\( *[a-z-]*: *\)["']*\([^"'#]*\).*$/conf: \1\2/`,
  's/ *$//',
  '/^conf: *[a-z-]*-file: /p',
  '/^conf: *listen-[a-z]*-urls: /p',
  '/^conf: *initial-cluster: /p',
  '/^conf: *enable-grpc-gateway: /p',
  '/^conf: [a-z]*-transport-security:/p',
];
/** k3s writes it for the etcd within it. */
const K3S_ETCD_CONFIG = '/var/lib/rancher/k3s/server/db/etcd/config';
const PATHS = ['/key-file/d', '/KEY_FILE/d', ABSOLUTE];
/**
 * Of head(1), which writes `==> PATH <==` before each of several files: certificates and nothing else, so that no key
 * leaves the zone, be it in the same file. A line of base64 begins with neither `-` nor `=`, so that a certificate whose
 * end is missing ends before the next file.
 */
const CERTIFICATES = [
  '/^==> /p',
  '/^-----BEGIN CERTIFICATE-----/,/^[-=]/p',
  '/^ *client-certificate-data: /p',
  '/^ *certificate-authority-data: /p',
  '/^ *server: /p',
];
/** Where kubeadm and k3s lay them, for what no argument names. */
const USUAL = ['/etc/kubernetes/pki', '/var/lib/rancher/k3s/server/tls']
  .flatMap((folder) => [`${folder}/*.crt`, `${folder}/etcd/*.crt`])
  .join(' ');
/** Of each file: a bundle of some ten authorities. */
const MOST_LINES = 400;

const sed = (commands: readonly string[]): string =>
  `sed -n ${commands.map((command) => `-e '${command.replaceAll("'", String.raw`'\''`)}'`).join(' ')}`;

/**
 * Arguments and environment of a process, as pargs(1) prints them; in zones of brand lx, which have none, from what
 * Linux has in its place.
 */
const argumentsOf = (pid: number): string =>
  String.raw`{ pargs -ae ${pid} 2>/dev/null || { tr '\000' '\n' </proc/${pid}/cmdline | sed -e '2s/^/argv[1]: /' -e '2!s/^/argv[0]: /'; tr '\000' '\n' </proc/${pid}/environ | sed -n 's/^ETCD_/envp[0]: ETCD_/p'; } 2>/dev/null; }`;

/**
 * What the shell of a zone runs: the arguments that matter of that process, then the certificates that they name.
 * @param config a configuration file that no argument names
 */
export const readingScript = (
  pid: number | undefined,
  known: readonly string[] = [],
  config = '',
): string =>
  [
    'PATH=/usr/bin:/usr/sbin:/bin',
    pid === undefined ? 'a=' : `a=$(${argumentsOf(pid)} | ${sed(ARGUMENTS)})`,
    String.raw`c=$(head -n ${MOST_LINES} /dev/null $(printf '%s\n' "$a" | ${sed(CONFIG_PATH)}) ${config} 2>/dev/null | ${sed(CONFIG)})`,
    String.raw`printf '%s\n' "$a" "$c"`,
    String.raw`head -n ${MOST_LINES} /dev/null $(printf '%s\n' "$a" "$c" | ${sed(PATHS)}) ${(pid === undefined ? known : []).map((path) => `${path} `).join('')}${USUAL} 2>/dev/null | ${sed(CERTIFICATES)}`,
  ].join('; ');

/** The answers of all zones behind their marks. */
export function parseZoneCertificates(stdout: string): Parsed<readonly ZoneCertificates[]> {
  return readComponentZones(
    stdout,
    MARK,
    'no mark of a zone before this line',
    (zone, kind, lines): ZoneCertificates => ({
      zone: sanitize(zone),
      kind,
      arguments: readArguments(lines),
      certificates: readFiles(lines),
      servers: lines.flatMap(serverOf),
      authorities: lines
        .flatMap((line) => inKubeconfig('certificate-authority-data', line))
        .map(clean),
    }),
  );
}

/** How a process was started is known still when it has ended. */
function keepArguments(
  previous: readonly ZoneCertificates[],
  next: readonly ZoneCertificates[],
): readonly ZoneCertificates[] {
  return next.map((each) => {
    const before = toldOf(previous, each.zone, each.kind);
    return each.arguments.size === 0 && before ? { ...each, arguments: before.arguments } : each;
  });
}

/**
 * Of the arguments of a process the first of a name counts least, as its own parser has it. A configuration file counts
 * alone: etcd passes over all arguments beside it.
 */
function readArguments(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let open: string | undefined;
  for (const line of lines) {
    const [, kind, text = ''] = /^(argv|envp)\[[0-9]+\]: (.*)$/.exec(line) ?? [];
    if (kind === undefined) continue;
    if (line === 'argv[1]: agent') found.set(SUBCOMMAND, 'agent');
    const [, name, value] =
      kind === 'argv'
        ? (/^--?([a-z][a-z-]*)(?:=(.*))?$/.exec(text) ?? [])
        : (/^ETCD_([A-Z_]+)=(.*)$/.exec(text) ?? []);
    if (open !== undefined && name === undefined) found.set(open, sanitize(text));
    open = undefined;
    if (name === undefined) continue;
    const plain = name.toLowerCase().replaceAll('_', '-');
    if (value === undefined) open = plain;
    // An argument counts more than the environment.
    else if (kind === 'argv' || !found.has(plain)) found.set(plain, sanitize(value));
  }
  const config = readConfig(lines);
  return config.size === 0 ? found : config;
}

/** By the names of the arguments that say the same: what is of peers has that before its name. */
function readConfig(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let prefix = '';
  for (const line of lines) {
    const [, indent = '', name, value = ''] = /^conf: ( *)([a-z-]+):(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (indent === '') prefix = name === 'peer-transport-security' ? 'peer-' : '';
    if (value.trim() !== '')
      found.set(`${indent === '' ? '' : prefix}${name}`, sanitize(value.trim()));
  }
  return found;
}

/** Of each file, so that a bundle of authorities does not hide the others. */
const MOST_OF_FILE = 8;

function readFiles(lines: readonly string[]): readonly FileCertificate[] {
  const files = new Map<string, string[]>();
  let current: string[] | undefined;
  let before: string | undefined;
  for (const line of lines) {
    const [, path] = /^==> (\/.*) <==$/.exec(line) ?? [];
    if (path !== undefined) {
      // The end of a certificate that was cut off prints it once more.
      if (path === before) continue;
      before = path;
      // A file that two arguments name is read twice.
      current = files.has(path) ? undefined : [];
      if (current) files.set(path, current);
    } else current?.push(line);
  }
  return [...files].flatMap(([path, content]) =>
    [
      ...parsePemCertificates(content.join('\n')),
      ...content.flatMap((line) => inKubeconfig('client-certificate-data', line)),
    ]
      .slice(0, MOST_OF_FILE)
      .map((certificate) => ({ path: sanitize(path), certificate: clean(certificate) })),
  );
}

/** The API server that a kubeconfig leads to. */
function serverOf(line: string): readonly string[] {
  const [, url] = /^ *server: "?(https?:\/\/[^\s"]+)"?\s*$/.exec(line) ?? [];
  return url === undefined ? [] : [sanitize(url)];
}

/** The certificates that a kubeconfig holds under that name, base64 of PEM. */
function inKubeconfig(name: string, line: string): readonly X509[] {
  const text = line.trim();
  if (!text.startsWith(`${name}: `)) return [];
  const [, data] = /^"?([A-Za-z0-9+/=]+)"?$/.exec(text.slice(name.length + 2).trim()) ?? [];
  return data === undefined ? [] : parsePemCertificates(new TextDecoder().decode(fromBase64(data)));
}

const clean = ({ subject, issuer, names, ...times }: X509): X509 => ({
  subject: sanitize(subject),
  issuer: sanitize(issuer),
  names: names.map(sanitize),
  ...times,
});
