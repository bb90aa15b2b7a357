import * as z from 'zod';
import { THRESHOLDS } from '../domain/thresholds.ts';
import { roleList } from './role-list.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Names take part in references such as `zone:omni1/etcd1`, hence no slash, colon or blank. */
const name = z.string().regex(NAME, {
  error: 'not a name: letters, digits, dot, dash and underscore, beginning with a letter or digit',
});
const WORD = /^[^\s-]\S*$/u;
const word = z.string().regex(WORD, { error: 'must be one word that does not begin with a dash' });
const text = z.string().min(1);
const path = z.string().min(1);
const paths = z.union([path, z.array(path)], { error: 'expected a path or a list of paths' });
const seconds = (min: number, max: number, meaning: string) =>
  z.number().min(min).max(max).optional().describe(meaning);

const host = z
  .strictObject({
    name: name.describe('shown everywhere; also an alias in the ssh configuration'),
    address: word.optional().describe('host name or address; default: HostName of the ssh alias'),
    port: z.int().min(1).max(65_535).optional().describe('default: Port of the ssh alias, or 22'),
    user: word.optional().describe('default: User of the ssh alias'),
    jump: word.optional().describe('as in ProxyJump: [user@]host[:port], separated by commas'),
    identity: paths.optional().describe('private key files'),
    knownHosts: paths.optional().describe('known_hosts files'),
    agent: path.optional().describe("the agent's socket, or none; default: $SSH_AUTH_SOCK"),
    via: z
      .enum(['ssh2', 'openssh'])
      .optional()
      .describe(
        'openssh: the ssh program carries the connection, for certificates, security keys, Kerberos; default: ssh2',
      ),
  })
  .describe('a host that is watched over SSH');

const MEMBER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\/[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const member = z.string().regex(MEMBER, { error: 'not HOST/ZONE' });
const apiServer = z
  .strictObject({
    url: z
      .url({ protocol: /^https$/, error: 'not an https:// URL' })
      .describe('how it is reached without the virtual IP'),
    zone: member.optional().describe('the zone that it runs in, as HOST/ZONE'),
  })
  .describe('an API server that is asked by itself, besides those that the cluster names');

const etcd = apiServer.describe('a port of etcd for its clients, whose certificate is looked at');

const cluster = z
  .strictObject({
    name: name.describe('shown everywhere'),
    kubeconfig: path.optional().describe('default: the first file of $KUBECONFIG, ~/.kube/config'),
    context: text.optional().describe("default: the file's current context"),
    vip: z
      .url({ protocol: /^https$/, error: 'not an https:// URL' })
      .optional()
      .describe('URL of the virtual IP in front of the API servers'),
    apiServers: z
      .array(apiServer)
      .optional()
      .describe('API servers to ask by themselves; the cluster names those that it knows'),
    etcd: z
      .array(etcd)
      .optional()
      .describe('members of etcd to look at; default: what zones and members tell'),
    namespaces: z
      .array(text)
      .optional()
      .describe(
        'where to look for what may not be seen in all namespaces, if the cluster may not be asked which there are',
      ),
    kubelets: z
      .boolean()
      .optional()
      .describe('look at the certificates of kubelets, port 10250 of each node; default: true'),
    objectsMegabytes: z
      .int()
      .min(10)
      .max(10_000)
      .optional()
      .describe(
        'memory that what is kept of its objects may take; beyond it the largest kinds are counted only; default: 200',
      ),
  })
  .describe('a Kubernetes cluster');

const group = z
  .strictObject({
    name: text,
    members: z.array(member).min(1).describe('zones or VMs as HOST/ZONE'),
    atLeast: z.int().min(1).optional().describe('how many members must be up; default: 1'),
  })
  .describe('a redundancy group');

/** `etcd`, `infrak8s/etcd`. */
const ROLE = /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,62}\/)?[^-\s/,][^\s/,]*$/;
const notRole = 'not ROLE or CLUSTER/ROLE, or several of them';
/** `etcd, kube-apiserver`. */
const severalRoles = z
  .string()
  .refine((text) => roleList(text).every((each) => ROLE.test(each)), { error: notRole });
const role = z.string().regex(ROLE, { error: 'not ROLE or CLUSTER/ROLE' });
const roles = z
  .record(
    z.string().regex(MEMBER, { error: 'not HOST/ZONE' }),
    z.union([severalRoles, z.array(role).min(1)], { error: notRole }),
  )
  .describe(
    'what zones or VMs are for, where their services and processes do not tell: ROLE, or CLUSTER/ROLE for a part of the control plane of that cluster; several as a list or parted by commas',
  );

const snapshots = z
  .record(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}(?:\/[A-Za-z0-9][A-Za-z0-9 ._:-]*)+$/, {
      error: 'not HOST/DATASET',
    }),
    z.number().min(0.1).max(87_600).describe('hours'),
  )
  .describe('how old the newest snapshot of a dataset may be, in hours, by HOST/DATASET');

const CHECK_TYPES = ['icmp', 'tcp', 'dns', 'http', 'tls', 'smtp', 'imap', 'ntp'] as const;
const check = z
  .strictObject({
    name: text,
    type: z.enum(CHECK_TYPES),
    target: word.describe('address, host:port or URL'),
    from: name.optional().describe('the host that asks; default: the console itself'),
  })
  .describe('a probe of a service');

const intervals = z
  .strictObject({
    fast: seconds(1, 300, 'seconds between samples of counters and states; default: 5'),
    slow: seconds(5, 3_600, 'seconds between pools, links and services; default: 60'),
    inventory: seconds(10, 86_400, 'seconds between configurations of zones; default: 300'),
  })
  .describe('how often hosts are asked, in seconds');

const threshold = ({ min, max, unit, meaning, defaults }: (typeof THRESHOLDS)[RuleId]) => {
  const limit = z.number().min(min).max(max).optional();
  return z
    .strictObject({
      warning: limit.describe(`${unit}; default: ${defaults.warning}`),
      critical: limit.describe(`${unit}; default: ${defaults.critical}`),
    })
    .optional()
    .describe(meaning);
};
type RuleId = keyof typeof THRESHOLDS;
const thresholds = z
  .strictObject(
    Object.fromEntries(Object.entries(THRESHOLDS).map(([rule, spec]) => [rule, threshold(spec)])),
  )
  .describe('limits of rules');

const severity = z.enum(['critical', 'warning', 'info', 'none']);
const webUrl = z.url({ protocol: /^https?$/, error: 'not an http:// or https:// URL' });
const notify = z
  .strictObject({
    bell: severity.optional().describe('least severity that rings the bell'),
    osc: severity.optional().describe('least severity that notifies the terminal'),
    webhook: webUrl.optional(),
    ntfy: webUrl.optional(),
  })
  .describe('who is told of problems');

const escape = z.string().regex(/^[!-\-/:-@[-`{-~]$/, {
  error: 'must be one character that is no letter, digit or dot, such as ~ or %',
});

const START_VIEWS = ['overview', 'hosts', 'zones', 'vms', 'vlans', 'cluster', 'problems'] as const;
const ui = z
  .strictObject({
    theme: text.optional().describe('default: midnight'),
    start: z.enum(START_VIEWS).optional().describe('the view at the start; default: overview'),
    mouse: z.boolean().optional().describe('default: true'),
    unlockReason: z
      .boolean()
      .optional()
      .describe('unlocking actions asks for a reason, which the ledger keeps; default: false'),
    escape: escape
      .optional()
      .describe('zone consoles are left with this character and a dot; default: ~'),
    keys: z
      .record(z.string(), z.string())
      .optional()
      .describe('command id to key; an empty text for no key'),
  })
  .describe('the screen');

const VLAN_ID = /^(?:[1-9]\d{0,2}|[1-3]\d{3}|40[0-8]\d|409[0-4])$/;
const vlans = z
  .record(z.string().regex(VLAN_ID, { error: 'not a VLAN id, 1 to 4094' }), text)
  .describe('names of VLAN ids');

/** The configuration file as it is written; nothing in it is required. */
export const configSchema = z
  .strictObject({
    hosts: z.array(host).optional(),
    clusters: z.array(cluster).optional(),
    vlans: vlans.optional(),
    groups: z.array(group).optional(),
    roles: roles.optional(),
    snapshots: snapshots.optional(),
    checks: z.array(check).optional(),
    intervals: intervals.optional(),
    thresholds: thresholds.optional(),
    notify: notify.optional(),
    ui: ui.optional(),
  })
  .describe('configuration of labtop');

/** The configuration file after it was found valid, before defaults. */
export type ConfigInput = z.infer<typeof configSchema>;

/** JSON Schema (2020-12) of the configuration file, for editors and `labtop config schema`. */
export const jsonSchema = (): object => z.toJSONSchema(configSchema, { io: 'input' });
