import { alarmsOf } from '../../domain/components.ts';
import type { LabRule } from '../../domain/problem.ts';
import { inClusters, nextStep, placeText, stateText } from './clusters.ts';

/** A member of etcd is gone, or says that it is not healthy. */
export const etcdMember: LabRule = {
  id: 'etcd.member',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (_, components) =>
      components
        .filter(({ kind, sign }) => kind === 'etcd' && (sign === 'down' || sign === 'degraded'))
        .map((component) => {
          const { inside, gone, sign, etcd } = component;
          return {
            subject: component.ref,
            severity: sign === 'down' ? ('critical' as const) : ('warning' as const),
            title: stateText(component),
            evidence: {
              place: placeText(component),
              health: inside?.fresh === true ? inside.state : null,
              reason: inside?.fresh === true ? inside.reason : null,
              gone,
              memberId: etcd?.id ?? null,
              alarms: alarmsOf(component, components)?.join(', ') || null,
              hasLeader: inside?.fresh === true ? (etcd?.hasLeader ?? null) : null,
              from: inside ? 'zlogin curl http://127.0.0.1:2381/health' : 'zoneadm list, ps',
            },
            hint: nextStep(component),
          };
        }),
    ),
};
