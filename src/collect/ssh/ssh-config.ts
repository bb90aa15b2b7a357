import { execFile } from 'node:child_process';
import { configFailure, failure, remoteWords } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import type { SshAnswer, SshAnswers } from './ssh-answers.ts';
import { readSshConfigFiles } from './ssh-config-files.ts';
import type { Named, SshOptions } from './ssh-config-files.ts';
import { scanConfigFiles } from './ssh-config-scan.ts';
import type { ConfigScan } from './ssh-config-scan.ts';

/** The methods of logging in that labtop knows. */
export type LoginMethod = 'publickey' | 'keyboard-interactive' | 'password';

/** What the ssh configuration says of one host, tokens not expanded; null or empty where it says nothing. */
export type SshConfig = {
  readonly hostName: string | null;
  readonly user: string | null;
  readonly port: number | null;
  /** 0: either. */
  readonly family: 0 | 4 | 6;
  readonly bindAddress: string | null;
  readonly connectTimeoutSeconds: number | null;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly identityAgent: string | null;
  readonly certificateFiles: readonly string[];
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly revokedHostKeys: string | null;
  /** Shorter RSA keys are neither accepted nor offered. */
  readonly requiredRsaBits: number;
  readonly hashKnownHosts: boolean;
  /** StrictHostKeyChecking yes: not even a person adds a key by way of ssh. */
  readonly isStrict: boolean;
  readonly hostKeyAlias: string | null;
  readonly proxyJump: string | null;
  readonly proxyCommand: string | null;
  readonly proxyUseFdpass: boolean;
  /** In order of preference, without those that are switched off. */
  readonly methods: readonly LoginMethod[];
  /** BatchMode: nobody is asked for anything. */
  readonly isBatch: boolean;
  readonly algorithms: {
    readonly [K in 'hostKey' | 'kex' | 'cipher' | 'mac']: readonly string[] | null;
  };
  /** Options in use that only the ssh program can follow. */
  readonly beyond: readonly string[];
};

export type SshConfigDeps = {
  readonly env: NodeJS.ProcessEnv;
  /** Program that answers `-G -- NAME`; null, or one that is not there: the files are read instead. */
  readonly sshProgram: string | null;
  /** Answers that hosts share; without it the program is run for each. */
  readonly answers?: SshAnswers | undefined;
  readonly signal?: AbortSignal | undefined;
};

const SSH_G_LIMIT_MS = 5_000;
const NOT_KNOWN: readonly string[] = [];
/** ssh_config(5), RequiredRSASize: it may only be raised. */
const LEAST_RSA_BITS = 1024;

/** ssh(1), `-G`: one `keyword value` a line, keywords in lower case. */
export function parseSshOptions(text: string): SshOptions {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    if (at <= 0) continue;
    const keyword = line.slice(0, at);
    values.set(keyword, [...(values.get(keyword) ?? []), line.slice(at + 1).trim()]);
  }
  return values;
}

/** Gives the options their meaning. */
export function toSshConfig(options: SshOptions): SshConfig {
  const all = (keyword: string): readonly string[] => options.get(keyword) ?? NOT_KNOWN;
  const one = (keyword: string): string | null => {
    const value = all(keyword)[0];
    return value === undefined || value === '' || value === 'none' ? null : value;
  };
  const isYes = (keyword: string): boolean => /^(?:yes|true)$/i.test(one(keyword) ?? '');
  const isNo = (keyword: string): boolean => /^(?:no|false)$/i.test(one(keyword) ?? '');
  const number = (keyword: string): number | null => {
    const value = Number(one(keyword) ?? Number.NaN);
    return Number.isInteger(value) ? value : null;
  };
  const list = (keyword: string): readonly string[] | null => one(keyword)?.split(',') ?? null;
  const files = (keyword: string): readonly string[] =>
    all(keyword).filter((file) => file !== 'none');

  const off = {
    publickey: isNo('pubkeyauthentication'),
    'keyboard-interactive': isNo('kbdinteractiveauthentication'),
    password: isNo('passwordauthentication'),
  };
  return {
    hostName: one('hostname'),
    user: one('user'),
    port: number('port'),
    family: { inet: 4 as const, inet6: 6 as const }[one('addressfamily') ?? ''] ?? 0,
    bindAddress: one('bindaddress'),
    connectTimeoutSeconds: number('connecttimeout'),
    identityFiles: files('identityfile'),
    identitiesOnly: isYes('identitiesonly'),
    // `none` means something here: no agent, whatever the environment says.
    identityAgent: all('identityagent')[0] ?? null,
    certificateFiles: files('certificatefile'),
    userKnownHostsFiles: splitFiles(all('userknownhostsfile')[0]),
    globalKnownHostsFiles: splitFiles(all('globalknownhostsfile')[0]),
    revokedHostKeys: one('revokedhostkeys'),
    requiredRsaBits: Math.max(LEAST_RSA_BITS, number('requiredrsasize') ?? LEAST_RSA_BITS),
    hashKnownHosts: isYes('hashknownhosts'),
    isStrict: isYes('stricthostkeychecking'),
    hostKeyAlias: one('hostkeyalias'),
    proxyJump: one('proxyjump'),
    proxyCommand: one('proxycommand'),
    proxyUseFdpass: isYes('proxyusefdpass'),
    methods: (list('preferredauthentications') ?? DEFAULT_METHODS).filter(
      (method): method is LoginMethod => method in off && !off[method as LoginMethod],
    ),
    isBatch: isYes('batchmode'),
    algorithms: {
      hostKey: list('hostkeyalgorithms'),
      kex: list('kexalgorithms'),
      cipher: list('ciphers'),
      mac: list('macs'),
    },
    beyond: [
      ...(one('pkcs11provider') === null ? [] : ['PKCS11Provider']),
      ...(one('knownhostscommand') === null ? [] : ['KnownHostsCommand']),
    ],
  };
}

const DEFAULT_METHODS: readonly LoginMethod[] = ['publickey', 'keyboard-interactive', 'password'];

/** `ssh -G` prints names with spaces in them bare; a piece that cannot begin the name of a file belongs to the one before. */
function splitFiles(text: string | undefined): readonly string[] {
  const files: string[] = [];
  for (const piece of (text ?? '').split(' ')) {
    const last = files.at(-1);
    if (last === undefined || /^[/~%$]/.test(piece)) files.push(piece);
    else files[files.length - 1] = `${last} ${piece}`;
  }
  return files.map((file) => file.trim()).filter((file) => file !== '' && file !== 'none');
}

/** What the configuration says, and the files and folders whose change may make it say something else. */
export type ReadConfig = { readonly config: SshConfig; readonly files: readonly string[] };

/** What the configuration says of a host that the settings name, as ssh would be called with them. Never rejects. */
export async function readSshConfig(
  settings: Named,
  deps: SshConfigDeps,
): Promise<ReadConfig | LinkFailure> {
  const scan = await (deps.answers?.scan ?? scanConfigFiles)(deps.env);
  const asked = await askedOrShared(settings, scan, deps);
  const options = asked?.options ?? (await readSshConfigFiles(settings, deps));
  const files = [...new Set([...scan.watched, ...(asked?.filesRead ?? [])])];
  return 'error' in options ? { ...options, files } : { config: toSshConfig(options), files };
}

function askedOrShared(
  settings: Named,
  scan: ConfigScan,
  deps: SshConfigDeps,
): Promise<SshAnswer | null> {
  const { answers, env, sshProgram, signal } = deps;
  if (sshProgram === null) return Promise.resolve(null);
  const ask = (): Promise<SshAnswer | null> => askSsh(settings, { env, sshProgram, signal });
  return answers?.share(settings, scan, ask) ?? ask();
}

/** null: there is no ssh program. */
function askSsh(
  { name, address, port, user }: Named,
  {
    env,
    sshProgram,
    signal,
  }: { env: NodeJS.ProcessEnv; sshProgram: string; signal: AbortSignal | undefined },
): Promise<SshAnswer | null> {
  const argv = [
    // It tells which files it reads.
    '-vG',
    ...(user === null ? [] : ['-l', user]),
    ...(port === null ? [] : ['-p', String(port)]),
    ...(address === null ? [] : ['-o', `HostName=${address.replaceAll('%', '%%')}`]),
    '--',
    name,
  ];
  return new Promise((resolve) => {
    execFile(
      sshProgram,
      argv,
      { env, signal, timeout: SSH_G_LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024 },
      (error, stdout, stderr) => {
        const { filesRead, words } = readSshWords(stderr);
        if (error === null) resolve({ options: parseSshOptions(stdout), filesRead });
        else if (error.code === 'ENOENT') resolve(null);
        else if (error.killed === true)
          resolve({
            filesRead,
            options: failure({
              code: 'config',
              message: `ssh -G ${name} did not end within ${SSH_G_LIMIT_MS / 1000} s`,
              hint: 'look for a slow Match exec in the ssh configuration',
            }),
          });
        else
          resolve({
            filesRead,
            options: configFailure(
              `ssh -G ${name} failed: ${remoteWords(words) || error.message}`,
              'correct the ssh configuration',
            ),
          });
      },
    ).stdin?.end();
  });
}

/** log.c and readconf.c of OpenSSH: what `-v` says of the files that are read, and what is no part of `-v`. */
function readSshWords(stderr: string): {
  readonly filesRead: readonly string[];
  readonly words: string;
} {
  const lines = stderr.split(/\r?\n/);
  return {
    filesRead: lines.flatMap(
      (line) => /^debug1: Reading configuration data (\/.*)$/.exec(line)?.[1] ?? [],
    ),
    words: lines
      .filter((line) => !/^(?:debug\d: |\w*SSH_\d|Pseudo-terminal will not)/.test(line))
      .join('\n'),
  };
}
