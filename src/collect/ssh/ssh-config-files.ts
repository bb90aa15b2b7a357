import { execFile } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HostSettings } from '../../domain/settings.ts';
import { configFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { homeFolder, localUserName, userShell } from './local-user.ts';
import { readOrEmpty } from './optional-file.ts';
import { matchesPatterns, wildcard } from './patterns.ts';
import { expandPercent } from './ssh-tokens.ts';

/** Keyword in lower case to its values in order. */
export type SshOptions = ReadonlyMap<string, readonly string[]>;

export type ConfigFilesDeps = {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Default those of ssh. Relative names in Include are sought beside them. */
  readonly files?: readonly string[];
};

type Named = Pick<HostSettings, 'name' | 'address' | 'port' | 'user'>;

const MAX_INCLUDE_DEPTH = 16;
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
  const files = deps.files ?? [join(home, '.ssh', 'config'), '/etc/ssh/ssh_config'];
  const reader = createReader(settings, deps, home);
  try {
    for (const isFinal of [false, true]) {
      if (isFinal && !reader.beginFinal()) break;
      for (const file of files) await reader.readFile(file, { isFinal, isActive: true, depth: 0 });
    }
  } catch (error) {
    return configFailure(
      error instanceof Error ? error.message : String(error),
      'correct the ssh configuration',
    );
  }
  return reader.options();
}

type Place = { readonly isFinal: boolean; readonly isActive: boolean; readonly depth: number };

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
    for (const [index, raw] of text.split('\n').entries()) {
      const [, name, rest] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*)$/.exec(raw) ?? [];
      if (name === undefined || rest === undefined) continue;
      const keyword = name.toLowerCase();
      const words = splitWords(rest);
      if (words === undefined) throw new Error(`${file}: line ${index + 1}: a quote does not end`);
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
    for (const name of names) {
      const path = name.replace(/^~(?=\/|$)/, () => home);
      const absolute = path.startsWith('/') ? path : join(dirname(from), path);
      for (const file of await filesLike(absolute))
        await readFile(file, { ...place, depth: place.depth + 1 });
    }
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

/** glob(7) with `*` and `?`, in the order of names; a file that does not exist is none. */
async function filesLike(path: string): Promise<readonly string[]> {
  if (!/[*?]/.test(path)) return [path];
  let found: readonly string[] = ['/'];
  for (const part of path.split('/').filter((word) => word !== '')) {
    const pattern = /[*?]/.test(part) ? wildcard(part) : null;
    const next: string[] = [];
    for (const folder of found) {
      if (pattern === null) next.push(join(folder, part));
      else
        for (const name of (await namesIn(folder)).toSorted())
          if (pattern.test(name) && (!name.startsWith('.') || part.startsWith('.')))
            next.push(join(folder, name));
    }
    found = next;
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(folder);
  } catch {
    return [];
  }
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

/**
 * OpenSSH misc.c, argv_split: words, quoted with `"` or `'`, a backslash before a quote, a backslash or (outside
 * quotes) a space; a word that begins with `#` ends the line. undefined when a quote does not end.
 */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (quote === '' && /\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (sign === '\\' && (/["'\\]/.test(next) || (quote === '' && next === ' '))) {
      word = (word ?? '') + next;
      at++;
    } else if (quote === '' && sign === '#' && word === undefined) return words;
    else if (quote === '' && (sign === '"' || sign === "'")) {
      quote = sign;
      word ??= '';
    } else if (sign === quote && quote !== '') quote = '';
    else word = (word ?? '') + sign;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}
