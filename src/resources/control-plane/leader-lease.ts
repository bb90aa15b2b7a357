import { isExpired } from '../../domain/components.ts';
import type { LeaderLease } from '../../domain/control-plane.ts';
import { lastKnown } from '../../domain/feed.ts';
import { duration } from '../../domain/format.ts';
import { spanSince, wholeSeconds } from '../../domain/lasting.ts';
import type { LabRule } from '../../domain/problem.ts';
import { componentRef } from '../../domain/ref.ts';
import { inClusters, placeText } from './clusters.ts';

/** Leases that were read longer ago than this tell nothing of now. */
const READ_MS = 20_000;
/** A candidate needs so long to take over what has expired. */
const GRACE_SECONDS = 5;

/** A rule about the lease that the leader of a component renews. */
export const leaderLease = (
  id: string,
  kind: LeaderLease['kind'],
  consequence: string,
): LabRule => ({
  id,
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (cluster, components) => {
      const plane = lastKnown(cluster.feeds.controlPlane)?.value;
      const lease = plane?.leases.find((each) => each.kind === kind);
      if (!plane || plane.leasesAt === null) return [];
      if (spanSince(plane.leasesAt, now, [READ_MS]) > READ_MS) return [];
      if (!lease || !isExpired(lease, GRACE_SECONDS)) return [];
      const instances = components.filter((component) => component.kind === kind);
      const holder = instances.find(({ lease: held }) => held !== null);
      const ageMs = now - (lease.renewedAt ?? now);
      return [
        {
          subject: componentRef(cluster.name, kind),
          title: `lease not renewed for ${duration(ageMs)}: ${consequence}`,
          ...(lease.renewedAt === null ? {} : { began: lease.renewedAt }),
          evidence: {
            holder: lease.holder,
            ageSeconds: wholeSeconds(ageMs),
            durationSeconds: lease.durationSeconds,
            transitions: lease.transitions,
            place: holder ? placeText(holder) : null,
            withinZones:
              instances
                .map(
                  ({ name, inside, gone, state }) =>
                    `${name} ${gone ?? (inside?.fresh === true ? inside.state : state)}`,
                )
                .join(', ') || null,
            from: `GET leases/${kind} in kube-system`,
          },
          hint: holder?.zone
            ? `it may run and have lost the API: see its log and its certificate; r on zone ${holder.zone.name} restarts it`
            : 'see whether an instance runs, and whether its certificate is still valid',
        },
      ];
    }),
});
