import type { CollectError } from '../../domain/feed.ts';
import type { SourceState } from '../../domain/inventory.ts';
import { sanitize } from '../../domain/text.ts';

/** Why a connection is not there, and what becomes of it. */
export type LinkFailure = {
  readonly error: CollectError;
  readonly state: Extract<
    SourceState,
    'down' | 'frozen' | 'auth-failed' | 'hostkey-changed' | 'hostkey-unknown'
  >;
  /**
   * `jitter`: soon, then ever later. `slow`: once a minute. `throttled`: after 30 s at the earliest.
   * `held`: not before a person asks for it; a refused login once in 15 minutes.
   */
  readonly retry: 'jitter' | 'slow' | 'throttled' | 'held';
  /** Held, it is tried again when one of these has changed. */
  readonly files?: readonly string[];
};

/** Makes the words of a server fit for one line of an error. */
export function remoteWords(text: string): string {
  const line = sanitize(text)
    .split('\n')
    .map((part) => part.replaceAll('\t', ' ').trim())
    .find((part) => part !== '');
  const words = line ?? '';
  return words.length > 200 ? `${words.slice(0, 199)}…` : words;
}

export const failure = (
  error: CollectError,
  retry: LinkFailure['retry'] = 'jitter',
  state: LinkFailure['state'] = 'down',
): LinkFailure => ({ error, state, retry });

/** The connection was there and went. */
export const lostFailure = (place: string, words: string): LinkFailure =>
  failure({
    code: 'lost',
    message: `connection to ${place} lost${words === '' ? '' : `: ${remoteWords(words)}`}`,
    hint: '',
  });

/** The console itself ended the connection. */
export const closedError = (place: string): CollectError => ({
  code: 'closed',
  message: `connection to ${place} was closed by labtop`,
  hint: '',
});

/** Errors of DNS and TCP, before the first byte of SSH. */
export function socketFailure(place: string, error: NodeJS.ErrnoException): LinkFailure {
  switch (error.code ?? '') {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'ENODATA':
      return failure({
        code: 'dns',
        message: `name does not resolve: ${place} (${error.code})`,
        hint: 'check the address of the host, and the name server',
      });
    case 'ECONNREFUSED':
      return failure({
        code: 'refused',
        message: `port closed: ${place}`,
        hint: 'is sshd running? svcs ssh on the console of the host',
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return failure({ code: 'unreachable', message: `no route to ${place}`, hint: '' });
    case 'ETIMEDOUT':
      return tcpTimeout(place);
    default:
      return lostFailure(place, error.code ?? error.message);
  }
}

export const tcpTimeout = (place: string): LinkFailure =>
  failure({
    code: 'tcp-timeout',
    message: `no answer from ${place}`,
    hint: 'the host is down or a firewall drops the packets',
  });

const REFUSES_FOR_NOW = /Not allowed at this time|Exceeded MaxStartups/;
const THROTTLE_HINT =
  'the server protects itself (PerSourcePenalties, MaxStartups); PerSourcePenaltyExemptList in its sshd_config helps';

/** The connection ended before the server had shown that it speaks SSH; `first` are its first bytes. */
export function bannerFailure(
  place: string,
  first: string,
  silent: boolean,
): LinkFailure | undefined {
  if (/^SSH-(?:2\.0|1\.99)-/m.test(first)) return undefined;
  if (REFUSES_FOR_NOW.test(first))
    return failure(
      {
        code: 'throttled',
        message: `${place} refuses for now: «${remoteWords(first)}»`,
        hint: THROTTLE_HINT,
      },
      'throttled',
    );
  if (first.trim() !== '')
    return failure(
      {
        code: 'not-ssh',
        message: `not an SSH server at ${place}: «${remoteWords(first)}»`,
        hint: 'check address and port',
      },
      'slow',
    );
  if (silent) return undefined;
  return failure(
    {
      code: 'throttled',
      message: `${place} closes the connection before its SSH banner`,
      hint: THROTTLE_HINT,
    },
    'throttled',
  );
}

/** A kernel that takes connections for an sshd that does not serve them: the host hangs. */
export const handshakeTimeout = (place: string, seconds: number): LinkFailure =>
  failure(
    {
      code: 'handshake-timeout',
      message: `${place} took the connection but did not finish the login within ${seconds} s`,
      hint: 'the host is frozen or overloaded',
    },
    'jitter',
    'frozen',
  );

/** What ssh2 says went wrong between banner and login, as far as its words tell. */
export function protocolFailure(place: string, message: string): LinkFailure {
  if (/no matching/.test(message))
    return failure(
      {
        code: 'kex',
        message: `no common algorithm with ${place}: «${remoteWords(message.replace('Handshake failed: ', ''))}»`,
        hint: 'labtop speaks neither post-quantum key exchange nor algorithms from before 2016',
      },
      'held',
    );
  return lostFailure(place, message);
}

/** The agent is there but did not sign: a person said no, or the key is locked. */
export const signingFailure = (agentPath: string, words: string): LinkFailure =>
  failure(
    {
      code: 'agent',
      message: `ssh agent at ${agentPath} did not sign: ${remoteWords(words)}`,
      hint: 'unlock the agent, or confirm the use of the key when it asks',
    },
    'held',
    'auth-failed',
  );

export const configFailure = (message: string, hint: string): LinkFailure =>
  failure({ code: 'config', message, hint }, 'held');

/** The login gave no shell that speaks POSIX sh. */
export const shellFailure = (place: string, words: string): LinkFailure =>
  failure(
    {
      code: 'shell',
      message: `login shell of ${place} refuses${words === '' ? '' : `: «${remoteWords(words)}»`}`,
      hint: 'the account needs a login shell that runs /bin/sh, and profile scripts that print nothing',
    },
    'held',
  );

/** A section began and never ended, and no further shell could be had: what fork(2) without processes looks like. */
export const noForkFailure = (place: string, words: string): LinkFailure =>
  failure({
    code: 'fork',
    message: `${place} cannot start processes: ${words}`,
    hint: 'the host is out of processes or of swap: look at its console',
  });

export const frozenFailure = (place: string, seconds: number): LinkFailure =>
  failure(
    {
      code: 'frozen',
      message: `no byte from ${place} for ${seconds} s although it was asked`,
      hint: 'the host or the network to it hangs',
    },
    'jitter',
    'frozen',
  );

export const channelsError = (place: string, open: number, words: string): CollectError => ({
  code: 'channels',
  message: `channel limit: ${place} has ${open} open${words === '' ? '' : ` and refuses another («${remoteWords(words)}»)`}`,
  hint: 'MaxSessions in sshd_config of the host allows 10 by default',
});
