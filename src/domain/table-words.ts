import { gapOf, lastKnown } from './feed.ts';
import type { Feed } from './feed.ts';
import { plural } from './format.ts';
import type { ClusterFeedName, ClusterInventory } from './inventory.ts';

/** A cluster's feeds of which a table shows the objects. */
type Asked = {
  readonly cluster: string;
  readonly name: ClusterFeedName;
  readonly feed: Feed<unknown>;
};

const askedOf = (
  clusters: readonly ClusterInventory[],
  names: readonly ClusterFeedName[],
): readonly Asked[] =>
  clusters.flatMap(({ name: cluster, feeds }) =>
    names.map((name) => ({ cluster, name, feed: feeds[name] })),
  );

/**
 * What is said in place of the rows of a table that has none: that there are none only when that is known, else why it is
 * not. `title`: what the table lists.
 */
export function emptyWords(
  clusters: readonly ClusterInventory[],
  names: readonly ClusterFeedName[],
  title: string,
): string {
  const asked = askedOf(clusters, names);
  const reasons = (status: 'denied' | 'failed' | 'absent'): readonly string[] => [
    ...new Set(asked.flatMap(({ feed }) => (feed.status === status ? whyNot(feed) : []))),
  ];
  const [denied] = reasons('denied');
  if (denied !== undefined) return denied;
  const [failed] = reasons('failed');
  if (failed !== undefined) return failed;
  const waiting = asked.filter(({ feed }) => feed.status === 'pending');
  if (waiting.length > 0) {
    const received = waiting.reduce(
      (sum, { feed }) => sum + (feed.status === 'pending' ? (feed.received ?? 0) : 0),
      0,
    );
    return received === 0 ? 'nothing known yet' : `loading, ${plural(received, 'object')} received`;
  }
  const absent = reasons('absent');
  return asked.length > 0 && asked.every(({ feed }) => feed.status === 'absent')
    ? (absent[0] ?? '')
    : `no ${title.toLowerCase()}`;
}

/** Why nothing is known of a feed; nothing where something is. */
function whyNot(feed: Feed<unknown>): readonly string[] {
  switch (feed.status) {
    case 'denied':
    case 'absent':
      return [feed.reason];
    case 'failed':
      return feed.last ? [] : [feed.error.message];
    case 'ok':
    case 'pending':
      return [];
  }
}

/** What a table does not show although it has rows: `the pods of 3 other namespaces`, `claims`. */
export const hiddenWords = (
  clusters: readonly ClusterInventory[],
  names: readonly ClusterFeedName[],
): readonly string[] => [
  ...new Set(
    askedOf(clusters, names).flatMap(({ name, feed }) => {
      const gap = gapOf(feed);
      if (gap) return [gap.hides];
      return feed.status === 'denied' || (feed.status === 'failed' && lastKnown(feed) === undefined)
        ? [name]
        : [];
    }),
  ),
];
