import { systemClock } from './act/clock.ts';
import type { Ledger } from './act/ledger.ts';
import { runHandOver } from './act/run-hand-over.ts';
import type { HandOverEnd, HandOverOutcome } from './act/run-hand-over.ts';
import { actorOf } from './actor.ts';
import { handOverArgv } from './collect/ssh/hand-over.ts';
import { jumpCircle } from './collect/ssh/target.ts';
import { meanwhile } from './derive/meanwhile.ts';
import type { Glance } from './derive/meanwhile.ts';
import { duration } from './domain/format.ts';
import { USUAL_ESCAPE } from './domain/hand-over.ts';
import type { HandOverPlan } from './domain/hand-over.ts';
import type { FeedName, SourceState } from './domain/inventory.ts';
import { findHost } from './domain/joined.ts';
import type { Ref } from './domain/ref.ts';
import type { Settings } from './domain/settings.ts';
import { findProgram, startHandOverChild } from './hand-over-child.ts';
import type { HandOverChild } from './hand-over-child.ts';
import { handOvers, hostCommands } from './registry.ts';
import type { Sources } from './sources.ts';
import type { Terminal } from './term/terminal.ts';

export type HandOvers = {
  /** What would have the terminal, or why it cannot. */
  readonly plan: (
    id: string,
    subject: Ref,
  ) => { readonly handOver: HandOverPlan } | { readonly unavailable: string };
  /** Gives the terminal away until the program ends. Never rejects for a fault of the host or the ledger. */
  readonly run: (plan: HandOverPlan) => Promise<void>;
  /** Somebody else has the terminal. */
  readonly isOut: () => boolean;
  /** Ends what has the terminal; resolves when it is back. */
  readonly close: () => Promise<void>;
  /** The same before it returns, for a crash. */
  readonly abandon: () => void;
};

export type HandOversOptions = {
  readonly terminal: Pick<Terminal, 'suspend'>;
  readonly sources: () => Sources | null;
  readonly settings: () => Settings;
  readonly ledger: Ledger;
  readonly readOnly: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: boolean;
  readonly say: (text: string, tone: 'info' | 'warn' | 'bad') => void;
  readonly start?: typeof startHandOverChild;
};

/** Hands the terminal to shells and consoles, and tells what has changed when it is back. */
export function createHandOvers(options: HandOversOptions): HandOvers {
  const { sources, settings, say, env, start = startHandOverChild } = options;
  let child: HandOverChild | null = null;
  let running: Promise<void> | null = null;

  const plan: HandOvers['plan'] = (id, subject) => {
    const handOver = handOvers.find((candidate) => candidate.id === id);
    const from = sources();
    if (!handOver || !from) return { unavailable: 'not connected yet' };
    if (options.readOnly)
      return {
        unavailable: 'read-only: a shell can change anything, and labtop runs with --read-only',
      };
    const { kinds, label, unavailable } = handOver;
    if (!kinds.some((kind) => subject.startsWith(`${kind}:`)))
      return { unavailable: `${label.toLowerCase()} is for ${kinds.join(' and ')} rows` };
    const inventory = from.inventory();
    const reason = unavailable(subject, inventory);
    if (reason !== undefined) return { unavailable: reason };
    const made = handOver.plan(subject, inventory, { escape: settings().ui.escape });
    const blocked = blockedBy(made.host, findHost(inventory, made.host)?.source.state);
    return blocked === null ? { handOver: made } : { unavailable: blocked };
  };

  const glance = (from: Sources): Glance => ({
    inventory: from.inventory(),
    problems: from.problems(),
  });

  const take = async (made: HandOverPlan, program: string): Promise<HandOverEnd> => {
    const named = (name: string) => settings().hosts.find((host) => host.name === name);
    const host = named(made.host);
    if (!host) return { kind: 'not-started', reason: `${made.host} is no longer configured` };
    const circle = await jumpCircle(host, { env, sshProgram: program, hostNamed: named });
    if (circle !== undefined) return { kind: 'not-started', reason: circle.error.message };
    let end: HandOverEnd = { kind: 'not-started', reason: 'the terminal is in use' };
    try {
      await options.terminal.suspend(async () => {
        child = start({
          program,
          args: (logFile) => handOverArgv(host, { argv: made.argv, logFile, hostNamed: named }),
          preface: prefaceOf(made, settings().ui.escape, env),
          env,
        });
        end = await child.ended;
      });
      return end;
    } catch (cause) {
      return {
        kind: 'not-started',
        reason: cause instanceof Error ? cause.message : String(cause),
      };
    } finally {
      child = null;
    }
  };

  const runOne = async (made: HandOverPlan): Promise<void> => {
    const from = sources();
    if (!from) return;
    if (!options.isTerminal) {
      say('a shell needs a terminal: standard input or output is none', 'warn');
      return;
    }
    const program = findProgram('ssh', env);
    if (program === null) {
      say('no ssh program in PATH: shells and consoles need the OpenSSH client', 'bad');
      return;
    }
    const before = glance(from);
    const outcome = await runHandOver(made, {
      ledger: options.ledger,
      clock: systemClock,
      actor: actorOf(env),
      take: (wanted) => take(wanted, program),
    });
    const now = sources() ?? from;
    // Whoever comes back from a shell has changed something there, and wants to see it.
    if (outcome.kind === 'ended') void now.refresh(made.host, SEEN_AFTERWARDS);
    const { text, tone } = returnText(made, outcome, meanwhile(before, glance(now), made.subject));
    say(text, tone);
  };

  return {
    plan,
    isOut: () => child !== null,
    run: async (made) => {
      if (running !== null) return;
      running = runOne(made).finally(() => {
        running = null;
      });
      await running;
    },
    close: async () => {
      child?.end();
      await running;
    },
    abandon: () => child?.abandon(),
  };
}

/** What is asked less often than every few seconds, and does not take long. */
const SEEN_AFTERWARDS: readonly FeedName[] = hostCommands
  .filter(({ pace, isSlow }) => pace !== 'fast' && isSlow !== true)
  .map(({ feed }) => feed);

/** ssh would refuse too, but less clearly. */
function blockedBy(host: string, state: SourceState | undefined): string | null {
  if (state === 'hostkey-unknown')
    return `the host key of ${host} is not known yet: answer what it asks first`;
  return state === 'hostkey-changed'
    ? `the host key of ${host} is not the known one: nothing is sent there`
    : null;
}

/** What is on the terminal before the program: what runs, and how it is left. */
export function prefaceOf(
  { argv, ends, host, place, subject }: HandOverPlan,
  escape: string,
  env: NodeJS.ProcessEnv,
): string {
  const runs = ['ssh', host, ...(argv ?? [])].join(' ');
  const where =
    place === host ? subject.replace(':', ' ') : `${subject.split(':')[0]} ${place} on ${host}`;
  const leave =
    ends === 'exit' ? 'leave it with: exit' : `leave it with: ${escapeText(escape, env)}`;
  return `\r\nlabtop: ${where}: ${runs}\r\nlabtop: ${leave}\r\n\r\n`;
}

/** Whoever sits inside an ssh of their own types its escape character twice, so that it passes one on. */
function escapeText(escape: string, env: NodeJS.ProcessEnv): string {
  const isInside = [env['SSH_CONNECTION'], env['SSH_TTY']].some(Boolean);
  if (escape !== USUAL_ESCAPE || !isInside) return `${escape}. at the beginning of a line`;
  return '~~. at the beginning of a line (~. would end your own ssh; ui.escape sets another character)';
}

/** One line: how long one was where, how it ended, and what changed meanwhile. */
export function returnText(
  { place }: Pick<HandOverPlan, 'place'>,
  outcome: HandOverOutcome,
  changes: string,
): { readonly text: string; readonly tone: 'info' | 'warn' | 'bad' } {
  if (outcome.kind === 'refused') return { text: outcome.reason, tone: 'bad' };
  const { kind, text, durationMs, ledgerError } = outcome;
  const stay = `${duration(durationMs)} in ${place}`;
  const parts = [
    ...(text === '' ? [] : [kind === 'failed' ? text : `${place}: ${text}`]),
    `${stay}: ${changes === '' ? 'nothing changed meanwhile' : changes}`,
    ...(ledgerError === null ? [] : [`the ledger could not be completed: ${ledgerError}`]),
  ];
  return {
    text: parts.join(' · '),
    tone: kind === 'failed' || ledgerError !== null ? 'bad' : text === '' ? 'info' : 'warn',
  };
}
