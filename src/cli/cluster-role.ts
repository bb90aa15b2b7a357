import { stringify } from 'yaml';
import type { WatchedResource } from '../domain/watch.ts';

const READ = ['get', 'list', 'watch'];
/** What is read beside the watches: which kinds there are, who leads, and logs where somebody looks at them. */
const OTHERS: readonly (Pick<WatchedResource, 'group' | 'resource'> & {
  readonly verbs: readonly string[];
})[] = [
  { group: '', resource: 'namespaces', verbs: ['get', 'list'] },
  { group: '', resource: 'pods/log', verbs: ['get'] },
  { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', verbs: READ },
  { group: 'apiregistration.k8s.io', resource: 'apiservices', verbs: READ },
  { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'list'] },
];
const PATHS = ['/livez', '/metrics', '/readyz', '/version'];

/**
 * The ClusterRole that lets labtop watch a cluster and change nothing, as a manifest for kubectl apply. Secrets are not
 * among it. Other resources are counted only with the right to list them.
 */
export function clusterRole(
  watches: readonly Pick<WatchedResource, 'group' | 'resource'>[],
): string {
  const all = [...watches.map((watch) => ({ ...watch, verbs: READ })), ...OTHERS];
  const groups = Map.groupBy(all, ({ group, verbs }) => `${group} ${verbs.join(' ')}`);
  const rules = [...groups.values()].flatMap((own) => {
    const [first] = own;
    return first === undefined
      ? []
      : [
          {
            apiGroups: [first.group],
            resources: [...new Set(own.map(({ resource }) => resource))].toSorted(),
            verbs: first.verbs,
          },
        ];
  });
  return stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'labtop' },
    rules: [
      ...rules.toSorted((a, b) => (a.apiGroups.join() < b.apiGroups.join() ? -1 : 1)),
      { nonResourceURLs: PATHS, verbs: ['get'] },
    ],
  });
}
