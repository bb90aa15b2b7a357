import type { KstatCounters, ProcessLevel } from '../../domain/host.ts';

/** More processes that were there for so many frames are missed when some of them end, although not all stay for good. */
const STAYED_FRAMES = 3;

/** So many frames in a row have more processes before that counts: a login, or a question of our own, does not. */
const RISE_FRAMES = 6;

/**
 * How many processes each zone has for longer than a moment. Fewer count at once, more only when they stay. A zone that
 * was booted begins anew, which is a change too. The same map while nothing in it has changed.
 */
export function nextLevels(
  before: ReadonlyMap<string, ProcessLevel>,
  { zones }: KstatCounters,
): ReadonlyMap<string, ProcessLevel> {
  const next = new Map<string, ProcessLevel>();
  let isSame = true;
  for (const [name, { zoneId, processes }] of zones) {
    if (processes === null) continue;
    const last = before.get(name);
    const level = nextLevel(last, zoneId, processes);
    next.set(name, level);
    if (level !== last) isSame = false;
  }
  return isSame && next.size === before.size ? before : next;
}

function nextLevel(
  last: ProcessLevel | undefined,
  zoneId: number,
  processes: number,
): ProcessLevel {
  if (last?.zoneId !== zoneId)
    return { zoneId, level: processes, above: [], changes: (last?.changes ?? -1) + 1 };
  if (processes < last.level)
    return { zoneId, level: processes, above: [], changes: last.changes + 1 };
  const isMissed =
    last.above.length >= STAYED_FRAMES && processes < Math.min(...last.above.slice(-STAYED_FRAMES));
  const changes = last.changes + (isMissed ? 1 : 0);
  if (processes === last.level)
    return last.above.length === 0 ? last : { ...last, above: [], changes };
  const above = [...last.above, processes];
  return above.length < RISE_FRAMES
    ? { ...last, above, changes }
    : { zoneId, level: Math.min(...above), above: [], changes: changes + (isMissed ? 0 : 1) };
}
