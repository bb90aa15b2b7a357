import { execFile } from 'node:child_process';
import { homedir, hostname as localHostname, userInfo } from 'node:os';
import type { HostSettings } from '../../domain/settings.ts';
import { configFailure, failure, remoteWords } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { knownHostsName } from './known-hosts.ts';

/** What `ssh -G` says of one host, tokens not expanded; null or empty where it says nothing. */
export type SshConfig = {
  readonly hostName: string | null;
  readonly user: string | null;
  readonly port: number | null;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly identityAgent: string | null;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | null;
  readonly proxyJump: string | null;
  readonly proxyCommand: string | null;
};

export type IdentityFile = {
  readonly path: string;
  /** Named by labtop's own configuration: it must exist, and no other key is offered. */
  readonly isExplicit: boolean;
};

/** Where a host is and how to get in: settings, then ssh configuration, then the defaults of ssh. */
export type Target = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly IdentityFile[];
  readonly identitiesOnly: boolean;
  /** null: no agent. */
  readonly agentPath: string | null;
  readonly knownHostsFiles: readonly string[];
  /** As written in known_hosts, with the port unless it is 22. */
  readonly knownHostsName: string;
  readonly knownHostsPlainName: string;
};

export type ResolveDeps = {
  readonly env: NodeJS.ProcessEnv;
  /** Program that answers `-G -- NAME`; null: do not ask. */
  readonly sshProgram: string | null;
  readonly signal?: AbortSignal;
};

const SSH_G_LIMIT_MS = 5_000;
const NO_CONFIG: SshConfig = {
  hostName: null,
  user: null,
  port: null,
  identityFiles: ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'],
  identitiesOnly: false,
  identityAgent: null,
  userKnownHostsFiles: ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'],
  globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  hostKeyAlias: null,
  proxyJump: null,
  proxyCommand: null,
};

/** ssh(1), `-G`: one `keyword value` a line, keywords in lower case. */
export function parseSshConfig(text: string): SshConfig {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    if (at <= 0) continue;
    const keyword = line.slice(0, at);
    values.set(keyword, [...(values.get(keyword) ?? []), line.slice(at + 1).trim()]);
  }
  const all = (keyword: string): readonly string[] => values.get(keyword) ?? [];
  const one = (keyword: string): string | null => {
    const value = all(keyword)[0];
    return value === undefined || value === '' || value === 'none' ? null : value;
  };
  const files = (keyword: string): readonly string[] =>
    (all(keyword)[0] ?? '').split(/\s+/).filter((file) => file !== '' && file !== 'none');
  const port = Number(one('port') ?? Number.NaN);
  return {
    hostName: one('hostname'),
    user: one('user'),
    port: Number.isInteger(port) ? port : null,
    identityFiles: all('identityfile').filter((file) => file !== 'none'),
    identitiesOnly: one('identitiesonly') === 'yes',
    // `none` means something here: no agent, whatever the environment says.
    identityAgent: all('identityagent')[0] ?? null,
    userKnownHostsFiles: files('userknownhostsfile'),
    globalKnownHostsFiles: files('globalknownhostsfile'),
    hostKeyAlias: one('hostkeyalias'),
    proxyJump: one('proxyjump'),
    proxyCommand: one('proxycommand'),
  };
}

/** Finds out how a host is reached. Never rejects. */
export async function resolveTarget(
  settings: HostSettings,
  deps: ResolveDeps,
): Promise<Target | LinkFailure> {
  const config = await askSsh(settings.name, deps);
  if ('error' in config) return config;
  return obstacle(settings, config) ?? targetOf(settings, config, deps.env);
}

/** ssh_config(5), TOKENS: what may stand in the names of files. */
export function expandTokens(
  text: string,
  tokens: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): string {
  const home = tokens['d'] ?? '';
  return text
    .replace(/^~(?=\/|$)/, () => home)
    .replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole)
    .replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));
}

function askSsh(name: string, deps: ResolveDeps): Promise<SshConfig | LinkFailure> {
  const { env, sshProgram, signal } = deps;
  return new Promise((resolve) => {
    if (sshProgram === null) {
      resolve(NO_CONFIG);
      return;
    }
    execFile(
      sshProgram,
      ['-G', '--', name],
      { env, signal, timeout: SSH_G_LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(parseSshConfig(stdout));
        else if (error.code === 'ENOENT') resolve(NO_CONFIG);
        else if (error.killed === true)
          resolve(
            failure({
              code: 'config',
              message: `ssh -G ${name} did not end within ${SSH_G_LIMIT_MS / 1000} s`,
              hint: 'look for a slow Match exec in the ssh configuration',
            }),
          );
        else
          resolve(
            configFailure(
              `ssh -G ${name} failed: ${remoteWords(stderr) || error.message}`,
              'correct the ssh configuration',
            ),
          );
      },
    ).stdin?.end();
  });
}

function obstacle(settings: HostSettings, config: SshConfig): LinkFailure | undefined {
  if (settings.jump === 'none') return undefined;
  const jump = settings.jump ?? config.proxyJump;
  if (jump !== null)
    return configFailure(
      `jump host ${jump} for ${settings.name}: ProxyJump is not supported yet`,
      'run labtop where the host can be reached directly, or set jump: none',
    );
  if (config.proxyCommand !== null)
    return configFailure(
      `ProxyCommand for ${settings.name} is not supported yet`,
      'run labtop where the host can be reached directly, or set jump: none',
    );
  return undefined;
}

function targetOf(settings: HostSettings, config: SshConfig, env: NodeJS.ProcessEnv): Target {
  const host = settings.address ?? config.hostName ?? settings.name;
  const port = settings.port ?? config.port ?? 22;
  const localUser = localUserName(env);
  const user = settings.user ?? config.user ?? localUser;
  const tokens = {
    d: env['HOME'] ?? homedir(),
    h: host,
    i: String(process.getuid?.() ?? ''),
    k: config.hostKeyAlias ?? host,
    l: localHostname(),
    L: localHostname().replace(/\..*/, ''),
    n: settings.name,
    p: String(port),
    r: user,
    u: localUser,
  };
  const expand = (file: string): string => expandTokens(file, tokens, env);
  const isExplicit = settings.identityFiles.length > 0;
  const identityFiles = isExplicit ? settings.identityFiles : config.identityFiles;
  const files =
    settings.knownHostsFiles.length > 0
      ? settings.knownHostsFiles
      : [...config.userKnownHostsFiles, ...config.globalKnownHostsFiles];
  const plainName = (config.hostKeyAlias ?? host).toLowerCase();
  return {
    name: settings.name,
    host,
    port,
    user,
    identityFiles: identityFiles.map((file) => ({ path: expand(file), isExplicit })),
    identitiesOnly: isExplicit || config.identitiesOnly,
    agentPath: agentPathOf(settings, config, env, expand),
    knownHostsFiles: files.map((file) => expand(file)),
    // ssh leaves the port out when there is a HostKeyAlias.
    knownHostsName: config.hostKeyAlias === null ? knownHostsName(host, port) : plainName,
    knownHostsPlainName: plainName,
  };
}

function agentPathOf(
  settings: HostSettings,
  config: SshConfig,
  env: NodeJS.ProcessEnv,
  expand: (file: string) => string,
): string | null {
  const wanted = settings.agent ?? config.identityAgent ?? 'SSH_AUTH_SOCK';
  if (wanted === 'none') return null;
  const fromEnv = wanted === 'SSH_AUTH_SOCK' ? 'SSH_AUTH_SOCK' : /^\$(\w+)$/.exec(wanted)?.[1];
  const path = fromEnv === undefined ? expand(wanted) : env[fromEnv];
  return path === undefined || path === '' ? null : path;
}

function localUserName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // The uid has no passwd entry, as in some containers.
    return env['LOGNAME'] ?? env['USER'] ?? 'root';
  }
}
