import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { USUAL_ESCAPE } from '../domain/hand-over.ts';
import type { HostSettings, Settings } from '../domain/settings.ts';
import { DEFAULT_THRESHOLDS } from '../domain/thresholds.ts';
import { type KnownNames, checkConsistency } from './consistency.ts';
import type { ConfigIssue, Flaw } from './issue.ts';
import { type Env, defaultKubeconfig, expandPath } from './paths.ts';
import { roleList } from './role-list.ts';
import type { ConfigInput } from './schema.ts';
import { checkShape } from './shape.ts';
import { readYaml } from './yaml-document.ts';

/** What becomes of a configuration file. */
export type ConfigResult =
  | {
      readonly settings: Settings;
      /** Keys that are valid and that nothing uses yet; not errors. */
      readonly notes: readonly ConfigIssue[];
    }
  | {
      readonly issues: readonly ConfigIssue[];
      /** true when there is no file at that path. */
      readonly missing: boolean;
    };

export type ConfigOptions = KnownNames & {
  /** Default: the process's environment. */
  readonly env?: Env;
};

/** The theme when none is chosen. */
export const DEFAULT_THEME = 'midnight';

type HostInput = NonNullable<ConfigInput['hosts']>[number];

const asList = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? []);

function hostSettings(input: HostInput, absolute: (path: string) => string): HostSettings {
  const { name, address, port, user, jump, identity, knownHosts, agent, via } = input;
  return {
    name,
    address: address ?? null,
    port: port ?? null,
    user: user ?? null,
    jump: jump ?? null,
    identityFiles: asList(identity).map(absolute),
    knownHostsFiles: asList(knownHosts).map(absolute),
    agent: agent === undefined || agent === 'none' ? (agent ?? null) : absolute(agent),
    via: via ?? 'ssh2',
  };
}

function thresholdSettings(input: ConfigInput): Settings['thresholds'] {
  return Object.fromEntries(
    Object.entries(DEFAULT_THRESHOLDS).map(([rule, { warning, critical }]) => {
      const given = input.thresholds?.[rule];
      return [rule, { warning: given?.warning ?? warning, critical: given?.critical ?? critical }];
    }),
  );
}

/** The complete settings: paths absolute, defaults filled in. */
function toSettings(input: ConfigInput, folder: string, env: Env): Settings {
  const absolute = (path: string): string => expandPath(path, folder, env);
  const {
    hosts = [],
    clusters = [],
    vlans = {},
    groups = [],
    roles = {},
    snapshots = {},
    intervals = {},
    ui = {},
  } = input;
  return {
    hosts: hosts.map((host) => hostSettings(host, absolute)),
    clusters: clusters.map(
      ({
        name,
        kubeconfig,
        context,
        vip,
        apiServers = [],
        etcd = [],
        namespaces = [],
        kubelets,
        objectsMegabytes,
      }) => ({
        name,
        kubeconfig:
          kubeconfig === undefined ? defaultKubeconfig(env, process.cwd()) : absolute(kubeconfig),
        context: context ?? null,
        vip: vip ?? null,
        namespaces,
        kubelets: kubelets ?? true,
        objectsMegabytes: objectsMegabytes ?? 200,
        apiServers: apiServers.map(({ url, zone }) => ({ url, zone: zone ?? null })),
        etcd: etcd.map(({ url, zone }) => ({ url, zone: zone ?? null })),
      }),
    ),
    vlanNames: new Map(Object.entries(vlans).map(([id, name]) => [Number(id), name])),
    groups: groups.map(({ name, members, atLeast }) => ({ name, members, atLeast: atLeast ?? 1 })),
    roles: byHost(
      Object.fromEntries(Object.entries(roles).map(([key, each]) => [key, roleList(each)])),
    ),
    snapshotHours: byHost(snapshots),
    intervals: {
      fast: intervals.fast ?? 5,
      slow: intervals.slow ?? 60,
      inventory: intervals.inventory ?? 300,
    },
    thresholds: thresholdSettings(input),
    ui: {
      theme: ui.theme ?? DEFAULT_THEME,
      start: ui.start ?? 'overview',
      escape: ui.escape ?? USUAL_ESCAPE,
      mouse: ui.mouse ?? true,
      unlockReason: ui.unlockReason ?? false,
      keys: ui.keys ?? {},
    },
  };
}

/** What is told under keys of the form HOST/NAME, by host and name. */
const byHost = <T>(
  entries: Readonly<Record<string, T>>,
): ReadonlyMap<string, ReadonlyMap<string, T>> =>
  new Map(
    [...Map.groupBy(Object.entries(entries), ([key]) => key.slice(0, key.indexOf('/')))].map(
      ([host, own]) => [
        host,
        new Map(own.map(([key, value]) => [key.slice(host.length + 1), value])),
      ],
    ),
  );

/** Sections that the specification has and this version only checks. */
const UNUSED_SECTIONS = ['checks', 'notify'] as const;

const noteFlaws = (input: ConfigInput): readonly Flaw[] =>
  UNUSED_SECTIONS.filter((section) => input[section] !== undefined).map((section) => ({
    path: [section],
    at: 'key',
    message: 'is valid and not used by this version',
  }));

const byPlace = (a: ConfigIssue, b: ConfigIssue): number => a.line - b.line || a.column - b.column;

/** The settings that a configuration without any key has. */
export const defaultSettings = (env: Env = process.env): Settings => toSettings({}, '/', env);

/** Reads a configuration from its text; `file` is for messages and for relative paths. Never throws. */
export function parseConfig(text: string, file: string, options: ConfigOptions = {}): ConfigResult {
  const yaml = readYaml(text, file);
  if ('issues' in yaml) return { issues: yaml.issues.toSorted(byPlace), missing: false };
  const { value, place } = yaml.document;
  const shape = checkShape(value);
  const flaws = 'flaws' in shape ? shape.flaws : checkConsistency(shape.input, options);
  if ('flaws' in shape || flaws.length > 0) {
    return { issues: flaws.map(place).toSorted(byPlace), missing: false };
  }
  const env = options.env ?? process.env;
  return {
    settings: toSettings(shape.input, dirname(resolve(file)), env),
    notes: noteFlaws(shape.input).map(place),
  };
}

/** The file as a whole could not be read. */
export const fileIssue = (file: string, message: string): ConfigIssue => ({
  file,
  line: 0,
  column: 0,
  key: '',
  message,
});

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'is a directory',
};

/** Reads the text of a file, or says why not. */
export function readConfigText(
  file: string,
):
  | { readonly text: string }
  | { readonly issues: readonly ConfigIssue[]; readonly missing: boolean } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    return { text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = error instanceof TypeError ? 'is not UTF-8 text' : (REASONS[code] ?? code);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return { issues: [fileIssue(file, reason)], missing };
  }
}

/** Reads the configuration file. Never throws; files that the configuration names are not looked at. */
export function loadConfig(file: string, options: ConfigOptions = {}): ConfigResult {
  const read = readConfigText(file);
  return 'text' in read ? parseConfig(read.text, file, options) : read;
}
