import { lastKnown } from '../../domain/feed.ts';
import type { HostKstats } from '../../domain/host.ts';
import type { HostInventory } from '../../domain/inventory.ts';

const prints = new WeakMap<HostKstats, string>();

/**
 * Which disks there are and how many new errors they count, by the counters of each frame: a disk that goes or fails
 * shows in its pool within one frame. Errors count by their magnitude, so that a disk that fails all the time does not
 * make the pools be asked all the time.
 */
export function followsDisks({ feeds }: HostInventory): string | null {
  const kstats = lastKnown(feeds.kstats)?.value;
  if (!kstats) return null;
  let print = prints.get(kstats);
  if (print === undefined) {
    print = [...kstats.disks]
      .map(([instance, { newErrors }]) => {
        const count =
          (newErrors?.hard ?? 0) + (newErrors?.transport ?? 0) + (newErrors?.media ?? 0);
        return `${instance} ${Math.ceil(Math.log2(count + 1))}`;
      })
      .join('\n');
    prints.set(kstats, print);
  }
  return print;
}
