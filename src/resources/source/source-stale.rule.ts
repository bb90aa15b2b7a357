import { feedsThat, fresh } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import type { ClusterInventory, SourceState, SourceStatus } from '../../domain/inventory.ts';
import { wholeSeconds, whileLasting } from '../../domain/lasting.ts';
import { isCountedOnly } from '../../domain/objects.ts';
import type { Finding, LabRule } from '../../domain/problem.ts';
import { sourceRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';

/**
 * A cluster that gives no data, or a single question that a host or cluster no longer answers although it is up.
 * A host that does not answer at all has rules of its own.
 */
export const sourceStale: LabRule = {
  id: 'source.stale',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 5,
  check: ({ hosts, clusters }, now) => [
    ...clusters.flatMap((cluster) => silentCluster(cluster, now)),
    ...[...hosts, ...clusters].flatMap((source) => knownStale(source, now)),
  ],
};

const SILENT: ReadonlySet<SourceState> = new Set([
  'down',
  'frozen',
  'auth-failed',
  'hostkey-changed',
  'hostkey-unknown',
]);

function silentCluster({ name, source }: ClusterInventory, now: EpochMs): readonly Finding[] {
  if (!SILENT.has(source.state) || (source.state === 'down' && source.attempt === 0)) return [];
  const { error } = source;
  return [
    {
      subject: sourceRef(name),
      title: `no data, the API is ${source.state}${error ? `: ${error.message}` : ''}`,
      began: source.lastDataAt ?? source.since,
      evidence: {
        state: source.state,
        error: error?.code ?? null,
        attempts: source.attempt,
        lastDataAgeSeconds: ageSeconds(source.lastDataAt, now),
        from: 'GET /readyz',
      },
      hint: error?.hint || 'see whether the API server and what is in front of it answer',
    },
  ];
}

/** A host or a cluster. */
type Source = {
  readonly name: string;
  readonly source: SourceStatus;
  readonly feeds: Readonly<Record<string, Feed<unknown>>>;
};

function staleFeeds({ name, source, feeds }: Source, now: EpochMs): readonly Finding[] {
  if (source.state !== 'up') return [];
  const isStale = (feed: Feed<unknown>): boolean =>
    feed.status === 'failed' || (feed.status === 'ok' && fresh(feed, now) === undefined);
  return feedsThat(feeds, isStale).flatMap(([question, feed]): readonly Finding[] => {
    const subject = sourceRef(`${name}/${question}`);
    if (feed.status === 'failed') {
      const lastAt = feed.last?.at ?? null;
      // Too many objects to be kept: that is decided here, and objects.growth judges how many there are.
      const isLimited = isCountedOnly(feed.error);
      return [
        {
          subject,
          ...(isLimited ? { severity: 'info' as const } : {}),
          title: `${isLimited ? 'not listed' : 'no answer'}: ${feed.error.message}`,
          evidence: {
            question,
            error: feed.error.code,
            lastDataAgeSeconds: ageSeconds(lastAt, now),
            from: name,
          },
          hint: feed.error.hint || 'enter on the host tells what each question last gave',
        },
      ];
    }
    if (feed.status !== 'ok') return [];
    return [
      {
        subject,
        title: 'no new answer, the last one is too old',
        began: feed.freshUntil,
        evidence: {
          question,
          error: null,
          lastDataAgeSeconds: ageSeconds(feed.at, now),
          from: name,
        },
        hint: 'see whether the host is overloaded; enter on it tells more',
      },
    ];
  });
}

const knownStale = whileLasting(staleFeeds);

const ageSeconds = (at: EpochMs | null, now: EpochMs): number | null =>
  at === null ? null : wholeSeconds(now - at);
