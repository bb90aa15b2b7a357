import { promises } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { daemonsOf } from './control-plane/daemon.ts';
import { LAB_USER } from './create-machine.ts';
import { VIEWER } from './kube/rights.ts';
import type { Lab, LabCluster } from './lab.ts';

/** The files that writeLabConfig made; absolute paths. */
export type LabFiles = {
  readonly config: string;
  readonly sshConfig: string;
  readonly kubeconfig: string;
  /** Of a user who may read two namespaces only. */
  readonly viewerKubeconfig: string;
  readonly identity: string;
  readonly knownHosts: string;
};

const SECRET = { mode: 0o600 } as const;
const GROUPS = [
  { name: 'internal dns', members: ['omni1/dns-int1', 'omni2/dns-int2'], atLeast: 1 },
  { name: 'external dns', members: ['omni1/dns-ext1', 'omni2/dns-ext2'], atLeast: 1 },
  { name: 'ad blockers', members: ['omni1/pihole1', 'omni2/pihole2', 'omni2/adguard'], atLeast: 1 },
  { name: 'etcd', members: ['omni1/etcd1', 'omni2/etcd2', 'store1/etcd3'], atLeast: 2 },
  {
    name: 'api servers',
    members: ['omni1/apisrv1', 'omni2/apisrv2', 'store1/apisrv3'],
    atLeast: 1,
  },
  { name: 'wan routers', members: ['omni1/pfsense1', 'omni2/pfsense2'], atLeast: 1 },
] as const;

/**
 * Writes the configuration of the console for a running lab to a file, and beside it all that it names:
 * the key, the known hosts, the kubeconfig, and an ssh_config for ssh(1).
 */
export async function writeLabConfig(lab: Lab, file: string): Promise<LabFiles> {
  const config = resolve(file);
  const directory = dirname(config);
  const files: LabFiles = {
    config,
    sshConfig: join(directory, 'ssh_config'),
    kubeconfig: join(directory, 'kubeconfig'),
    viewerKubeconfig: join(directory, 'kubeconfig-viewer'),
    identity: join(directory, 'id_ed25519'),
    knownHosts: join(directory, 'known_hosts'),
  };
  await promises.mkdir(directory, { recursive: true });
  await Promise.all([
    promises.writeFile(files.identity, lab.clientKey.privateKey, SECRET),
    promises.writeFile(files.knownHosts, knownHosts(lab)),
    promises.writeFile(files.kubeconfig, kubeconfig(lab.clusters), SECRET),
    promises.writeFile(
      files.viewerKubeconfig,
      lab.kube.kubeconfig({ server: lab.vip.url, user: VIEWER.name, groups: [] }),
      SECRET,
    ),
    promises.writeFile(files.sshConfig, sshConfig(lab, files)),
    promises.writeFile(config, consoleConfig(lab)),
  ]);
  return files;
}

type NamedList = readonly { readonly name: string }[];
type Kubeconfig = {
  readonly clusters: NamedList;
  readonly users: NamedList;
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly user: string };
  }[];
};

/** One context for each cluster, the first is the current one. */
function kubeconfig(clusters: readonly LabCluster[]): string {
  const texts = clusters.map(({ kube, vip }) => kube.kubeconfig({ server: vip.url }));
  const [first = ''] = texts;
  if (texts.length === 1) return first;
  // A user of the same name has another certificate in each.
  const own = texts.map((text, index): Kubeconfig => {
    const { users, contexts, ...rest } = parse(text) as Kubeconfig;
    const userOf = (name: string): string => `${name}@${clusters[index]?.name ?? ''}`;
    return {
      ...rest,
      users: users.map((user) => ({ ...user, name: userOf(user.name) })),
      contexts: contexts.map((each) => ({
        ...each,
        context: { ...each.context, user: userOf(each.context.user) },
      })),
    };
  });
  return stringify({
    ...own[0],
    clusters: own.flatMap((each) => each.clusters),
    users: own.flatMap(({ users }) => users),
    contexts: own.flatMap(({ contexts }) => contexts),
  });
}

const knownHosts = (lab: Lab): string =>
  lab.hosts.map((host) => `[127.0.0.1]:${host.port} ${host.hostKey()}\n`).join('');

const quote = (path: string): string => (/\s/.test(path) ? `"${path}"` : path);

const sshConfig = (lab: Lab, files: LabFiles): string =>
  lab.hosts
    .map((host) =>
      [
        `Host ${host.name}`,
        '  HostName 127.0.0.1',
        `  Port ${host.port}`,
        `  User ${LAB_USER}`,
        `  IdentityFile ${quote(files.identity)}`,
        '  IdentitiesOnly yes',
        `  UserKnownHostsFile ${quote(files.knownHosts)}`,
        '  StrictHostKeyChecking yes',
        '',
      ].join('\n'),
    )
    .join('\n');

function consoleConfig(lab: Lab): string {
  return stringify({
    hosts: lab.hosts.map((host) => ({
      name: host.name,
      address: '127.0.0.1',
      port: host.port,
      user: LAB_USER,
      identity: ['./id_ed25519'],
      knownHosts: ['./known_hosts'],
      agent: 'none',
    })),
    clusters: lab.clusters.map(({ name: cluster, kube, vip, etcd }) => ({
      name: cluster,
      kubeconfig: './kubeconfig',
      context: cluster,
      vip: vip.url,
      kubelets: false,
      apiServers: kube.instances().map(({ name, url }) => ({ url, zone: placeOf(lab, name) })),
      etcd: etcd.servers.map(({ member, url }) => ({ url, zone: placeOf(lab, member) })),
    })),
    vlans: Object.fromEntries(lab.world.plan.vlanNames),
    groups: GROUPS.filter(({ members }) => members.every((member) => hasZone(lab, member))),
    snapshots: { 'store1/tank/backup': 26 },
    roles: rolesIn(lab),
  });
}

const hasZone = (lab: Lab, member: string): boolean =>
  lab.world.plan.hosts.some(({ name, zones }) =>
    zones.some((zone) => `${name}/${zone.name}` === member),
  );

/** `HOST/ZONE` of the zone of that name. */
const placeOf = (lab: Lab, name: string): string | undefined =>
  lab.world.plan.hosts
    .flatMap((host) => host.zones)
    .filter((zone) => zone.name === name)
    .map(({ host }) => `${host}/${name}`)[0];

/** What the zones of the control plane are for, which is to be known even when their daemon never ran. */
const rolesIn = (lab: Lab): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lab.world.plan.hosts
      .flatMap((host) => host.zones)
      .flatMap((zone) => {
        const daemons = daemonsOf(zone);
        return daemons.length === 0
          ? []
          : [[`${zone.host}/${zone.name}`, daemons.join(',')] as const];
      }),
  );
