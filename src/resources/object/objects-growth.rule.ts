import { count } from '../../domain/format.ts';
import type { ObjectCount } from '../../domain/objects.ts';
import type { ClusterRule, Severity } from '../../domain/problem.ts';
import { resourceRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** So many more each minute, if that is also a tenth more in five minutes, is no rollout but something that runs away. */
const FAST_PER_MINUTE = 500;
const FAST_SHARE = 0.1;
const SHARE_MINUTES = 5;

/** Objects of one resource that multiply, or are too many: they fill etcd and the memory of the API servers. */
export const objectsGrowth: ClusterRule<'objects'> = {
  id: 'objects.growth',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['objects.growth'],
  needs: ['objects'],
  check: ({ objects }, cluster, _now, { limits, raised }) =>
    [...objects.byKey.values()].flatMap((one) => {
      const subject = resourceRef(cluster.name, one.name);
      if (one.count === null) return [];
      const level = levelOf(one.count, 'above', limits, raised(subject));
      const severity: Severity | null = level ?? (isFast(one) ? 'warning' : null);
      if (severity === null) return [];
      return [
        {
          subject,
          severity,
          title: titleOf(one),
          evidence: {
            count: one.count,
            perMinute: one.perMinute,
            limit: severity === 'critical' ? limits.critical : limits.warning,
            limitPerMinute: FAST_PER_MINUTE,
            from: one.request,
          },
          hint: `find the controller that makes ${one.resource} and stop it before they are deleted: the newest ones name it in ownerReferences and managedFields`,
        },
      ];
    }),
};

function isFast({ count, perMinute }: ObjectCount): boolean {
  if (count === null || perMinute === null || perMinute < FAST_PER_MINUTE) return false;
  return perMinute * SHARE_MINUTES > count * FAST_SHARE;
}

function titleOf({ count: amount, perMinute }: ObjectCount): string {
  const objects = `${count(amount)} objects`;
  if (perMinute === null || perMinute === 0) return objects;
  return `${objects}, ${Math.abs(perMinute)} ${perMinute > 0 ? 'more' : 'less'} each minute`;
}
