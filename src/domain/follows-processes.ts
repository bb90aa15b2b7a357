import { lastKnown } from './feed.ts';
import type { HostInventory } from './inventory.ts';
import { zonesOf } from './joined.ts';
import { componentOf } from './zone-component.ts';

/**
 * How often the number of processes has changed to stay, of each zone of a control plane; null without such a zone.
 * The counters come every few seconds at no process, so that a daemon that ends is looked at at once.
 */
export function followsProcesses(host: HostInventory): string | null {
  const zones = zonesOf(host).filter(({ role }) => componentOf(role?.name) !== undefined);
  return zones.length === 0 ? null : processChanges(host, zones);
}

/** The same of any zones, the global one among them by its name; null while no counters are known. */
export function processChanges(
  { feeds }: HostInventory,
  zones: readonly { readonly name: string }[],
): string | null {
  const levels = lastKnown(feeds.kstats)?.value.processLevels;
  return levels === undefined
    ? null
    : zones.map(({ name }) => `${name} ${levels.get(name)?.changes ?? 0}`).join('\n');
}
