import type { SourceState } from '../../domain/inventory.ts';
import {
  bannerFailure,
  configFailure,
  failure,
  loginEndedFailure,
  noProgramError,
  remoteWords,
  socketFailure,
  SPEAKS_OF_ACCOUNT,
  viaFailure,
} from './failure.ts';
import type { LinkFailure } from './failure.ts';

/** Who is meant, for messages: `name` is the alias that ssh was called with. */
export type OpenSshPlace = { readonly name: string; readonly place: string };

type Reader = (where: OpenSshPlace, line: string, all: string) => LinkFailure | undefined;

const socket =
  (code: string): Reader =>
  ({ place }, line) =>
    socketFailure(place, Object.assign(new Error(line), { code }));

/** What a person has to deal with. */
const held =
  (
    code: string,
    state: Extract<SourceState, 'auth-failed' | 'hostkey-changed' | 'hostkey-unknown'>,
    message: (where: OpenSshPlace, line: string, all: string) => string,
    hint: (where: OpenSshPlace) => string,
    retry: LinkFailure['retry'] = 'held',
  ): Reader =>
  (where, line, all) =>
    failure({ code, message: message(where, line, all), hint: hint(where) }, retry, state);

/** packet.c: what the server gives as its reason stands behind it. */
const DISCONNECTED = /^Received disconnect from .* port \d+:\d+: /;

/**
 * What ssh(1) says on stderr and what it means; the first that is found in the order of this list decides, for ssh
 * says the reason before what followed from it. Texts of OpenSSH 8.4 to 10: ssh.c, sshconnect.c, sshconnect2.c,
 * readconf.c, kex.c, misc.c.
 */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    ({ place }, _line, all) => {
      const offending = /Offending (\S+) key in (\S+?):(\d+)/.exec(all);
      const shown = /(SHA256:[A-Za-z0-9+/]{43})/.exec(all)?.[1];
      return failure(
        {
          code: 'key-changed',
          message: `host key of ${place} changed${shown === undefined ? '' : `: it shows ${shown}`}${
            offending === null
              ? ''
              : `, known is another ${offending[1] ?? ''} key in ${offending[2] ?? ''}:${offending[3] ?? ''}`
          }`,
          hint: 'ask who runs the host why; correct that line only when the answer is good',
        },
        'held',
        'hostkey-changed',
      );
    },
  ],
  [
    /REVOKED HOST KEY|host key .* is revoked|host key .* revoked by file|key is marked as revoked/i,
    held(
      'key-revoked',
      'hostkey-changed',
      ({ place }) => `the host key of ${place} is revoked in known_hosts or RevokedHostKeys`,
      () => 'do not use the host before who runs it has told why',
    ),
  ],
  [
    /Error checking host key .* in revoked keys file/i,
    (_where, line) => configFailure(`ssh says: ${line}`, 'correct RevokedHostKeys or its file'),
  ],
  [
    /Bad server host key: Invalid key length/i,
    ({ place }) =>
      failure(
        {
          code: 'key-short',
          message: `the RSA host key of ${place} is shorter than RequiredRSASize`,
          hint: 'make a longer host key, or one of another type (ssh-keygen -A), on the host',
        },
        'held',
      ),
  ],
  [
    /No \S+ host key is known for|no matching host key fingerprint|Host key verification failed/i,
    held(
      'key-unknown',
      'hostkey-unknown',
      ({ place }) => `the host key of ${place} is not known`,
      ({ name }) => `compare its fingerprint once by hand: ssh ${name}`,
    ),
  ],
  [
    // sshconnect2.c names the agent where it was the agent's.
    /signing failed for \S+ "[^"]*": /i,
    held(
      'signing',
      'auth-failed',
      (_where, line) => `a key did not sign: ${line}`,
      () => 'plug in its security key, and touch it when it blinks',
    ),
  ],
  [
    /agent refused operation|signing failed/i,
    held(
      'agent',
      'auth-failed',
      (_where, line) => `the ssh agent did not sign: ${line}`,
      () => 'unlock the agent, or confirm the use of the key when it asks',
    ),
  ],
  [
    /Permission denied \(|Permission denied, please|Too many authentication failures|No more authentication methods|Authentication failed/i,
    held(
      'auth',
      'auth-failed',
      ({ place }, line, all) =>
        [`login refused at ${place}: «${line}»`, ...unusableKeys(all)].join('; '),
      ({ name }) => `see what is tried: ssh -v ${name}`,
      'rare',
    ),
  ],
  [DISCONNECTED, ({ place }, line) => loginEndedFailure(place, '', line.replace(DISCONNECTED, ''))],
  [
    /Unable to negotiate|no matching .* found|no mutual signature algorithm/i,
    ({ place }, line) =>
      failure(
        {
          code: 'kex',
          message: `no common algorithm with ${place}: «${line}»`,
          hint: 'the ssh program of this machine and the server are of very different ages',
        },
        'held',
      ),
  ],
  [
    /Not allowed at this time|Exceeded MaxStartups/i,
    ({ place }, line) => bannerFailure(place, line, false),
  ],
  [
    /banner line|Invalid SSH identification|protocol identification|bad remote protocol/i,
    ({ place }, line) => bannerFailure(place, line, false),
  ],
  [/Could not resolve hostname/i, socket('ENOTFOUND')],
  [/Connection refused/i, socket('ECONNREFUSED')],
  [/No route to host|Network is unreachable|Host is down|Network is down/i, socket('EHOSTUNREACH')],
  [/bind \S+: Can.?n[o']t assign requested address/i, socket('EADDRNOTAVAIL')],
  [/Connection timed out during banner exchange|Connection to \S+ port \d+ timed out/i, handshake],
  [/Connection timed out|Operation timed out/i, socket('ETIMEDOUT')],
  [
    /kex_exchange_identification|ssh_exchange_identification|Connection (?:reset|closed) by (?:remote host|peer)$/i,
    ({ place }) => bannerFailure(place, '', false),
  ],
  [
    /^Connection (?:reset|closed) by (?!UNKNOWN)\S+ port \d+$/,
    ({ place }, _line, all) => loginEndedFailure(place, saidOfAccount(all)),
  ],
  [/(?:exec|shell) request failed/, ({ place }, line) => failure(noProgramError(place, line))],
  [
    /Bad configuration option|\bline \d+:|terminating, \d+ bad configuration|Bad owner or permissions|unknown option|Bad .* argument|percent_expand|environment variable|contains invalid characters|jumphost loop|no such identity: .*\bexplicit/i,
    (_where, line) => configFailure(`ssh says: ${line}`, 'correct the ssh configuration'),
  ],
];

function handshake({ place }: OpenSshPlace): LinkFailure {
  return failure(
    {
      code: 'handshake-timeout',
      message: `${place} took the connection but did not finish the login`,
      hint: 'the host is frozen or overloaded',
    },
    'jitter',
    'frozen',
  );
}

/** authfile.c and sshconnect2.c: why keys that were named were not even offered. */
const unusableKeys = (all: string): readonly string[] =>
  [...all.matchAll(/^(?:Load key "[^"]*": .*|.*: bad permissions.*)$/gm)]
    .map(([line]) => remoteWords(line))
    .slice(0, 2);

/** What the server shows before the login is among it, so only what speaks of the account counts. */
const saidOfAccount = (all: string): string =>
  all.split(/\r?\n/).find((line) => SPEAKS_OF_ACCOUNT.test(line) && !IDLE.test(line)) ?? '';

/** Lines that tell nothing of why: motds, notes on keys, and what the server wants shown before the login. */
const IDLE = /^(?:\*\* |Warning: Permanently added|debug\d: |Authenticated to )/;

/** ssh.c: what carried the connection ended before a byte of the host came, and it was not the host that was not reached. */
const CARRIER_FAILED = /closed by UNKNOWN port 65535/;
const FORWARDING_FAILED = /stdio forwarding failed|open failed:/;
/** Who it was, where ssh says so. */
const NAMES_OF_JUMP_HOSTS: readonly RegExp[] = [
  /connect to host (\S+) port \d+:/,
  /Could not resolve hostname ([^:\s]+):/,
  /(?:^|\n)(?:\S+@)?([^\s@:]+): Permission denied/,
  /No \S+ host key is known for \[?([^\s\]]+)/,
  /[Hh]ost key for \[?([^\s\]]+)\]?(?::\d+)? (?:has changed|is marked)/,
  /Connection (?:closed|reset) by (?!UNKNOWN)(\S+) port/,
];

/** Why ssh(1) ended before the host was reached, by what it said on stderr. */
export function openSshFailure(where: OpenSshPlace, stderr: string): LinkFailure {
  if (!CARRIER_FAILED.test(stderr) || FORWARDING_FAILED.test(stderr))
    return ownFailure(where, stderr);
  // What a ProxyCommand says that is no ssh is in none of these forms.
  const hop = NAMES_OF_JUMP_HOSTS.map((pattern) => pattern.exec(stderr)?.[1]).find(
    (name) => name !== undefined,
  );
  if (hop === undefined) return ownFailure(where, stderr);
  const name = remoteWords(hop);
  return viaFailure(name, ownFailure({ name, place: name }, stderr));
}

/** Of the host itself, or of the one jump host that the words are of. */
function ownFailure(where: OpenSshPlace, stderr: string): LinkFailure {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !IDLE.test(line));
  for (const [pattern, read] of READERS) {
    const line = lines.find((candidate) => pattern.test(candidate));
    const found = line === undefined ? undefined : read(where, remoteWords(line), stderr);
    if (found !== undefined) return found;
  }
  const words = remoteWords(lines.at(-1) ?? '');
  return failure({
    code: 'lost',
    message: `no connection to ${where.place}${words === '' ? '' : `: ${words}`}`,
    hint: `see more: ssh -v ${where.name}`,
  });
}
