import type { Argv, Question } from '../../domain/command.ts';
import { known, lastValue } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { zonesOf } from '../../domain/joined.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { componentsIn, isK3s } from '../../domain/role.ts';
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

type ComponentZone = readonly [zone: string, kind: ComponentKind];
type ComponentZones = {
  /** No zone is or was there for a component. */
  readonly isNone: boolean;
  /** Each component of a zone that runs. */
  readonly running: readonly ComponentZone[];
  /** Zones that run and may be a member of etcd: nobody knows. */
  readonly perhapsEtcd: readonly string[];
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
  const asked = Map.groupBy(known(host.feeds.zoneComponents, []), ({ zone }) => zone);
  const zones = zonesOf(host).map(({ name, state, role }) => ({
    name,
    isRunning: state === 'running' && isZoneName(name),
    kinds: componentsIn(role, asked.get(name)),
    isK3s: isK3s(role),
  }));
  return {
    isNone: asked.size === 0 && zones.every(({ kinds }) => kinds.length === 0),
    running: zones.flatMap(({ name, isRunning, kinds }) =>
      isRunning ? kinds.map((kind) => [name, kind] as const) : [],
    ),
    perhapsEtcd: zones.flatMap((zone) =>
      zone.isRunning && zone.isK3s && !zone.kinds.includes('etcd') ? [zone.name] : [],
    ),
  };
}

/** The components of zones that run. */
export const runningComponentZones = (host: HostInventory): ComponentZones['running'] =>
  componentZones(host).running;

/** The zones that run and may be a member of etcd, which only their answer tells. */
export const perhapsEtcdZones = (host: HostInventory): readonly string[] =>
  componentZones(host).perhapsEtcd;

/** Why a host is not asked. */
export const NO_COMPONENTS = 'no zone of this host is known to be a part of a control plane';

/**
 * Asks each component of a zone that runs; an answer stands behind a mark that begins with `label`.
 * @param passesOver those that are not asked
 */
export function askComponentZones(
  host: HostInventory,
  label: string,
  ask: (zone: string, kind: ComponentKind) => Argv,
  passesOver?: ReadonlySet<string>,
): Question | undefined {
  if (componentZones(host).isNone) return undefined;
  const running = runningComponentZones(host).filter(([zone]) => passesOver?.has(zone) !== true);
  // None of them runs: that is an answer too.
  if (running.length === 0) return [mark('none runs')];
  return running.flatMap(([zone, kind]) => [mark(`${label}${kind} ${zone}`), ask(zone, kind)]);
}

/** Behind the label of a component that may not be there. */
export const PERHAPS = 'perhaps';

/**
 * The answers to {@link askComponentZones}.
 * @param stray what is said of a line that no mark precedes
 * @param read gives undefined for a component that is not there after all
 */
export function readComponentZones<T>(
  stdout: string,
  label: string,
  stray: string,
  read: (
    zone: string,
    kind: ComponentKind,
    lines: readonly string[],
    isPerhaps: boolean,
  ) => T | undefined,
): Parsed<readonly T[]> {
  const value: T[] = [];
  const complaints: Complaint[] = [];
  for (const { label: own, lines } of splitAtMarks(stdout)) {
    const [kindText, zone, word] = own?.startsWith(label) ? own.slice(label.length).split(' ') : [];
    const kind = componentOf(kindText);
    if (kind !== undefined && zone !== undefined) {
      const texts = lines.map(({ text }) => text);
      const answer = read(zone, kind, texts, word === PERHAPS);
      if (answer !== undefined) value.push(answer);
      continue;
    }
    for (const { number, text } of lines) complaints.push(complaint(number, text, stray));
  }
  return { value, complaints };
}
