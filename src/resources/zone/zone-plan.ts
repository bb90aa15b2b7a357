import type { Plan } from '../../domain/action.ts';
import type { Argv } from '../../domain/command.ts';
import type { FeedName, Inventory } from '../../domain/inventory.ts';
import { findHost, findZone } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import { refName } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import { componentsIn } from '../../domain/role.ts';
import { isZoneName } from '../../domain/zone.ts';
import type { ZoneState } from '../../domain/zone.ts';

const STATE: readonly FeedName[] = ['zones', 'kstats'];

/**
 * What to do about a zone that hangs on its way down, the gentlest first; undefined for one that does not. Nothing of it
 * happens by itself.
 */
export const nextSteps = ({
  state,
  name,
  path,
}: Pick<Zone, 'state' | 'name' | 'path'>): string | undefined =>
  state === 'shutting_down' || state === 'down'
    ? `wait first; then see who holds it: fuser -c ${path}, pfiles PID; then zoneadm -z ${name} halt (X), which runs no shutdown scripts; last, reboot the host`
    : undefined;

/** The same for an action's subject. */
export const nextFor = (subject: Ref, inventory: Inventory): string | undefined => {
  const zone = findZone(inventory, subject);
  return zone && nextSteps(zone);
};

/** Why a zone cannot be acted upon now: it has to be known, and in one of these states. */
export function unavailable(
  subject: Ref,
  inventory: Inventory,
  from: readonly ZoneState[],
): string | undefined {
  const name = refName(subject);
  if (!isZoneName(name)) return `not a zone name that zoneadm takes: ${name}`;
  const zone = findZone(inventory, subject);
  if (!zone) return `${name} is not among the zones of its host`;
  const host = findHost(inventory, zone.host);
  if (host?.source.state !== 'up')
    return `${zone.host} is ${host?.source.state ?? 'gone'}, the state of ${name} is not known`;
  if (host.feeds.zones.status !== 'ok')
    return `${zone.host} does not tell its zones, the state of ${name} is not known`;
  if (!from.includes(zone.state)) {
    const next = nextSteps(zone);
    return `${name} is ${zone.stateText}, not ${from.join(' or ')}${next === undefined ? '' : `; ${next}`}`;
  }
  return undefined;
}

/** The zone. @throws {Error} when the action is not available; nobody may plan what cannot be done. */
export function plannable(subject: Ref, inventory: Inventory, from: readonly ZoneState[]): Zone {
  const reason = unavailable(subject, inventory, from);
  const zone = findZone(inventory, subject);
  if (reason !== undefined || !zone) throw new Error(reason ?? `no such zone: ${subject}`);
  return zone;
}

/** A plan that runs `zoneadm -z ZONE` with these words. */
export const planOf = (
  action: string,
  zone: Zone,
  verb: readonly string[],
  rest: Pick<Plan, 'timeoutSeconds' | 'observeSeconds' | 'effects'>,
): Plan => {
  const argv: Argv = ['pfexec', 'zoneadm', '-z', zone.name, ...verb];
  return {
    action,
    subject: zone.ref,
    host: zone.host,
    argv,
    refresh: componentsIn(zone.role).length > 0 ? [...STATE, 'zoneComponents'] : STATE,
    identity: [...(zone.uuid === null ? [] : [`uuid ${zone.uuid}`]), zone.stateText],
    fingerprint: [zone.uuid ?? '-', zone.zoneId ?? '-', zone.state].join(':'),
    ...rest,
  };
};
