import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { HostSettings } from '../../domain/settings.ts';
import { configFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { homeFolder, localUserName, userShell } from './local-user.ts';
import { readOrEmpty } from './optional-file.ts';
import { matchesPatterns } from './patterns.ts';
import { readConfigLines, resolveInclude } from './ssh-config-lines.ts';
import { expandPercent } from './ssh-tokens.ts';

/** Keyword in lower case to its values in order. */
export type SshOptions = ReadonlyMap<string, readonly string[]>;

export type ConfigFilesDeps = {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Default those of ssh. Relative names in Include are sought beside them. */
  readonly files?: readonly string[];
};

/** What ssh is told of a host on its command line. */
export type Named = Pick<HostSettings, 'name' | 'address' | 'port' | 'user'>;

/** readconf.c, READCONF_MAX_DEPTH. */
export const MAX_INCLUDE_DEPTH = 16;
const EXEC_LIMIT_MS = 5_000;
/** Their value is the rest of the line as it stands. */
const WHOLE_LINE = new Set(['proxycommand', 'knownhostscommand']);
/** Every occurrence counts, not only the first. */
const GATHERED = new Set(['identityfile', 'certificatefile']);
const SYNONYMS: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  identityfile2: 'identityfile',
  keepalive: 'tcpkeepalive',
  userknownhostsfile2: 'userknownhostsfile',
};
const DEFAULTS: readonly (readonly [string, readonly string[]])[] = [
  ['identityfile', ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519']],
  ['userknownhostsfile', ['~/.ssh/known_hosts ~/.ssh/known_hosts2']],
  ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2']],
];

/**
 * Reads the configuration files as ssh_config(5) describes them, for machines without an ssh program:
 * Host, Match, Include, the first value of an option counts. CanonicalizeHostname and the newer criteria of
 * Match (tagged, localnetwork, command, …) are not followed. Never rejects.
 */
export async function readSshConfigFiles(
  settings: Named,
  deps: ConfigFilesDeps,
): Promise<SshOptions | LinkFailure> {
  const home = homeFolder(deps.env);
  const files = deps.files ?? defaultConfigFiles(deps.env);
  const reader = createReader(settings, deps, home);
  try {
    for (const isFinal of [false, true]) {
      if (isFinal && !reader.beginFinal()) break;
      for (const file of files)
        await reader.readFile(file, { isFinal, isActive: true, depth: 0, topFile: file });
    }
  } catch (error) {
    return configFailure(
      error instanceof Error ? error.message : String(error),
      'correct the ssh configuration',
    );
  }
  return reader.options();
}

/** Those of ssh, when none is given. */
export const defaultConfigFiles = (env: NodeJS.ProcessEnv): readonly string[] => [
  join(homeFolder(env), '.ssh', 'config'),
  '/etc/ssh/ssh_config',
];

type Place = {
  readonly isFinal: boolean;
  readonly isActive: boolean;
  readonly depth: number;
  readonly topFile: string;
};

function createReader(settings: Named, deps: ConfigFilesDeps, home: string) {
  const { env } = deps;
  const options = new Map<string, string[]>();
  const localUser = localUserName(env);
  let wantsFinal = false;
  let settled: string | undefined;

  const one = (keyword: string): string | undefined => options.get(keyword)?.[0];
  const set = (keyword: string, value: string): void => {
    const values = options.get(keyword);
    // The two say the same thing in different ways; whichever comes first holds.
    if (keyword === 'proxyjump' && options.has('proxycommand')) return;
    if (keyword === 'proxycommand' && (one('proxyjump') ?? 'none') !== 'none') return;
    if (values === undefined) options.set(keyword, [value]);
    else if (GATHERED.has(keyword) && !values.includes(value)) values.push(value);
  };
  if (settings.user !== null) set('user', settings.user);
  if (settings.port !== null) set('port', String(settings.port));
  if (settings.address !== null) set('hostname', settings.address.replaceAll('%', '%%'));

  const hostName = (): string =>
    settled ?? expandPercent(one('hostname') ?? settings.name, { h: settings.name });
  const userName = (): string => one('user') ?? localUser;

  const readFile = async (file: string, place: Place): Promise<void> => {
    const text = await readOrEmpty(file);
    let isActive = place.isActive;
    for (const { keyword, rest, words, number } of readConfigLines(text).lines) {
      if (words === undefined) throw new Error(`${file}: line ${number}: a quote does not end`);
      switch (keyword) {
        case 'host':
          isActive =
            place.isActive && matchesPatterns(words, place.isFinal ? hostName() : settings.name);
          break;
        case 'match':
          isActive = place.isActive && (await matches(words, place.isFinal));
          break;
        case 'include':
          if (isActive) await include(words, file, { ...place, isActive });
          break;
        default:
          if (isActive)
            set(
              SYNONYMS[keyword] ?? keyword,
              WHOLE_LINE.has(keyword) ? rest.trim() : words.join(' '),
            );
      }
    }
  };

  const include = async (names: readonly string[], from: string, place: Place): Promise<void> => {
    if (place.depth >= MAX_INCLUDE_DEPTH) throw new Error(`${from}: Include goes too deep`);
    for (const name of names)
      for (const file of (await resolveInclude(name, place.topFile, home)).files)
        await readFile(file, { ...place, depth: place.depth + 1 });
  };

  const matches = async (words: readonly string[], isFinal: boolean): Promise<boolean> => {
    let result = true;
    const rest = words.flatMap((word) => {
      const both = /^(!?[a-z]+)=(.*)$/is.exec(word);
      return both ? [both[1] ?? '', both[2] ?? ''] : [word];
    });
    while (rest.length > 0) {
      const word = (rest.shift() ?? '').toLowerCase();
      const isNegated = word.startsWith('!');
      const criterion = isNegated ? word.slice(1) : word;
      if (criterion === 'all') continue;
      if (criterion === 'final' || criterion === 'canonical') {
        wantsFinal ||= criterion === 'final';
        result &&= (criterion === 'final' && isFinal) !== isNegated;
        continue;
      }
      // What is already decided is not run.
      const holds = await fits(criterion, rest.shift() ?? '', result);
      result &&= holds !== isNegated;
    }
    return result;
  };

  const fits = async (criterion: string, value: string, isOpen: boolean): Promise<boolean> => {
    const patterns = value.split(',');
    switch (criterion) {
      case 'host':
        return matchesPatterns(patterns, hostName());
      case 'originalhost':
        return matchesPatterns(patterns, settings.name);
      case 'user':
        return matchesPatterns(patterns, userName());
      case 'localuser':
        return matchesPatterns(patterns, localUser);
      case 'exec':
        return isOpen && (await succeeds(expandPercent(value, tokens()), deps));
      default:
        return false;
    }
  };

  const tokens = () => ({
    d: home,
    h: hostName(),
    n: settings.name,
    p: one('port') ?? '22',
    r: userName(),
    u: localUser,
  });

  return {
    readFile,
    /** false when no section asks for another round. From now on the address is settled, and what Host is about. */
    beginFinal: (): boolean => {
      settled = hostName();
      return wantsFinal;
    },
    options: (): SshOptions => {
      for (const [keyword, values] of DEFAULTS)
        if (!options.has(keyword)) options.set(keyword, [...values]);
      options.set('hostname', [hostName()]);
      return options;
    },
  };
}

const succeeds = (command: string, { env, signal }: ConfigFilesDeps): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(
      userShell(env),
      ['-c', command],
      { env, signal, timeout: EXEC_LIMIT_MS, killSignal: 'SIGKILL' },
      (error) => resolve(error === null),
    ).stdin?.end();
  });
