import { lastValue } from './feed.ts';
import type { HostInventory } from './inventory.ts';
import { zonesOf } from './joined.ts';
import { componentsIn } from './role.ts';
import { whileSameOf } from './same-parts.ts';

const printOf = whileSameOf<string | null>();

/**
 * How often the number of processes has changed to stay, of each zone of a control plane; null without such a zone.
 * The counters come every few seconds at no process, so that a daemon that ends is looked at at once.
 */
export function followsProcesses(host: HostInventory): string | null {
  const { kstats, zones, processes, zoneServices } = host.feeds;
  const levels = lastValue(kstats)?.processLevels;
  if (levels === undefined) return null;
  // What the roles of its zones are told by.
  const parts = [zones, processes, zoneServices].map(lastValue<unknown>);
  return printOf(levels, [host.configuredRoles, ...parts], () => {
    const members = zonesOf(host).filter(({ role }) => componentsIn(role).length > 0);
    return members.length === 0 ? null : processChanges(host, members);
  });
}

/**
 * The same of any zones, the global one among them by its name; null while no counters are known. Of one where something
 * is waited for that does not run, more processes tell at once, and not only when they have stayed.
 */
export function processChanges(
  { feeds }: HostInventory,
  zones: readonly { readonly name: string }[],
  isAwaited: (zone: string) => boolean = () => false,
): string | null {
  const levels = lastValue(feeds.kstats)?.processLevels;
  if (levels === undefined) return null;
  const print = (name: string): string => {
    const level = levels.get(name);
    const rises = level !== undefined && level.above.length > 0 && isAwaited(name);
    return `${name} ${level?.changes ?? 0}${rises ? ' and more' : ''}`;
  };
  return zones.map(({ name }) => print(name)).join('\n');
}
