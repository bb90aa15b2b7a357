import type { HostCommand, Question } from '../domain/command.ts';
import type { FeedName, HostInventory, SourceState } from '../domain/inventory.ts';
import type { Intervals } from '../domain/settings.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Answer, HostLink } from '../domain/transport.ts';
import { systemClock } from './clock.ts';
import type { Clock, Timer } from './clock.ts';
import { delayUntilDue, fastFirst, intervalMs, phaseOf } from './due.ts';

export type PollerOptions = {
  readonly link: HostLink;
  readonly commands: readonly HostCommand[];
  readonly intervals: Intervals;
  /** What is known of the host now; commands may ask by it. */
  readonly known: () => HostInventory;
  readonly onAnswer: (command: HostCommand, answer: Answer) => void;
  readonly clock?: Clock;
  /** Where in its interval a command is asked, 0 to below 1. Default: by host and command. */
  readonly phase?: (host: string, command: string) => number;
};

/** Asks one host its commands, each at its pace, while the link is up. */
export type Poller = {
  readonly start: () => void;
  /** Asks the commands of these feeds again now; resolves when their answers were handled. */
  readonly refresh: (feeds: readonly FeedName[]) => Promise<void>;
  readonly stop: () => void;
};

type Line = {
  readonly command: HostCommand;
  readonly phase: number;
  timer: Timer | undefined;
  lastAskedAt: EpochMs | null;
  isMissing: boolean;
  /** How long it takes; null before the first answer. */
  usualMs: number | null;
  /** The ask that is under way. */
  asking: Promise<void> | undefined;
  /** The ask that follows it, for those who need an answer newer than the one under way. */
  next: Promise<void> | undefined;
};

/** A connection that has just fallen silent may only be slow: nothing is asked anew when it speaks again. */
const isConnected = (state: SourceState): boolean => state === 'up' || state === 'stale';

/** The mean of the latest durations, the newest counting a quarter. */
const usual = (before: number | null, durationMs: number): number =>
  before === null ? durationMs : before + (durationMs - before) / 4;

/** sh(1): the program was not found. */
const MISSING_PROGRAM = 127;

export function createPoller(options: PollerOptions): Poller {
  const { link, intervals } = options;
  const clock = options.clock ?? systemClock;
  const phase = options.phase ?? phaseOf;
  const stopping = new AbortController();
  const lines: readonly Line[] = fastFirst(options.commands).map((command) => ({
    command,
    phase: phase(link.host, command.id),
    timer: undefined,
    lastAskedAt: null,
    isMissing: false,
    usualMs: null,
    asking: undefined,
    next: undefined,
  }));
  let isUp = false;
  let endListening = (): void => {};

  /** Asks once; two asks of one command never overlap. */
  const ask = (line: Line): Promise<void> => {
    if (line.asking !== undefined) return line.asking;
    const question = line.command.question(options.known());
    if (question === undefined || question.length === 0) return Promise.resolve();
    line.lastAskedAt = clock.now();
    line.asking = handle(line, question).finally(() => {
      line.asking = undefined;
    });
    return line.asking;
  };

  const handle = async (line: Line, question: Question): Promise<void> => {
    const { command } = line;
    const answer = await link.ask(question, {
      timeoutSeconds: command.timeoutSeconds,
      scheduled: { usualMs: line.usualMs },
      signal: stopping.signal,
    });
    if (stopping.signal.aborted || answer.kind === 'aborted') return;
    if (answer.kind === 'done') line.usualMs = usual(line.usualMs, answer.durationMs);
    const isMissing = answer.kind === 'done' && answer.code === MISSING_PROGRAM;
    if (isMissing !== line.isMissing) {
      line.isMissing = isMissing;
      schedule(line);
    }
    options.onAnswer(command, answer);
    // What had nothing to ask may have something now.
    for (const other of lines)
      if (isUp && other.lastAskedAt === null && other.asking === undefined) void ask(other);
  };

  const schedule = (line: Line): void => {
    clock.clearTimeout(line.timer);
    if (!isUp) return;
    line.timer = clock.setTimeout(() => {
      // A late answer costs its turn: the ask under way is not joined by another.
      if (line.asking === undefined) void ask(line);
      schedule(line);
    }, delayOf(line));
  };

  const delayOf = (line: Line): number => {
    const { command, lastAskedAt } = line;
    const width = intervalMs(command, intervals, line);
    // What had nothing to ask looks again soon.
    const soon = lastAskedAt === null ? Math.min(width, intervals.fast * 1000) : width;
    return delayUntilDue({ now: clock.now(), lastAskedAt, intervalMs: soon, phase: line.phase });
  };

  const follow = (up: boolean): void => {
    if (up === isUp) return;
    isUp = up;
    for (const line of lines) {
      clock.clearTimeout(line.timer);
      if (up) void begin(line);
    }
  };

  /** The connection is new: everything is asked at once. */
  const begin = async (line: Line): Promise<void> => {
    // An ask of the lost connection may still be ending.
    if (line.asking !== undefined) await line.asking;
    if (!isUp) return;
    line.lastAskedAt = null;
    void ask(line);
    schedule(line);
  };

  const askAgain = (line: Line): Promise<void> => {
    if (line.asking === undefined) return ask(line);
    line.next ??= line.asking.then(() => {
      line.next = undefined;
      return isUp ? ask(line) : undefined;
    });
    return line.next;
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
    stop: () => {
      endListening();
      isUp = false;
      stopping.abort();
      for (const line of lines) clock.clearTimeout(line.timer);
    },
  };
}
