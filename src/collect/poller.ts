import { hash } from 'node:crypto';
import { missingProgram } from '../domain/command.ts';
import type { AnswerStream, Argv, HostCommand, Question } from '../domain/command.ts';
import type { FeedName, HostInventory, SourceState } from '../domain/inventory.ts';
import type { HostObserver, QuestionCost } from '../domain/observer.ts';
import { sameFields } from '../domain/same-parts.ts';
import type { Intervals } from '../domain/settings.ts';
import type { Answer, DoneAnswer, HostLink } from '../domain/transport.ts';
import { compareClocks } from './clock-skew.ts';
import { systemClock } from './clock.ts';
import type { Clock, Timer } from './clock.ts';
import { createCostReader } from './cost.ts';
import {
  delayUntilDue,
  fastFirst,
  fullAllowance,
  intervalMs,
  noStretch,
  phaseOf,
  spend,
  stretchAfter,
  stretchLate,
  stretchTooLarge,
} from './due.ts';
import type { Allowance, Stretch } from './due.ts';
import { forksOf } from './forks.ts';

/** An answer as it goes into the inventory. */
export type PolledAnswer = {
  readonly command: HostCommand;
  readonly answer: Answer;
  /** It says byte for byte what the one before said: whoever read that has nothing to read again. */
  readonly isRepeat: boolean;
  /** It tells something new, and was asked because something had changed or is under way: somebody waits for it. */
  readonly isAwaited: boolean;
  /** At which the question is asked at present. */
  readonly intervalSeconds: number;
  readonly observer: HostObserver;
};

export type PollerOptions = {
  readonly link: HostLink;
  readonly commands: readonly HostCommand[];
  readonly intervals: Intervals;
  /** What is known of the host now; commands may ask by it. */
  readonly known: () => HostInventory;
  readonly onAnswer: (answer: PolledAnswer) => void;
  /** By what is known there is nothing to ask by that command at present. */
  readonly onUnasked?: (command: HostCommand) => void;
  readonly clock?: Clock;
  /** Where in its interval a command is asked, 0 to below 1. Default: by host and command. */
  readonly phase?: (host: string, command: string) => number;
};

/** Asks one host its commands, each at its pace, while the link is up. */
export type Poller = {
  readonly start: () => void;
  /** Asks the commands of these feeds again now; resolves when their answers were handled. */
  readonly refresh: (feeds: readonly FeedName[]) => Promise<void>;
  /** What watching the host costs at present. */
  readonly observer: () => HostObserver;
  readonly stop: () => void;
};

type Line = {
  readonly command: HostCommand;
  readonly phase: number;
  /** Monotonic, as all times here. */
  dueAt: number;
  lastAskedAt: number | null;
  isMissing: boolean;
  stretch: Stretch;
  /** How long it takes; null before the first answer. */
  usualMs: number | null;
  /** The ask that is under way. */
  asking: Promise<void> | undefined;
  /** The ask that follows it, for those who need an answer newer than the one under way. */
  next: Promise<void> | undefined;
  streaming: AbortController | undefined;
  /** The programs that stream, as one text to compare. */
  streamed: string;
  /** Of each program that streams, 1 = one CPU; null: one has not told. */
  streamCpu: readonly (number | null)[];
  /** Not before this is a stream tried again. */
  streamAfter: number;
  /** What is asked, for people. */
  program: string;
  programs: number;
  /** Of its last answer, whose text is not kept. */
  last:
    | {
        readonly durationMs: number;
        readonly bytes: number | undefined;
        /** null: it was streamed; such an answer has its time in it and repeats none. */
        readonly digest: string | null;
      }
    | undefined;
  /** It was asked because something had changed, or while something is under way. */
  isHurried: boolean;
  /** What its answer depends on, as it was when it was asked; null: it was not known. */
  followed: string | null;
  /** For asks because that has changed; undefined before the first. */
  allowance: Allowance | undefined;
  /** So many answers in a row repeated the one before. */
  repeats: number;
  dropped: number;
  hangs: number;
  /** So many answers in a row did not come in time. */
  misses: number;
  /** As told last. */
  cost: QuestionCost | undefined;
};

/** What is due so soon after something else leaves together with it. */
const GATHER_MS = 250;
/** So many programs may a question start in a slow interval because what it follows changes all the time. */
const AT_ONCE_PER_SLOW = 3;
/** A stream that ended may have done so for a reason that lasts. */
const STREAM_AGAIN_MS = 300_000;
/** What repeats itself more slowly would outlive a console that was killed for too long. */
const LONGEST_STREAM_SECONDS = 10;

/** A connection that has just fallen silent may only be slow: nothing is asked anew when it speaks again. */
const isConnected = (state: SourceState): boolean => state === 'up' || state === 'stale';

/** The mean of the latest durations, the newest counting a quarter. */
const usual = (before: number | null, durationMs: number): number =>
  before === null ? durationMs : before + (durationMs - before) / 4;

export function createPoller(options: PollerOptions): Poller {
  const { link, intervals } = options;
  const clock = options.clock ?? systemClock;
  const phase = options.phase ?? phaseOf;
  const stopping = new AbortController();
  const readCost = createCostReader();
  const lines: readonly Line[] = fastFirst(options.commands).map((command) => ({
    command,
    phase: phase(link.host, command.id),
    dueAt: 0,
    lastAskedAt: null,
    isMissing: false,
    stretch: noStretch,
    usualMs: null,
    asking: undefined,
    next: undefined,
    streaming: undefined,
    streamed: '',
    streamCpu: [],
    streamAfter: 0,
    program: command.id,
    programs: 0,
    last: undefined,
    isHurried: false,
    followed: null,
    allowance: undefined,
    repeats: 0,
    dropped: 0,
    hangs: 0,
    misses: 0,
    cost: undefined,
  }));
  let isUp = false;
  let timer: Timer | undefined;
  let endListening = (): void => {};
  const skew = compareClocks({ link, clock, signal: stopping.signal });

  const widthOf = (line: Line): number => {
    const own = intervalMs(line.command, intervals, {
      isMissing: line.isMissing,
      programs: line.programs,
      ...line.stretch,
    });
    // Who was busy for a moment is not held to be silent for an hour; a program that hangs is asked less and less.
    const again = 1000 * intervals.slow * 2 ** (line.misses - 1);
    const width = line.misses === 0 ? own : Math.min(own, again);
    const hurry = line.command.hurries?.(options.known()) ?? null;
    if (hurry === null) return width;
    return Math.min(
      width,
      1000 * intervals.fast * hurry * line.stretch.stretch * 2 ** line.repeats,
    );
  };

  /** Asks once; two asks of one command never overlap. */
  const ask = (line: Line, { isWanted = false, isChange = false } = {}): Promise<void> => {
    if (line.asking !== undefined) return line.asking;
    const known = options.known();
    const question = line.command.question(known);
    if (question === undefined || question.length === 0) {
      options.onUnasked?.(line.command);
      return Promise.resolve();
    }
    line.isHurried = isChange || (line.command.hurries?.(known) ?? null) !== null;
    line.followed = line.command.follows?.(known) ?? null;
    line.program = programOf(question);
    line.programs = forksOf(question);
    line.lastAskedAt = clock.monotonic();
    line.asking = handle(line, question, isWanted).finally(() => {
      line.asking = undefined;
    });
    return line.asking;
  };

  const handle = async (line: Line, question: Question, isWanted: boolean): Promise<void> => {
    const askedAt = clock.monotonic();
    const answer = await link.ask(question, {
      timeoutSeconds: line.command.timeoutSeconds,
      usualMs: line.usualMs,
      isSlow: line.command.isSlow === true,
      canWait: !isWanted,
      signal: stopping.signal,
    });
    if (stopping.signal.aborted || answer.kind === 'aborted') return;
    if (answer.kind === 'done') line.usualMs = usual(line.usualMs, answer.durationMs);
    if (answer.kind === 'timeout') line.hangs++;
    if (answer.kind !== 'lost' && !isWanted) {
      line.stretch =
        answer.kind === 'too-large'
          ? stretchTooLarge(line.stretch)
          : stretchAfter(line.stretch, clock.monotonic() - askedAt, widthOf(line));
    }
    settle(line, answer);
    // What had nothing to ask may have something now.
    for (const other of lines)
      if (isUp && other.lastAskedAt === null && other.asking === undefined) begin(other);
  };

  /** An answer came, by whatever way. */
  const settle = (line: Line, answer: Answer): void => {
    const isMissing =
      answer.kind === 'done' &&
      !line.command.goodExitCodes?.includes(answer.code) &&
      missingProgram(answer) !== null;
    if (isMissing !== line.isMissing) {
      line.isMissing = isMissing;
      schedule(line);
    }
    const before = line.last?.digest;
    let isRepeat = false;
    if (answer.kind === 'done') {
      const { durationMs, bytes } = answer;
      const digest = line.streaming === undefined ? digestOf(answer) : null;
      line.last = { durationMs, bytes, digest };
      isRepeat = digest !== null && digest === before;
    }
    line.repeats = isRepeat ? line.repeats + 1 : 0;
    const misses = answer.kind === 'timeout' ? line.misses + 1 : 0;
    if (misses !== line.misses) {
      line.misses = misses;
      schedule(line);
    }
    options.onAnswer({
      command: line.command,
      answer,
      isRepeat,
      isAwaited: line.isHurried && !isRepeat,
      intervalSeconds: widthOf(line) / 1000,
      observer: observer(changedBy(line)),
    });
    if (line.command.hurries !== undefined) schedule(line);
    // What repeats itself is no news for other questions.
    askOutdated(isRepeat ? [line] : lines);
  };

  /** Asks again what depends on something that the latest answer told to be different. */
  const askOutdated = (those: readonly Line[]): void => {
    if (!isUp) return;
    const known = options.known();
    for (const line of those) {
      const now = line.command.follows?.(known) ?? null;
      if (now === null || line.lastAskedAt === null) continue;
      const isSame = now === line.followed;
      // The newest of equal texts: others hold it too, the one before is held by nobody else.
      if (isSame || line.followed === null) line.followed = now;
      else if (line.asking === undefined) askAtOnce(line);
    }
  };

  const askAtOnce = (line: Line): void => {
    const refillMs = (1000 * intervals.slow * Math.max(1, line.programs)) / AT_ONCE_PER_SLOW;
    const now = clock.monotonic();
    const allowance = spend(line.allowance ?? fullAllowance(now), now, refillMs);
    if (allowance === undefined) return;
    line.allowance = allowance;
    void ask(line, { isChange: true });
  };

  const schedule = (line: Line): void => {
    line.dueAt = clock.monotonic() + delayOf(line);
    wait();
  };

  const wait = (): void => {
    clock.clearTimeout(timer);
    if (!isUp) return;
    const dueAt = Math.min(...lines.map((line) => line.dueAt));
    timer = clock.setTimeout(takeTurns, Math.max(0, dueAt - clock.monotonic()));
  };

  const takeTurns = (): void => {
    if (!isUp) return;
    const until = clock.monotonic() + GATHER_MS;
    for (const line of lines) {
      if (line.dueAt > until) continue;
      takeTurn(line);
      line.dueAt = clock.monotonic() + delayOf(line);
    }
    wait();
  };

  const takeTurn = (line: Line): void => {
    if (line.streaming !== undefined) {
      if (textOf(programsOf(line)) === line.streamed) return;
      line.streaming.abort();
      line.streaming = undefined;
    }
    // A late answer costs its turn: the ask under way is not joined by another.
    if (line.asking !== undefined) line.stretch = stretchLate(line.stretch);
    else begin(line);
  };

  const delayOf = (line: Line): number => {
    const width = widthOf(line);
    // What had nothing to ask looks again soon.
    const soon = line.lastAskedAt === null ? Math.min(width, intervals.fast * 1000) : width;
    const { lastAskedAt, phase: own } = line;
    return delayUntilDue({ now: clock.monotonic(), lastAskedAt, intervalMs: soon, phase: own });
  };

  const secondsOf = ({ command }: Line): number => Math.max(1, Math.round(intervals[command.pace]));

  const programsOf = (line: Line): readonly Argv[] => {
    const seconds = secondsOf(line);
    return seconds > LONGEST_STREAM_SECONDS
      ? []
      : (line.command.stream?.programs(options.known(), seconds) ?? []);
  };

  /** By its stream if it can have one, else by asking. */
  const begin = (line: Line): void => {
    const { stream } = line.command;
    const programs = programsOf(line);
    // What there was nothing to ask of may be another thing when there is something again.
    if (programs.length === 0) line.streamAfter = 0;
    const [first] = programs;
    if (stream === undefined || first === undefined || clock.monotonic() < line.streamAfter) {
      void ask(line);
      return;
    }
    const streaming = new AbortController();
    line.streaming = streaming;
    line.streamed = textOf(programs);
    line.streamCpu = programs.map(() => null);
    line.program = programOf([first]);
    line.lastAskedAt = clock.monotonic();
    // One that ends ends all: their question is asked then.
    const running = Promise.race(
      programs.map((argv, index) => run(line, { stream, streaming, argv, index })),
    );
    void running.then((end) => streamEnded(line, streaming, end));
  };

  type Streamed = {
    readonly stream: AnswerStream;
    readonly streaming: AbortController;
    readonly argv: Argv;
    /** Its place among the programs of its question. */
    readonly index: number;
  };
  const run = (line: Line, { stream, streaming, argv, index }: Streamed): Promise<Answer> => {
    const seconds = secondsOf(line);
    return link.stream(argv, {
      lastLine: stream.lastLine,
      silentSeconds: Math.max(LONGEST_STREAM_SECONDS, 3 * seconds),
      ...(stream.isCounted === true
        ? {
            counted: {
              intervalSeconds: seconds,
              onCpu: (share: number) => {
                if (line.streaming === streaming)
                  line.streamCpu = line.streamCpu.with(index, share);
              },
            },
          }
        : {}),
      signal: AbortSignal.any([streaming.signal, stopping.signal]),
      onAnswer: (answer, dropped) => {
        line.dropped += dropped;
        if (line.streaming === streaming && !stopping.signal.aborted) settle(line, answer);
      },
    });
  };

  /** The stream is gone: its question is asked instead, and the stream tried again later. */
  const streamEnded = (line: Line, streaming: AbortController, end: Answer): void => {
    if (line.streaming !== streaming) return;
    line.streaming = undefined;
    streaming.abort();
    if (!isUp || stopping.signal.aborted) return;
    line.streamAfter = clock.monotonic() + STREAM_AGAIN_MS;
    if (end.kind === 'timeout') line.hangs++;
    if (end.kind === 'done' && missingProgram(end) !== null) settle(line, end);
    else void ask(line);
  };

  const follow = (up: boolean): void => {
    if (up === isUp) return;
    isUp = up;
    clock.clearTimeout(timer);
    skew.follow(up);
    if (up) for (const line of lines) void start(line);
    else for (const { streaming } of lines) streaming?.abort();
  };

  /** The connection is new: everything is asked at once. */
  const start = async (line: Line): Promise<void> => {
    // An ask of the lost connection may still be ending.
    if (line.asking !== undefined) await line.asking;
    if (!isUp) return;
    line.lastAskedAt = null;
    line.stretch = noStretch;
    line.streaming = undefined;
    line.streamAfter = 0;
    line.hangs = 0;
    begin(line);
    schedule(line);
  };

  const askAgain = (line: Line): Promise<void> => {
    if (line.asking === undefined) return ask(line, { isWanted: true });
    line.next ??= line.asking.then(() => {
      line.next = undefined;
      return isUp ? ask(line, { isWanted: true }) : undefined;
    });
    return line.next;
  };

  const costOf = (line: Line): QuestionCost => ({
    command: line.program,
    intervalSeconds: widthOf(line) / 1000,
    stretch: line.stretch.stretch,
    isStreamed: line.streaming !== undefined,
    streamCpuPercent:
      line.streaming === undefined
        ? null
        : line.streamCpu.reduce<number | null>(
            (sum, share) => (sum === null || share === null ? null : sum + share * 100),
            0,
          ),
    durationMs: line.last?.durationMs ?? null,
    bytes: line.last?.bytes ?? null,
    dropped: line.dropped,
    hangs: line.hangs,
  });

  let questions: ReadonlyMap<FeedName, QuestionCost> = new Map();

  /** Those whose cost may be another one when an answer came; what goes on has its cost at any time. */
  const changedBy = (answered: Line): readonly Line[] =>
    questions.size === 0
      ? lines
      : lines.filter(
          (line) =>
            line === answered || line.streaming !== undefined || line.cost?.isStreamed === true,
        );

  /** What these questions cost now, the others as they were told last; the same objects while they say the same. */
  const questionCosts = (those: readonly Line[]): ReadonlyMap<FeedName, QuestionCost> => {
    const changed = those.flatMap((line) => {
      const cost = costOf(line);
      if (line.cost !== undefined && sameFields(line.cost, cost)) return [];
      line.cost = cost;
      return [[line.command.feed, cost] as const];
    });
    if (changed.length > 0) questions = new Map([...questions, ...changed]);
    return questions;
  };

  const observer = (those: readonly Line[]): HostObserver => {
    const cost = readCost(
      link.cost(),
      clock.monotonic(),
      skew.milliseconds(),
      questionCosts(those),
    );
    return { ...cost, cpuPercent: withStreams(cost) };
  };

  return {
    start: () => {
      if (stopping.signal.aborted) return;
      endListening();
      endListening = link.onStatus(({ state }) => follow(isConnected(state)));
      follow(isConnected(link.status().state));
    },
    refresh: async (feeds) => {
      if (!isUp) return;
      await Promise.all(
        lines.filter(({ command }) => feeds.includes(command.feed)).map((line) => askAgain(line)),
      );
    },
    observer: () => observer(lines),
    stop: () => {
      endListening();
      isUp = false;
      skew.follow(false);
      stopping.abort();
      clock.clearTimeout(timer);
    },
  };
}

/** What has ended, and what goes on: unknown while one of these is. */
function withStreams({ cpuPercent, questions }: HostObserver): number | null {
  let sum = cpuPercent;
  for (const { isStreamed, streamCpuPercent } of questions.values())
    if (isStreamed) sum = sum === null || streamCpuPercent === null ? null : sum + streamCpuPercent;
  return sum;
}

const textOf = (programs: readonly Argv[]): string => JSON.stringify(programs);

/** The same text for answers of the same bytes. */
const digestOf = ({ code, stdout, stderr }: DoneAnswer): string =>
  hash('sha1', `${code} ${stdout.length} ${stdout}${stderr}`, 'base64');

/** The program that a question begins with, without what gives it its rights. */
const programOf = (question: Question): string =>
  (question[0] ?? [])
    .filter((word) => word !== 'pfexec')
    .slice(0, 2)
    .join(' ');
