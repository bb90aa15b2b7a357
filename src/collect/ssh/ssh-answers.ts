import type { LinkFailure } from './failure.ts';
import { createHandshakeLimiter } from './handshake-limiter.ts';
import { matchesPatterns } from './patterns.ts';
import type { Named, SshOptions } from './ssh-config-files.ts';
import { scanConfigFiles } from './ssh-config-scan.ts';
import type { ConfigScan } from './ssh-config-scan.ts';

/** What `ssh -vG` answered, and the configuration files that it said to read. */
export type SshAnswer = {
  readonly options: SshOptions | LinkFailure;
  readonly filesRead: readonly string[];
};

/**
 * Answers of `ssh -G` that several hosts share: it takes 5 ms of CPU for each, a second for 200. The options of two hosts
 * are the same, but for the name itself, when all Host lines of all files fit both or neither, nothing else looks at
 * names (Match, CanonicalizeHostname), and no value has the name in it by a token. What is not known for certain to be
 * so is asked for each host.
 */
export type SshAnswers = {
  /** The files as they were at some moment after the call; calls of the same moment share one reading. */
  readonly scan: (env: NodeJS.ProcessEnv) => Promise<ConfigScan>;
  /** What `ask` would answer; null as it does. */
  readonly share: (
    settings: Named,
    scan: ConfigScan,
    ask: () => Promise<SshAnswer | null>,
  ) => Promise<SshAnswer | null>;
};

/** Programs at a time: each takes a whole core for its milliseconds. */
const PROGRAMS = { total: 4, perAddress: 4 };
/** ssh.c: what else could stand before or behind a name as ssh takes it (user@, ssh://, upper case, %) is asked for. */
const PLAIN_NAME = /^[a-z\d][a-z\d._-]*$/;
const PLAIN_ADDRESS = /^[a-z\d.:_-]+$/;
/** readconf.c prints so many bytes of the name of a file. */
const FILE_NAME_BYTES = 200;

export function createSshAnswers(): SshAnswers {
  const limiter = createHandshakeLimiter(PROGRAMS);
  let fingerprint = '';
  /** By what tells hosts apart: an answer that holds for all like it, or undefined when it holds for one host only. */
  const shared = new Map<string, Promise<SshAnswer | undefined>>();
  let scanning: { readonly run: Promise<ConfigScan>; next?: Promise<ConfigScan> } | undefined;

  const beginScan = (env: NodeJS.ProcessEnv): Promise<ConfigScan> => {
    const run = scanConfigFiles(env);
    const own = { run };
    scanning = own;
    void run.then(() => {
      if (scanning === own) scanning = undefined;
    });
    return run;
  };

  const limited = async (ask: () => Promise<SshAnswer | null>): Promise<SshAnswer | null> => {
    const slot = await limiter.acquire('');
    return await ask().finally(slot.release);
  };

  return {
    scan: (env) => {
      if (scanning === undefined) return beginScan(env);
      // It may have read a file before this call.
      scanning.next ??= scanning.run.then(() => beginScan(env));
      return scanning.next;
    },
    share: async (settings, scan, ask) => {
      const kind = kindOf(settings, scan);
      if (kind === undefined) return await limited(ask);
      if (scan.fingerprint !== fingerprint) shared.clear();
      fingerprint = scan.fingerprint;
      const before = shared.get(kind);
      if (before !== undefined) {
        const answer = await before;
        return answer === undefined || names(answer, settings)
          ? await limited(ask)
          : forHost(answer, settings);
      }
      const asked = limited(ask);
      const common = asked.then((answer) =>
        answer !== null && isCommon(answer, settings, scan) ? answer : undefined,
      );
      shared.set(kind, common);
      // The next of this kind may have a name that stands in no value by chance.
      if ((await common) === undefined && shared.get(kind) === common) shared.delete(kind);
      return await asked;
    },
  };
}

/** Two hosts of one kind differ in nothing but their names and ports; undefined: that cannot be told. */
function kindOf({ name, address, port, user }: Named, scan: ConfigScan): string | undefined {
  if (!scan.isByHostLines || !PLAIN_NAME.test(name)) return undefined;
  if (address !== null && !PLAIN_ADDRESS.test(address)) return undefined;
  const fits = scan.hostLines.map((patterns) => (matchesPatterns(patterns, name) ? 1 : 0));
  const portKind = port !== null && !scan.saysPort ? 'any' : port;
  return JSON.stringify([fits.join(''), address === null, portKind, user]);
}

/** Whether an answer holds for all hosts of the kind of the one that it was asked for. */
function isCommon(answer: SshAnswer, named: Named, { files }: ConfigScan): boolean {
  const { options, filesRead } = answer;
  if ('error' in options) return false;
  // An ssh with its files elsewhere has read what was not looked at.
  const known = new Set([...files].map((file) => file.slice(0, FILE_NAME_BYTES)));
  const isKnown = filesRead.every((file) => known.has(file));
  if (!isKnown || (filesRead.length === 0 && files.size > 0)) return false;
  if (options.get('hostname')?.[0] !== (named.address ?? named.name)) return false;
  return !names(answer, named);
}

/** Whether a value may be what it is because of the host, such as a jump host that is the host itself. */
function names({ options }: SshAnswer, { name, address }: Named): boolean {
  if ('error' in options) return false;
  return [...options].some(([keyword, values]) => {
    if (NAMES.has(keyword)) return false;
    const text = values.join('\n').toLowerCase();
    return text.includes(name.toLowerCase()) || (address !== null && text.includes(address));
  });
}

const NAMES: ReadonlySet<string> = new Set(['host', 'hostname']);

function forHost(answer: SshAnswer, { name, address, port }: Named): SshAnswer {
  if ('error' in answer.options) return answer;
  const options = new Map(answer.options);
  options.set('hostname', [address ?? name]);
  if (options.has('host')) options.set('host', [name]);
  if (port !== null) options.set('port', [String(port)]);
  return { ...answer, options };
}
