import type { ConnectPhase } from '../../domain/connect-phase.ts';
import type { Clock } from '../clock.ts';
import type { Bastions } from './bastions.ts';
import { connect } from './connect.ts';
import type { KeyEvents } from './connect.ts';
import type { ForwardingConnection } from './connection.ts';
import { configFailure } from './failure.ts';
import type { LinkFailure, SecondLook } from './failure.ts';
import type { HandshakeLimiter, Slot } from './handshake-limiter.ts';
import { createHostVerifier } from './host-verifier.ts';
import { loadIdentities } from './identity.ts';
import { forgetPrivateHalf } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import { knownHost, loadKnownHosts } from './known-hosts.ts';
import type { KnownHost, KnownHostsLine } from './known-hosts.ts';
import { openProxyCommand } from './proxy-command.ts';
import type { QuestionDesk } from './question-desk.ts';
import { askForAnswers, askForHostKey, askForPassphrase, questionPlace } from './questions.ts';
import type { LateAnswers } from './questions.ts';
import { loadRevokedKeys } from './revoked-keys.ts';
import type { RevokedKeys } from './revoked-keys.ts';
import type { SshAnswers } from './ssh-answers.ts';
import { placeOf, withFiles } from './target.ts';
import type { Target } from './target.ts';
import { openTcp } from './wire.ts';
import type { OpenSocket, Wire } from './wire.ts';

/** What all connections have in common. */
export type Commons = {
  readonly desk: QuestionDesk;
  readonly keyRing: KeyRing;
  readonly bastions: Bastions;
  readonly late: LateAnswers;
  /** Host keys that a person accepted and no file keeps. */
  readonly accepted: KnownHostsLine[];
  readonly limiter: HandshakeLimiter;
  /** Of the ssh configuration. */
  readonly answers: SshAnswers;
};

export type LoginDeps = {
  readonly commons: Commons;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly openSocket: OpenSocket;
  /** Somebody is there to be asked. */
  readonly canAsk: boolean;
  readonly isHop: boolean;
  /** See {@link Bastions}. */
  readonly seen: LinkFailure | undefined;
  readonly onPhase: (phase: ConnectPhase) => void;
  /** A person is asked while the server waits; null when that is over. */
  readonly onQuestion: (held: LinkFailure | null) => void;
  /** The established connection ended by itself. Called at most once. */
  readonly onLost: (reason: LinkFailure) => void;
  readonly signal: AbortSignal;
};

/** One attempt to log in: carrier, host key, keys, questions. Rejects for bugs, and when aborted. */
export async function logIn(
  target: Target,
  deps: LoginDeps,
): Promise<ForwardingConnection | LinkFailure> {
  const result = await attempt(target, deps);
  if (!('error' in result) || result.files !== undefined) return result;
  // What is decided by files may go differently when they change.
  return withFiles(result, target);
}

async function attempt(
  target: Target,
  deps: LoginDeps,
): Promise<ForwardingConnection | LinkFailure> {
  const { clock, commons, env, signal } = deps;
  const canAsk = deps.canAsk && !target.isBatch;
  const place = questionPlace(target, deps.isHop);
  const known = await readKnownHost(target, commons);
  if ('error' in known) return known;
  const keyEvents: KeyEvents = { onSigning: () => {}, onLocked: () => {} };
  const identities = await loadIdentities(target, {
    env,
    keyRing: commons.keyRing,
    canAsk,
    onSigning: () => keyEvents.onSigning(),
    onLocked: (file) => keyEvents.onLocked(file),
  });
  if ('error' in identities) return identities;

  const carrier = await openCarrier(target, deps);
  if ('error' in carrier) return carrier;
  const { wire, slot } = carrier;
  const turn = lendWhileSilent(slot, clock);
  const verifier = createHostVerifier(target, known);
  const result = await connect({
    target,
    wire,
    verifier,
    knownTypes: known.types,
    identities,
    keyEvents,
    clock,
    canAsk,
    ask: (round, onAnswers) => {
      const asked = askForAnswers({
        desk: commons.desk,
        late: commons.late,
        target,
        place,
        round,
        onAnswers: (texts) => {
          deps.onQuestion(null);
          onAnswers(texts);
        },
      });
      if (asked !== undefined) deps.onQuestion(asked.failure);
      return asked;
    },
    askPassphrase: (file) => askForPassphrase(commons.desk, commons.keyRing, file),
    // Others need not wait for the person as well.
    onWaiting: turn.end,
    onBytes: turn.heard,
    onPhase: deps.onPhase,
    onLost: deps.onLost,
    signal,
  }).finally(turn.end);
  for (const { method } of identities.identities)
    if (method.type === 'publickey') forgetPrivateHalf(method.key);
  const refused = verifier.refusedKey();
  if (!('error' in result) || refused === undefined) return result;
  const { key, verdict } = refused;
  // The files hold other hosts too: only what they say of this key counts.
  const lookAgain = async (): Promise<SecondLook> => {
    const now = await readKnownHost(target, commons);
    return { isWorthTrying: !('error' in now) && now.verify(key).kind !== verdict };
  };
  const { desk, accepted } = commons;
  const failure = { ...result, lookAgain };
  return canAsk && verdict === 'unknown'
    ? askForHostKey({ desk, target, place, known, key, failure, accepted })
    : failure;
}

type Carrier = {
  readonly wire: Wire;
  /** Of the handshake. */
  readonly slot: Slot;
};

/** A host that takes no connection for so long lets others have its turn: most that do not at once are down. */
const UNCONNECTED_MS = 500;
/** The same for one that says nothing in the middle of the login. */
const SILENT_MS = 2_000;

/** Waits for what carries the connection; ten hosts that are down do not hold up the eleventh. */
async function lendUntilOpen(
  slot: Slot,
  opening: Promise<Wire | LinkFailure>,
  { clock, signal }: Pick<LoginDeps, 'clock' | 'signal'>,
): Promise<Carrier | LinkFailure> {
  const timer = clock.setTimeout(slot.lend, UNCONNECTED_MS);
  const wire = await opening;
  clock.clearTimeout(timer);
  if ('error' in wire) {
    slot.release();
    return wire;
  }
  try {
    await slot.regain(signal);
  } catch (error) {
    wire.stream.destroy();
    throw error;
  }
  return { wire, slot };
}

function lendWhileSilent(slot: Slot, clock: Clock) {
  let timer = clock.setTimeout(slot.lend, SILENT_MS);
  let isOver = false;
  return {
    heard: () => {
      if (isOver) return;
      clock.clearTimeout(timer);
      slot.retake();
      timer = clock.setTimeout(slot.lend, SILENT_MS);
    },
    end: () => {
      isOver = true;
      clock.clearTimeout(timer);
      slot.release();
    },
  };
}

/** Opens what carries the connection, in its turn. */
async function openCarrier(target: Target, deps: LoginDeps): Promise<Carrier | LinkFailure> {
  const { clock, commons, env, onPhase, openSocket, signal } = deps;
  const { reach } = target;
  if (reach.kind === 'jump') return await openThroughHop(target, reach.hop, deps);
  onPhase('turn');
  const slot = await commons.limiter.acquire(`${target.host}:${target.port}`, signal);
  if (reach.kind === 'command') return { wire: openProxyCommand(target, reach.command, env), slot };
  const opening = openTcp(target, { openSocket, clock, onPhase, signal });
  return await lendUntilOpen(slot, opening, deps);
}

async function openThroughHop(
  target: Target,
  hop: Target,
  deps: LoginDeps,
): Promise<Carrier | LinkFailure> {
  const { commons, onPhase, onQuestion, seen, signal } = deps;
  // First the jump host, then the slot: those who wait for it must not take the slots that it needs.
  onPhase('jump');
  const lease = await commons.bastions.lease(hop, { signal, seen, onQuestion });
  if ('error' in lease) return lease;
  onPhase('turn');
  try {
    const slot = await commons.limiter.acquire(`via ${placeOf(hop)}`, signal);
    onPhase('tcp');
    const carrier = await lendUntilOpen(slot, lease.open(target, signal), deps);
    if ('error' in carrier) lease.release();
    else if (carrier.wire.stream.destroyed) lease.release();
    else carrier.wire.stream.once('close', lease.release);
    return carrier;
  } catch (error) {
    lease.release();
    throw error;
  }
}

async function readKnownHost(
  target: Target,
  { accepted }: Commons,
): Promise<KnownHost | LinkFailure> {
  const { knownHostsFiles, knownHostsName, knownHostsPlainName, requiredRsaBits } = target;
  const revoked = await readRevokedKeys(target);
  if (revoked !== null && 'error' in revoked) return revoked;
  try {
    const lines = await loadKnownHosts(knownHostsFiles);
    const rules = { revoked, requiredRsaBits };
    return knownHost([...lines, ...accepted], knownHostsName, knownHostsPlainName, rules);
  } catch (error) {
    return configFailure(`known_hosts cannot be read: ${String(error)}`, 'correct its permissions');
  }
}

async function readRevokedKeys({
  revokedKeysFile: file,
}: Target): Promise<RevokedKeys | LinkFailure | null> {
  try {
    return file === null ? null : await loadRevokedKeys(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return configFailure(
      `RevokedHostKeys ${file} cannot be read, so that no host key can be trusted: ${why}`,
      'correct the file or its permissions, or take RevokedHostKeys out of the ssh configuration',
    );
  }
}
