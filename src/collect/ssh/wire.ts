import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectPhase } from '../../domain/connect-phase.ts';
import type { Clock } from '../clock.ts';
import { lostFailure, socketFailure, tcpTimeout } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import type { Target } from './target.ts';

/** The bytes beneath SSH: a TCP socket, a channel of a jump host, or the standard streams of a ProxyCommand. */
export type Wire = {
  readonly stream: Duplex;
  readonly bytesWritten: () => number;
  /** Why the stream ended, when that which carries it knows better than its end tells. */
  readonly reason: () => Promise<LinkFailure | undefined>;
};

export type SocketOptions = {
  readonly host: string;
  readonly port: number;
  /** 0: either. */
  readonly family: 0 | 4 | 6;
  readonly localAddress?: string;
};
export type OpenSocket = (options: SocketOptions) => Socket;

export type TcpDeps = {
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly onPhase: (phase: ConnectPhase) => void;
  readonly signal: AbortSignal;
};

/** Resolves the name and connects. Never rejects. */
export function openTcp(target: Target, deps: TcpDeps): Promise<Wire | LinkFailure> {
  const { host, port, family, bindAddress, connectTimeoutSeconds } = target;
  const place = `${host}:${port}`;
  const { clock, onPhase, signal } = deps;
  onPhase(isIP(host) === 0 ? 'dns' : 'tcp');
  return new Promise((resolve) => {
    const socket = deps.openSocket({
      host,
      port,
      family,
      ...(bindAddress === null ? {} : { localAddress: bindAddress }),
    });
    let isOver = false;
    const end = (result: Wire | LinkFailure): void => {
      if (isOver) return;
      isOver = true;
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if ('error' in result) socket.destroy();
      resolve(result);
    };
    const onAbort = (): void => end(lostFailure(place, 'aborted'));
    const timer = clock.setTimeout(() => end(tcpTimeout(place)), connectTimeoutSeconds * 1000);
    socket.once('lookup', () => onPhase('tcp'));
    // Errors may come again after the first.
    socket.on('error', (error) => end(socketFailure(place, error)));
    socket.once('close', () => end(socketFailure(place, new Error('closed'))));
    socket.once('connect', () => {
      socket.setNoDelay(true);
      end({
        stream: socket,
        bytesWritten: () => socket.bytesWritten,
        reason: () => Promise.resolve(undefined),
      });
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
