import type { HostInventory, Inventory } from '../domain/inventory.ts';
import { allZonesOf } from '../domain/joined.ts';
import type { Zone } from '../domain/joined.ts';
import type { Problem } from '../domain/problem.ts';
import { hostRef, refKind } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';

/** What was known at one instant. */
export type Glance = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
};

const MOST_EVENTS = 3;
/** Boot times come in whole seconds and move when the host's clock is set. */
const BOOT_JITTER_SECONDS = 2;

/**
 * What changed between two glances, for somebody who looked away: problems first, then what zones and hosts did, the
 * subject's own before the others'. Empty when nothing did. Only what both glances know counts.
 */
export function meanwhile(before: Glance, after: Glance, subject: Ref | null): string {
  const events = [...eventsOf(before.inventory, after.inventory)].toSorted(
    (a, b) => Number(b.ref === subject) - Number(a.ref === subject),
  );
  const shown = events.slice(0, MOST_EVENTS).map(({ text }) => text);
  const left = events.length - shown.length;
  return [
    ...problemParts(before.problems, after.problems),
    ...(shown.length === 0 ? [] : [`${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`]),
  ].join('; ');
}

function problemParts(before: readonly Problem[], after: readonly Problem[]): readonly string[] {
  const known = new Set(before.map(({ id }) => id));
  const open = new Set(after.map(({ id }) => id));
  const isRoot = ({ cause }: Problem): boolean => cause === null;
  const raised = after.filter((problem) => isRoot(problem) && !known.has(problem.id));
  const resolved = before.filter((problem) => isRoot(problem) && !open.has(problem.id)).length;
  const parts = [
    ...(raised.length > 0
      ? [`${raised.length} new problem${raised.length === 1 ? '' : 's'}${worstOf(raised)}`]
      : []),
    ...(resolved > 0
      ? [
          raised.length > 0
            ? `${resolved} resolved`
            : `${resolved} problem${resolved === 1 ? '' : 's'} resolved`,
        ]
      : []),
  ];
  return parts.length === 0 ? [] : [parts.join(', ')];
}

/** Names the one that is critical, if exactly one is. */
function worstOf(problems: readonly Problem[]): string {
  const critical = problems.filter(({ severity }) => severity === 'critical');
  const [only] = critical;
  return only && critical.length === 1 ? ` (critical: ${only.subject.replace(':', ' ')})` : '';
}

type Event = { readonly ref: Ref; readonly text: string };

function* eventsOf(before: Inventory, after: Inventory): Generator<Event> {
  const hosts = new Map(before.hosts.map((host) => [host.name, host]));
  for (const host of after.hosts) {
    const earlier = hosts.get(host.name);
    if (!earlier || earlier === host) continue;
    yield* hostEvents(earlier, host);
    yield* zoneEvents(earlier, host);
  }
}

function* hostEvents(before: HostInventory, after: HostInventory): Generator<Event> {
  const say = (what: string): Event => ({
    ref: hostRef(after.name),
    text: `host ${after.name} ${what}`,
  });
  const [was, is] = [before.source.state, after.source.state];
  if (was === 'up' && is !== 'up') yield say(`no longer answers (${is})`);
  else if (was !== 'up' && is === 'up') yield say('answers again');
  const [earlier, later] = [bootSeconds(before), bootSeconds(after)];
  if (earlier !== null && later !== null && later - earlier > BOOT_JITTER_SECONDS)
    yield say('rebooted');
}

const bootSeconds = ({ feeds: { kstats } }: HostInventory): number | null =>
  kstats.status === 'ok' ? kstats.value.counters.bootTimeSeconds : null;

function* zoneEvents(before: HostInventory, after: HostInventory): Generator<Event> {
  if (before.feeds.zones.status !== 'ok' || after.feeds.zones.status !== 'ok') return;
  const earlier = new Map(allZonesOf(before).map((zone) => [zone.name, zone]));
  const zones = allZonesOf(after);
  for (const zone of zones) {
    const what = changeOf(earlier.get(zone.name), zone);
    if (what !== null) yield { ref: zone.ref, text: `${nameOf(zone)} ${what}` };
  }
  const names = new Set(zones.map(({ name }) => name));
  for (const zone of earlier.values())
    if (!names.has(zone.name)) yield { ref: zone.ref, text: `${nameOf(zone)} was removed` };
}

const nameOf = ({ ref, name }: Zone): string => `${refKind(ref)} ${name}`;

function changeOf(before: Zone | undefined, after: Zone): string | null {
  if (!before) return 'is new';
  if (before.state === 'running' && after.state === 'running')
    return before.zoneId === after.zoneId ? null : 'rebooted';
  if (before.state === after.state) return null;
  if (after.state === 'running') return 'started';
  return before.state === 'running' ? `stopped (${after.stateText})` : `is ${after.stateText}`;
}
