import type { Socket } from 'node:net';
import type { HostSettings } from '../../domain/settings.ts';
import type { Clock } from '../clock.ts';
import { connect } from './connect.ts';
import type { Connection } from './connection.ts';
import { configFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import type { HandshakeLimiter } from './handshake-limiter.ts';
import { loadIdentities } from './identity.ts';
import { knownHost, loadKnownHosts } from './known-hosts.ts';
import type { KnownHostsLine } from './known-hosts.ts';
import type { Meter } from './meter.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';
import { resolveTarget } from './ssh-config.ts';

/** A host that answers. */
export type Attached = { readonly session: Session; readonly connection: Connection };

export type AttachDeps = {
  readonly settings: HostSettings;
  readonly limiter: HandshakeLimiter;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly env: NodeJS.ProcessEnv;
  /** The program asked for the ssh configuration; null asks none. */
  readonly sshProgram: string | null;
  readonly openSocket: (host: string, port: number) => Socket;
  /** What was attached is silent although asked, or speaks again. */
  readonly onStale: (isStale: boolean) => void;
  /** What was attached went. Called at most once, and only after it was handed out. */
  readonly onLost: (reason: LinkFailure) => void;
  readonly signal: AbortSignal;
};

/** `ssh -G` takes slots too, so that 200 hosts do not start 200 programs at once. */
const SSH_G_ADDRESS = 'ssh -G';

/** One attempt: from the name of a host to the first frame of its sampler. Rejects for bugs only. */
export async function attach(deps: AttachDeps): Promise<Attached | LinkFailure | 'aborted'> {
  try {
    const result = await attempt(deps);
    if (!deps.signal.aborted) return result;
    if (!('error' in result)) await result.session.end();
    return 'aborted';
  } catch (error) {
    if (deps.signal.aborted) return 'aborted';
    throw error;
  }
}

async function attempt(deps: AttachDeps): Promise<Attached | LinkFailure> {
  const { clock, env, limiter, openSocket, settings, signal, sshProgram } = deps;
  const slot = await limiter.acquire(SSH_G_ADDRESS, signal);
  const target = await resolveTarget(settings, { env, sshProgram, signal }).finally(slot);
  if ('error' in target) return target;
  const known = await readKnownHosts(target.knownHostsFiles);
  if ('error' in known) return known;
  let onSigning = (): void => {};
  const identities = await loadIdentities(target, { onSigning: () => onSigning() });
  if ('error' in identities) return identities;

  let ended: LinkFailure | undefined;
  let attached: Attached | undefined;
  const onEnd = (reason: LinkFailure): void => {
    ended ??= reason;
    if (attached !== undefined) deps.onLost(reason);
  };
  const release = await limiter.acquire(`${target.host}:${target.port}`, signal);
  const connection = await connect({
    target,
    known: knownHost(known.lines, target.knownHostsName, target.knownHostsPlainName),
    identities,
    clock,
    openSocket,
    onSigning: (listener) => {
      onSigning = listener;
    },
    onLost: (reason) => {
      attached?.session.lost(reason);
      onEnd(reason);
    },
    signal,
  }).finally(release);
  if ('error' in connection) return connection;

  const place = `${target.host}:${target.port}`;
  signal.addEventListener('abort', connection.destroy, { once: true });
  const session = await openSession({
    connection,
    clock,
    meter: deps.meter,
    place,
    onStale: deps.onStale,
    onFailed: onEnd,
  });
  signal.removeEventListener('abort', connection.destroy);
  if ('error' in session) {
    connection.destroy();
    // The loss of the connection explains more than a shell that did not answer.
    return ended ?? session;
  }
  if (ended === undefined) {
    attached = { session, connection };
    return attached;
  }
  session.lost(ended);
  return ended;
}

async function readKnownHosts(
  files: readonly string[],
): Promise<{ readonly lines: readonly KnownHostsLine[] } | LinkFailure> {
  try {
    return { lines: await loadKnownHosts(files) };
  } catch (error) {
    return configFailure(`known_hosts cannot be read: ${String(error)}`, 'correct its permissions');
  }
}
