import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { ClientErrorExtensions, ServerHostKeyAlgorithm } from 'ssh2';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock, Timer } from '../clock.ts';
import { createAuthentication } from './auth.ts';
import { createConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import {
  bannerFailure,
  handshakeTimeout,
  lostFailure,
  protocolFailure,
  signingFailure,
  socketFailure,
  tcpTimeout,
} from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { createHostVerifier } from './host-verifier.ts';
import type { Identities } from './identity.ts';
import { orderHostKeyAlgorithms } from './known-hosts.ts';
import type { KnownHost } from './known-hosts.ts';
import type { Target } from './ssh-config.ts';

const TCP_LIMIT_MS = 5_000;
const LOGIN_LIMIT_MS = 15_000;
/** While the agent may wait for a person to confirm a signature. */
const SIGNING_LIMIT_MS = 60_000;
const BANNER_BYTES = 256;
const HOST_KEY_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

export type ConnectOptions = {
  readonly target: Target;
  readonly known: KnownHost;
  readonly identities: Identities;
  readonly clock: Clock;
  readonly openSocket: (host: string, port: number) => Socket;
  /** Calls back when the agent begins to sign. */
  readonly onSigning: (listener: () => void) => void;
  /** The established connection ended by itself. Called at most once. */
  readonly onLost: (failure: LinkFailure) => void;
  readonly signal: AbortSignal;
};

/** Connects and logs in. One ssh2 client for each attempt; never rejects. */
export function connect(options: ConnectOptions): Promise<Connection | LinkFailure> {
  const { target, clock } = options;
  const place = `${target.host}:${target.port}`;
  const client = new ssh2.Client();
  const socket = options.openSocket(target.host, target.port);
  const verifier = createHostVerifier(target, options.known);
  const authentication = createAuthentication(target, options.identities);
  const traffic = watchTraffic(socket, clock);

  return new Promise((resolve) => {
    let phase: 'tcp' | 'login' | 'up' | 'over' = 'tcp';
    let timer: Timer | undefined = clock.setTimeout(() => fail(tcpTimeout(place)), TCP_LIMIT_MS);

    const fail = (reason: LinkFailure): void => {
      if (phase === 'over') return;
      const wasUp = phase === 'up';
      phase = 'over';
      clock.clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      socket.destroy();
      if (wasUp) options.onLost(reason);
      else resolve(reason);
    };
    const onAbort = (): void => fail(lostFailure(place, 'aborted'));
    const limitLogin = (limitMs: number): void => {
      if (phase !== 'login') return;
      clock.clearTimeout(timer);
      timer = clock.setTimeout(
        () =>
          fail(
            bannerFailure(place, traffic.first(), true) ?? handshakeTimeout(place, limitMs / 1000),
          ),
        limitMs,
      );
    };
    /** The connection ended or broke: what that means depends on how far it had come. */
    const broken = (
      error: (NodeJS.ErrnoException & ClientErrorExtensions) | undefined,
    ): LinkFailure => {
      const refusal = verifier.refusal();
      if (refusal !== undefined) return refusal;
      if (error?.level === 'agent') return signingFailure(target.agentPath ?? '', error.message);
      if (phase === 'tcp') return socketFailure(place, error ?? new Error('closed'));
      if (phase === 'up') return lostFailure(place, error?.code ?? error?.message ?? '');
      const words = error === undefined || isSocketError(error) ? '' : error.message;
      if (AUTH_REFUSED.test(words))
        return authentication.failure(words === ALL_METHODS_FAILED ? '' : words);
      const banner = bannerFailure(place, traffic.first(), false);
      if (banner !== undefined) return banner;
      if (authentication.wasRefused() && words === '') return authentication.failure('');
      return protocolFailure(place, words === '' ? (error?.code ?? 'closed by the server') : words);
    };

    // ssh2 may report one failure several times, without end: the first counts, all are listened to.
    client.on('error', (error) => fail(broken(error)));
    client.on('close', () => fail(broken(undefined)));
    socket.on('error', (error) => fail(broken(error)));
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) onAbort();

    socket.once('connect', () => {
      if (phase !== 'tcp') return;
      phase = 'login';
      limitLogin(LOGIN_LIMIT_MS);
      options.onSigning(() => limitLogin(SIGNING_LIMIT_MS));
      socket.setNoDelay(true);
      try {
        client.connect({
          sock: socket,
          username: target.user,
          hostVerifier: verifier.verify,
          authHandler: (methods, _partial, next) => {
            const method = authentication.next(methods);
            // The types leave out that `false` means: nothing left.
            next(method as Exclude<typeof method, false>);
          },
          algorithms: {
            serverHostKey: [
              ...orderHostKeyAlgorithms(HOST_KEY_ALGORITHMS, options.known.types),
            ] as ServerHostKeyAlgorithm[],
          },
          readyTimeout: 0,
          keepaliveInterval: 10_000,
          keepaliveCountMax: 3,
        });
      } catch (error) {
        fail(protocolFailure(place, String(error)));
        return;
      }
      client.setNoDelay(true);
      // Only now: ssh2 has paused the socket and reads as soon as it is ready to.
      traffic.tap();
    });
    client.once('ready', () => {
      if (phase !== 'login') return;
      phase = 'up';
      clock.clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      resolve(
        createConnection({
          client,
          socket,
          clock,
          place,
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

const isSocketError = (error: NodeJS.ErrnoException): boolean =>
  typeof error.code === 'string' || error.message === 'Connection lost before handshake';

type Traffic = {
  readonly tap: () => void;
  readonly first: () => string;
  readonly lastByteAt: () => EpochMs;
};

/** Keeps the first bytes, by which a server that is no sshd is known, and the time of the last. */
function watchTraffic(socket: Socket, clock: Clock): Traffic {
  let first = Buffer.alloc(0);
  let lastByteAt = clock.now();
  return {
    tap: () => {
      socket.on('data', (chunk: Buffer) => {
        lastByteAt = clock.now();
        if (first.length < BANNER_BYTES)
          first = Buffer.concat([first, chunk.subarray(0, BANNER_BYTES - first.length)]);
      });
    },
    first: () => first.toString('utf8'),
    lastByteAt: () => lastByteAt,
  };
}
