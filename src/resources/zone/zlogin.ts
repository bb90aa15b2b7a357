import type { Argv } from '../../domain/command.ts';
import { USUAL_ESCAPE } from '../../domain/hand-over.ts';
import type { HandOverOptions, HandOverPlan } from '../../domain/hand-over.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { findZone } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import { refName } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import { isZoneName } from '../../domain/zone.ts';

/** The zone, or why it cannot be entered: zlogin(1) takes it by its name. */
export function enterable(subject: Ref, inventory: Inventory): Zone | string {
  const name = refName(subject);
  if (!isZoneName(name)) return `not a zone name that zlogin takes: ${name}`;
  return findZone(inventory, subject) ?? `${name} is not among the zones of its host`;
}

/** The path is given because a login over SSH need not have /usr/sbin in its own. */
const zloginArgv = (options: readonly string[], name: string, escape: string): Argv => [
  'pfexec',
  '/usr/sbin/zlogin',
  ...options,
  ...(escape === USUAL_ESCAPE ? [] : ['-e', escape]),
  name,
];

/**
 * A hand-over through zlogin(1).
 * @throws {Error} if the zone is not enterable.
 */
export function zloginPlan(
  handOver: string,
  subject: Ref,
  inventory: Inventory,
  { escape }: HandOverOptions,
  options: readonly string[],
): HandOverPlan {
  const zone = enterable(subject, inventory);
  if (typeof zone === 'string') throw new Error(zone);
  return {
    handOver,
    subject,
    place: zone.name,
    host: zone.host,
    argv: zloginArgv(options, zone.name, escape),
    ends: options.includes('-C') ? 'escape' : 'exit',
    fingerprint: `${zone.uuid ?? zone.name} id ${zone.zoneId ?? '-'}`,
  };
}
