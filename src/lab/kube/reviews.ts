import type { ServerContext } from './context.ts';
import type { VirtualResource } from './discovery.ts';
import { denialOf } from './faults.ts';
import { isJsonObject, type JsonObject, textOf } from './object.ts';
import { isAllowed, rulesIn } from './rights.ts';

/** The reviews that a client may ask for: created, answered, never stored. */
export const REVIEWS: readonly VirtualResource[] = [
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectReview',
    plural: 'selfsubjectreviews',
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectRulesReview',
    plural: 'selfsubjectrulesreviews',
  },
];

/** The answer to a review: the same object with its status. */
export function answerReview(
  review: VirtualResource,
  body: JsonObject,
  { faults, rights }: Pick<ServerContext, 'faults' | 'rights'>,
  user: string,
): JsonObject {
  const object = {
    ...body,
    kind: review.kind,
    apiVersion: `${review.group}/${review.version}`,
    metadata: { creationTimestamp: null },
  };
  if (review.kind === 'SelfSubjectReview')
    return {
      ...object,
      status: { userInfo: { username: user, groups: ['system:masters', 'system:authenticated'] } },
    };
  const spec = isJsonObject(body['spec']) ? body['spec'] : {};
  if (review.kind === 'SelfSubjectRulesReview') {
    const resourceRules = rulesIn(rights, user, textOf(spec['namespace']));
    return {
      ...object,
      status: {
        resourceRules,
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      },
    };
  }
  const asked = isJsonObject(spec['resourceAttributes']) ? spec['resourceAttributes'] : {};
  const text = (field: string): string => textOf(asked[field]);
  const resource = text('group') ? `${text('resource')}.${text('group')}` : text('resource');
  const namespace = text('namespace') || undefined;
  const subresource = text('subresource');
  const denied =
    denialOf(faults, { resource, namespace, verb: text('verb') }) !== undefined ||
    !isAllowed(rights, user, {
      verb: text('verb'),
      group: text('group'),
      resource: subresource === '' ? text('resource') : `${text('resource')}/${subresource}`,
      namespace,
    });
  return {
    ...object,
    status: denied
      ? { allowed: false }
      : { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "cluster-admin"' },
  };
}
