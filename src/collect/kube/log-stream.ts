import type { CollectError } from '../../domain/feed.ts';
import { spanSeconds } from '../../domain/log.ts';
import type { LogChoice, LogPod, LogStreamState } from '../../domain/log.ts';
import { createBackoff } from './backoff.ts';
import { chunksOf } from './body.ts';
import { networkError } from './kube-error.ts';
import type { KubeAnswer, KubeTransport } from './kube-transport.ts';
import type { LogBudget } from './log-budget.ts';
import { logFailure } from './log-errors.ts';
import { createLogSplitter } from './log-splitter.ts';
import type { RawLine } from './log-splitter.ts';
import { compareStamps, readStamp } from './log-stamp.ts';
import type { LogStamp } from './log-stamp.ts';
import type { KubeTiming } from './timing.ts';
import { createAlarm } from './waiting.ts';

/** A line of one container, with its time where the kubelet gave one. */
export type StampedLine = RawLine & { readonly stamp: LogStamp | null };

/** What a container was like when its log ended. */
export type ContainerLife = {
  /** Of the pod: another one of the same name is another pod. */
  readonly uid: string;
  readonly restarts: number;
  /** It has ended, and its pod starts it no more. */
  readonly isOver: boolean;
  /** Why it does not run: `CrashLoopBackOff`; null when it runs, or when nothing tells. */
  readonly waitsFor: string | null;
  /** `exit 1, Error`; null when it has not ended. */
  readonly lastEnd: string | null;
};

export type LogStreamDeps = {
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly random: () => number;
  readonly budget: LogBudget;
  readonly signal: AbortSignal;
  /** Resolves when lines are wanted. */
  readonly wanted: () => Promise<void>;
  readonly onLines: (lines: readonly StampedLine[]) => void;
  /** A line of labtop's own, such as that the pod was replaced. */
  readonly onNote: (text: string) => void;
  readonly onState: (state: LogStreamState, error: CollectError | null) => void;
  /** Looks at the pod; null when there is none of that name. @throws {KubeError} */
  readonly look: () => Promise<ContainerLife | null>;
  /** Whether another pod of the same name would be read too. */
  readonly isKept: () => boolean;
};

export type LogStreamRun = {
  /** Ends when the log is complete, or at the abort; never rejects. */
  readonly run: () => Promise<void>;
  /** Shortens the present wait. */
  readonly wake: () => void;
};

/** What is kept of a line at most; kubelets write parts of 16 KiB and join them again. */
const LINE_LIMIT = 16 * 1024;
const TAIL_LINES = 500;
const HEAD_BYTES = 1024 * 1024;
const RETRY_CAP_MS = 10_000;
/** A right that is missing is seldom granted within a moment. */
const DENIED_MS = 60_000;

/** GET of `pods/log`; `from` is the last line that came, and replaces the window. */
export function logPath(
  { namespace, name }: LogPod,
  container: string,
  { window, previous }: LogChoice,
  from: LogStamp | null,
): string {
  const query = new URLSearchParams({ container, timestamps: 'true' });
  if (previous) query.set('previous', 'true');
  else if (window !== 'head') query.set('follow', 'true');
  if (from) query.set('sinceTime', from.text);
  else if (window === 'tail') query.set('tailLines', String(TAIL_LINES));
  else if (window === 'head') query.set('limitBytes', String(HEAD_BYTES));
  else query.set('sinceSeconds', String(spanSeconds(window) ?? 0));
  const at = `namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  return `/api/v1/${at}/log?${query.toString()}`;
}

/**
 * Reads one container's log. Kubelets end a log when they rotate it, and whatever is in between may: it goes on behind
 * the last line that came, and nothing comes twice. `sinceTime` reaches the kubelet in whole seconds, so that the lines
 * of that second come again.
 */
export function createLogStream(
  pod: LogPod,
  container: string,
  choice: LogChoice,
  deps: LogStreamDeps,
): LogStreamRun {
  const { transport, timing, budget, signal, onLines, onNote, onState, look } = deps;
  const alarm = createAlarm(signal);
  const backoff = createBackoff(timing.backoffMs, RETRY_CAP_MS, deps.random);
  const isFollowed = !choice.previous && choice.window !== 'head';
  let last: LogStamp | null = null;
  /** Texts of the lines that came with the time `last`. */
  let lastTexts: string[] = [];
  let known: ContainerLife | null = null;

  /** The lines that did not come before. */
  function fresh(lines: readonly RawLine[], resumedAt: LogStamp | null): readonly StampedLine[] {
    const out: StampedLine[] = [];
    for (const { text: whole, cutBytes } of lines) {
      const { stamp, text } = readStamp(whole);
      if (stamp) {
        const order = last === null ? 1 : compareStamps(stamp, last);
        if (resumedAt && compareStamps(stamp, resumedAt) < 0) continue;
        if (resumedAt && order === 0 && lastTexts.includes(text)) continue;
        if (order !== 0) lastTexts = [];
        lastTexts.push(text);
        last = stamp;
      }
      out.push({ stamp, text, cutBytes });
    }
    return out;
  }

  async function read(answer: KubeAnswer, resumedAt: LogStamp | null): Promise<void> {
    const splitter = createLogSplitter(LINE_LIMIT);
    const emit = (lines: readonly RawLine[]): void => {
      const news = fresh(lines, resumedAt);
      if (news.length > 0) onLines(news);
    };
    try {
      for await (const chunk of chunksOf(answer)) {
        emit(splitter.push(chunk));
        budget.spend(chunk.length);
        await budget.room(signal);
        await deps.wanted();
        if (signal.aborted) return;
      }
    } finally {
      // A line that was cut by a broken connection comes again as a whole.
      if (!isFollowed) emit(splitter.end());
    }
    if (isFollowed) emit(splitter.end());
  }

  /** Tells what became of the container since it was looked at last. */
  function follow(life: ContainerLife): void {
    if (known && life.uid !== known.uid) {
      onNote(`${pod.name}: another pod of the same name`);
      last = null;
      lastTexts = [];
    } else if (known && life.restarts > known.restarts) {
      const after = life.lastEnd === null ? '' : ` after ${life.lastEnd}`;
      onNote(`${pod.name} ${container}: started again${after}, restart ${life.restarts}`);
    }
    known = life;
  }

  /** One answer from its request to its end; how long to wait for the next one, null when none follows. */
  async function once(): Promise<number | null> {
    const started = performance.now();
    try {
      await transport.configure();
      const isFirst = known === null;
      const life = await look();
      if (life === null) {
        onState('gone', GONE);
        return deps.isKept() ? backoff.next() : null;
      }
      follow(life);
      const resumedAt = last;
      const answer = await transport.open({
        method: 'GET',
        path: logPath(pod, container, choice, resumedAt),
        // Refusals are objects, the log is text: what kubectl asks for.
        accept: 'application/json, */*',
        signal,
      });
      if (isFirst || life.waitsFor === null) onState('open', null);
      await read(answer, resumedAt);
      if (signal.aborted) return null;
      // One that had ended before it was read has nothing left to say.
      if (!isFollowed || life.isOver) {
        onState('ended', null);
        return null;
      }
      if (life.waitsFor !== null) onState('waiting', notRunning(life));
      if (performance.now() - started < timing.settledMs) return backoff.next();
      backoff.reset();
      return 0;
    } catch (cause) {
      if (signal.aborted) return null;
      const error = networkError(cause, transport.target());
      // A log that was silent for long is asked for again: nobody tells that the connection is gone.
      if (error.failure.code === 'silence') return 0;
      const { state, error: shown } = logFailure(error, pod);
      onState(state, shown);
      if (state === 'ended' || (state === 'gone' && !deps.isKept())) return null;
      return backoff.next(error.status === 403 ? DENIED_MS : error.retryAfterMs);
    }
  }

  return {
    run: async () => {
      for (let wait = await once(); wait !== null && !signal.aborted; wait = await once())
        await alarm.sleep(wait);
    },
    wake: alarm.wake,
  };
}

const notRunning = ({ waitsFor, lastEnd }: ContainerLife): CollectError => ({
  code: 'not-running',
  message: `${waitsFor ?? 'not running'}${lastEnd === null ? '' : `, ended with ${lastEnd}`}`,
  hint: 'its log goes on when it is started again',
});

const GONE: CollectError = {
  code: 'absent',
  message: 'the pod is gone',
  hint: 'the lines that came stay here',
};
