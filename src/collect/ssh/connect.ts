import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type {
  AnyAuthMethod,
  CipherAlgorithm,
  ClientErrorExtensions,
  KexAlgorithm,
  MacAlgorithm,
  ServerHostKeyAlgorithm,
} from 'ssh2';
import type { ConnectPhase } from '../../domain/connect-phase.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock, Timer } from '../clock.ts';
import { orderHostKeyAlgorithms } from './algorithms.ts';
import type { Algorithms } from './algorithms.ts';
import { createAuthentication } from './auth.ts';
import type { PromptRound } from './auth.ts';
import { createConnection } from './connection.ts';
import type { ForwardingConnection } from './connection.ts';
import {
  bannerFailure,
  handshakeTimeout,
  loginEndedFailure,
  lostFailure,
  passwordExpired,
  promptFailure,
  protocolFailure,
  signingFailure,
} from './failure.ts';
import type { LinkFailure } from './failure.ts';
import type { HostVerifier } from './host-verifier.ts';
import type { Identities } from './identity.ts';
import type { LockedFile } from './key-file.ts';
import { ownBytes } from './own-bytes.ts';
import { prepareKeys } from './packet-keys.ts';
import type { Target } from './target.ts';
import type { Wire } from './wire.ts';

const LOGIN_LIMIT_MS = 15_000;
/** While the agent may wait for a person to confirm a signature, or a person is asked. */
const PERSON_LIMIT_MS = 60_000;
const BANNER_BYTES = 256;

/** What the keys of an attempt tell while it runs. Set by {@link connect}, called by the keys. */
export type KeyEvents = {
  onSigning: () => void;
  onLocked: (file: LockedFile) => void;
};

/** A question of the server that is being answered. */
export type Asking = {
  /** What is held when the attempt ends without an answer. */
  readonly failure: LinkFailure;
  readonly leave: () => void;
};

export type ConnectOptions = {
  readonly target: Target;
  readonly wire: Wire;
  readonly verifier: HostVerifier;
  /** Types of the host keys that are known. */
  readonly knownTypes: readonly string[];
  readonly identities: Identities;
  readonly keyEvents: KeyEvents;
  readonly clock: Clock;
  readonly canAsk: boolean;
  /** Puts a question of the server; calls back with the answers, or null when a person gives none. */
  readonly ask: (
    round: PromptRound,
    onAnswers: (texts: readonly string[] | null) => void,
  ) => Asking | undefined;
  readonly askPassphrase: (file: LockedFile) => LinkFailure;
  readonly onPhase: (phase: ConnectPhase) => void;
  /** Bytes came, while the login runs. */
  readonly onBytes: () => void;
  /** A person is waited for: what others need must not be kept. */
  readonly onWaiting: () => void;
  /** The established connection ended by itself. Called at most once. */
  readonly onLost: (failure: LinkFailure) => void;
  readonly signal: AbortSignal;
};

/** Speaks SSH over the wire and logs in. One ssh2 client for each attempt; never rejects. */
export function connect(options: ConnectOptions): Promise<ForwardingConnection | LinkFailure> {
  const { target, clock, verifier, wire } = options;
  const { stream } = wire;
  const place = `${target.host}:${target.port}`;
  const client = new ssh2.Client();
  const traffic = watchTraffic(stream, clock, options.onBytes);

  return new Promise((resolve) => {
    let phase: 'login' | 'up' | 'over' = 'login';
    let timer: Timer | undefined;
    let asking: Asking | undefined;
    let hasKeys = false;
    let said = '';

    const finish = (reason: LinkFailure): void => {
      if (phase === 'over') return;
      const wasUp = phase === 'up';
      phase = 'over';
      clock.clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      asking?.leave();
      // A server that would not wait any longer for the person still has the question open.
      const own = asking?.failure ?? reason;
      const deliver = (failure: LinkFailure): void => {
        if (wasUp) options.onLost(failure);
        else resolve(failure);
      };
      if (own !== reason || !CARRIER_MAY_KNOW.has(own.error.code)) deliver(own);
      else void wire.reason().then((better) => deliver(better ?? own));
      stream.destroy();
    };
    const onAbort = (): void => finish(lostFailure(place, 'aborted'));
    const limitLogin = (limitMs: number): void => {
      if (phase !== 'login') return;
      clock.clearTimeout(timer);
      timer = clock.setTimeout(
        () =>
          finish(
            bannerFailure(place, traffic.first(), true) ?? handshakeTimeout(place, limitMs / 1000),
          ),
        limitMs,
      );
    };
    const waitForPerson = (): void => {
      limitLogin(PERSON_LIMIT_MS);
      options.onWaiting();
    };
    options.keyEvents.onSigning = waitForPerson;
    options.keyEvents.onLocked = (file) => {
      if (phase === 'login') finish(options.askPassphrase(file));
    };

    const ask = (round: PromptRound): Promise<readonly string[]> =>
      new Promise((answer) => {
        if (phase !== 'login') return;
        asking = options.ask(round, (texts) => {
          asking = undefined;
          if (phase !== 'login') return;
          limitLogin(LOGIN_LIMIT_MS);
          if (texts === null)
            finish(
              promptFailure(
                place,
                round.prompts.map(({ text }) => text),
                'declined',
              ),
            );
          else answer(texts);
        });
        if (asking !== undefined) waitForPerson();
      });
    const authentication = createAuthentication(target, options.identities, {
      canAsk: options.canAsk,
      ask,
      unlock: (file) => options.keyEvents.onLocked(file),
    });

    /** The connection ended or broke: what that means depends on how far it had come. */
    const broken = (
      error: (NodeJS.ErrnoException & ClientErrorExtensions) | undefined,
    ): LinkFailure => {
      const refusal = verifier.refusal();
      if (refusal !== undefined) return refusal;
      if (error?.level === 'agent')
        return signingFailure(options.identities.agentPath ?? '', error.message);
      if (phase === 'up') return lostFailure(place, error?.code ?? error?.message ?? '');
      const words = error === undefined || isSocketError(error) ? '' : error.message;
      if (AUTH_REFUSED.test(words))
        return authentication.failure(words === ALL_METHODS_FAILED ? '' : words);
      const banner = bannerFailure(place, traffic.first(), false);
      if (banner !== undefined) return banner;
      if (authentication.wasRefused() && words === '') return authentication.failure('');
      if (hasKeys && MAY_BE_AN_END.has(error?.code ?? ''))
        return loginEndedFailure(place, said, words);
      return protocolFailure(place, words === '' ? (error?.code ?? 'closed by the server') : words);
    };

    // ssh2 may report one failure several times, without end: the first counts, all are listened to.
    client.on('error', (error) => finish(broken(error)));
    client.on('close', () => finish(broken(undefined)));
    // What is told before a key was offered is told to everybody.
    client.on('banner', (text) => {
      if (authentication.hasOffered()) said = text;
    });
    client.on('change password', () => finish(passwordExpired(target)));
    stream.on('error', (error) => finish(broken(error)));
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) onAbort();
    if (stream.destroyed) finish(broken(undefined));

    limitLogin(LOGIN_LIMIT_MS);
    options.onPhase('kex');
    client.once('handshake', () => {
      hasKeys = true;
      options.onPhase('auth');
    });
    // Of the first keys and of each later agreement.
    client.on('handshake', () => prepareKeys(client));
    try {
      client.connect({
        sock: stream,
        username: target.user,
        hostVerifier: verifier.verify,
        authHandler: (methods, isPartial, next) => {
          const method = authentication.next(methods, isPartial, next);
          // The types leave out that `false` means: nothing left.
          if (method !== undefined) next(method as AnyAuthMethod);
        },
        algorithms: offerOf(target.algorithms, options.knownTypes),
        readyTimeout: 0,
        // The sampler watches the bytes. ssh2 counts replies only, which on a slow line stand behind megabytes.
        keepaliveInterval: 10_000,
        keepaliveCountMax: 12,
      });
    } catch (error) {
      finish(protocolFailure(place, String(error)));
      return;
    }
    // Only now: ssh2 has paused the stream and reads as soon as it is ready to.
    traffic.tap();
    client.once('ready', () => {
      if (phase !== 'login') return;
      phase = 'up';
      clock.clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      resolve(
        createConnection({
          client,
          stream,
          clock,
          place,
          bytesRead: traffic.bytes,
          bytesWritten: wire.bytesWritten,
          lastByteAt: traffic.lastByteAt,
          onEnd: () => {
            phase = 'over';
          },
        }),
      );
    });
  });
}

const ALL_METHODS_FAILED = 'All configured authentication methods failed';
const AUTH_REFUSED =
  /All configured authentication methods failed|Too many authentication failures/;
/** Failures of the bytes beneath, which a jump host or a ProxyCommand may explain better. */
const CARRIER_MAY_KNOW = new Set([
  'lost',
  'login-ended',
  'throttled',
  'not-ssh',
  'handshake-timeout',
]);
/** A server that ends a connection with bytes unread resets it; other errors are those of the line. */
const MAY_BE_AN_END = new Set<string | number>(['', 'ECONNRESET']);

const isSocketError = (error: NodeJS.ErrnoException): boolean =>
  typeof error.code === 'string' || error.message === 'Connection lost before handshake';

const offerOf = ({ hostKey, kex, cipher, hmac }: Algorithms, knownTypes: readonly string[]) => ({
  serverHostKey: [...orderHostKeyAlgorithms(hostKey, knownTypes)] as ServerHostKeyAlgorithm[],
  ...(kex === undefined ? {} : { kex: [...kex] as KexAlgorithm[] }),
  ...(cipher === undefined ? {} : { cipher: [...cipher] as CipherAlgorithm[] }),
  ...(hmac === undefined ? {} : { hmac: [...hmac] as MacAlgorithm[] }),
});

type Traffic = {
  readonly tap: () => void;
  readonly first: () => string;
  readonly bytes: () => number;
  readonly lastByteAt: () => EpochMs;
};

/** Keeps the first bytes, by which a server that is no sshd is known, and the count and time of all. */
function watchTraffic(stream: Duplex, clock: Clock, onBytes: () => void): Traffic {
  let first: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let lastByteAt = clock.now();
  return {
    tap: () => {
      stream.on('data', (chunk: Buffer) => {
        lastByteAt = clock.now();
        bytes += chunk.length;
        onBytes();
        if (first.length < BANNER_BYTES)
          first = ownBytes(Buffer.concat([first, chunk.subarray(0, BANNER_BYTES - first.length)]));
      });
    },
    first: () => first.toString('utf8'),
    bytes: () => bytes,
    lastByteAt: () => lastByteAt,
  };
}
