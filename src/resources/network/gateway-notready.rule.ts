import { gatewayTrouble, routeTrouble } from '../../domain/network.ts';
import type { Finding, ObjectRule } from '../../domain/problem.ts';
import { objectRef } from '../../domain/ref.ts';
import type { WorkloadCondition } from '../../domain/workload.ts';

/** As long as a controller may take for a change. */
const HOLD_SECONDS = 30;

/** A Gateway that was not accepted or is not programmed, or a listener of it that is not. */
export const gatewayNotready: ObjectRule<'gateways'> = {
  id: 'gateway.notready',
  scope: 'object',
  severity: 'warning',
  holdSeconds: HOLD_SECONDS,
  feed: 'gateways',
  check: (gateway, cluster) => {
    const trouble = gatewayTrouble(gateway);
    if (!trouble) return null;
    const { namespace, name, className, addresses } = gateway;
    return {
      finding: {
        subject: objectRef(cluster, 'Gateway', namespace, name),
        title: `${trouble.listener === null ? '' : `listener ${trouble.listener} `}not ${trouble.type}: ${trouble.reason ?? 'no reason given'}`,
        // No part of it works, not only a listener.
        severity: trouble.listener === null ? 'critical' : 'warning',
        ...began(trouble),
        evidence: {
          condition: `${trouble.type}=${trouble.status}`,
          listener: trouble.listener,
          reason: trouble.reason,
          message: trouble.message,
          class: className,
          addresses: addresses.join(', '),
          from: 'GET /apis/gateway.networking.k8s.io/v1/gateways',
        },
        hint: `see what its controller says: kubectl -n ${namespace} describe gateway ${name}`,
      },
    };
  },
};

/** A route that its gateway does not take, or whose backends are not there. */
export const routeNotready: ObjectRule<'httpRoutes'> = {
  id: 'gateway.notready',
  scope: 'object',
  severity: 'warning',
  holdSeconds: HOLD_SECONDS,
  feed: 'httpRoutes',
  check: (route, cluster) => {
    const trouble = routeTrouble(route);
    if (!trouble) return null;
    const { namespace, name, hostnames } = route;
    return {
      finding: {
        subject: objectRef(cluster, 'HTTPRoute', namespace, name),
        title: `not ${trouble.type} by ${trouble.parent.kind} ${trouble.parent.name}: ${trouble.reason ?? 'no reason given'}`,
        ...began(trouble),
        evidence: {
          condition: `${trouble.type}=${trouble.status}`,
          parent: `${trouble.parent.kind} ${trouble.parent.namespace}/${trouble.parent.name}`,
          reason: trouble.reason,
          message: trouble.message,
          hostnames: hostnames.join(', '),
          from: 'GET /apis/gateway.networking.k8s.io/v1/httproutes',
        },
        hint: `see what its gateway says: kubectl -n ${namespace} describe httproute ${name}`,
      },
    };
  },
};

const began = ({ since }: WorkloadCondition): Pick<Finding, 'began'> =>
  since === null ? {} : { began: since };
