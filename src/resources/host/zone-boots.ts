import type { KstatCounters, ZoneBoot, ZoneCounters } from '../../domain/host.ts';
import type { EpochMs } from '../../domain/time.ts';

type Boots = ReadonlyMap<string, readonly ZoneBoot[]>;

/** Starts that are kept of a zone. */
const KEPT = 20;
/** Zones that are gone, of which the starts are kept. */
const KEPT_GONE = 200;

/** The starts that one frame tells: the latest of each zone that runs. */
export const firstBoots = (counters: KstatCounters): Boots => nextBoots(new Map(), counters);

/**
 * The starts that were seen before, and those that a frame adds: a zone with another id or boot time has booted; one
 * with another init only has begun anew inside, which is how a guest that reboots itself looks. Between two frames a
 * zone may start more than once; the latest start is what can be seen.
 */
export function nextBoots(before: Boots, counters: KstatCounters): Boots {
  const now = timeOf(counters);
  // The longest gone come first: whoever is there is set anew, behind them.
  const gone = [...before].filter(([name]) => !counters.zones.has(name)).slice(-KEPT_GONE);
  const boots = new Map(gone);
  for (const [name, seen] of before) if (counters.zones.has(name)) boots.set(name, seen);
  for (const [name, zone] of counters.zones) {
    // The global zone boots with its host.
    if (zone.zoneId === 0) continue;
    const seen = boots.get(name) ?? [];
    const next = bootOf(zone, seen.at(-1), now);
    if (next === 'same') continue;
    boots.set(name, [...(next.replaces ? seen.slice(0, -1) : seen), next.boot].slice(-KEPT));
  }
  return boots;
}

/** The host's own clock at the frame. */
const timeOf = ({ bootTimeSeconds, snaptimeSeconds }: KstatCounters): EpochMs | null =>
  bootTimeSeconds === null || snaptimeSeconds === null
    ? null
    : (bootTimeSeconds + snaptimeSeconds) * 1000;

function bootOf(
  { zoneId, bootTimeSeconds, initPid }: ZoneCounters,
  last: ZoneBoot | undefined,
  now: EpochMs | null,
): { readonly boot: ZoneBoot; readonly replaces: boolean } | 'same' {
  const at = bootTimeSeconds === null ? now : bootTimeSeconds * 1000;
  if (at === null) return 'same';
  const isSameZone = last?.zoneId === zoneId && last.bootTimeSeconds === bootTimeSeconds;
  if (!isSameZone)
    return { boot: { at, zoneId, bootTimeSeconds, initPid, kind: 'zone' }, replaces: false };
  if (!initPid || initPid === last.initPid) return 'same';
  // Its first init came a moment after the zone itself.
  if (!last.initPid) return { boot: { ...last, initPid }, replaces: true };
  const boot = { at: now ?? at, zoneId, bootTimeSeconds, initPid, kind: 'init' } as const;
  return { boot, replaces: false };
}
