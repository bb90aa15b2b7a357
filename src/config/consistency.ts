import type { Threshold } from '../domain/settings.ts';
import { THRESHOLDS } from '../domain/thresholds.ts';
import { type Flaw, type Path, showValue, withNearest } from './issue.ts';
import { roleList } from './role-list.ts';
import type { ConfigInput } from './schema.ts';

/** What the rest of the program knows and the configuration may name. */
export type KnownNames = {
  /** Names of themes; without them any theme name is accepted. */
  readonly themes?: readonly string[];
};

/** Names that occur a second time, at their second place. */
function duplicates(
  section: 'hosts' | 'clusters' | 'groups' | 'checks',
  entries: readonly { readonly name: string }[],
): readonly Flaw[] {
  const seen = new Map<string, number>();
  return entries.flatMap(({ name }, index): readonly Flaw[] => {
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    const message = `duplicate name ${showValue(name)}, already used by ${section}[${first}]`;
    return [{ path: [section, index, 'name'], at: 'value', message }];
  });
}

const unknownHost = (path: Path, host: string, hosts: readonly string[]): Flaw =>
  withNearest(
    { path, at: 'value', message: `no host ${showValue(host)} under hosts` },
    host,
    hosts,
  );

function groupFlaws({ groups = [], hosts = [] }: ConfigInput): readonly Flaw[] {
  const hostNames = hosts.map(({ name }) => name);
  return groups.flatMap(({ members, atLeast }, index) => {
    const flaws: Flaw[] = [];
    const seen = new Set<string>();
    for (const [at, member] of members.entries()) {
      const path: Path = ['groups', index, 'members', at];
      const host = member.slice(0, member.indexOf('/'));
      if (!hostNames.includes(host)) flaws.push(unknownHost(path, host, hostNames));
      if (seen.has(member)) {
        flaws.push({ path, at: 'value', message: `duplicate member ${showValue(member)}` });
      }
      seen.add(member);
    }
    if (atLeast !== undefined && atLeast > members.length) {
      const message = `must be at most the number of members (${members.length}), found ${atLeast}`;
      flaws.push({ path: ['groups', index, 'atLeast'], at: 'value', message });
    }
    return flaws;
  });
}

/** Sections whose keys begin with a host. */
function hostKeyFlaws(section: 'roles' | 'snapshots', input: ConfigInput): readonly Flaw[] {
  const names = (input.hosts ?? []).map(({ name }) => name);
  return Object.keys(input[section] ?? {}).flatMap((key) => {
    const host = key.slice(0, key.indexOf('/'));
    return names.includes(host)
      ? []
      : [{ ...unknownHost([section, key], host, names), at: 'key' as const }];
  });
}

/** A role may name a cluster. */
function roleFlaws({ roles = {}, clusters = [] }: ConfigInput): readonly Flaw[] {
  const names = clusters.map(({ name }) => name);
  const each = Object.entries(roles).flatMap(([key, own]) =>
    roleList(own).map((role) => [key, role] as const),
  );
  return each.flatMap(([key, role]) => {
    const [cluster, name] = role.split('/');
    return cluster === undefined || name === undefined || names.includes(cluster)
      ? []
      : [
          withNearest(
            {
              path: ['roles', key],
              at: 'value',
              message: `no cluster ${showValue(cluster)} under clusters`,
            },
            cluster,
            names,
          ),
        ];
  });
}

function checkFlaws({ checks = [], hosts = [] }: ConfigInput): readonly Flaw[] {
  const names = hosts.map(({ name }) => name);
  return checks.flatMap(({ from }, index) =>
    from === undefined || names.includes(from)
      ? []
      : [unknownHost(['checks', index, 'from'], from, names)],
  );
}

function instanceFlaws({ clusters = [], hosts = [] }: ConfigInput): readonly Flaw[] {
  const names = hosts.map(({ name }) => name);
  return clusters.flatMap((input, cluster) =>
    (['apiServers', 'etcd'] as const).flatMap((section) =>
      (input[section] ?? []).flatMap(({ zone }, index) => {
        const host = zone?.slice(0, zone.indexOf('/'));
        return host === undefined || names.includes(host)
          ? []
          : [unknownHost(['clusters', cluster, section, index, 'zone'], host, names)];
      }),
    ),
  );
}

function thresholdFlaws({ thresholds = {} }: ConfigInput): readonly Flaw[] {
  return Object.entries(THRESHOLDS).flatMap(([rule, { worse, defaults }]): readonly Flaw[] => {
    const given = thresholds[rule];
    if (given === undefined) return [];
    const { warning, critical }: Threshold = {
      warning: given.warning ?? defaults.warning,
      critical: given.critical ?? defaults.critical,
    };
    const inOrder = worse === 'above' ? warning <= critical : warning >= critical;
    if (inOrder) return [];
    const order = worse === 'above' ? 'above' : 'below';
    const message = `warning (${warning}) must not be ${order} critical (${critical})`;
    const key = given.warning === undefined ? 'critical' : 'warning';
    return [{ path: ['thresholds', rule, key], at: 'value', message }];
  });
}

function keyFlaws({ ui }: ConfigInput): readonly Flaw[] {
  const owners = new Map<string, string>();
  return Object.entries(ui?.keys ?? {}).flatMap(([command, key]): readonly Flaw[] => {
    const owner = owners.get(key);
    if (owner === undefined || key === '') {
      owners.set(key, command);
      return [];
    }
    const message = `key ${showValue(key)} is already given to ${owner}`;
    return [{ path: ['ui', 'keys', command], at: 'value', message }];
  });
}

/** `~user` would need the password database, which the console does not read. */
function homeFlaws({ hosts = [], clusters = [] }: ConfigInput): readonly Flaw[] {
  const list = (value: string | readonly string[] | undefined, path: Path): [Path, string][] => {
    if (value === undefined) return [];
    if (typeof value === 'string') return [[path, value]];
    return value.map((entry, index) => [[...path, index], entry]);
  };
  const paths = [
    ...hosts.flatMap(({ identity, knownHosts, agent }, index) => [
      ...list(identity, ['hosts', index, 'identity']),
      ...list(knownHosts, ['hosts', index, 'knownHosts']),
      ...list(agent, ['hosts', index, 'agent']),
    ]),
    ...clusters.flatMap(({ kubeconfig }, index) =>
      list(kubeconfig, ['clusters', index, 'kubeconfig']),
    ),
  ];
  return paths
    .filter(([, path]) => /^~[^/]/.test(path))
    .map(([path, value]) => ({
      path,
      at: 'value',
      message: `only ~/ is expanded, write the whole path, found ${showValue(value)}`,
    }));
}

function themeFlaws({ ui }: ConfigInput, { themes }: KnownNames): readonly Flaw[] {
  const theme = ui?.theme;
  if (theme === undefined || themes === undefined || themes.includes(theme)) return [];
  const message = `no theme ${showValue(theme)} (there are: ${themes.join(', ')})`;
  return [withNearest({ path: ['ui', 'theme'], at: 'value', message }, theme, themes)];
}

/** Checks what one part of the configuration says of another. */
export const checkConsistency = (input: ConfigInput, known: KnownNames): readonly Flaw[] => [
  ...duplicates('hosts', input.hosts ?? []),
  ...duplicates('clusters', input.clusters ?? []),
  ...duplicates('groups', input.groups ?? []),
  ...duplicates('checks', input.checks ?? []),
  ...homeFlaws(input),
  ...groupFlaws(input),
  ...hostKeyFlaws('roles', input),
  ...roleFlaws(input),
  ...hostKeyFlaws('snapshots', input),
  ...checkFlaws(input),
  ...instanceFlaws(input),
  ...thresholdFlaws(input),
  ...keyFlaws(input),
  ...themeFlaws(input, known),
];
