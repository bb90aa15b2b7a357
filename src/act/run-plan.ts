import type { Action, Observation, Plan } from '../domain/action.ts';
import type { Feed } from '../domain/feed.ts';
import type { FeedName, Inventory } from '../domain/inventory.ts';
import { findHost } from '../domain/joined.ts';
import { refPhrase } from '../domain/ref.ts';
import { sanitize } from '../domain/text.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Answer, HostLink } from '../domain/transport.ts';
import type { Clock } from './clock.ts';
import { entryOf, notRun } from './ledger.ts';
import type { Actor, Ledger } from './ledger.ts';

/** Where a run stands. */
export type RunStep =
  | { readonly phase: 'checking' }
  | { readonly phase: 'running' | 'observing'; readonly step: string; readonly elapsedMs: number }
  /** A piece of the command's output, safe for a screen. */
  | { readonly phase: 'output'; readonly text: string };

export type RunDeps = {
  readonly link: (host: string) => HostLink | undefined;
  readonly inventory: () => Inventory;
  /** Asks the host at once; resolves when the answers, good or bad, are in the inventory. */
  readonly refresh: (host: string, feeds: readonly FeedName[]) => Promise<void>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Who acts, for the ledger. */
  readonly actor: Actor;
  readonly onProgress: (step: RunStep) => void;
  /** Asks all that the guard is judged by; resolves to what the user was not told of when confirming, if there is any. */
  readonly judgeAgain?: () => Promise<string | undefined>;
  /** Why no action may run, as `lockReason` tells; asked right before the command runs. */
  readonly lockReason?: () => string | undefined;
  /** Stops the waiting. What already runs on the host goes on there. */
  readonly signal?: AbortSignal;
};

/** What the look at a plan needs that comes before its command. */
export type CheckDeps = Pick<
  RunDeps,
  'link' | 'inventory' | 'refresh' | 'clock' | 'judgeAgain' | 'lockReason' | 'signal'
>;

type Ended = {
  /** Evidence, or the reason. */
  readonly reason: string;
  /** null when the command's end was not seen. */
  readonly exitCode: number | null;
  /** From the start of the command to its end, or to the end of the waiting. */
  readonly commandMs: number;
  readonly durationMs: number;
  /** The end of the remote output, safe for a screen. */
  readonly output: string;
  /** Why the second ledger line could not be written; null when it was. */
  readonly ledgerError: string | null;
};

/**
 * What became of a plan.
 * - `verified`: the result was seen on the host
 * - `failed`: the command failed, or its result was seen not to come
 * - `unverified`: the command ended well, or runs on, but its result was not seen in time
 * - `unknown`: the connection was lost or the waiting was stopped; it may have run
 * - `refused`: nothing ran
 * - `changed`: nothing ran, because the subject, or what depends on it, is no longer what the user confirmed
 */
export type Outcome =
  | ({ readonly kind: 'verified' | 'failed' | 'unverified' | 'unknown' } & Ended)
  | { readonly kind: 'refused' | 'changed'; readonly reason: string };

const POLL_MS = 1000;
/** A host that does not tell its state in this time is not acted upon. */
const RECHECK_MS = 30_000;
const OUTPUT_LIMIT = 4096;
/** A state that passes by between two others is not taken for a failure: it has to be seen this often in a row. */
const FAILED_SEEN = 3;

/**
 * Runs a confirmed plan: reads the subject's state again, writes the ledger, runs the command, and looks until
 * its result is seen on the host. Never rejects for a fault of the host or the ledger.
 */
export async function runPlan(action: Action, plan: Plan, deps: RunDeps): Promise<Outcome> {
  const outcome = await runOrRefuse(action, plan, deps);
  if (outcome.kind === 'refused' || outcome.kind === 'changed')
    // Nothing was run, so a line that cannot be written keeps nothing from being known.
    await deps.ledger
      .after(notRun(plan, deps.actor, deps.clock.now(), 'refused', outcome.reason))
      .catch(() => undefined);
  return outcome;
}

/**
 * A dry run: everything that comes before the command of a plan, and nothing of the command. The host is asked again, the
 * ledger is not written. Resolves to what stands against a run, or undefined; never rejects for a fault of the host.
 */
export async function dryRun(
  action: Action,
  plan: Plan,
  deps: Omit<CheckDeps, 'lockReason'>,
): Promise<string | undefined> {
  if (!deps.link(plan.host)) return noLink(plan);
  return (await recheck(action, plan, deps))?.reason;
}

async function runOrRefuse(action: Action, plan: Plan, deps: RunDeps): Promise<Outcome> {
  const link = deps.link(plan.host);
  if (!link) return refused(noLink(plan));
  const locked = deps.lockReason?.();
  if (locked !== undefined) return refused(locked);
  deps.onProgress({ phase: 'checking' });
  const obstacle = await recheck(action, plan, deps);
  if (obstacle) return obstacle;
  const before = deps.inventory();
  const startedAt = deps.clock.now();
  const entry = entryOf(plan, deps.actor, startedAt);
  try {
    await deps.ledger.before(entry);
  } catch (cause) {
    return refused(`the ledger cannot be written, nothing was run: ${messageOf(cause)}`);
  }
  const ended = await execute(action, plan, link, before, startedAt, deps);
  const { kind, reason, exitCode, commandMs, durationMs, output } = ended;
  try {
    await deps.ledger.after({
      ...entry,
      outcome: kind,
      verified: kind === 'verified',
      reason,
      exitCode,
      commandMs,
      durationMs,
      output,
    });
    return ended;
  } catch (cause) {
    return { ...ended, ledgerError: messageOf(cause) };
  }
}

type NotRun = Extract<Outcome, { kind: 'refused' | 'changed' }>;

const refused = (reason: string): NotRun => ({ kind: 'refused', reason });
const noLink = ({ host }: Plan): string => `there is no connection to ${host} in the configuration`;

const messageOf = (cause: unknown): string =>
  sanitize(cause instanceof Error ? cause.message : String(cause));

/** Reads the state again; what stands against the run, or undefined. */
async function recheck(action: Action, plan: Plan, deps: CheckDeps): Promise<NotRun | undefined> {
  const isRead = await refreshWithin(plan, deps, deps.clock.now() + RECHECK_MS);
  if (deps.signal?.aborted) return refused('stopped before anything was run');
  const state = findHost(deps.inventory(), plan.host)?.source.state ?? 'gone';
  if (state !== 'up')
    return refused(
      `the state of ${refPhrase(plan.subject)} cannot be read: ${plan.host} is ${state}`,
    );
  if (!isRead)
    return refused(
      `the state of ${refPhrase(plan.subject)} cannot be read: ${plan.host} gave no new answer`,
    );
  const reason = action.unavailable(plan.subject, deps.inventory());
  if (reason !== undefined) return { kind: 'changed', reason };
  const now = action.plan(plan.subject, deps.inventory());
  if (now.fingerprint !== plan.fingerprint || now.argv.join('\0') !== plan.argv.join('\0'))
    return {
      kind: 'changed',
      reason: `${refPhrase(plan.subject)} is no longer what it was when the question was asked`,
    };
  const news = await deps.judgeAgain?.();
  if (news !== undefined) return { kind: 'changed', reason: news };
  if (deps.signal?.aborted) return refused('stopped before anything was run');
  // The lock may have closed while the host was asked.
  const locked = deps.lockReason?.();
  return locked === undefined ? undefined : refused(locked);
}

type EndedOutcome = Extract<Outcome, Ended>;

async function execute(
  action: Action,
  plan: Plan,
  link: HostLink,
  before: Inventory,
  startedAt: EpochMs,
  deps: RunDeps,
): Promise<EndedOutcome> {
  const { clock, signal } = deps;
  let output = '';
  const running: { answer: Answer | undefined } = { answer: undefined };
  const over = new AbortController();
  const done = link
    .run(plan.argv, {
      timeoutSeconds: plan.timeoutSeconds,
      ...(signal ? { signal } : {}),
      onOutput: (text) => {
        output = `${output}${text}`.slice(-OUTPUT_LIMIT);
        deps.onProgress({ phase: 'output', text });
      },
    })
    .catch((cause: unknown): Answer => {
      const error = { code: 'internal', message: messageOf(cause), hint: '' };
      return { kind: 'lost', error };
    })
    .then((answer) => {
      running.answer = answer;
      over.abort();
      return answer;
    });
  const look = (phase: 'running' | 'observing'): Observation => {
    const seen = action.observe(plan.subject, before, deps.inventory());
    deps.onProgress({ phase, step: textOf(seen), elapsedMs: clock.now() - startedAt });
    return seen;
  };
  const whileRunning: RunDeps = {
    ...deps,
    signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal,
  };
  while (running.answer === undefined) {
    look('running');
    await Promise.race([
      done,
      pollOnce(plan, whileRunning, startedAt + plan.timeoutSeconds * 1000),
    ]);
    if (signal?.aborted) await done;
  }
  const { answer } = running;
  const commandMs = clock.now() - startedAt;
  if (output === '' && answer.kind === 'done')
    output = sanitize(`${answer.stdout}${answer.stderr}`).slice(-OUTPUT_LIMIT);
  const end = (kind: EndedOutcome['kind'], reason: string): EndedOutcome => ({
    kind,
    reason,
    exitCode: answer.kind === 'done' ? answer.code : null,
    commandMs,
    durationMs: clock.now() - startedAt,
    output,
    ledgerError: null,
  });
  if (answer.kind === 'aborted')
    return end('unknown', `no longer waited for; the command may still run on ${plan.host}`);
  if (answer.kind === 'done' && answer.code !== 0) {
    await refreshWithin(plan, deps, clock.now() + plan.observeSeconds * 1000);
    const seen = look('observing');
    if (seen.state === 'done') return end('verified', seen.evidence);
    return end('failed', `exit code ${answer.code}: ${lastLine(answer.stderr) || 'no message'}`);
  }
  const isOver = answer.kind === 'done' || answer.kind === 'too-large';
  const seen = await observe(plan, deps, isOver, () => look('observing'));
  if (seen?.state === 'done') return end('verified', seen.evidence);
  if (seen?.state === 'failed') return end('failed', seen.reason);
  switch (answer.kind) {
    case 'lost':
      return end('unknown', `the connection was lost: ${sanitize(answer.error.message)}`);
    case 'timeout':
      return end('unverified', `the command did not end within ${answer.afterSeconds} s`);
    case 'too-large':
    case 'done':
      return end(
        'unverified',
        signal?.aborted
          ? 'the command has ended; no longer waited for its result'
          : `the command has ended, but its result was not seen within ${plan.observeSeconds} s`,
      );
  }
}

function textOf(seen: Observation): string {
  switch (seen.state) {
    case 'waiting':
      return seen.step;
    case 'done':
      return seen.evidence;
    case 'failed':
      return seen.reason;
  }
}

/**
 * Looks until the result is there, has failed to come, or the time is over; undefined when neither was seen. While
 * the command may still run, a failure counts only at the end: a zone rests in `installed` before it boots.
 */
async function observe(
  plan: Plan,
  deps: RunDeps,
  isOver: boolean,
  look: () => Observation,
): Promise<Observation | undefined> {
  const deadline = deps.clock.now() + plan.observeSeconds * 1000;
  let failures = 0;
  for (;;) {
    const isRead = await refreshWithin(plan, deps, deadline);
    const seen = look();
    if (seen.state === 'done') return seen;
    failures = seen.state === 'failed' && isRead ? failures + 1 : 0;
    if (isOver && failures >= FAILED_SEEN) return seen;
    if (deps.signal?.aborted || deps.clock.now() >= deadline)
      return failures > 0 ? seen : undefined;
    await deps.clock.sleep(Math.min(POLL_MS, deadline - deps.clock.now()), deps.signal);
  }
}

async function pollOnce(plan: Plan, deps: RunDeps, deadline: EpochMs): Promise<void> {
  await deps.clock.sleep(POLL_MS, deps.signal);
  if (!deps.signal?.aborted) await refreshWithin(plan, deps, deadline);
}

/** Asks the host again, but not for longer than until `deadline`; whether a new answer came. */
async function refreshWithin(plan: Plan, deps: CheckDeps, deadline: EpochMs): Promise<boolean> {
  const { clock } = deps;
  const askedAt = clock.now();
  const before = feedsOf(plan, deps);
  const stop = new AbortController();
  const signal = deps.signal ? AbortSignal.any([deps.signal, stop.signal]) : stop.signal;
  try {
    await Promise.race([
      // A refresh that fails leaves old answers behind, which is seen below.
      deps.refresh(plan.host, plan.refresh).catch(() => undefined),
      clock.sleep(Math.max(0, deadline - askedAt), signal),
    ]);
  } finally {
    stop.abort();
  }
  const after = feedsOf(plan, deps);
  return (
    after.some(({ status }) => status === 'ok') &&
    after.every(
      (feed, index) => feed.status !== 'ok' || (feed !== before[index] && feed.at >= askedAt),
    )
  );
}

/** What the plan's host last answered; nothing while it is not up. */
function feedsOf(plan: Plan, deps: CheckDeps): readonly Feed<unknown>[] {
  const host = findHost(deps.inventory(), plan.host);
  return host?.source.state === 'up' ? plan.refresh.map((name) => host.feeds[name]) : [];
}

const lastLine = (text: string): string =>
  sanitize(text)
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '') ?? '';
