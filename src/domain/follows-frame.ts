import { lastValue } from './feed.ts';
import type { HostKstats } from './host.ts';
import type { HostInventory } from './inventory.ts';
import { whileSameOf } from './same-parts.ts';

/**
 * What a question follows that goes by the counters, worked out once for each frame of them however often it is asked
 * for; null before the first.
 */
export function followsFrame(
  print: (kstats: HostKstats) => string,
): (host: HostInventory) => string | null {
  const printOf = whileSameOf<string>();
  return ({ feeds }) => {
    const kstats = lastValue(feeds.kstats);
    return kstats === undefined ? null : printOf(kstats, [], () => print(kstats));
  };
}
