import { fresh } from '../../domain/feed.ts';
import { plural, shortDuration } from '../../domain/format.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { spanSince } from '../../domain/lasting.ts';
import type { PoolScan } from '../../domain/pool.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { poolRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';

const DAY_MS = 86_400_000;

/**
 * A pool whose data nobody has read through for long, or whose last scrub found errors. A pool that was never
 * scrubbed counts from the day that it was made, which its first dataset tells.
 */
export const poolScrub: HostRule<'poolStatus'> = {
  id: 'pool.scrub',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['pool.scrub'],
  needs: ['poolStatus'],
  check: ({ poolStatus }, host, now, { limits, raised }) =>
    poolStatus.flatMap(({ name, scan }): readonly Finding[] => {
      const subject = poolRef(host.name, name);
      const evidence = { scan: scan.text || null, from: 'zpool status' };
      if (scan.kind === 'scrub-done' && (scan.errors ?? 0) > 0)
        return [
          {
            subject,
            title: `scrub found ${plural(scan.errors ?? 0, 'error')}`,
            severity: 'warning',
            evidence: { errors: scan.errors, ...evidence },
            hint: `see what is damaged, as root: zpool status -v ${name}`,
          },
        ];
      const last = lastRead(scan, name, host, now);
      if (!last) return [];
      const limitsMs = [limits.warning, limits.critical].map((days) => days * DAY_MS);
      const days = spanSince(last.at, now, limitsMs) / DAY_MS;
      const severity = levelOf(days, 'above', limits, raised(subject));
      if (severity === null) return [];
      return [
        {
          subject,
          severity,
          title: last.words(shortDuration(now - last.at)),
          evidence: { days: Math.floor(days), limitDays: limits[severity], ...evidence },
          hint: `start one when the pool has little to do: zpool scrub ${name}`,
        },
      ];
    }),
};

/**
 * Since when surely no scrub has ended, and how that is said. A resilver, or a scrub that was stopped, hides when the
 * last one ended, but none can have ended later.
 */
function lastRead(
  { kind, finishedAt }: PoolScan,
  pool: string,
  host: HostInventory,
  now: EpochMs,
): { readonly at: EpochMs; readonly words: (age: string) => string } | null {
  switch (kind) {
    case 'none': {
      const created = (fresh(host.feeds.datasets, now) ?? []).find(
        ({ name }) => name === pool,
      )?.createdAt;
      return created === undefined || created === null
        ? null
        : { at: created, words: (age) => `never scrubbed, made ${age} ago` };
    }
    case 'scrub-done':
      return finishedAt === null ? null : { at: finishedAt, words: (age) => `no scrub for ${age}` };
    case 'scrub-canceled':
    case 'resilver-done':
    case 'resilver-canceled':
      return finishedAt === null
        ? null
        : { at: finishedAt, words: (age) => `no scrub for at least ${age}` };
    case 'scrub-running':
    case 'scrub-paused':
    case 'resilver-running':
    case 'unknown':
      return null;
  }
}
