import type { CollectError } from './feed.ts';
import type { ReadLine } from './read-line.ts';
import type { EpochMs } from './time.ts';

/** How much of what was written before is shown: the last lines, the first ones, or a span of time that ends now. */
export type LogWindow = 'tail' | 'head' | '1m' | '5m' | '15m' | '30m' | '1h';

/** In the order of their keys, from `0` on. */
export const LOG_WINDOWS: readonly LogWindow[] = ['tail', 'head', '1m', '5m', '15m', '30m', '1h'];

const SPANS: Readonly<Partial<Record<LogWindow, number>>> = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '30m': 1800,
  '1h': 3600,
};
/** Seconds of a window that is a span of time; null of the others. */
export const spanSeconds = (window: LogWindow): number | null => SPANS[window] ?? null;

/** Which part of the logs is read. */
export type LogChoice = {
  readonly window: LogWindow;
  /** Of the container's life before its last start, which nothing is added to any more. */
  readonly previous: boolean;
};

/** A pod whose containers are read. */
export type LogPod = { readonly namespace: string; readonly name: string };

/**
 * How reading one container's log goes.
 * - `opening`: asked for, no answer yet
 * - `open`: lines come as they are written
 * - `waiting`: the container has not started
 * - `ended`: it is complete, nothing follows
 * - `gone`: there is no such pod any more; one of the same name is waited for
 * - `failed`: see the error; it is tried again
 */
export type LogStreamState = 'opening' | 'open' | 'waiting' | 'ended' | 'gone' | 'failed';

/** One container's log. */
export type LogStream = LogPod & {
  /** Empty while it is not known which containers the pod has. */
  readonly container: string;
  readonly state: LogStreamState;
  /** Why, unless it is open; null when there is nothing to say. */
  readonly error: CollectError | null;
  readonly since: EpochMs;
};

/** A line of a log. Lines that labtop adds itself, such as marks, have neither pod nor container. */
export type LogLine = ReadLine & {
  readonly pod: string;
  readonly container: string;
  /** Nanoseconds beyond the millisecond of `at`. */
  readonly nanos: number;
};

/** What is kept of some logs at one instant. */
export type LogSnapshot = {
  /** In the order of their times. */
  readonly lines: readonly LogLine[];
  /** Lines that came and are no longer kept. */
  readonly droppedLines: number;
  /** Of the text that is kept. */
  readonly bytes: number;
  readonly streams: readonly LogStream[];
  /** Containers that are not read yet, because there are too many at a time. */
  readonly leftOut: number;
  /** Nothing more is read until whoever reads goes on. */
  readonly isHeld: boolean;
  /** Lines come faster than they are read: the newest one is so old; null when it keeps up. */
  readonly behindMs: number | null;
};
