import { lastKnown } from './feed.ts';
import { shortDuration, UNKNOWN } from './format.ts';
import type { ClusterInventory } from './inventory.ts';
import { eventsAbout } from './kube-event.ts';
import type { EventObject } from './kube-event.ts';
import { objectRef } from './ref.ts';
import type { EpochMs } from './time.ts';
import type { DetailBlock } from './view.ts';

/** The events of an object for its detail; nothing while no events are known. */
export function eventBlock(
  { name, feeds }: ClusterInventory,
  object: EventObject,
  now: EpochMs,
): readonly DetailBlock[] {
  const table = lastKnown(feeds.events)?.value;
  if (!table) return [];
  const groups = eventsAbout(table, object);
  return [
    {
      title: `Events ${groups.length}`,
      lines:
        groups.length === 0
          ? [{ label: '', text: 'no event of it is kept', tone: 'muted' }]
          : groups.map((group) => ({
              label: group.lastAt === null ? UNKNOWN : shortDuration(now - group.lastAt),
              text: `${group.reason}${group.count > 1 ? ` x${group.count}` : ''}  ${group.message}`,
              tone: group.type === 'Warning' ? ('warn' as const) : ('plain' as const),
              ref: objectRef(name, 'Event', null, group.key),
            })),
    },
  ];
}
