import type { CollectError } from '../../domain/feed.ts';
import { sanitize } from '../../domain/text.ts';
import type { Answer } from '../../domain/transport.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Sampler, SectionAnswer } from './sampler.ts';

/** One question as it waits for a sampler and runs on it. */
export type Job = {
  readonly sections: readonly string[];
  /** For each section. */
  readonly limitMs: number;
  /** The same while its output comes. */
  readonly mostMs: number;
  /** How long it usually takes; null when it was never asked. Quick ones go first. */
  readonly usualMs: number | null;
  /** Somebody waits for it: it goes before all others, and does not wait long. */
  readonly isUrgent: boolean;
  readonly signal: AbortSignal | undefined;
  /** Called once. */
  readonly resolve: (answer: Answer) => void;
};

export type OpenedWorker =
  | { readonly kind: 'opened'; readonly sampler: Sampler }
  | {
      readonly kind: 'refused';
      readonly error: CollectError;
      /** Not a byte came while it was waited for. */
      readonly isSilent: boolean;
    };

export type SamplerPoolOptions = {
  readonly first: Sampler;
  readonly clock: Clock;
  /** Starts another sampler; `isExtra` when there is one that serves. */
  readonly open: (isExtra: boolean) => Promise<OpenedWorker>;
  /** What a question gets under which the shell ended too often. */
  readonly shellLost: () => CollectError;
  /** No sampler is left and none can be started. `isHung`: the last one began a section and never ended it. */
  readonly onFailed: (error: CollectError, isHung: boolean) => void;
  /** A sign of life when no sampler is free and none can be added. */
  readonly ping: () => void;
  readonly onCpuSeconds?: (seconds: number) => void;
};

/** Shares the questions to one host among at most three samplers, mostly one. */
export type SamplerPool = {
  readonly enqueue: (job: Job) => void;
  /** Asks for a sign of life, past a section that hangs. */
  readonly probe: () => void;
  /** Learns what the samplers have cost in CPU: of those that are free now. */
  readonly measure: () => void;
  /** Something was asked that the host has to answer. */
  readonly isAsked: () => boolean;
  /** Answers all with `error` and gives the samplers up. */
  readonly fail: (error: CollectError) => void;
  /** The same, and ends what runs. */
  readonly end: (error: CollectError) => Promise<void>;
};

type Entry = {
  readonly job: Job;
  readonly key: string;
  /** Monotonic. */
  readonly queuedAt: number;
  tries: number;
};
type Worker = {
  readonly sampler: Sampler;
  entries: readonly Entry[];
  idleTimer: Timer | undefined;
  cpuSeconds: number;
};

/** So long one sampler may keep others waiting before a second one is started. */
const PATIENCE_MS = 300;
/** After so long in one section what was sent behind it goes to another sampler. */
const STUCK_MS = 1_000;
const MOST_SAMPLERS = 3;
/** An extra sampler without work is closed after this. */
const IDLE_LIMIT_MS = 60_000;
/** The server refused another channel: not asked again for so long. */
const REFUSED_FOR_MS = 60_000;
const MOST_TRIES = 3;

export function createSamplerPool(options: SamplerPoolOptions): SamplerPool {
  const { clock } = options;
  /** The oldest first: it gets the work as long as it is free. */
  let workers: readonly Worker[] = [];
  let queue: readonly Entry[] = [];
  /** Questions that hung the last time run apart from others. */
  const suspects = new Set<string>();
  let over: CollectError | undefined;
  let opening = false;
  let refusedUntil = Number.NEGATIVE_INFINITY;
  let isHung = false;
  let hasFailed = false;
  let isPlanned = false;
  let patience: Timer | undefined;

  /** Once for all that is enqueued in this turn, so that it leaves in one write. */
  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    queueMicrotask(() => {
      isPlanned = false;
      dispatch();
    });
  };

  const sound = (): readonly Worker[] => workers.filter(({ sampler }) => sampler.isSound());
  const isFree = ({ entries, sampler }: Worker): boolean =>
    entries.length === 0 && sampler.isSound() && sampler.pending() === 0;

  const dispatch = (): void => {
    if (over !== undefined) return;
    const able = sound();
    const suspect = queue.find(({ key }) => suspects.has(key));
    const together = queue.filter(({ key }) => !suspects.has(key));
    const [first] = able;
    const free = able.filter((worker) => isFree(worker));
    const taker = free[0];
    // One too many is there for what would wait long: used for anything, it would never be idle.
    const isNeeded =
      (first?.sampler.inSectionMs() ?? 0) >= PATIENCE_MS ||
      together.some(({ job }) => job.isUrgent);
    if (taker !== undefined && together.length > 0 && (taker === first || isNeeded))
      give(taker, together);
    // The oldest sampler is kept for what answers.
    const mayExtend = workers.length < MOST_SAMPLERS && clock.monotonic() >= refusedUntil;
    const spare = free.find((worker) => worker !== first && isFree(worker));
    if (suspect !== undefined) {
      if (spare !== undefined) give(spare, [suspect]);
      else if (mayExtend) void extend();
      else if (first !== undefined && isFree(first)) give(first, [suspect]);
    }
    if (able.length > 0) relieve(able);
    else if (queue.length > 0) void extend();
  };

  /** Starts another sampler when those that are there keep somebody waiting for too long. */
  const relieve = (able: readonly Worker[]): void => {
    clock.clearTimeout(patience);
    patience = undefined;
    const now = clock.monotonic();
    const stuck = able.filter(
      ({ sampler }) => sampler.inSectionMs() >= STUCK_MS && sampler.pending() > 1,
    );
    const isWaiting = queue.some(({ key }) => !suspects.has(key));
    const isLate =
      able.every(({ sampler }) => sampler.inSectionMs() >= PATIENCE_MS) ||
      queue.some(({ job, queuedAt }) => job.isUrgent && now - queuedAt >= PATIENCE_MS);
    const hasFree = able.some((worker) => isFree(worker));
    const mayExtend = workers.length < MOST_SAMPLERS && now >= refusedUntil;
    if (stuck.length > 0 && hasFree) for (const { sampler } of stuck) sampler.retire();
    else if (mayExtend && ((isWaiting && isLate) || (stuck.length > 0 && !hasFree))) void extend();
    const isBusy = able.some((worker) => !isFree(worker));
    if (isBusy && (isWaiting || able.some(({ sampler }) => sampler.pending() > 1)))
      patience = clock.setTimeout(plan, PATIENCE_MS / 2);
  };

  const give = (worker: Worker, entries: readonly Entry[]): void => {
    queue = queue.filter((entry) => !entries.includes(entry));
    clock.clearTimeout(worker.idleTimer);
    worker.idleTimer = undefined;
    worker.entries = entries.toSorted(inOrder);
    for (const entry of worker.entries) void perform(worker, entry);
  };

  const perform = async (worker: Worker, entry: Entry): Promise<void> => {
    const { job, key } = entry;
    entry.tries++;
    const { sampler } = worker;
    // All at once: what is asked for later would stand behind the other questions of this turn.
    const asked = job.sections.map((section) =>
      sampler.ask(section, {
        timeoutMs: job.limitMs,
        mostMs: job.mostMs,
        signal: job.signal,
      }),
    );
    const done: Extract<SectionAnswer, { kind: 'done' }>[] = [];
    let failed: Exclude<SectionAnswer, { kind: 'done' }> | undefined;
    for (const [index, section] of asked.entries()) {
      const answer = await section;
      if (answer.kind === 'done') done.push(answer);
      else {
        failed = answer;
        // The rest of a question without an answer need not run.
        if (index < asked.length - 1) sampler.retire();
        break;
      }
    }
    worker.entries = worker.entries.filter((other) => other !== entry);
    if (failed?.kind === 'timeout') {
      suspects.add(key);
      isHung = failed.hasBegun;
    } else if (failed === undefined) {
      suspects.delete(key);
      isHung = false;
    }
    const isAgain =
      failed?.kind === 'closed' &&
      over === undefined &&
      entry.tries < MOST_TRIES &&
      (!failed.hasBegun || entry.tries === 1);
    if (isAgain) queue = [entry, ...queue];
    else job.resolve(failed === undefined ? joined(done) : answerOf(failed, done));
    await tidy(worker);
  };

  /** A section ended: the sampler may be free now, or gone. */
  const tidy = async (worker: Worker): Promise<void> => {
    plan();
    if (worker.entries.length > 0) return;
    if (!(await worker.sampler.settled())) {
      workers = workers.filter((other) => other !== worker);
      plan();
      return;
    }
    if (!isFree(worker) || over !== undefined) return;
    plan();
    if (worker === sound()[0]) return;
    worker.idleTimer ??= clock.setTimeout(() => rest(worker), IDLE_LIMIT_MS);
  };

  /** An extra sampler that had nothing to do is one shell too many on the host. */
  const rest = (worker: Worker): void => {
    worker.idleTimer = undefined;
    if (over !== undefined || worker === sound()[0]) return;
    if (!isFree(worker)) {
      void tidy(worker);
      return;
    }
    workers = workers.filter((other) => other !== worker);
    worker.sampler.close();
  };

  const extend = async (): Promise<void> => {
    if (opening || over !== undefined) return;
    opening = true;
    const isExtra = sound().length > 0;
    const opened = await options.open(isExtra);
    opening = false;
    if (isOver()) {
      if (opened.kind === 'opened') opened.sampler.close();
      return;
    }
    if (opened.kind === 'opened') add(opened.sampler);
    // A host that gives no byte is watched for that: the next question or probe tries again.
    else if (opened.isSilent) return;
    else if (sound().length > 0 || workers.some(({ entries }) => entries.length > 0))
      refusedUntil = clock.monotonic() + REFUSED_FOR_MS;
    else {
      if (!hasFailed) options.onFailed(opened.error, isHung);
      hasFailed = true;
      return;
    }
    plan();
  };
  const isOver = (): boolean => over !== undefined;

  const add = (sampler: Sampler): void => {
    const worker: Worker = {
      sampler,
      entries: [],
      idleTimer: undefined,
      cpuSeconds: 0,
    };
    workers = [...workers, worker];
    void tidy(worker);
  };

  const joined = (sections: readonly Extract<SectionAnswer, { kind: 'done' }>[]): Answer => ({
    kind: 'done',
    stdout: textOf(sections.map(({ stdout }) => stdout)),
    stderr: sanitize(textOf(sections.map(({ stderr }) => stderr))),
    code: sections.at(-1)?.code ?? 0,
    durationMs: sections.reduce((sum, { durationMs }) => sum + durationMs, 0),
    beganAt: sections[0]?.beganAt ?? clock.now(),
    bytes: sections.reduce((sum, { stdout, stderr }) => sum + stdout.length + stderr.length, 0),
  });

  const answerOf = (
    failed: Exclude<SectionAnswer, { kind: 'done' }>,
    before: readonly { readonly stderr: Buffer }[],
  ): Answer => {
    switch (failed.kind) {
      case 'timeout':
        return {
          kind: 'timeout',
          afterSeconds: failed.afterMs / 1000,
          stderr: sanitize(textOf([...before.map(({ stderr }) => stderr), failed.stderr])),
        };
      case 'closed':
        return { kind: 'lost', error: over ?? options.shellLost() };
      case 'too-large':
      case 'aborted':
        return failed;
    }
  };

  const finish = (error: CollectError): readonly Worker[] => {
    const all = workers;
    over ??= error;
    clock.clearTimeout(patience);
    for (const { idleTimer } of all) clock.clearTimeout(idleTimer);
    const left = queue;
    queue = [];
    for (const { job } of left) job.resolve({ kind: 'lost', error });
    return all;
  };

  const enqueue = (job: Job): void => {
    if (over !== undefined) {
      job.resolve({ kind: 'lost', error: over });
      return;
    }
    const { signal } = job;
    const entry: Entry = {
      key: job.sections.join('\n'),
      tries: 0,
      queuedAt: clock.monotonic(),
      job: {
        ...job,
        resolve: (answer) => {
          signal?.removeEventListener('abort', onAbort);
          job.resolve(answer);
        },
      },
    };
    const onAbort = (): void => {
      if (!queue.includes(entry)) return;
      queue = queue.filter((other) => other !== entry);
      entry.job.resolve({ kind: 'aborted' });
    };
    queue = [...queue, entry];
    signal?.addEventListener('abort', onAbort, { once: true });
    plan();
  };

  const measure = async (worker: Worker): Promise<void> => {
    const seconds = await worker.sampler.cpuSeconds();
    if (seconds !== null && seconds > worker.cpuSeconds) {
      options.onCpuSeconds?.(seconds - worker.cpuSeconds);
      worker.cpuSeconds = seconds;
    }
    await tidy(worker);
  };

  const measureFree = (): readonly Worker[] => {
    const free = over === undefined ? sound().filter((worker) => isFree(worker)) : [];
    for (const worker of free) void measure(worker);
    return free;
  };

  add(options.first);
  const end: SamplerPool['end'] = async (reason) => {
    await Promise.all(finish(reason).map(({ sampler }) => sampler.end()));
  };

  return {
    enqueue,
    probe: () => {
      if (over !== undefined || measureFree().length > 0) return;
      if (workers.length < MOST_SAMPLERS && clock.monotonic() >= refusedUntil) void extend();
      else options.ping();
    },
    measure: () => void measureFree(),
    isAsked: () =>
      queue.length > 0 ||
      workers.length === 0 ||
      workers.some(({ entries, sampler }) => entries.length > 0 || sampler.pending() > 0),
    fail: (error) => {
      for (const { sampler } of finish(error)) sampler.close();
    },
    end,
  };
}

/** What somebody waits for, then what is quick; what was never asked counts as quick. */
const inOrder = (a: Entry, b: Entry): number =>
  Number(b.job.isUrgent) - Number(a.job.isUrgent) || (a.job.usualMs ?? 0) - (b.job.usualMs ?? 0);

const textOf = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString('utf8');
