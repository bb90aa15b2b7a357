import type { CollectError } from '../../domain/feed.ts';
import type { SourceState } from '../../domain/inventory.ts';
import type { LinkQuestion } from '../../domain/link-question.ts';
import { sanitize } from '../../domain/text.ts';
import type { Target } from './target.ts';

/** Why a connection is not there, and what becomes of it. */
export type LinkFailure = {
  readonly error: CollectError;
  readonly state: Extract<
    SourceState,
    'down' | 'frozen' | 'auth-failed' | 'hostkey-changed' | 'hostkey-unknown'
  >;
  /**
   * `jitter`: soon, then ever later. `slow`: once a minute. `throttled`: after 30 s at the earliest.
   * `rare`: after 15 minutes, because each refusal counts against our address. `held`: not before a person asks.
   */
  readonly retry: 'jitter' | 'slow' | 'throttled' | 'rare' | 'held';
  /** What a person may answer to mend it. */
  readonly question?: LinkQuestion;
  /** It is tried again when one of these has changed. */
  readonly files?: readonly string[];
  /** What the change of these of them means; without it, any may make a difference. Never connects itself. */
  readonly lookAgain?: (changed: readonly string[]) => Promise<SecondLook>;
};

export type SecondLook = {
  readonly isWorthTrying: boolean;
  /** Those to watch from now on, when they are others than before. */
  readonly files?: readonly string[];
};

/** For what ssh2 cannot do and the ssh program can. */
export const VIA_OPENSSH = 'set via: openssh for this host: the ssh program can do that';

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
    hint: 'the host, sshd or the network went; labtop connects anew by itself',
  });

/** The console itself ended the connection. */
export const closedError = (place: string): CollectError => ({
  code: 'closed',
  message: `connection to ${place} was closed by labtop`,
  hint: 'the console ends, or its configuration has changed',
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
      return failure({
        code: 'unreachable',
        message: `no route to ${place}`,
        hint: 'is the network up, is a VPN missing? route get on this machine shows the way',
      });
    case 'ETIMEDOUT':
      return tcpTimeout(place);
    case 'EADDRNOTAVAIL':
      return configFailure(
        `this machine does not have the address that connections to ${place} shall come from`,
        'correct BindAddress in the ssh configuration',
      );
    case 'ECONNRESET':
      return bannerFailure(place, '', false) ?? lostFailure(place, 'ECONNRESET');
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

/** What PAM and sshd tell of an account that has the right key and still may not log in. */
export const SPEAKS_OF_ACCOUNT =
  /account|password|expired|locked|permitted|not allowed|denied|going down|shutting down|booting|maintenance/i;

/**
 * The server ended the connection after the keys were agreed on and before the login was done: what `RefuseConnection` of
 * sshd_config and the account rules of PAM do, or a line that was cut. sshd counts it against our address, so it is not
 * tried again soon. `said` is what it told after a key or an answer was offered.
 */
export function loginEndedFailure(place: string, said: string, words = ''): LinkFailure {
  if (SPEAKS_OF_ACCOUNT.test(said))
    return failure(
      {
        code: 'auth',
        message: `login ended by ${place}: «${remoteWords(said)}»`,
        hint: 'the account may not log in, whatever its key: the log of sshd on the host tells why',
      },
      'throttled',
      'auth-failed',
    );
  const why = remoteWords(words === '' ? said : words);
  return failure(
    {
      code: 'login-ended',
      message: `${place} ended the connection during the login${why === '' ? '' : `: «${why}»`}`,
      hint: 'a locked or expired account, RefuseConnection, or a line that was cut: the log of sshd on the host tells',
    },
    'throttled',
  );
}

/** The server takes the login and then starts nothing. */
export const noProgramError = (place: string, words: string): CollectError => ({
  code: 'shell',
  message: `${place} starts no shell: «${remoteWords(words)}»`,
  hint: 'the host may be out of processes (look at its console), or the account may run no commands',
});

/** The own configuration wants longer RSA keys than the host has. */
export const shortKeyFailure = (name: string, bits: number, least: number): LinkFailure =>
  failure(
    {
      code: 'key-short',
      message: `host key of ${name} is RSA with ${bits} bits: RequiredRSASize wants ${least}`,
      hint: 'make a longer host key, or one of another type (ssh-keygen -A), on the host',
    },
    'held',
  );

/** What ssh2 says went wrong between banner and login, as far as its words tell. */
export function protocolFailure(place: string, message: string): LinkFailure {
  if (/no matching/.test(message))
    return failure(
      {
        code: 'kex',
        message: `no common algorithm with ${place}: «${remoteWords(message.replace('Handshake failed: ', ''))}»`,
        hint: VIA_OPENSSH,
      },
      'held',
    );
  return lostFailure(place, message);
}

/** The configuration allows nothing that ssh2 can do; `option` is it with its value. */
export const algorithmFailure = (name: string, option: string): LinkFailure =>
  failure(
    {
      code: 'kex',
      message: `the ssh configuration of ${name} allows only what labtop itself cannot do: ${remoteWords(option)}`,
      hint: VIA_OPENSSH,
    },
    'held',
  );

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

/** `why` names the sockets that were tried. */
export const agentError = (why: string): CollectError => ({
  code: 'agent',
  message: `no ssh agent at ${remoteWords(why)}`,
  hint: 'the socket of an old login is dead: renew SSH_AUTH_SOCK (tmux: attach anew), or set agent: none',
});

/** Asking the agent costs no host anything, so it is asked again. */
export const agentFailure = (why: string): LinkFailure => failure(agentError(why), 'slow');

/** Nothing could be offered to the server, so it was not even called. */
export function noKeyFailure(
  target: Target,
  {
    unusable,
    needsOpenSsh,
  }: { readonly unusable: readonly string[]; readonly needsOpenSsh: boolean },
  hasAgent: boolean,
): LinkFailure {
  const files = target.identityFiles.map(({ path }) => path).join(', ');
  const why =
    unusable.length > 0
      ? unusable.join('; ')
      : `none of ${files || 'the identity files'} exists and ${hasAgent ? 'the agent holds no key for it' : 'no agent is used'}`;
  return failure(
    {
      code: 'auth',
      message: `no key to offer to ${target.user}@${target.host}: ${why}`,
      hint: needsOpenSsh
        ? VIA_OPENSSH
        : 'add the key to the ssh agent (ssh-add), or name an identity file; labtop asks for its passphrase',
    },
    'held',
    'auth-failed',
  );
}

/** The server would take a key that is encrypted. */
export const passphraseFailure = (path: string, isWrong: boolean): LinkFailure =>
  failure(
    {
      code: 'passphrase',
      message: `identity file ${path} has a passphrase${isWrong ? ', and the one given does not open it' : ''}`,
      hint: `give it in labtop, or run: ssh-add ${path}`,
    },
    'held',
    'auth-failed',
  );

/** The server asks something of a person. */
export const promptFailure = (
  place: string,
  prompts: readonly string[],
  how: 'waits' | 'declined' | 'late',
): LinkFailure =>
  failure(
    {
      code: 'prompt',
      message: `${place} ${{ waits: 'asks', declined: 'was not answered', late: 'got no answer in time' }[how]}: «${remoteWords(prompts.join(' '))}»`,
      hint: 'answer in labtop, or give the account a key',
    },
    'held',
    'auth-failed',
  );

/** The server wants another password at once (RFC 4252, 8), which ssh2 cannot give. */
export const passwordExpired = (target: Target): LinkFailure =>
  failure(
    {
      code: 'auth',
      message: `the password of ${target.user}@${target.host} has expired`,
      hint: `change it with: ssh -p ${target.port} ${target.user}@${target.host}`,
    },
    'held',
    'auth-failed',
  );

/** RFC 4254, 5.1: why a jump host did not connect to the place; OpenSSH hands over the words of its own system. */
export function forwardFailure(
  hop: string,
  place: string,
  error: Error & { readonly reason?: unknown },
): LinkFailure {
  const words = remoteWords(error.message.replace(/^\(SSH\) Channel open failure: /, ''));
  const seen = ({ error: { message, ...rest }, ...others }: LinkFailure): LinkFailure => ({
    ...others,
    error: { ...rest, message: `${message} (seen from ${hop})` },
  });
  if (error.reason === ADMINISTRATIVELY_PROHIBITED)
    return failure(
      {
        code: 'jump:forward',
        message: `via ${hop}: it does not forward to ${place}: «${words}»`,
        hint: `AllowTcpForwarding and PermitOpen in sshd_config of ${hop} must allow it`,
      },
      'slow',
    );
  const found = WORDS_OF_ERRORS.find(([pattern]) => pattern.test(words));
  if (found !== undefined)
    return seen(socketFailure(place, Object.assign(new Error(words), { code: found[1] })));
  return failure({
    code: 'jump:forward',
    message: `via ${hop}: no connection to ${place}: «${words}»`,
    hint: `try from there: ssh ${hop}`,
  });
}

const ADMINISTRATIVELY_PROHIBITED = 1;
/** strerror(3) and gai_strerror(3) of illumos, Linux, BSD. */
const WORDS_OF_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/refused/i, 'ECONNREFUSED'],
  [/timed out/i, 'ETIMEDOUT'],
  [/no route|unreachable|host is down|network is down/i, 'EHOSTUNREACH'],
  [/not known|name resolution|unknown host|no address/i, 'ENOTFOUND'],
];

/** What a connection through a jump host failed of: it is the hop's error, said as such. */
export function viaFailure(hop: string, reason: LinkFailure): LinkFailure {
  // Of several hops the one that failed is named.
  if (reason.error.code.startsWith('jump:')) return reason;
  const { code, message, hint } = reason.error;
  return {
    ...reason,
    error: { code: `jump:${code}`, message: `via ${hop}: ${message}`, hint, jump: hop },
  };
}

export const configFailure = (message: string, hint: string): LinkFailure =>
  failure({ code: 'config', message, hint }, 'held');

/** session.c, do_pwchange, and what PAM tells before it. */
const PASSWORD_CHANGE =
  /password has expired|required to change your password|password change required/i;
/** nologin(4) and shutdown(8), in the words that people and systems put there. */
const NOBODY_NOW =
  /going down|shutting down|booting up|maintenance|no logins|not permitted to log in yet/i;

/** The login gave no shell that speaks POSIX sh. */
export function shellFailure(place: string, words: string): LinkFailure {
  const message = `login shell of ${place} refuses${words === '' ? '' : `: «${remoteWords(words)}»`}`;
  if (PASSWORD_CHANGE.test(words))
    return failure(
      {
        code: 'shell',
        message,
        hint: 'log in by hand once and change the password: that needs a terminal',
      },
      'rare',
      'auth-failed',
    );
  if (NOBODY_NOW.test(words))
    return failure(
      { code: 'shell', message, hint: 'the host lets nobody in at present (/etc/nologin)' },
      'slow',
    );
  return failure(
    {
      code: 'shell',
      message,
      hint: 'the account needs a login shell that runs /bin/sh, and profile scripts that print nothing',
    },
    'held',
  );
}

/** A section began and never ended, and no further shell could be had: what fork(2) without processes looks like. */
export const noForkFailure = (place: string, words: string): LinkFailure =>
  failure({
    code: 'fork',
    message: `${place} cannot start processes: ${words}`,
    hint: 'the host is out of processes or of swap: look at its console',
  });

/** A channel was asked for and neither came nor was refused. */
export const noChannelFailure = (place: string, seconds: number): LinkFailure =>
  failure({
    code: 'shell-timeout',
    message: `${place} gave no further shell within ${seconds} s`,
    hint: 'the host is overloaded',
  });

/** Nothing gets through behind what a command has sent that was given up since. */
export const fullLineFailure = (place: string): LinkFailure =>
  failure({
    code: 'lost',
    message: `connection to ${place} dropped: it was full of an answer that was given up`,
    hint: 'an answer is larger than the line can carry in time; feeds (F) tells which',
  });

/** Logged in, and then not a byte more. */
export const noShellFailure = (place: string, seconds: number): LinkFailure =>
  failure(
    {
      code: 'shell-timeout',
      message: `${place} took the login but gave no shell within ${seconds} s`,
      hint: 'the host is frozen or overloaded',
    },
    'jitter',
    'frozen',
  );

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
