import { known } from '../domain/feed.ts';
import { PAGE_BYTES } from '../domain/host.ts';
import type { HostKstats } from '../domain/host.ts';
import type { ClusterInventory, HostInventory, Inventory } from '../domain/inventory.ts';
import { allZonesOf, linksOf } from '../domain/joined.ts';
import { changesIn } from '../domain/lasting.ts';
import { hostRef, poolRef, refKind } from '../domain/ref.ts';
import type { Ref, RefKind } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import { clusterRefs, sampleCluster } from './cluster-samples.ts';
import { addStretch, createStretches, finishStretches } from './past.ts';
import type { Past } from './past.ts';
import { RingBudget, RingMemory } from './ring.ts';
import type { Precision } from './ring.ts';
import type { PutSample } from './sample.ts';
import { SeriesTable } from './series.ts';

export type HistoryOptions = {
  /** How far back every sample is kept. */
  readonly fullSeconds: number;
  /** Seconds between two samples, the console's fast interval; default 5. */
  readonly intervalSeconds?: number;
  /** How far back minutes are kept; default 24 h. */
  readonly minuteSeconds?: number;
  /** Memory for all samples together; when it is used up, rings stop growing and look back less far. Default 12 MiB. */
  readonly maxBytes?: number;
  /** How long the samples of a thing that is gone are kept; default one hour. */
  readonly forgetSeconds?: number;
};

/** Samples of the past of every host, zone, VM and link, and of the objects of every cluster, in fixed memory. */
export type History = {
  /** Takes the samples of each host and cluster whose counts are newer than the last ones taken. */
  readonly record: (inventory: Inventory, now: EpochMs) => void;
  /**
   * The number of the thing's newest sample, one more with each sample or gap: its past says the same while it is the
   * same, but for the time that passes. 0 when nothing is known of it.
   */
  readonly tick: (ref: Ref) => number;
  /** Changes whenever a series has changed. */
  readonly revision: () => number;
  /**
   * A span of time that ends now, in `count` parts of the same length: full resolution where it is kept, minutes
   * before. It ends with the newest sample while samples come, so that the part that is being filled is no gap.
   */
  readonly past: (ref: Ref, name: string, spanMs: number, count: number, now: EpochMs) => Past;
  /** When the first sample was taken; null before it. */
  readonly since: () => EpochMs | null;
  /** Drops what has not been in the inventory for `forgetSeconds`. `record` does it once a minute. */
  readonly forget: (inventory: Inventory, now: EpochMs) => void;
  /** Memory of all samples. */
  readonly bytes: () => number;
};

type Track = {
  /** In the table of its thing. */
  readonly series: number;
  /** The tick of its first sample. */
  readonly born: number;
};
/** There are thousands: what most of them have in common is kept once, and what is left as small integers. */
type Thing = {
  readonly timeline: Timeline;
  readonly table: SeriesTable;
  names: Names;
  /** Of each name the series, and the tick of its first sample. */
  tracks: readonly number[];
  /** When it was last in the inventory, in minutes since the epoch. */
  seenMinute: number;
};
/** What is sampled of a thing, in the order in which it came. */
type Names = {
  readonly names: readonly string[];
  /** The lists that have one name more. */
  readonly longer: Map<string, Names>;
};

function longerBy(known: Names, name: string): Names {
  let longer = known.longer.get(name);
  if (!longer)
    known.longer.set(name, (longer = { names: [...known.names, name], longer: new Map() }));
  return longer;
}

/** Of a name the place of its series; undefined without samples of it. */
function placeOf({ names: { names } }: Thing, name: string): number | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : 2 * index;
}

function trackOf(thing: Thing, name: string): Track | undefined {
  const at = placeOf(thing, name);
  const [series, born] = at === undefined ? [] : thing.tracks.slice(at, at + 2);
  return series === undefined || born === undefined ? undefined : { series, born };
}
/** The samples of one host or cluster come together, so they share their ticks and the times of these. */
type Timeline = { tick: number; at: EpochMs; missed: number; readonly times: Float64Array };

const MINUTE_MS = 60_000;
const minuteOf = (at: EpochMs): number => Math.floor(at / MINUTE_MS);
/** Later than this many intervals after the one before, a sample has a gap before it; less is jitter. */
const GAP_INTERVALS = 2.5;
type TableKind = {
  /**
   * How much of the budget rings may grow into: when memory is short, hosts look back further than their zones, and these
   * further than links. What is left serves things that appear later.
   */
  readonly growthShare: number;
  /** Whether the lowest and highest sample of a minute are kept beside its mean. */
  readonly hasExtremes: boolean;
  /** Of what there are thousands is kept in a third of the memory. */
  readonly precision: Precision;
};
const TABLES: Readonly<Partial<Record<RefKind, TableKind>>> = {
  host: { growthShare: 15 / 16, hasExtremes: true, precision: 'float' },
  zone: { growthShare: 7 / 8, hasExtremes: true, precision: 'short' },
  vm: { growthShare: 7 / 8, hasExtremes: true, precision: 'short' },
  link: { growthShare: 3 / 4, hasExtremes: false, precision: 'short' },
};
/** Pools, from whose growth is forecast when they are full, and what is counted. */
const OTHERS: TableKind = { growthShare: 3 / 4, hasExtremes: false, precision: 'float' };

export function createHistory(options: HistoryOptions): History {
  const intervalMs = (options.intervalSeconds ?? 5) * 1000;
  const fullPoints = Math.max(1, Math.ceil((options.fullSeconds * 1000) / intervalMs));
  const minutePoints = Math.max(1, Math.ceil((options.minuteSeconds ?? 86_400) / 60));
  const forgetMs = (options.forgetSeconds ?? 3600) * 1000;
  const budget = new RingBudget(options.maxBytes ?? 12 * 1024 * 1024);
  const memories = {
    float: new RingMemory(budget, 'float'),
    short: new RingMemory(budget, 'short'),
  };
  const createTable = (kind: TableKind): SeriesTable =>
    new SeriesTable({
      memory: memories[kind.precision],
      growthShare: kind.growthShare,
      samples: fullPoints,
      minutes: minutePoints,
      hasExtremes: kind.hasExtremes,
    });
  const tables = new Map<RefKind, SeriesTable>();
  /** The table of a kind of things, made for the first of them. */
  const tableOf = (kind: RefKind): SeriesTable => {
    let table = tables.get(kind);
    if (!table) tables.set(kind, (table = createTable(TABLES[kind] ?? OTHERS)));
    return table;
  };
  const timelines = new Map<string, Timeline>();
  const things = new Map<Ref, Thing>();
  const noNames: Names = { names: [], longer: new Map() };
  let revision = 0;
  let since: EpochMs | null = null;
  let forgotAt: EpochMs | undefined;

  function record(inventory: Inventory, now: EpochMs): void {
    for (const timeline of timelines.values()) {
      const missed = missedTicks(timeline.at, now);
      if (missed !== timeline.missed) revision += 1;
      timeline.missed = missed;
    }
    for (const host of inventory.hosts) {
      const feed = host.feeds.kstats;
      if (feed.status !== 'ok') continue;
      take(host.name, feed.at, now, (put) => sampleHost(host, feed.value, put));
    }
    for (const cluster of inventory.clusters) {
      const feed = cluster.feeds.objects;
      // Counts come one resource at a time, more often than samples are taken.
      const before = timelines.get(timelineOf(cluster))?.at ?? -Infinity;
      if (feed.status !== 'ok' || Math.abs(feed.at - before) < intervalMs) continue;
      take(timelineOf(cluster), feed.at, now, (put) =>
        sampleCluster(cluster.name, feed.value, put),
      );
    }
    forgotAt ??= now;
    if (Math.abs(now - forgotAt) >= MINUTE_MS) forget(inventory, now);
  }

  function take(source: string, at: EpochMs, now: EpochMs, sample: (put: PutSample) => void): void {
    const timeline = advance(source, at);
    if (!timeline) return;
    revision += 1;
    timeline.missed = missedTicks(timeline.at, now);
    since ??= at;
    sample((ref, name, value) => {
      if (value !== null) put(ref, name, value, timeline);
    });
  }

  /** The source's next tick, or undefined when the counters are not newer. */
  function advance(host: string, at: EpochMs): Timeline | undefined {
    const timeline = timelines.get(host);
    if (!timeline) {
      const times = new Float64Array(fullPoints).fill(Number.NaN);
      const first = { tick: 1, at, missed: 0, times };
      times[first.tick % fullPoints] = at;
      timelines.set(host, first);
      return first;
    }
    // A clock that was set back by more than a minute starts anew instead of silencing the host until it catches up.
    if (at <= timeline.at && at > timeline.at - MINUTE_MS) return undefined;
    const missed = missedTicks(timeline.at, at);
    for (let tick = timeline.tick + 1; tick <= timeline.tick + missed; tick += 1)
      timeline.times[tick % fullPoints] = Number.NaN;
    timeline.tick += 1 + missed;
    timeline.at = at;
    timeline.times[timeline.tick % fullPoints] = at;
    return timeline;
  }

  const missedTicks = (before: EpochMs, at: EpochMs): number =>
    at - before > GAP_INTERVALS * intervalMs
      ? Math.min(Math.round((at - before) / intervalMs) - 1, fullPoints)
      : 0;

  function put(ref: Ref, name: string, value: number, timeline: Timeline): void {
    const minute = minuteOf(timeline.at);
    let thing = things.get(ref);
    if (!thing) {
      const table = tableOf(refKind(ref));
      thing = { timeline, table, names: noNames, tracks: [], seenMinute: minute };
      things.set(ref, thing);
    }
    const { table, names, tracks } = thing;
    const place = placeOf(thing, name);
    let series = place === undefined ? undefined : tracks[place];
    if (series === undefined) {
      series = table.take(minute);
      thing.names = longerBy(names, name);
      // An array that grows has room for 16 more.
      thing.tracks = tracks.concat(series, timeline.tick);
    }
    table.put(series, timeline.tick, minute, value);
  }

  function past(ref: Ref, name: string, spanMs: number, count: number, now: EpochMs): Past {
    const thing = things.get(ref);
    const sampledAt = thing?.timeline.at;
    const isLive =
      sampledAt !== undefined && sampledAt <= now && now - sampledAt <= GAP_INTERVALS * intervalMs;
    const stretches = createStretches(spanMs, count, isLive ? sampledAt : now);
    const until = isLive ? sampledAt + GAP_INTERVALS * intervalMs : stretches.to;
    changesIn(Math.max(1, Math.floor(until - now) + 1));
    const track = thing && trackOf(thing, name);
    if (thing && track) {
      const fullSince = addSamples(thing, track);
      if (thing.table.full.first(track.series) > track.born) addMinutes(thing, track, fullSince);
    }
    return finishStretches(stretches);

    /** Each sample stands for the time since the one before it; returns from when on there are samples. */
    function addSamples({ timeline, table: { full } }: Thing, { series }: Track): EpochMs {
      const { tick, times } = timeline;
      const first = Math.max(full.first(series), tick - fullPoints + 1);
      let earliest = Infinity;
      for (let at = tick; at >= first; at -= 1) {
        const end = times[at % fullPoints] ?? Number.NaN;
        if (Number.isNaN(end)) continue;
        const before =
          at > tick - fullPoints + 1 && at > 0 ? times[(at - 1) % fullPoints] : Number.NaN;
        const isNext = before !== undefined && before < end;
        const start = isNext ? before : end - intervalMs;
        earliest = Math.min(earliest, start);
        if (end <= stretches.from) break;
        const value = full.at(series, at);
        addStretch(stretches, start, end, value, value, value);
      }
      return earliest;
    }

    function addMinutes({ table }: Thing, { series }: Track, until: EpochMs): void {
      const { means, lows, highs } = table;
      const open = table.open.read(series);
      const last = minuteOf(Math.min(until, stretches.to));
      const first = Math.max(Math.min(means.first(series), open.at), minuteOf(stretches.from));
      for (let at = last; at >= first; at -= 1) {
        const isOpen = at === open.at;
        const mean = isOpen ? open.mean : means.at(series, at);
        addStretch(
          stretches,
          at * MINUTE_MS,
          Math.min((at + 1) * MINUTE_MS, until),
          mean,
          isOpen ? open.low : (lows?.at(series, at) ?? mean),
          isOpen ? open.high : (highs?.at(series, at) ?? mean),
        );
      }
    }
  }

  function forget(inventory: Inventory, now: EpochMs): void {
    forgotAt = now;
    const minute = minuteOf(now);
    for (const host of inventory.hosts)
      for (const ref of refsOf(host)) {
        const thing = things.get(ref);
        if (thing) thing.seenMinute = minute;
      }
    for (const cluster of inventory.clusters)
      for (const ref of clusterRefs(cluster)) {
        const thing = things.get(ref);
        if (thing) thing.seenMinute = minute;
      }
    for (const [ref, thing] of things) {
      if (minute - thing.seenMinute < forgetMs / MINUTE_MS) continue;
      for (const series of thing.tracks.filter((_, at) => at % 2 === 0)) thing.table.give(series);
      things.delete(ref);
    }
    const names = new Set([
      ...inventory.hosts.map(({ name }) => name),
      ...inventory.clusters.map(timelineOf),
    ]);
    for (const [name, timeline] of timelines)
      if (!names.has(name) && now - timeline.at >= forgetMs) timelines.delete(name);
  }

  return {
    record,
    tick: (ref) => {
      const timeline = things.get(ref)?.timeline;
      return timeline === undefined ? 0 : timeline.tick + timeline.missed;
    },
    revision: () => revision,
    past,
    since: () => since,
    forget,
    bytes: () => budget.usedBytes,
  };
}

/** A host and a cluster may have the same name. */
const timelineOf = ({ name }: Pick<ClusterInventory, 'name'>): string => `cluster:${name}`;

function refsOf(host: HostInventory): readonly Ref[] {
  return [
    hostRef(host.name),
    ...allZonesOf(host).map(({ ref }) => ref),
    ...linksOf(host).map(({ ref }) => ref),
    ...known(host.feeds.pools, []).map(({ name }) => poolRef(host.name, name)),
  ];
}

function sampleHost(host: HostInventory, kstats: HostKstats, put: PutSample): void {
  const ref = hostRef(host.name);
  const links = linksOf(host);
  const { counters } = kstats;
  const wires = links.filter((link) => link.class === 'phys');
  const total = (rates: readonly (number | null)[]): number | null =>
    rates.some((rate) => rate !== null)
      ? rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0)
      : null;
  put(ref, 'cpuPercent', kstats.cpuPercent);
  put(ref, 'load1', counters.load1);
  put(ref, 'memoryUsedBytes', memoryUsed(kstats));
  put(ref, 'swapUsedBytes', kstats.swapUsedBytes);
  put(ref, 'rxBytesPerSecond', total(wires.map((link) => link.rxBytesPerSecond)));
  put(ref, 'txBytesPerSecond', total(wires.map((link) => link.txBytesPerSecond)));
  for (const zone of allZonesOf(host)) {
    put(zone.ref, 'cpuPercent', zone.cpuPercent);
    put(zone.ref, 'rssBytes', zone.rssBytes);
    put(zone.ref, 'rxBytesPerSecond', zone.rxBytesPerSecond);
    put(zone.ref, 'txBytesPerSecond', zone.txBytesPerSecond);
  }
  for (const link of links) {
    put(link.ref, 'rxBytesPerSecond', link.rxBytesPerSecond);
    put(link.ref, 'txBytesPerSecond', link.txBytesPerSecond);
  }
  samplePools(host, put);
}

/** What pools hold, while they tell it: repeated at each tick, since they are asked less often. */
function samplePools({ name: host, feeds: { pools } }: HostInventory, put: PutSample): void {
  if (pools.status !== 'ok') return;
  for (const { name, allocatedBytes } of pools.value)
    put(poolRef(host, name), 'allocatedBytes', allocatedBytes);
}

/** Memory that is neither free nor in the ARC, which yields under pressure. */
function memoryUsed({ counters }: HostKstats): number | null {
  const { physmemPages, freememPages, arcBytes } = counters;
  if (physmemPages === null || freememPages === null) return null;
  return (physmemPages - freememPages) * PAGE_BYTES - (arcBytes ?? 0);
}
