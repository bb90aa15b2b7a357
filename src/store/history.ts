import { PAGE_BYTES } from '../domain/host.ts';
import type { HostKstats } from '../domain/host.ts';
import type { HostInventory, Inventory } from '../domain/inventory.ts';
import { allZonesOf, linksOf } from '../domain/joined.ts';
import { hostRef } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import { createRing } from './ring.ts';
import type { Ring, RingBudget } from './ring.ts';

export type HistoryOptions = {
  /** How far back every sample is kept. */
  readonly fullSeconds: number;
  /** Seconds between two samples, the console's fast interval; default 5. */
  readonly intervalSeconds?: number;
  /** How far back minutes are kept; default 24 h. */
  readonly minuteSeconds?: number;
  /** Memory for all samples together; when it is used up, rings stop growing and look back less far. Default 24 MiB. */
  readonly maxBytes?: number;
  /** How long the samples of a thing that is gone are kept; default one hour. */
  readonly forgetSeconds?: number;
};

/** Samples of the past of every host, zone, VM and link, in fixed memory. */
export type History = {
  /** Takes the samples of each host whose counters are newer than the last ones taken. */
  readonly record: (inventory: Inventory, now: EpochMs) => void;
  /** The last `points` samples up to the last `record`, one per interval, oldest first; NaN where there is none. */
  readonly series: (ref: Ref, name: string, points: number) => Float32Array;
  /**
   * The number of the thing's newest sample, one more with each sample or gap: its series say the same while it is the
   * same. 0 when nothing is known of it.
   */
  readonly tick: (ref: Ref) => number;
  /** Changes whenever a series has changed. */
  readonly revision: () => number;
  /** The means of the last `points` minutes up to the last `record`, oldest first; NaN where there is none. */
  readonly minutes: (ref: Ref, name: string, points: number) => Float32Array;
  /** Drops what has not been in the inventory for `forgetSeconds`. `record` does it once a minute. */
  readonly forget: (inventory: Inventory, now: EpochMs) => void;
  /** Memory of all samples. */
  readonly bytes: () => number;
};

type Track = {
  readonly full: Ring;
  readonly minutes: Ring;
  minute: number;
  sum: number;
  count: number;
};
type Thing = { readonly timeline: Timeline; readonly tracks: Map<string, Track>; seenAt: EpochMs };
/** The samples of one host come together, so they share their ticks. */
type Timeline = { tick: number; at: EpochMs; missed: number };
type Sample = readonly [ref: Ref, name: string, value: number | null];

const MINUTE_MS = 60_000;
/** Later than this many intervals after the one before, a sample has a gap before it; less is jitter. */
const GAP_INTERVALS = 2.5;

export function createHistory(options: HistoryOptions): History {
  const intervalMs = (options.intervalSeconds ?? 5) * 1000;
  const fullPoints = Math.max(1, Math.ceil((options.fullSeconds * 1000) / intervalMs));
  const minutePoints = Math.max(1, Math.ceil((options.minuteSeconds ?? 86_400) / 60));
  const forgetMs = (options.forgetSeconds ?? 3600) * 1000;
  const budget: RingBudget = { used: 0, limit: options.maxBytes ?? 24 * 1024 * 1024 };
  const timelines = new Map<string, Timeline>();
  const things = new Map<Ref, Thing>();
  let recordedAt = 0;
  let revision = 0;
  let forgotAt: EpochMs | undefined;

  function record(inventory: Inventory, now: EpochMs): void {
    recordedAt = now;
    for (const timeline of timelines.values()) {
      const missed = missedTicks(timeline.at, now);
      if (missed !== timeline.missed) revision += 1;
      timeline.missed = missed;
    }
    for (const host of inventory.hosts) {
      const feed = host.feeds.kstats;
      if (feed.status !== 'ok') continue;
      const timeline = advance(host.name, feed.at);
      if (!timeline) continue;
      revision += 1;
      timeline.missed = missedTicks(timeline.at, now);
      for (const [ref, name, value] of samplesOf(host, feed.value))
        if (value !== null) put(ref, name, value, timeline);
    }
    forgotAt ??= now;
    if (Math.abs(now - forgotAt) >= MINUTE_MS) forget(inventory, now);
  }

  /** The host's next tick, or undefined when the counters are not newer. */
  function advance(host: string, at: EpochMs): Timeline | undefined {
    const timeline = timelines.get(host);
    if (!timeline) {
      const first = { tick: 1, at, missed: 0 };
      timelines.set(host, first);
      return first;
    }
    // A clock that was set back by more than a minute starts anew instead of silencing the host until it catches up.
    if (at <= timeline.at && at > timeline.at - MINUTE_MS) return undefined;
    timeline.tick += 1 + missedTicks(timeline.at, at);
    timeline.at = at;
    return timeline;
  }

  const missedTicks = (before: EpochMs, at: EpochMs): number =>
    at - before > GAP_INTERVALS * intervalMs
      ? Math.min(Math.round((at - before) / intervalMs) - 1, fullPoints)
      : 0;

  function put(ref: Ref, name: string, value: number, timeline: Timeline): void {
    let thing = things.get(ref);
    if (!thing) things.set(ref, (thing = { timeline, tracks: new Map(), seenAt: timeline.at }));
    const minute = Math.floor(timeline.at / MINUTE_MS);
    let track = thing.tracks.get(name);
    if (!track) {
      const full = createRing(fullPoints, budget);
      const minutes = createRing(minutePoints, budget);
      thing.tracks.set(name, (track = { full, minutes, minute, sum: 0, count: 0 }));
    }
    track.full.put(timeline.tick, value);
    if (minute !== track.minute) {
      if (minute > track.minute) track.minutes.put(track.minute, track.sum / track.count);
      else track.minutes.clear();
      track.minute = minute;
      track.sum = 0;
      track.count = 0;
    }
    track.sum += value;
    track.count += 1;
  }

  function forget(inventory: Inventory, now: EpochMs): void {
    forgotAt = now;
    for (const host of inventory.hosts)
      for (const ref of refsOf(host)) {
        const thing = things.get(ref);
        if (thing) thing.seenAt = now;
      }
    for (const [ref, thing] of things) {
      if (now - thing.seenAt < forgetMs) continue;
      for (const { full, minutes } of thing.tracks.values()) {
        full.clear();
        minutes.clear();
      }
      things.delete(ref);
    }
    const names = new Set(inventory.hosts.map(({ name }) => name));
    for (const [name, timeline] of timelines)
      if (!names.has(name) && now - timeline.at >= forgetMs) timelines.delete(name);
  }

  return {
    record,
    series: (ref, name, points) => {
      const thing = things.get(ref);
      const track = thing?.tracks.get(name);
      if (!thing || !track) return unknown(points);
      const { tick, missed } = thing.timeline;
      return track.full.last(tick + missed, points);
    },
    tick: (ref) => {
      const timeline = things.get(ref)?.timeline;
      return timeline === undefined ? 0 : timeline.tick + timeline.missed;
    },
    revision: () => revision,
    minutes: (ref, name, points) => {
      const track = things.get(ref)?.tracks.get(name);
      if (!track) return unknown(points);
      const end = Math.floor(recordedAt / MINUTE_MS);
      const means = track.minutes.last(end, points);
      const current = points - 1 - (end - track.minute);
      // The minute that is still being filled is not in the ring yet.
      if (current >= 0 && current < points && track.count > 0)
        means[current] = track.sum / track.count;
      return means;
    },
    forget,
    bytes: () => budget.used,
  };
}

const unknown = (points: number): Float32Array => new Float32Array(points).fill(Number.NaN);

function refsOf(host: HostInventory): readonly Ref[] {
  return [
    hostRef(host.name),
    ...allZonesOf(host).map(({ ref }) => ref),
    ...linksOf(host).map(({ ref }) => ref),
  ];
}

function samplesOf(host: HostInventory, kstats: HostKstats): readonly Sample[] {
  const ref = hostRef(host.name);
  const links = linksOf(host);
  const { counters } = kstats;
  const wires = links.filter((link) => link.class === 'phys');
  const total = (rates: readonly (number | null)[]): number | null =>
    rates.some((rate) => rate !== null)
      ? rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0)
      : null;
  return [
    [ref, 'cpuPercent', kstats.cpuPercent],
    [ref, 'load1', counters.load1],
    [ref, 'memoryUsedBytes', memoryUsed(kstats)],
    [ref, 'swapUsedBytes', kstats.swapUsedBytes],
    [ref, 'rxBytesPerSecond', total(wires.map((link) => link.rxBytesPerSecond))],
    [ref, 'txBytesPerSecond', total(wires.map((link) => link.txBytesPerSecond))],
    ...allZonesOf(host).flatMap((zone): readonly Sample[] => [
      [zone.ref, 'cpuPercent', zone.cpuPercent],
      [zone.ref, 'rssBytes', zone.rssBytes],
      [zone.ref, 'rxBytesPerSecond', zone.rxBytesPerSecond],
      [zone.ref, 'txBytesPerSecond', zone.txBytesPerSecond],
    ]),
    ...links.flatMap((link): readonly Sample[] => [
      [link.ref, 'rxBytesPerSecond', link.rxBytesPerSecond],
      [link.ref, 'txBytesPerSecond', link.txBytesPerSecond],
    ]),
  ];
}

/** Memory that is neither free nor in the ARC, which yields under pressure. */
function memoryUsed({ counters }: HostKstats): number | null {
  const { physmemPages, freememPages, arcBytes } = counters;
  if (physmemPages === null || freememPages === null) return null;
  return (physmemPages - freememPages) * PAGE_BYTES - (arcBytes ?? 0);
}
