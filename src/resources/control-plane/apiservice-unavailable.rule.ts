import type { ObjectRule } from '../../domain/problem.ts';
import { objectRef } from '../../domain/ref.ts';

/**
 * An API that another server serves cannot be had: every discovery waits for it, and namespaces are not deleted while
 * it is so.
 */
export const apiserviceUnavailable: ObjectRule<'apiServices'> = {
  id: 'apiservice.unavailable',
  scope: 'object',
  severity: 'warning',
  // As long as an endpoint that is replaced may take.
  holdSeconds: 5,
  feed: 'apiServices',
  check: ({ name, service, available, reason, message, since }, cluster) =>
    available !== 'False'
      ? null
      : {
          finding: {
            subject: objectRef(cluster, 'APIService', null, name),
            title: `API not available: ${message ?? reason ?? 'no reason given'}`,
            ...(since === null ? {} : { began: since }),
            evidence: {
              reason,
              message,
              service,
              from: 'GET /apis/apiregistration.k8s.io/v1/apiservices',
            },
            hint:
              service === null
                ? `see it: kubectl describe apiservice ${name}`
                : `see whether service ${service} has ready endpoints`,
          },
        },
};
