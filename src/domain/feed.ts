import { changesIn } from './lasting.ts';
import type { Complaint } from './parsed.ts';
import type { EpochMs } from './time.ts';

/** Why an answer did not come. `code` is stable; `message` and `hint` are for people. */
export type CollectError = {
  readonly code: string;
  readonly message: string;
  /** What a person would do next; empty when there is nothing to say. */
  readonly hint: string;
  /** A command line that mends it, where there is one that a person may run. */
  readonly command?: string;
  /** The jump host that failed, when it was that and not what lies behind it. */
  readonly jump?: string;
  /** The resource of a cluster that has too many objects to be listed, or that nobody serves now: `replicas.longhorn.io`. */
  readonly resource?: string;
};

/** Why only a part of an answer is there, and what is not seen because of it. */
export type Gap = { readonly reason: string; readonly hides: string };

/**
 * The latest answer to one question, with its age and failure. Old data is shown as old; "has none" is not
 * "is broken".
 * - `pending`: nothing came yet. `received` counts the objects of a list that is still loading.
 * - `ok`: `at` is when the answer (or for a watch: its last byte) came.
 * - `absent`: the thing asked for does not exist there (a command is not installed, a CRD is missing), or `unasked`:
 *   by what else is known there is nothing to ask.
 * - `denied`: a right is missing.
 * - `failed`: the last try failed; `last` keeps what was known before.
 */
export type Feed<T> =
  | { readonly status: 'pending'; readonly received?: number }
  | {
      readonly status: 'ok';
      readonly value: T;
      readonly at: EpochMs;
      /** Until when it counts as fresh: three of its intervals, or a watch's time without a byte. */
      readonly freshUntil: EpochMs;
      readonly complaints: readonly Complaint[];
      readonly durationMs: number;
      /** Absent: the value is all there is. */
      readonly gap?: Gap;
    }
  | {
      readonly status: 'absent';
      readonly reason: string;
      readonly at: EpochMs;
      /** The program that is not installed. */
      readonly program?: string;
      /** What is not seen because of it. */
      readonly hides?: string;
      readonly unasked?: true;
    }
  | {
      readonly status: 'denied';
      readonly reason: string;
      readonly at: EpochMs;
      /** What is not seen because of it. */
      readonly hides?: string;
      /** The line that grants the right. */
      readonly grant?: string;
    }
  | {
      readonly status: 'failed';
      readonly error: CollectError;
      readonly at: EpochMs;
      readonly last?: Known<T>;
      /** Of `last`. */
      readonly gap?: Gap;
    };

/** A value and when it was true. */
export type Known<T> = { readonly value: T; readonly at: EpochMs };

export const pending: { readonly status: 'pending' } = { status: 'pending' };

/** The last value there was, however old. */
export function lastKnown<T>(feed: Feed<T>): Known<T> | undefined {
  switch (feed.status) {
    case 'ok':
      return { value: feed.value, at: feed.at };
    case 'failed':
      return feed.last;
    case 'pending':
    case 'absent':
    case 'denied':
      return undefined;
  }
}

/** The last value there was, however old; undefined when nothing was ever known. */
export const lastValue = <T>(feed: Feed<T>): T | undefined =>
  feed.status === 'ok' ? feed.value : feed.status === 'failed' ? feed.last?.value : undefined;

/** The value, or `fallback` when nothing was ever known. */
export const known = <T>(feed: Feed<T>, fallback: T): T => lastValue(feed) ?? fallback;

/** Why what is known is not all there is; undefined when it is, or nothing is known. */
export const gapOf = (feed: Feed<unknown>): Gap | undefined =>
  feed.status === 'ok' || feed.status === 'failed' ? feed.gap : undefined;

/** The value if the last answer was good and still counts as fresh. */
export function fresh<T>(feed: Feed<T>, now: EpochMs): T | undefined {
  if (feed.status !== 'ok' || now > feed.freshUntil) return undefined;
  changesIn(feed.freshUntil - now + 1);
  return feed.value;
}

/** The feeds that are so, with their names. Of a host that is well there are none, and nothing is made then. */
export function feedsThat(
  feeds: Readonly<Record<string, Feed<unknown>>>,
  isSo: (feed: Feed<unknown>) => boolean,
): readonly (readonly [name: string, feed: Feed<unknown>])[] {
  let found: (readonly [name: string, feed: Feed<unknown>])[] | undefined;
  // Unlike Object.entries this makes no list.
  for (const name in feeds) {
    const feed = feeds[name];
    if (feed !== undefined && isSo(feed)) (found ??= []).push([name, feed]);
  }
  return found ?? NO_FEEDS;
}

const NO_FEEDS: readonly (readonly [name: string, feed: Feed<unknown>])[] = [];
