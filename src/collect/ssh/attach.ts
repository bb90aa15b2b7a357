import type { ConnectPhase } from '../../domain/connect-phase.ts';
import type { HostSettings } from '../../domain/settings.ts';
import type { JumpHop } from '../../domain/ssh-session.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import { noShellFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { hopsOf } from './hops.ts';
import type { Lookup } from './hops.ts';
import { logIn } from './login.ts';
import type { Commons } from './login.ts';
import type { Meter } from './meter.ts';
import { logInByOpenSsh } from './openssh-login.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';
import { reach } from './ssh-arguments.ts';
import { circleOf, isSameWay, programTarget, resolveTarget, withFiles } from './target.ts';
import type { ResolveDeps, Target } from './target.ts';
import type { OpenSocket } from './wire.ts';

/** A host that answers. */
export type Attached = {
  readonly session: Session;
  readonly connection: Connection;
  /** The jump hosts that it passes; null where that is not known. Never rejects. */
  readonly hops: Promise<readonly JumpHop[] | null>;
};

export type AttachDeps = {
  readonly settings: HostSettings;
  readonly enter: Enter;
  readonly commons: Commons;
  /** Somebody is there to be asked. */
  readonly canAsk: boolean;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly env: NodeJS.ProcessEnv;
  /** The program asked for the ssh configuration; null reads its files. */
  readonly sshProgram: string | null;
  /** The settings of a jump host that is itself a host of labtop. */
  readonly hostNamed: (name: string) => HostSettings | undefined;
  readonly openSocket: OpenSocket;
  /** For the names of jump hosts. */
  readonly lookup: Lookup;
  /** The failure that is known, when there is a reason to try again at once. */
  readonly seen: LinkFailure | undefined;
  readonly onPhase: (phase: ConnectPhase) => void;
  /** A person is asked while the server waits; null when that is over. */
  readonly onQuestion: (held: LinkFailure | null) => void;
  /** What was attached is silent although asked, or speaks again. */
  readonly onStale: (isStale: boolean) => void;
  /** What was attached went. Called at most once, and only after it was handed out. */
  readonly onLost: (reason: LinkFailure) => void;
  readonly signal: AbortSignal;
};

/** From the login to the first frame; a shell that was opened has 5 s of its own. */
const SESSION_LIMIT_MS = 10_000;

/** All of these together: ssh does not say through which jump host it goes. */
const SSH_PROGRAM_ADDRESS = 'ssh program';
/** One that takes longer waits for a host that is down, mostly: it says nothing on its way. */
const SSH_PROGRAM_PATIENCE_MS = 2_000;

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
  const { clock, signal } = deps;
  let ended: LinkFailure | undefined;
  let attached: Attached | undefined;
  const onEnd = (reason: LinkFailure): void => {
    ended ??= reason;
    if (attached !== undefined) deps.onLost(reason);
  };
  const onLost = (reason: LinkFailure): void => {
    attached?.session.lost(reason);
    onEnd(reason);
  };
  const entered = await deps.enter(deps, onLost);
  if ('error' in entered) return entered;
  const { connection, place, hops } = entered;

  signal.addEventListener('abort', connection.destroy, { once: true });
  // The line may fall silent between the login and the first channel, where nothing else watches it.
  const limit = clock.setTimeout(() => {
    ended ??= noShellFailure(place, SESSION_LIMIT_MS / 1000);
    connection.destroy();
  }, SESSION_LIMIT_MS);
  deps.onPhase('shell');
  const session = await openSession({
    connection,
    clock,
    meter: deps.meter,
    place,
    onStale: deps.onStale,
    onFailed: onEnd,
  });
  clock.clearTimeout(limit);
  signal.removeEventListener('abort', connection.destroy);
  if ('error' in session) {
    connection.destroy();
    // The loss of the connection explains more than a shell that did not answer.
    return ended ?? session;
  }
  if (ended === undefined) {
    attached = { session, connection, hops };
    return attached;
  }
  session.lost(ended);
  return ended;
}

/** A connection that is logged in, and its address and port for messages. */
type Entered = Pick<Attached, 'connection' | 'hops'> & { readonly place: string };

/** One attempt to log in. Rejects for bugs, and when aborted. */
export type Enter = (
  deps: AttachDeps,
  /** The established connection ended by itself. Called at most once. */
  onLost: (reason: LinkFailure) => void,
) => Promise<Entered | LinkFailure>;

/** By labtop's own SSH. */
const enterByOwn: Enter = async (deps, onLost) => {
  const { clock, commons, env, signal } = deps;
  const target = await targetBy(deps);
  if ('error' in target) return target;
  const connection = await logIn(target, {
    commons,
    clock,
    env,
    openSocket: deps.openSocket,
    canAsk: deps.canAsk,
    isHop: false,
    seen: deps.seen,
    onPhase: deps.onPhase,
    onQuestion: deps.onQuestion,
    onLost,
    signal,
  });
  return 'error' in connection
    ? worthwhile(connection, target, deps)
    : {
        connection,
        place: `${target.host}:${target.port}`,
        hops: hopsOf(target, deps.lookup),
      };
};

const targetBy = (deps: AttachDeps) => resolveTarget(deps.settings, resolveDeps(deps));

const resolveDeps = ({ commons, env, hostNamed, signal, sshProgram }: AttachDeps): ResolveDeps => ({
  env,
  sshProgram,
  hostNamed,
  signal,
  answers: commons.answers,
});

/** The configuration says much of other hosts: its change makes a difference when it says something else of this one. */
function worthwhile(failure: LinkFailure, target: Target, deps: AttachDeps): LinkFailure {
  const { files } = failure;
  if (files === undefined) return failure;
  let { configFiles } = target;
  const own = files.filter((file) => !configFiles.includes(file));
  return {
    ...failure,
    lookAgain: async (changed) => {
      const others = changed.filter((file) => own.includes(file));
      if (others.length > 0) {
        const look = await failure.lookAgain?.(others);
        if (look?.isWorthTrying ?? true) return { isWorthTrying: true };
      }
      if (others.length === changed.length) return { isWorthTrying: false };
      const now = await targetBy(deps);
      if (!isSameWay(target, now)) return { isWorthTrying: true };
      if (!('error' in now)) ({ configFiles } = now);
      return { isWorthTrying: false, files: [...configFiles, ...own] };
    },
  };
}

/** By a child of the ssh program, which reads the user's ssh configuration itself. */
const enterByProgram: Enter = async (deps, onLost) => {
  const { clock, commons, env, hostNamed, onPhase, settings, signal, sshProgram } = deps;
  const { address, name, port } = settings;
  const place = `${address ?? name}${port === null ? '' : `:${port}`}`;
  const way = await programTarget(settings, resolveDeps(deps));
  const circle = circleOf(way);
  if (circle !== undefined) return circle;
  onPhase('turn');
  const slot = await commons.limiter.acquire(SSH_PROGRAM_ADDRESS, signal);
  const patience = clock.setTimeout(slot.lend, SSH_PROGRAM_PATIENCE_MS);
  // The program says nothing on the way to its shell.
  onPhase('auth');
  const connection = await logInByOpenSsh({
    program: sshProgram ?? 'ssh',
    name,
    args: (inFront) => reach(settings, hostNamed, inFront),
    place,
    env,
    clock,
    onLost,
    signal,
  }).finally(() => {
    clock.clearTimeout(patience);
    slot.release();
  });
  if (!('error' in connection))
    return {
      connection,
      place,
      hops: 'error' in way ? Promise.resolve(null) : hopsOf(way, deps.lookup),
    };
  const isWaiting = connection.retry === 'held' || connection.retry === 'rare';
  if (!isWaiting) return connection;
  const target = await targetBy(deps);
  return 'error' in target
    ? { ...connection, files: target.files ?? [] }
    : withFiles(connection, target);
};

/** As the settings of a host say. */
export const enterBy = (via: HostSettings['via']): Enter =>
  via === 'openssh' ? enterByProgram : enterByOwn;
