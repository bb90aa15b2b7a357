import { lastKnown } from './feed.ts';
import type { HostKstats } from './host.ts';
import type { HostInventory } from './inventory.ts';

const prints = new WeakMap<HostKstats, string>();

/**
 * Which links there are and which of them are up, by the counters of each frame: while it is the same, what dladm told
 * holds. So the configuration of links needs no question every minute, and a change is seen within one frame.
 */
export function followsLinks({ feeds }: HostInventory): string | null {
  const kstats = lastKnown(feeds.kstats)?.value;
  if (!kstats) return null;
  let print = prints.get(kstats);
  if (print === undefined) {
    print = [...kstats.counters.links].map(([name, { up }]) => `${name} ${up}`).join('\n');
    prints.set(kstats, print);
  }
  return print;
}
