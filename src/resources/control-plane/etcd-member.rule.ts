import { alarmsOf } from '../../domain/components.ts';
import type { Component } from '../../domain/components.ts';
import type { LabRule } from '../../domain/problem.ts';
import { inClusters, nextStep, placeText, stateText } from './clusters.ts';

const toldBy = ({ inside, pod, port, zone }: Component): string =>
  [
    inside === null ? null : 'zlogin curl http://127.0.0.1:2381/health',
    inside === null && zone !== null && pod === null ? 'zoneadm list, ps' : null,
    pod === null ? null : `pod ${pod.namespace}/${pod.name}`,
    port === null ? null : `TLS handshake with ${port.address}`,
  ]
    .filter((part) => part !== null)
    .join(', ');

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
              port: component.port?.fresh === true ? component.port.state : null,
              portLookedAt:
                component.port?.fresh === true ? new Date(component.port.at).toISOString() : null,
              pod: component.pod?.fresh === true ? component.pod.status : null,
              memberId: etcd?.id ?? null,
              alarms: alarmsOf(component, components)?.join(', ') || null,
              hasLeader: inside?.fresh === true ? (etcd?.hasLeader ?? null) : null,
              from: toldBy(component),
            },
            hint: nextStep(component),
          };
        }),
    ),
};
