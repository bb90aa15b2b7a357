import type { Argv, Question } from '../../domain/command.ts';
import { known, lastValue } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { zonesOf } from '../../domain/joined.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { whileSameOf } from '../../domain/same-parts.ts';
import { componentOf } from '../../domain/zone-component.ts';
import type { ComponentKind } from '../../domain/zone-component.ts';
import { isZoneName } from '../../domain/zone.ts';
import { mark, splitAtMarks } from '../../parse/marks.ts';

/** What is asked within a zone; zlogin(1) gives its arguments to a shell there. It needs all privileges. */
export const inZone = (zone: string, ...argv: readonly string[]): Argv => [
  'pfexec',
  '/usr/sbin/zlogin',
  zone,
  ...argv,
];

/** The line that lets the user of the console ask within zones. */
export const GRANT_ZLOGIN =
  "echo 'Lab Monitor:solaris:cmd:::/usr/sbin/zlogin:uid=0' >> /etc/security/exec_attr.d/labtop  # makes root in every zone";

type ComponentZones = {
  /** Zones that were known to be there for a component stay known: a process that is gone tells nothing any more. */
  readonly kinds: ReadonlyMap<string, ComponentKind>;
  /** Those of them that run. */
  readonly running: readonly (readonly [zone: string, kind: ComponentKind])[];
};
const kept = whileSameOf<ComponentZones>();

/** What each answer of a host is followed by; counters, which come every few seconds, tell nothing of it. */
function componentZones(host: HostInventory): ComponentZones {
  const { zones, processes, zoneServices, zoneComponents } = host.feeds;
  const parts = [processes, zoneServices, zoneComponents].map(lastValue<unknown>);
  return kept(lastValue(zones) ?? host, [host.name, host.configuredRoles, ...parts], () =>
    findComponentZones(host),
  );
}

function findComponentZones(host: HostInventory): ComponentZones {
  const before = known(host.feeds.zoneComponents, []).map(
    ({ zone, kind }) => [zone, kind] as const,
  );
  const now = zonesOf(host).flatMap(({ name, role }) => {
    const kind = componentOf(role?.name);
    return kind === undefined ? [] : [[name, kind] as const];
  });
  const kinds = new Map([...before, ...now]);
  const running = zonesOf(host).flatMap(({ name, state }) => {
    const kind = kinds.get(name);
    return state === 'running' && kind !== undefined && isZoneName(name)
      ? [[name, kind] as const]
      : [];
  });
  return { kinds, running };
}

/** The zones that are there for a component, and run. */
export const runningComponentZones = (host: HostInventory): ComponentZones['running'] =>
  componentZones(host).running;

/** Why a host is not asked. */
export const NO_COMPONENTS = 'no zone of this host is known to be a part of a control plane';

/**
 * Asks in the zone of each component that runs; an answer stands behind a mark that begins with `label`.
 * @param passesOver those that are not asked
 */
export function askComponentZones(
  host: HostInventory,
  label: string,
  ask: (zone: string, kind: ComponentKind) => Argv,
  passesOver?: ReadonlySet<string>,
): Question | undefined {
  if (componentZones(host).kinds.size === 0) return undefined;
  const running = runningComponentZones(host).filter(([zone]) => passesOver?.has(zone) !== true);
  // None of them runs: that is an answer too.
  if (running.length === 0) return [mark('none runs')];
  return running.flatMap(([zone, kind]) => [mark(`${label}${kind} ${zone}`), ask(zone, kind)]);
}

/** The answers to {@link askComponentZones}. @param stray what is said of a line that no mark precedes */
export function readComponentZones<T>(
  stdout: string,
  label: string,
  stray: string,
  read: (zone: string, kind: ComponentKind, lines: readonly string[]) => T,
): Parsed<readonly T[]> {
  const value: T[] = [];
  const complaints: Complaint[] = [];
  for (const { label: own, lines } of splitAtMarks(stdout)) {
    const [kindText, zone] = own?.startsWith(label) ? own.slice(label.length).split(' ') : [];
    const kind = componentOf(kindText);
    if (kind !== undefined && zone !== undefined) {
      const texts = lines.map(({ text }) => text);
      value.push(read(zone, kind, texts));
      continue;
    }
    for (const { number, text } of lines) complaints.push(complaint(number, text, stray));
  }
  return { value, complaints };
}
