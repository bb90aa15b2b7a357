import { systemClock } from './act/clock.ts';
import { breaksMore, guardOf } from './act/guard.ts';
import type { RaisedGuard } from './act/guard.ts';
import { notRun } from './act/ledger.ts';
import type { Actor, Ledger } from './act/ledger.ts';
import { standInsOf } from './act/losses.ts';
import { dryRun, runPlan } from './act/run-plan.ts';
import type { CheckDeps, Outcome, RunStep } from './act/run-plan.ts';
import type { LedgerRecord } from './config/ledger-file.ts';
import type { Action, Plan } from './domain/action.ts';
import { duration, plural } from './domain/format.ts';
import { refName, refPhrase } from './domain/ref.ts';
import type { Ref } from './domain/ref.ts';
import { actions } from './registry.ts';
import type { Sources } from './sources.ts';
import type { RunView } from './ui/model.ts';

/** A plan that waits for its confirmation. */
export type Prepared = {
  readonly plan: Plan;
  readonly label: string;
  readonly guard: RaisedGuard;
  /** How long it usually takes, in words; null when no run of it is known. */
  readonly usual: string | null;
};

export type Runs = {
  /** What runs and what has ended, the oldest first. */
  readonly list: () => readonly RunView[];
  /** Puts what the ledger tells of earlier actions before those of this session. */
  readonly remember: (records: readonly LedgerRecord[]) => void;
  /** Makes the plan of an action, or says why it cannot be done. */
  readonly plan: (action: string, subject: Ref) => Prepared | { readonly unavailable: string };
  /**
   * Runs confirmed plans one after another and stops at the first that is not verified. Never rejects for a fault of
   * the host or the ledger.
   */
  readonly runAll: (plans: readonly Plan[]) => Promise<void>;
  /**
   * Does what comes before the commands of plans, and no command: resolves to what stands against the first of them that
   * could not be run, null where nothing does. Never rejects for a fault of a host.
   */
  readonly dryRun: (plans: readonly Plan[]) => Promise<string | null>;
  /** Writes down that plans were not confirmed. Never rejects. */
  readonly cancelled: (plans: readonly Plan[], reason: string) => Promise<void>;
};

/** What runs need to know of what is watched. */
type Watched = Pick<Sources, 'inventory' | 'problems' | 'link' | 'refresh' | 'away'>;

export type RunsOptions = {
  readonly sources: () => Watched | null;
  readonly ledger: Ledger;
  /** Who acts, for the ledger. */
  readonly actor: Actor;
  /** What actions are unlocked for; null where that is not asked. */
  readonly unlockedFor: () => string | null;
  /** Why no action may run now; undefined when one may. */
  readonly lockReason: () => string | undefined;
  readonly onChange: () => void;
  readonly say: (text: string, tone: 'info' | 'warn' | 'bad') => void;
  /** The subject changed before the command ran: the question has to be asked again. */
  readonly askAgain: (prepared: Prepared, notice: string) => void;
};

const RUNS_KEPT = 20;
/** Hosts that carry what stands in for the subject have so long to tell how that is. */
const STAND_INS_MS = 15_000;

/** Runs actions one per subject and keeps what became of them. */
export function createRuns(options: RunsOptions): Runs {
  const { sources, say, onChange } = options;
  const actor = (): Actor => {
    const unlockedFor = options.unlockedFor();
    return unlockedFor === null ? options.actor : { ...options.actor, unlockedFor };
  };
  let list: readonly RunView[] = [];
  /** What the user is told before confirming a plan. */
  const told = new WeakMap<Plan, RaisedGuard>();

  const judge = (action: Action, subject: Ref, from: Watched): RaisedGuard =>
    guardOf(action, subject, {
      inventory: from.inventory(),
      problems: from.problems(),
      now: Date.now(),
      away: new Set(list.flatMap((run) => (run.endedAt === null ? run.subject : []))),
    });

  /** What has come to break since a plan was confirmed, by what the hosts of all stand-ins tell now. */
  /** What a run and a dry run need that they have in common. */
  const checkDeps = (
    action: Action,
    wanted: Plan,
    from: Watched,
  ): Omit<CheckDeps, 'lockReason' | 'signal'> => ({
    link: from.link,
    inventory: from.inventory,
    refresh: from.refresh,
    clock: systemClock,
    judgeAgain: () => judgeAgain(action, wanted, from),
  });

  const judgeAgain = async (
    action: Action,
    wanted: Plan,
    from: Watched,
  ): Promise<string | undefined> => {
    const before = told.get(wanted);
    if (before === undefined) return undefined;
    const hosts = standInsOf(wanted.subject, from.inventory(), Date.now());
    const stop = new AbortController();
    await Promise.race([
      Promise.all(
        hosts.map((host) => from.refresh(host, ['zones', 'processes', 'zoneComponents'])),
      ),
      systemClock.sleep(STAND_INS_MS, stop.signal),
    ]);
    stop.abort();
    const now = judge(action, wanted.subject, from);
    return breaksMore(now, before) ? now.reasons[0] : undefined;
  };

  const plan: Runs['plan'] = (id, subject) => {
    const action = actions.find((candidate) => candidate.id === id);
    const from = sources();
    if (!action || !from) return { unavailable: 'not connected yet' };
    if (!action.kinds.some((kind) => subject.startsWith(`${kind}:`)))
      return {
        unavailable: `${action.label.toLowerCase()} is for ${action.kinds.join(' and ')} rows`,
      };
    const busy = list.find((run) => run.subject === subject && run.endedAt === null);
    if (busy)
      return { unavailable: `${busy.label.toLowerCase()} is still running on it: ${busy.step}` };
    const inventory = from.inventory();
    const reason = action.unavailable(subject, inventory);
    if (reason !== undefined) return { unavailable: reason };
    const made = action.plan(subject, inventory);
    const guard = judge(action, subject, from);
    told.set(made, guard);
    const usual = usualText(list, labelOf(action, subject), Date.now());
    return { plan: made, label: action.label, guard, usual };
  };

  const start = (action: Action, { subject }: Plan): number => {
    const id = (list.at(-1)?.id ?? 0) + 1;
    list = [
      ...list.slice(-RUNS_KEPT),
      {
        id,
        user: options.actor.user,
        subject,
        label: labelOf(action, subject),
        startedAt: Date.now(),
        endedAt: null,
        step: 'asking the host for its state',
        result: 'running',
      },
    ];
    onChange();
    return id;
  };

  const runOne = async (wanted: Plan): Promise<boolean> => {
    const action = actions.find(({ id }) => id === wanted.action);
    const from = sources();
    if (!action || !from) return false;
    const id = start(action, wanted);
    const patch = (change: Partial<RunView>) => {
      list = list.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
      onChange();
    };
    const setAway = (until: number | null): void => {
      if (action.stops) from.away(wanted.host, refName(wanted.subject), until);
    };
    let isAway = false;
    const outcome = await runPlan(action, wanted, {
      ...checkDeps(action, wanted, from),
      ledger: options.ledger,
      actor: actor(),
      lockReason: options.lockReason,
      onProgress: (step) => {
        // From when the command is given until it has failed, or may take no longer.
        if (step.phase === 'running' && !isAway) {
          isAway = true;
          setAway(Date.now() + 1000 * (wanted.timeoutSeconds + wanted.observeSeconds));
        }
        const text = stepText(step);
        if (text !== null) patch({ step: text });
      },
    });
    if (isAway) setAway(null);
    const next =
      outcome.kind === 'verified' ? undefined : action.next?.(wanted.subject, from.inventory());
    const text = `${outcomeText(outcome)}${next === undefined ? '' : `; ${next}`}`;
    if (outcome.kind === 'changed') {
      patch({ endedAt: Date.now(), step: text, result: 'refused' });
      const again = plan(wanted.action, wanted.subject);
      if ('unavailable' in again) say(`${refPhrase(wanted.subject)}: ${again.unavailable}`, 'warn');
      else options.askAgain(again, outcome.reason);
      return false;
    }
    patch({ endedAt: Date.now(), step: text, result: outcome.kind });
    say(
      `${action.label} ${refPhrase(wanted.subject)}: ${text}`,
      outcome.kind === 'verified' ? 'info' : 'bad',
    );
    return outcome.kind === 'verified';
  };

  const look = async (wanted: Plan): Promise<string | undefined> => {
    const action = actions.find(({ id }) => id === wanted.action);
    const from = sources();
    if (!action || !from) return 'not connected yet';
    return dryRun(action, wanted, checkDeps(action, wanted, from));
  };

  return {
    list: () => list,
    remember: (records) => {
      list = [
        ...records.flatMap((record, index) => viewOf(record, index - records.length)),
        ...list,
      ];
      onChange();
    },
    plan,
    runAll: async (plans) => {
      for (const [index, wanted] of plans.entries()) {
        if (await runOne(wanted)) continue;
        const left = plans.length - index - 1;
        if (left > 0)
          say(
            `stopped at ${refPhrase(wanted.subject)}, which was not seen to come back well: ${left} left alone`,
            'bad',
          );
        return;
      }
    },
    dryRun: async (plans) => {
      const found = await Promise.all(
        plans.map(async (each) => ({ each, reason: await look(each) })),
      );
      const first = found.find(({ reason }) => reason !== undefined);
      if (first?.reason === undefined) return null;
      return plans.length > 1 ? `${refPhrase(first.each.subject)}: ${first.reason}` : first.reason;
    },
    cancelled: async (plans, reason) => {
      const at = Date.now();
      for (const each of plans)
        await options.ledger
          .after(notRun(each, actor(), at, 'cancelled', reason))
          .catch((cause: unknown) => {
            say(cause instanceof Error ? cause.message : String(cause), 'bad');
          });
    },
  };
}

const labelOf = ({ label }: Pick<Action, 'label'>, subject: Ref): string =>
  `${label} ${refPhrase(subject)}`;

/** How long what ended well has taken: `takes 14s (median of 6), last 9d ago, verified`; null when there is none. */
function usualText(list: readonly RunView[], label: string, now: number): string | null {
  const ended = list.filter((run) => run.label === label && OUTCOMES.includes(run.result));
  const took = ended
    .flatMap(({ result, startedAt, endedAt }) =>
      result === 'verified' && endedAt !== null ? [endedAt - startedAt] : [],
    )
    .toSorted((a, b) => a - b);
  const last = ended.at(-1);
  if (!last) return null;
  const median = took[Math.floor((took.length - 1) / 2)];
  const takes =
    median === undefined
      ? 'none of its runs was seen to end well'
      : `takes ${duration(median)} (${took.length === 1 ? 'one run' : `median of ${plural(took.length, 'run')}`})`;
  return `${takes}, last ${duration(now - last.startedAt)} ago: ${last.result}`;
}

const REF = /^[a-z]+:[^:]+$/;
const isRef = (text: string): text is Ref => REF.test(text);
const OUTCOMES: readonly RunView['result'][] = ['verified', 'failed', 'unverified', 'unknown'];
const NOT_RUN: readonly RunView['result'][] = ['refused', 'cancelled'];

/** An action that the ledger tells of; none when it does not say on what. */
function viewOf(
  { user, action, subject, startedAt, end }: LedgerRecord,
  id: number,
): readonly RunView[] {
  if (!isRef(subject)) return [];
  const known = actions.find((candidate) => candidate.id === action);
  return [
    {
      id,
      user,
      subject,
      label: labelOf(known ?? { label: action }, subject),
      startedAt,
      // What has no end in the ledger does not run here.
      endedAt: end?.at ?? startedAt,
      step: end?.reason ?? 'the ledger does not tell how it ended',
      result: [...OUTCOMES, ...NOT_RUN].find((outcome) => outcome === end?.outcome) ?? 'unknown',
    },
  ];
}

/** What is said of a run while it goes on; null for what is not shown. */
function stepText(step: RunStep): string | null {
  switch (step.phase) {
    case 'checking':
      return 'asking the host for its state';
    case 'running':
    case 'observing':
      return `${step.step} ${duration(step.elapsedMs)}`;
    case 'output':
      return null;
  }
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'refused':
    case 'changed':
      return `nothing was run: ${outcome.reason}`;
    case 'verified':
      return `done after ${duration(outcome.durationMs)}: ${outcome.reason}${ledgerNote(outcome.ledgerError)}`;
    case 'failed':
      return `failed: ${outcome.reason}${ledgerNote(outcome.ledgerError)}`;
    case 'unverified':
    case 'unknown':
      return `${outcome.reason}; look at it${ledgerNote(outcome.ledgerError)}`;
  }
}

const ledgerNote = (error: string | null): string =>
  error === null ? '' : `; the ledger could not be completed: ${error}`;
