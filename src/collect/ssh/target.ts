import { createHash } from 'node:crypto';
import { hostname as localHostname } from 'node:os';
import { bracketed } from '../../domain/address.ts';
import type { HostSettings } from '../../domain/settings.ts';
import { chooseAlgorithms } from './algorithms.ts';
import type { Algorithms } from './algorithms.ts';
import { algorithmFailure, configFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { hopSettings, parseJumps } from './jump-spec.ts';
import { knownHostsName } from './known-hosts.ts';
import { homeFolder, localUserName } from './local-user.ts';
import { readSshConfig } from './ssh-config.ts';
import type { LoginMethod, ReadConfig, SshConfig, SshConfigDeps } from './ssh-config.ts';
import { expandPercent, expandTokens } from './ssh-tokens.ts';
import type { SshTokens } from './ssh-tokens.ts';

export type IdentityFile = {
  readonly path: string;
  /** Named by labtop's own configuration: it must exist, and no other key is offered. */
  readonly isExplicit: boolean;
};

/** Where the agent is sought. */
export type AgentPlace = {
  /** null: $SSH_AUTH_SOCK is not set. */
  readonly path: string | null;
  /** It is that of the login session, which may have a newer one by now. */
  readonly isOfSession: boolean;
};

/** What carries the connection. */
export type Reach =
  | { readonly kind: 'direct' }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'jump'; readonly hop: Target };

/** Where a host is and how to get in: settings, then ssh configuration, then the defaults of ssh. */
export type Target = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly reach: Reach;
  /** 0: either. */
  readonly family: 0 | 4 | 6;
  readonly bindAddress: string | null;
  readonly connectTimeoutSeconds: number;
  readonly identityFiles: readonly IdentityFile[];
  readonly identitiesOnly: boolean;
  readonly certificateFiles: readonly string[];
  /** null: no agent. */
  readonly agent: AgentPlace | null;
  readonly methods: readonly LoginMethod[];
  /** BatchMode: nobody is asked for anything. */
  readonly isBatch: boolean;
  readonly algorithms: Algorithms;
  readonly knownHostsFiles: readonly string[];
  readonly revokedKeysFile: string | null;
  /** Shorter RSA keys are neither accepted nor offered. */
  readonly requiredRsaBits: number;
  /** Where a key that a person accepts is noted; null: nowhere. */
  readonly notedIn: string | null;
  readonly hashKnownHosts: boolean;
  /** StrictHostKeyChecking yes: nobody is asked whether an unknown key is right. */
  readonly isStrict: boolean;
  /** As written in known_hosts, with the port unless it is 22. */
  readonly knownHostsName: string;
  readonly knownHostsPlainName: string;
  /** Options in use that only the ssh program can follow. */
  readonly beyond: readonly string[];
  /** Files and folders that decide all this; a change in them may change the outcome. */
  readonly configFiles: readonly string[];
};

export type ResolveDeps = SshConfigDeps & {
  /** The settings of a jump host that is itself a host of labtop. */
  readonly hostNamed?: (name: string) => HostSettings | undefined;
  /** Whoever connects does what ssh2 cannot. */
  readonly hasAllAlgorithms?: boolean;
};

type Place = Pick<Target, 'host' | 'port' | 'user'>;

const TCP_LIMIT_SECONDS = 5;
const MAX_HOPS = 8;
/** OpenSSH ssh.c, valid_hostname and valid_ruser: what a shell would read as something else. */
const FOR_A_SHELL = /^-|[\s'"`$\\;&<>|(){}]|[\0-\u001F\u007F]/;

/** Finds out how a host is reached. Never rejects. */
export async function resolveTarget(
  settings: HostSettings,
  deps: ResolveDeps,
): Promise<Target | LinkFailure> {
  return await resolve(settings, deps, []);
}

const CIRCLE = 'ProxyJump goes round in a circle';

/**
 * Why the ssh program would go from one jump host to the next without end, with a process for each; undefined when it
 * would not. Never rejects.
 */
export async function jumpCircle(
  settings: HostSettings,
  deps: ResolveDeps,
): Promise<LinkFailure | undefined> {
  return circleOf(await programTarget(settings, deps));
}

/** As the ssh program, which does what ssh2 cannot, finds out how a host is reached. Never rejects. */
export const programTarget = (
  settings: HostSettings,
  deps: ResolveDeps,
): Promise<Target | LinkFailure> => resolve(settings, { ...deps, hasAllAlgorithms: true }, []);

/** The failure that is a circle of jump hosts. */
export const circleOf = (target: Target | LinkFailure): LinkFailure | undefined =>
  'error' in target && target.error.message.startsWith(CIRCLE) ? target : undefined;

/** Whether two answers of {@link resolveTarget} lead to the same place in the same way. */
export const isSameWay = (one: Target, other: Target | LinkFailure): boolean =>
  !('error' in other) && wayOf(one) === wayOf(other);

const wayOf = (target: Target): string =>
  JSON.stringify(target, (key, value: unknown) => (key === 'configFiles' ? undefined : value));

/**
 * A failure that is not soon tried again, with the files whose change may make a difference: what known_hosts says of
 * others lets nobody in whose key was refused, and each refusal counts.
 */
export function withFiles(reason: LinkFailure, target: Target): LinkFailure {
  const isSoon = reason.retry === 'jitter' || reason.retry === 'throttled';
  if (isSoon || reason.files !== undefined) return reason;
  const { agent, certificateFiles, configFiles, identityFiles, knownHostsFiles } = target;
  const ofHost = [...knownHostsFiles, ...optional(target.revokedKeysFile)];
  const ofUser = [
    ...identityFiles.flatMap(({ path }) => [path, `${path}.pub`]),
    ...certificateFiles,
    ...optional(agent?.path),
  ];
  const { code } = reason.error;
  const isOfHost = code.startsWith('key-') || code === 'config';
  const files = [...(isOfHost ? ofHost : []), ...(code.startsWith('key-') ? [] : ofUser)];
  return { ...reason, files: [...configFiles, ...files] };
}

const optional = (file: string | null | undefined): readonly string[] =>
  file === null || file === undefined ? [] : [file];

/** `before` are the hosts for which this one is needed, the first of them the goal. */
async function resolve(
  settings: HostSettings,
  deps: ResolveDeps,
  before: readonly string[],
): Promise<Target | LinkFailure> {
  const read = await readSshConfig(settings, deps);
  if ('error' in read) return read;
  const { config, files } = read;
  const algorithms =
    deps.hasAllAlgorithms === true ? { hostKey: [] } : chooseAlgorithms(config.algorithms);
  if (typeof algorithms === 'string')
    return { ...algorithmFailure(settings.name, algorithms), files };
  const target = targetOf(settings, read, algorithms, deps.env);
  if (before.includes(placeOf(target)) || before.length > MAX_HOPS)
    return {
      ...configFailure(
        `${CIRCLE}: ${[...before, placeOf(target)].join(' → ')}`,
        `write ProxyJump none for the first jump host in the ssh configuration`,
      ),
      files,
    };
  const reach = await reachOf(settings, config, target, deps, before);
  return 'error' in reach ? { files, ...reach } : { ...target, reach };
}

async function reachOf(
  settings: HostSettings,
  config: SshConfig,
  target: Place,
  deps: ResolveDeps,
  before: readonly string[],
): Promise<Reach | LinkFailure> {
  if (settings.jump === 'none') return { kind: 'direct' };
  const tokens = tokensOf(settings, config, deps.env);
  const jump = settings.jump ?? config.proxyJump;
  if (jump !== null)
    return await hopOf(expandPercent(jump, tokens), settings.name, target, deps, before);
  if (config.proxyCommand === null) return { kind: 'direct' };
  if (config.proxyUseFdpass)
    return configFailure(
      `ProxyUseFdpass for ${settings.name} needs the ssh program`,
      `set via: openssh for ${settings.name}`,
    );
  const unsafe = [target.host, target.user, settings.name].find((word) => FOR_A_SHELL.test(word));
  if (unsafe !== undefined)
    return configFailure(
      `not run: the ProxyCommand of ${settings.name} would hand ${JSON.stringify(unsafe)} to a shell`,
      'correct the name, the address or the user',
    );
  return { kind: 'command', command: expandPercent(config.proxyCommand, tokens) };
}

/** As ssh does: the last of several is connected through the others, the first by its own configuration. */
async function hopOf(
  text: string,
  name: string,
  target: Place,
  deps: ResolveDeps,
  before: readonly string[],
): Promise<Reach | LinkFailure> {
  const jumps = parseJumps(text);
  if (typeof jumps === 'string')
    return configFailure(`ProxyJump of ${name}: ${jumps}`, 'write it as user@host:port');
  const settings = hopSettings(jumps, (host) => deps.hostNamed?.(host));
  if (settings === undefined) return { kind: 'direct' };
  const hop = await resolve(settings, deps, [...before, placeOf(target)]);
  return 'error' in hop ? hop : { kind: 'jump', hop };
}

/** For messages, and to tell jump hosts apart. */
export const placeOf = ({ user, host, port }: Place): string =>
  `${user}@${bracketed(host)}:${port}`;

function tokensOf(settings: HostSettings, config: SshConfig, env: NodeJS.ProcessEnv): SshTokens {
  const localUser = localUserName(env);
  const l = localHostname();
  const h = settings.address ?? config.hostName ?? settings.name;
  const p = String(settings.port ?? config.port ?? 22);
  const r = settings.user ?? config.user ?? localUser;
  const j = config.proxyJump ?? '';
  return {
    C: createHash('sha1').update(`${l}${h}${p}${r}${j}`).digest('hex'),
    d: homeFolder(env),
    h,
    i: String(process.getuid?.() ?? ''),
    j,
    k: config.hostKeyAlias ?? settings.name,
    l,
    L: l.replace(/\..*/, ''),
    n: settings.name,
    p,
    r,
    u: localUser,
  };
}

function targetOf(
  settings: HostSettings,
  { config, files }: ReadConfig,
  algorithms: Algorithms,
  env: NodeJS.ProcessEnv,
): Omit<Target, 'reach'> {
  const tokens = tokensOf(settings, config, env);
  const { h: host = settings.name, r: user = '' } = tokens;
  const port = Number(tokens['p']);
  const expand = (file: string): string => expandTokens(file, tokens, env);
  const isExplicit = settings.identityFiles.length > 0;
  const isOwn = settings.knownHostsFiles.length > 0;
  const userFiles = isOwn ? settings.knownHostsFiles : config.userKnownHostsFiles;
  const knownHostsFiles = [...userFiles, ...(isOwn ? [] : config.globalKnownHostsFiles)];
  const plainName = (config.hostKeyAlias ?? host).toLowerCase();
  const identityFiles = (isExplicit ? settings.identityFiles : config.identityFiles).map(
    (file) => ({ path: expand(file), isExplicit }),
  );
  const [first] = userFiles;
  return {
    name: settings.name,
    host,
    port,
    user,
    family: config.family,
    bindAddress: config.bindAddress,
    connectTimeoutSeconds: config.connectTimeoutSeconds ?? TCP_LIMIT_SECONDS,
    identityFiles,
    identitiesOnly: isExplicit || config.identitiesOnly,
    certificateFiles: config.certificateFiles.map((file) => expand(file)),
    agent: agentPlaceOf(settings, config, env, expand),
    methods: config.methods,
    isBatch: config.isBatch,
    algorithms,
    knownHostsFiles: knownHostsFiles.map((file) => expand(file)),
    revokedKeysFile: config.revokedHostKeys === null ? null : expand(config.revokedHostKeys),
    requiredRsaBits: config.requiredRsaBits,
    notedIn: first === undefined ? null : expand(first),
    hashKnownHosts: config.hashKnownHosts,
    isStrict: config.isStrict,
    // ssh leaves the port out when there is a HostKeyAlias.
    knownHostsName: config.hostKeyAlias === null ? knownHostsName(host, port) : plainName,
    knownHostsPlainName: plainName,
    beyond: config.beyond,
    configFiles: files,
  };
}

function agentPlaceOf(
  settings: HostSettings,
  config: SshConfig,
  env: NodeJS.ProcessEnv,
  expand: (file: string) => string,
): AgentPlace | null {
  const wanted = settings.agent ?? config.identityAgent ?? 'SSH_AUTH_SOCK';
  if (wanted === 'none') return null;
  if (wanted === 'SSH_AUTH_SOCK') {
    const path = env['SSH_AUTH_SOCK'];
    return { path: path === undefined || path === '' ? null : path, isOfSession: true };
  }
  const variable = /^\$(\w+)$/.exec(wanted)?.[1];
  const path = variable === undefined ? expand(wanted) : env[variable];
  return path === undefined || path === '' ? null : { path, isOfSession: false };
}
