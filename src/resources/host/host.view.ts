import { fresh, lastKnown } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import {
  age,
  bytes,
  count,
  decimal,
  duration,
  percent,
  plural,
  rates,
  shortDuration,
  UNKNOWN,
} from '../../domain/format.ts';
import { availableShare, PAGE_BYTES } from '../../domain/host.ts';
import type { HostIdentity, HostKstats } from '../../domain/host.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { sensorsOf } from '../../domain/joined-sensors.ts';
import {
  allZonesOf,
  hostFresh,
  linksOf,
  SOURCE_SIGNS,
  vmsOf,
  zonesOf,
} from '../../domain/joined.ts';
import type { PoolHealth } from '../../domain/pool.ts';
import { hostRef, poolRef } from '../../domain/ref.ts';
import { hottest, sensorStatus } from '../../domain/sensor.ts';
import type { Sensor, SensorStatus } from '../../domain/sensor.ts';
import { isUnwell } from '../../domain/service.ts';
import { toneBy } from '../../domain/thresholds.ts';
import type { LimitedRule, Limits } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock, Tone, View } from '../../domain/view.ts';

const kstats = (host: HostInventory): HostKstats | undefined => lastKnown(host.feeds.kstats)?.value;
const identity = (host: HostInventory): HostIdentity | undefined =>
  lastKnown(host.feeds.identity)?.value;

/** When any of the host's fast answers was true. */
const dataAt = (host: HostInventory): EpochMs | null =>
  lastKnown(host.feeds.kstats)?.at ?? lastKnown(host.feeds.zones)?.at ?? host.source.lastDataAt;

const isStale = (host: HostInventory, now: EpochMs): boolean =>
  !hostFresh(host, host.feeds.kstats.status === 'ok' ? 'kstats' : 'zones', now);

const memoryTotal = (host: HostInventory): number | null => {
  const pages = kstats(host)?.counters.physmemPages;
  return pages === null || pages === undefined ? null : pages * PAGE_BYTES;
};
const memoryFree = (host: HostInventory): number | null => {
  const pages = kstats(host)?.counters.freememPages;
  return pages === null || pages === undefined ? null : pages * PAGE_BYTES;
};
/** Used by anything but the ARC, which yields under pressure. */
const memoryUsedPercent = (host: HostInventory): number | null => {
  const total = memoryTotal(host);
  const free = memoryFree(host);
  if (total === null || free === null || total === 0) return null;
  const arc = kstats(host)?.counters.arcBytes ?? 0;
  return ((total - free - arc) / total) * 100;
};
/** Free, or to be had from the ARC, as the rule host.memory counts it. */
function memoryFreePercent(host: HostInventory): number | null {
  const counters = kstats(host)?.counters;
  const share = counters && availableShare(counters);
  return share === undefined || share === null ? null : share * 100;
}
const TELLS_NO_LOSS: ReadonlySet<PoolHealth> = new Set(['ONLINE', 'DEGRADED', 'UNKNOWN']);

const worstPool = (host: HostInventory): { readonly sign: string; readonly tone: Tone } => {
  const pools = lastKnown(host.feeds.pools)?.value;
  if (!pools || host.source.state !== 'up') return { sign: '?', tone: 'unknown' };
  const healths = new Set(pools.map(({ health }) => health));
  if ([...healths].some((health) => !TELLS_NO_LOSS.has(health))) return { sign: '✗', tone: 'bad' };
  if (healths.has('DEGRADED')) return { sign: '◐', tone: 'warn' };
  // A word of a newer release.
  if (healths.has('UNKNOWN')) return { sign: '?', tone: 'unknown' };
  return { sign: '●', tone: 'ok' };
};
const net = (host: HostInventory): readonly [number | null, number | null] => {
  const physical = linksOf(host).filter((link) => link.class === 'phys');
  const sum = (pick: (link: (typeof physical)[number]) => number | null) =>
    physical.some((link) => pick(link) !== null)
      ? physical.reduce((total, link) => total + (pick(link) ?? 0), 0)
      : null;
  return [sum((link) => link.rxBytesPerSecond), sum((link) => link.txBytesPerSecond)];
};
const bootedAt = (host: HostInventory): EpochMs | null => {
  const seconds = kstats(host)?.counters.bootTimeSeconds;
  return seconds === null || seconds === undefined ? null : seconds * 1000;
};

const temperatureText = (sensor: Sensor | null): string =>
  sensor?.value === null || sensor === null ? UNKNOWN : `${Math.round(sensor.value)}C`;
const SENSOR_TONES: Readonly<Record<SensorStatus, Tone>> = {
  ok: 'plain',
  warning: 'warn',
  critical: 'bad',
};
/** How the worst of all sensors is. */
const worstSensor = (sensors: readonly Sensor[]): SensorStatus => {
  const all = new Set(sensors.map(sensorStatus));
  return all.has('critical') ? 'critical' : all.has('warning') ? 'warning' : 'ok';
};
/** How many services of the global zone are in maintenance or degraded; undefined when that is not known. */
const unwellServices = (host: HostInventory): number | undefined =>
  lastKnown(host.feeds.services)?.value.services.filter(isUnwell).length;

const heat = (limits: Limits, rule: LimitedRule, value: number | null | undefined): Tone =>
  value === null || value === undefined ? 'unknown' : toneBy(limits, rule, value);

/** Hosts pane: a row per configured host. */
export const hostView: View<HostInventory> = {
  id: 'hosts',
  title: 'Hosts',
  rows: (inventory) => inventory.hosts,
  parts: ({ hosts }) => [hosts],
  key: (host) => hostRef(host.name),
  sign: (host) => {
    const sign = SOURCE_SIGNS[host.source.state];
    const { tone } = worstPool(host);
    return sign === 'ok' && (tone === 'warn' || tone === 'bad') ? 'degraded' : sign;
  },
  at: dataAt,
  stale: isStale,
  columns: [
    {
      id: 'name',
      title: 'HOST',
      width: 10,
      priority: 0,
      text: (host) => host.name,
    },
    {
      id: 'state',
      title: 'STATE',
      width: 11,
      priority: 5,
      // A host that waits for a person is not merely down.
      text: ({ source }) => (source.question === null ? source.state : 'asks'),
      tone: ({ source }) =>
        source.question !== null ? 'warn' : source.state === 'up' ? 'muted' : 'bad',
    },
    {
      id: 'cpuSpark',
      title: 'CPU 5m',
      width: 12,
      priority: 2,
      text: () => '',
      series: 'cpuPercent',
    },
    {
      id: 'cpu',
      title: 'CPU%',
      width: 4,
      align: 'right',
      priority: 0,
      text: (host) => percent(kstats(host)?.cpuPercent),
      value: (host) => kstats(host)?.cpuPercent ?? null,
      tone: (host, _now, limits) => heat(limits, 'host.cpu', kstats(host)?.cpuPercent),
    },
    {
      id: 'load',
      title: 'LOAD',
      width: 5,
      align: 'right',
      priority: 4,
      text: (host) => decimal(kstats(host)?.counters.load1),
      value: (host) => kstats(host)?.counters.load1 ?? null,
    },
    {
      id: 'mem',
      title: 'MEM',
      width: 4,
      align: 'right',
      priority: 0,
      text: (host) => percent(memoryUsedPercent(host)),
      value: memoryUsedPercent,
      tone: (host, _now, limits) => heat(limits, 'host.memory', memoryFreePercent(host)),
    },
    {
      id: 'arc',
      title: 'ARC',
      width: 4,
      align: 'right',
      priority: 4,
      text: (host) => bytes(kstats(host)?.counters.arcBytes),
      value: (host) => kstats(host)?.counters.arcBytes ?? null,
    },
    {
      id: 'free',
      title: 'FREE',
      width: 4,
      align: 'right',
      priority: 6,
      text: (host) => bytes(memoryFree(host)),
      value: memoryFree,
    },
    {
      id: 'swap',
      title: 'SWAP',
      width: 4,
      align: 'right',
      priority: 8,
      text: (host) => bytes(kstats(host)?.swapUsedBytes),
      value: (host) => kstats(host)?.swapUsedBytes ?? null,
    },
    {
      id: 'pools',
      title: 'POOL',
      width: 6,
      align: 'right',
      priority: 3,
      text: (host) => {
        const pools = lastKnown(host.feeds.pools)?.value;
        const fill = Math.max(
          -1,
          ...(pools ?? []).map(({ capacityPercent }) => capacityPercent ?? -1),
        );
        return `${worstPool(host).sign}${fill < 0 ? '' : ` ${fill}%`}`;
      },
      tone: (host) => worstPool(host).tone,
    },
    {
      id: 'net',
      title: 'NET IN/OUT',
      width: 11,
      align: 'right',
      priority: 5,
      text: (host) => rates(...net(host)),
      value: (host) => net(host)[0],
    },
    {
      id: 'zones',
      title: 'ZONES',
      width: 7,
      align: 'right',
      priority: 3,
      text: (host) => {
        const zones = allZonesOf(host);
        return host.feeds.zones.status === 'pending'
          ? UNKNOWN
          : `${zones.filter(({ state }) => state === 'running').length}/${zones.length}`;
      },
    },
    {
      id: 'temp',
      title: 'TEMP',
      width: 4,
      align: 'right',
      priority: 7,
      text: (host) => temperatureText(hottest(sensorsOf(host))),
      value: (host) => hottest(sensorsOf(host))?.value ?? null,
      tone: (host) =>
        sensorsOf(host).length === 0 ? 'unknown' : SENSOR_TONES[worstSensor(sensorsOf(host))],
    },
    {
      id: 'faults',
      title: 'FLT',
      width: 3,
      align: 'right',
      priority: 7,
      text: (host) => count(lastKnown(host.feeds.faults)?.value.length),
      value: (host) => lastKnown(host.feeds.faults)?.value.length ?? null,
      tone: (host) => (lastKnown(host.feeds.faults)?.value.length ? 'bad' : 'muted'),
    },
    {
      id: 'services',
      title: 'SVC',
      width: 3,
      align: 'right',
      priority: 7,
      text: (host) => count(unwellServices(host)),
      value: (host) => unwellServices(host) ?? null,
      tone: (host) => (unwellServices(host) ? 'bad' : 'muted'),
    },
    {
      id: 'uptime',
      title: 'UP',
      width: 6,
      align: 'right',
      priority: 6,
      text: (host, now) => {
        const at = bootedAt(host);
        return at === null ? UNKNOWN : shortDuration(now - at);
      },
      value: bootedAt,
      unit: 'since',
    },
    {
      id: 'release',
      title: 'RELEASE',
      width: 10,
      priority: 7,
      text: (host) => identity(host)?.release ?? UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'age',
      title: 'AGE',
      width: 5,
      align: 'right',
      priority: 1,
      text: (host, now) => age(dataAt(host), now),
      value: dataAt,
      unit: 'since',
      tone: (host, now) => (isStale(host, now) ? 'warn' : 'muted'),
    },
  ],
  detail: hostDetail,
};

function hostDetail(
  host: HostInventory,
  _inventory: unknown,
  now: EpochMs,
): readonly DetailBlock[] {
  const { source } = host;
  const stats = kstats(host);
  const who = identity(host);
  const booted = bootedAt(host);
  const pools = lastKnown(host.feeds.pools)?.value;
  const status = new Map(
    (lastKnown(host.feeds.poolStatus)?.value ?? []).map((pool) => [pool.name, pool]),
  );
  const busiest = allZonesOf(host)
    .filter(({ cpuPercent }) => cpuPercent !== null)
    .toSorted((a, b) => (b.cpuPercent ?? 0) - (a.cpuPercent ?? 0))
    .slice(0, 6);
  const total = memoryTotal(host);
  return [
    {
      title: 'Connection',
      lines: [
        {
          label: 'state',
          text: `${source.state} for ${duration(now - source.since)}`,
          tone: source.state === 'up' ? 'ok' : 'bad',
        },
        ...(source.error
          ? [
              { label: 'because', text: source.error.message, tone: 'bad' as const },
              ...(source.error.hint ? [{ label: 'next', text: source.error.hint }] : []),
            ]
          : []),
        { label: 'data', text: `${age(dataAt(host), now)} old` },
        { label: 'release', text: who?.release ?? UNKNOWN },
        { label: 'kernel', text: who?.kernel ?? UNKNOWN },
        { label: 'user', text: who?.user ?? UNKNOWN },
        { label: 'up', text: booted === null ? UNKNOWN : duration(now - booted) },
      ],
    },
    {
      title: 'CPU and memory',
      lines: [
        {
          label: 'cpu',
          text: `${percent(stats?.cpuPercent)} of ${count(stats?.counters.cpuCount)} cpus`,
        },
        {
          label: 'load',
          text: `${decimal(stats?.counters.load1)} ${decimal(stats?.counters.load5)} ${decimal(stats?.counters.load15)}`,
        },
        { label: 'memory', text: `${bytes(total)} total, ${bytes(memoryFree(host))} free` },
        { label: 'arc', text: `${bytes(stats?.counters.arcBytes)}, yields under pressure` },
        {
          label: 'swap',
          text: `${bytes(stats?.swapUsedBytes)} of ${bytes(stats?.swapTotalBytes)}`,
        },
        ...busiest.map((zone) => ({
          label: zone.name,
          text: `${percent(zone.cpuPercent)} of a cpu, rss ${bytes(zone.rssBytes)}`,
          ref: zone.ref,
        })),
      ],
    },
    {
      title: 'Pools',
      lines: (pools ?? []).flatMap((pool) => {
        const more = status.get(pool.name);
        return [
          {
            label: pool.name,
            text: `${pool.health}  ${percent(pool.capacityPercent)} of ${bytes(pool.sizeBytes)}  frag ${percent(pool.fragmentationPercent)}`,
            tone: pool.health === 'ONLINE' ? ('plain' as const) : ('bad' as const),
            ref: poolRef(host.name, pool.name),
          },
          ...(more ? [{ label: '', text: `scan: ${more.scan.text}`, tone: 'muted' as const }] : []),
          ...(more?.vdevs ?? [])
            .filter(({ state, depth }) => depth > 0 && state !== 'ONLINE' && state !== 'AVAIL')
            .map((vdev) => ({
              label: '',
              text: `${'  '.repeat(vdev.depth)}${vdev.name}  ${vdev.state}  ${vdev.note ?? ''}`,
              tone: 'bad' as const,
            })),
        ];
      }),
    },
    {
      title: 'Links',
      lines: linksOf(host)
        .filter((link) => link.class === 'phys' || link.class === 'aggr')
        .map((link) => ({
          label: link.name,
          text: `${link.class} ${link.state}  ${link.speedMbps === null ? UNKNOWN : `${link.speedMbps} Mb/s`}  ${rates(link.rxBytesPerSecond, link.txBytesPerSecond)}${link.over.length > 0 ? `  over ${link.over.join(' ')}` : ''}`,
          tone: link.state === 'up' ? ('plain' as const) : ('bad' as const),
        })),
    },
    {
      title: 'Questions',
      lines: Object.entries(host.feeds).map(([name, feed]) => ({
        label: name,
        ...feedLine(feed, now),
      })),
    },
    {
      title: `Zones and VMs: ${plural(zonesOf(host).length, 'zone')}, ${plural(vmsOf(host).length, 'VM')}`,
      lines: allZonesOf(host).map((zone) => ({
        label: zone.name,
        text: `${zone.stateText}  ${zone.brand}  vlan ${zone.vlans.join(',') || UNKNOWN}`,
        tone:
          zone.state === 'running'
            ? ('plain' as const)
            : zone.autoboot === false
              ? ('muted' as const)
              : ('bad' as const),
        ref: zone.ref,
      })),
    },
  ];
}

/** What became of a question: how old its answer is, how long it took, and what was not understood. */
function feedLine(
  feed: Feed<unknown>,
  now: EpochMs,
): { readonly text: string; readonly tone: Tone } {
  switch (feed.status) {
    case 'pending':
      return { text: 'no answer yet', tone: 'unknown' };
    case 'absent':
      return { text: `${feed.unasked ? 'not asked' : 'not there'}: ${feed.reason}`, tone: 'muted' };
    case 'denied':
      return { text: `denied: ${feed.reason}`, tone: 'warn' };
    case 'failed':
      return {
        text: `failed ${age(feed.at, now)} ago: ${feed.error.message}${feed.last ? `; last good ${age(feed.last.at, now)} ago` : ''}`,
        tone: 'bad',
      };
    case 'ok': {
      const [first] = feed.complaints;
      return {
        text: `${age(feed.at, now)} old, took ${Math.round(feed.durationMs)} ms${
          first
            ? `; ${plural(feed.complaints.length, 'line')} not understood, line ${first.line}: ${first.reason}`
            : ''
        }`,
        tone: first ? 'warn' : fresh(feed, now) === undefined ? 'unknown' : 'muted',
      };
    }
  }
}
