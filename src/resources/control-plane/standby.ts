import { isExpired } from '../../domain/components.ts';
import type { Component } from '../../domain/components.ts';
import type { LeaderLease } from '../../domain/control-plane.ts';
import type { LabRule } from '../../domain/problem.ts';
import { inClusters, nextStep, placeText, stateText } from './clusters.ts';

/** One that is started anew is back in this time. */
const HOLD_SECONDS = 10;

const isLost = ({ sign, lease }: Component): boolean =>
  (sign === 'down' || sign === 'degraded') && lease === null;
const leads = ({ leader, lease }: Component): boolean =>
  leader === true && lease !== null && !isExpired(lease);

/** A rule about who waits to take over from the leader of a component. While nobody leads the rule of its lease tells more. */
export const standby = (id: string, kind: LeaderLease['kind']): LabRule => ({
  id,
  scope: 'lab',
  severity: 'warning',
  holdSeconds: HOLD_SECONDS,
  check: (inventory, now) =>
    inClusters(inventory, now, (_, components) => {
      const all = components.filter((component) => component.kind === kind);
      const leader = all.find(leads);
      if (!leader) return [];
      const others = all.filter((each) => each !== leader);
      const waiting = others.filter(({ sign }) => sign === 'ok').length;
      return others.filter(isLost).map((component) => ({
        subject: component.ref,
        title: `${stateText(component)}: ${leader.name} leads, ${waiting === 0 ? 'nobody' : waiting} could take over`,
        evidence: {
          place: placeText(component),
          withinZone:
            component.inside?.fresh === true
              ? (component.inside.reason ?? component.inside.state)
              : null,
          gone: component.gone,
          leader: leader.name,
          standby: `${waiting} of ${others.length}`,
          from: `zlogin curl /healthz, GET leases/${kind} in kube-system`,
        },
        hint: nextStep(component),
      }));
    }),
});
