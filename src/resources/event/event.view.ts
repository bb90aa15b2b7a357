import { ageColumn, clusterColumn } from '../../domain/columns.ts';
import { lastKnown } from '../../domain/feed.ts';
import { duration, shortDuration, UNKNOWN } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import { eventGroups, eventSubject } from '../../domain/kube-event.ts';
import type { EventGroup } from '../../domain/kube-event.ts';
import { objectRef, refText } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { View } from '../../domain/view.ts';

type EventRow = {
  readonly ref: Ref;
  readonly group: EventGroup;
  readonly cluster: string;
  readonly at: EpochMs;
  readonly fresh: boolean;
};

const rows = ({ clusters }: Inventory, now: EpochMs): readonly EventRow[] =>
  clusters.flatMap((cluster) => {
    const last = lastKnown(cluster.feeds.events);
    if (!last) return [];
    const isFresh = clusterFresh(cluster, 'events', now);
    return eventGroups(last.value).map((group) => ({
      ref: objectRef(cluster.name, 'Event', null, group.key),
      group,
      cluster: cluster.name,
      at: last.at,
      fresh: isFresh,
    }));
  });

const isWarning = ({ group }: EventRow): boolean => group.type === 'Warning';
const ago = (at: EpochMs | null, now: EpochMs): string =>
  at === null ? UNKNOWN : `${duration(now - at)} ago`;

/**
 * Cluster pane, tab events: what the cluster's components tell, once for each reason and object however often they
 * repeat it; warnings first, then the newest.
 */
export const eventView: View<EventRow> = {
  id: 'events',
  title: 'Events',
  feeds: ['events'],
  rows,
  parts: ({ clusters }) =>
    clusters.flatMap(({ name, source, feeds }) => [name, source.state, feeds.events]),
  key: ({ ref }) => ref,
  identity: ({ group }) => group,
  sign: (row) => (row.fresh ? (isWarning(row) ? 'warning' : 'ok') : 'unknown'),
  at: ({ at }) => at,
  stale: ({ fresh }) => !fresh,
  columns: [
    {
      id: 'last',
      title: 'LAST',
      width: 5,
      align: 'right',
      priority: 1,
      text: ({ group: { lastAt } }, now) =>
        lastAt === null ? UNKNOWN : shortDuration(now - lastAt),
      value: ({ group: { lastAt } }) => lastAt,
      unit: 'since',
    },
    {
      id: 'count',
      title: 'COUNT',
      width: 5,
      align: 'right',
      priority: 5,
      text: ({ group }) => String(group.count),
      value: ({ group }) => group.count,
      tone: ({ group }) => (group.count > 1 ? 'plain' : 'muted'),
    },
    {
      id: 'type',
      title: 'TYPE',
      width: 7,
      priority: 6,
      text: ({ group }) => group.type,
      tone: (row) => (isWarning(row) ? 'warn' : 'muted'),
    },
    {
      id: 'reason',
      title: 'REASON',
      width: 20,
      priority: 3,
      text: ({ group }) => group.reason,
      tone: (row) => (isWarning(row) ? 'warn' : 'plain'),
    },
    {
      id: 'object',
      title: 'OBJECT',
      width: 'grow',
      least: 22,
      good: 32,
      most: 44,
      priority: 2,
      text: ({ cluster, group }) => refText(eventSubject(cluster, group.object)),
    },
    {
      id: 'message',
      title: 'MESSAGE',
      width: 'grow',
      least: 24,
      good: 40,
      priority: 0,
      text: ({ group }) => group.message,
      tone: () => 'muted',
    },
    clusterColumn(),
    ageColumn(4),
  ],
  detail: ({ cluster, group }, _inventory, now) => {
    const subject = eventSubject(cluster, group.object);
    return [
      {
        title: group.reason,
        lines: [
          { label: 'object', text: refText(subject), ref: subject },
          {
            label: 'type',
            text: group.type,
            tone: group.type === 'Warning' ? 'warn' : 'plain',
          },
          { label: 'message', text: group.message },
          { label: 'count', text: String(group.count) },
          { label: 'last', text: ago(group.lastAt, now) },
          { label: 'first', text: ago(group.firstAt, now) },
          { label: 'told by', text: group.component ?? UNKNOWN },
        ],
      },
    ];
  },
};
