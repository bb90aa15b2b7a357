import type { ApiService } from '../../domain/control-plane.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, textAt, timeAt } from '../../parse/json-fields.ts';

/** The API groups and versions of a cluster, and whether those that another server serves can be had. */
export const apiServicesWatch: ClusterWatch<'apiServices'> = {
  feed: 'apiServices',
  group: 'apiregistration.k8s.io',
  versions: ['v1'],
  resource: 'apiservices',
  namespaced: false,
  maxObjects: 2_000,
  shows: 'API services',
  project: projectApiService,
};

/** What is shown of an apiregistration.k8s.io/v1 APIService; undefined for an object without a name. */
export function projectApiService(object: unknown): ApiService | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === null) return undefined;
  const service = textAt(object, 'spec', 'service', 'name');
  const available = listAt(object, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Available',
  );
  return {
    name,
    service:
      service === null
        ? null
        : `${textAt(object, 'spec', 'service', 'namespace') ?? 'default'}/${service}`,
    available: textAt(available, 'status'),
    reason: textAt(available, 'reason'),
    message: textAt(available, 'message'),
    since: timeAt(available, 'lastTransitionTime'),
  };
}
