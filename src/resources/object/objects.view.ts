import { clusterColumn } from '../../domain/columns.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import { age, count, UNKNOWN } from '../../domain/format.ts';
import type { ClusterInventory, Inventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import { isCountedOnly, sharesText } from '../../domain/objects.ts';
import type { ObjectCount, ObjectSample } from '../../domain/objects.ts';
import { refPath, resourceRef } from '../../domain/ref.ts';
import type { ResourceRef } from '../../domain/ref.ts';
import { levelBy, toneBy } from '../../domain/thresholds.ts';
import type { Limits } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock, Sign, View } from '../../domain/view.ts';

type ObjectRow = {
  readonly ref: ResourceRef;
  readonly cluster: string;
  readonly object: ObjectCount;
  readonly fresh: boolean;
  /** Why its objects are not listed, but counted only; null: they are, or nothing shows them. */
  readonly limit: string | null;
};

/** Why resources are counted only, by their names. */
function limitsIn({ feeds }: ClusterInventory): ReadonlyMap<string, string> {
  const all: readonly Feed<unknown>[] = Object.values(feeds);
  return new Map(
    all.flatMap((feed) =>
      feed.status === 'failed' && feed.error.resource !== undefined && isCountedOnly(feed.error)
        ? [[feed.error.resource, `${feed.error.message}; ${feed.error.hint}`] as const]
        : [],
    ),
  );
}

/** The biggest first; what is not known comes last. */
const rows = ({ clusters }: Inventory, now: EpochMs): readonly ObjectRow[] =>
  clusters
    .flatMap((cluster) => {
      const isFresh = clusterFresh(cluster, 'objects', now);
      const limits = limitsIn(cluster);
      return [...(lastKnown(cluster.feeds.objects)?.value.byKey.values() ?? [])].map((object) => ({
        ref: resourceRef(cluster.name, object.name),
        cluster: cluster.name,
        object,
        fresh: isFresh && object.trouble === null && object.countedAt !== null,
        limit: limits.get(object.name) ?? null,
      }));
    })
    .toSorted(
      ({ object: a }, { object: b }) =>
        (b.count ?? -1) - (a.count ?? -1) || (a.name < b.name ? -1 : Number(a.name > b.name)),
    );

function signOf(row: ObjectRow, _now: EpochMs, limits: Limits): Sign {
  if (row.object.trouble?.isDenied) return 'off';
  if (!row.fresh) return 'unknown';
  const level = levelBy(limits, 'objects.growth', row.object.count);
  return level === 'critical' ? 'down' : level === 'warning' ? 'warning' : 'ok';
}

/** `+1200`, `-3`, `0`. */
const signed = (value: number | null): string =>
  value === null ? UNKNOWN : `${value > 0 ? '+' : ''}${value}`;

/** Cluster pane, tab objects: the objects of every resource, counted without listing them. */
export const objectsView: View<ObjectRow> = {
  id: 'objects',
  title: 'Objects',
  feeds: ['objects'],
  rows,
  // An API that is asked for in an old version, `resource.version.group`, is the resource of the same group.
  find: (ref, inventory, now) => {
    const [cluster = '', name = ''] = refPath(ref);
    const [resource = '', , ...group] = name.split('.');
    const wanted = resourceRef(cluster, [resource, ...group].join('.'));
    return rows(inventory, now).find((row) => row.ref === wanted);
  },
  key: ({ ref }) => ref,
  sign: signOf,
  at: ({ object }) => object.countedAt,
  identity: (row) => (row.limit === null ? row.object : row),
  parts: ({ clusters }) =>
    clusters.flatMap((cluster) => [
      cluster.source.state,
      cluster.feeds.objects.status,
      cluster.feeds.objects,
      [...limitsIn(cluster)].join(),
    ]),
  stale: ({ fresh }) => !fresh,
  columns: [
    {
      id: 'resource',
      title: 'RESOURCE',
      width: 26,
      priority: 0,
      text: ({ object }) => object.resource,
    },
    {
      id: 'count',
      title: 'COUNT',
      width: 8,
      align: 'right',
      priority: 0,
      text: ({ object }) => count(object.count),
      value: ({ object }) => object.count,
      tone: ({ object }, _now, limits) => toneBy(limits, 'objects.growth', object.count),
    },
    {
      id: 'perMinute',
      title: 'PER MIN',
      width: 8,
      align: 'right',
      priority: 1,
      text: ({ object }) => signed(object.perMinute),
      value: ({ object }) => object.perMinute,
      tone: ({ object }) => (object.perMinute ? 'accent' : 'muted'),
    },
    {
      id: 'countSpark',
      title: 'COUNT 5m',
      width: 12,
      priority: 3,
      text: () => '',
      series: 'count',
    },
    clusterColumn(),
    {
      id: 'age',
      title: 'AGE',
      width: 5,
      align: 'right',
      priority: 2,
      text: ({ object }, now) => age(object.countedAt, now),
      value: ({ object }) => object.countedAt,
      unit: 'since',
      tone: ({ fresh }) => (fresh ? 'muted' : 'warn'),
    },
    {
      id: 'group',
      title: 'GROUP',
      width: 'grow',
      priority: 4,
      text: ({ object, limit }) => object.trouble?.message ?? groupText(object, limit !== null),
      tone: ({ object }) => (object.trouble === null ? 'muted' : 'warn'),
    },
  ],
  detail: ({ object, cluster, limit }, _inventory, now) => [
    {
      title: 'Resource',
      lines: [
        { label: 'kind', text: object.kind },
        { label: 'group', text: object.group || 'core' },
        { label: 'cluster', text: cluster },
        { label: 'objects', text: count(object.count) },
        { label: 'per minute', text: signed(object.perMinute) },
        ...(object.namespaces === null
          ? []
          : [
              {
                label: 'only in',
                text: `${object.namespaces.join(', ')}: the right to list in all namespaces is missing`,
                tone: 'warn' as const,
              },
            ]),
        { label: 'counted', text: `${age(object.countedAt, now)} ago by ${object.request}` },
        ...(limit === null ? [] : [{ label: 'not listed', text: limit, tone: 'warn' as const }]),
        ...(object.trouble === null
          ? []
          : [{ label: 'because', text: object.trouble.message, tone: 'warn' as const }]),
      ],
    },
    ...(object.sample === null ? [] : [sampleSection(object.sample, now)]),
  ],
};

/** Who is not allowed to count all of them sees of which they are. */
const groupText = ({ group, namespaces }: ObjectCount, isLimited: boolean): string =>
  [
    group || 'core',
    ...(isLimited ? ['counted only'] : []),
    ...(namespaces === null ? [] : [`of ${namespaces.join(', ')} only`]),
  ].join(', ');

/** Who makes them: what it takes to stop that. */
const sampleSection = (sample: ObjectSample, now: EpochMs): DetailBlock => ({
  title: 'Sample',
  lines: [
    {
      label: 'of',
      text: sample.isNewest
        ? `${sample.size} that were made ${age(sample.at, now)} ago`
        : `the first ${sample.size} by name, ${age(sample.at, now)} ago`,
    },
    { label: 'written by', text: sharesText(sample.managers) || UNKNOWN, tone: 'accent' },
    { label: 'owned by', text: sharesText(sample.owners) || 'nothing' },
    { label: 'namespaces', text: sharesText(sample.namespaces) || 'none' },
    ...(sample.newestAt === null
      ? []
      : [{ label: 'newest', text: `${age(sample.newestAt, now)}: ${sample.names.join(' ')}` }]),
  ],
});
