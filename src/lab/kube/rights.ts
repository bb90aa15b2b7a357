/** What a user may do, as a rule of a Role or a ClusterRole says it. */
export type RightsRule = {
  /** Namespaces, as a RoleBinding in each gives it; everywhere, the scope of the cluster included, when absent. */
  readonly namespaces?: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
};

/** Users whose rights are limited, by their names; all others may do everything. */
export type Rights = ReadonlyMap<string, readonly RightsRule[]>;

/** A user of every simulated cluster who may read two namespaces, and the names of all. */
export const VIEWER: { readonly name: string; readonly rules: readonly RightsRule[] } = {
  name: 'viewer',
  rules: [
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
    {
      namespaces: ['apps', 'media'],
      apiGroups: ['*'],
      resources: ['*'],
      verbs: ['get', 'list', 'watch'],
    },
  ],
};

/** What somebody wants to do. */
export type Attempt = {
  readonly verb: string;
  readonly group: string;
  /** With its subresource, as `pods/log`. */
  readonly resource: string;
  readonly namespace: string | undefined;
};

/** Whether the user may do it. */
export function isAllowed(rights: Rights, user: string, attempt: Attempt): boolean {
  const rules = rights.get(user);
  if (rules === undefined) return true;
  const has = (list: readonly string[], wanted: string): boolean =>
    list.includes('*') || list.includes(wanted);
  return rules.some(
    ({ namespaces, apiGroups, resources, verbs }) =>
      has(verbs, attempt.verb) &&
      has(apiGroups, attempt.group) &&
      has(resources, attempt.resource) &&
      (namespaces === undefined ||
        (attempt.namespace !== undefined && namespaces.includes(attempt.namespace))),
  );
}

/** The rules that hold in a namespace, as a `SelfSubjectRulesReview` tells them. */
export const rulesIn = (
  rights: Rights,
  user: string,
  namespace: string,
): readonly Omit<RightsRule, 'namespaces'>[] =>
  (rights.get(user) ?? [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]).flatMap(
    ({ namespaces, ...rule }: RightsRule) =>
      namespaces === undefined || namespaces.includes(namespace) ? [rule] : [],
  );
