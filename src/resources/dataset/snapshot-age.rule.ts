import { fresh } from '../../domain/feed.ts';
import { plural, shortDuration } from '../../domain/format.ts';
import { changesWith, spanSince } from '../../domain/lasting.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { datasetRef } from '../../domain/ref.ts';

const HOUR_MS = 3_600_000;

/** A dataset of the configuration that has no snapshot as young as it says, or none at all. */
export const snapshotAge: HostRule<'snapshots'> = {
  id: 'snapshot.age',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['snapshots'],
  check: ({ snapshots }, host, now) => {
    const newest = new Map(snapshots.map((each) => [each.dataset, each]));
    const datasets = fresh(host.feeds.datasets, now);
    return [...host.snapshotHours].flatMap(([dataset, limitHours]): readonly Finding[] => {
      const subject = datasetRef(host.name, dataset);
      const last = newest.get(dataset);
      const from = 'zfs list -t snapshot';
      if (!last) {
        const isThere = datasets?.some(({ name }) => name === dataset);
        return [
          {
            subject,
            title: isThere === false ? 'no such dataset' : 'no snapshot',
            evidence: { limitHours, snapshots: 0, from },
            hint:
              isThere === false
                ? 'correct its name under snapshots in the configuration'
                : `see why none is made; one by hand: zfs snapshot ${dataset}@NAME`,
          },
        ];
      }
      const age = spanSince(last.createdAt, now, [limitHours * HOUR_MS]);
      if (age <= limitHours * HOUR_MS) return [];
      changesWith(age, HOUR_MS / 20);
      return [
        {
          subject,
          title: `newest snapshot ${shortDuration(age)} old, should be at most ${plural(limitHours, 'hour')}`,
          evidence: {
            newest: last.name,
            ageHours: Math.round((age / HOUR_MS) * 10) / 10,
            limitHours,
            snapshots: last.count,
            from,
          },
          hint: `see whether what makes them still runs; one by hand: zfs snapshot ${dataset}@NAME`,
        },
      ];
    });
  },
};
