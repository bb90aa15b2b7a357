import type { WatchedResource } from '../../domain/watch.ts';
import { resourceName } from '../../domain/watch.ts';
import { oneLine } from './kube-error.ts';
import { asRecord, asText } from './status-error.ts';

/** A resource in one version, as discovery tells of it. */
export type ApiResource = {
  readonly group: string;
  readonly version: string;
  /** The plural in the path. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
};

/** What a server serves. */
export type ApiResources = {
  /** Every resource once, in the version that its group prefers; groups and resources in the server's order. */
  readonly preferred: readonly ApiResource[];
  /** Where the objects of a watch are, or why they are nowhere. */
  readonly find: (wanted: Pick<WatchedResource, 'group' | 'versions' | 'resource'>) => Found;
  /** Tells whether two answers are the same. */
  readonly fingerprint: string;
};

export type Found =
  | { readonly kind: 'served'; readonly version: string }
  | { readonly kind: 'absent'; readonly reason: string }
  /** The server that serves the group does not answer the API server, so nobody knows. */
  | { readonly kind: 'unknown' };

/** One version of one group. */
export type GroupVersion = {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ApiResource[];
  /** What is told of it is old: the aggregated API behind it does not answer. */
  readonly isStale: boolean;
};

/** @param groupVersions the versions of each group in its order of preference */
export function apiResources(groupVersions: readonly GroupVersion[]): ApiResources {
  const byName = new Map<string, ApiResource[]>();
  const staleGroups = new Set<string>();
  for (const { group, resources, isStale } of groupVersions) {
    if (isStale) staleGroups.add(group);
    for (const resource of resources) {
      const name = resourceName(resource);
      const known = byName.get(name);
      if (known) known.push(resource);
      else byName.set(name, [resource]);
    }
  }
  return {
    preferred: [...byName.values()].flatMap(([first]) => first ?? []),
    find: (wanted) => {
      const name = resourceName(wanted);
      const served = byName.get(name)?.map(({ version }) => version) ?? [];
      const [preferred] = served;
      const version = wanted.versions.find((one) => served.includes(one)) ?? preferred;
      if (version !== undefined) return { kind: 'served', version };
      return staleGroups.has(wanted.group)
        ? { kind: 'unknown' }
        : { kind: 'absent', reason: `the cluster has no ${name}` };
    },
    fingerprint: JSON.stringify([[...byName], [...staleGroups]]),
  };
}

/** `APIGroupDiscoveryList` of apidiscovery.k8s.io/v2: all of `/api` or `/apis` in one answer. */
export function readAggregated(list: unknown): readonly GroupVersion[] {
  return listOf(asRecord(list)['items']).flatMap((item) => {
    const group = asText(asRecord(asRecord(item)['metadata'])['name']);
    return listOf(asRecord(item)['versions']).map((entry): GroupVersion => {
      const { version, resources, freshness } = asRecord(entry);
      return {
        group,
        version: asText(version),
        isStale: freshness === 'Stale',
        resources: listOf(resources).flatMap((each) => {
          const { resource, scope, verbs, responseKind } = asRecord(each);
          return typeof resource !== 'string'
            ? []
            : [
                {
                  group,
                  version: asText(version),
                  resource: oneLine(resource),
                  kind: oneLine(asText(asRecord(responseKind)['kind'])),
                  namespaced: scope === 'Namespaced',
                  verbs: textsOf(verbs),
                },
              ];
        }),
      };
    });
  });
}

/** `APIVersions` of `/api`, or `APIGroupList` of `/apis`: groups with their versions, the preferred one first. */
export function readGroups(list: unknown): readonly Pick<GroupVersion, 'group' | 'version'>[] {
  const { versions, groups } = asRecord(list);
  return [
    ...textsOf(versions).map((version) => ({ group: '', version })),
    ...listOf(groups).flatMap((item) => {
      const { name, versions, preferredVersion } = asRecord(item);
      const group = asText(name);
      const all = listOf(versions).map((entry) => asText(asRecord(entry)['version']));
      const first = asText(asRecord(preferredVersion)['version']);
      return [...new Set([...(first === '' ? [] : [first]), ...all])].map((version) => ({
        group,
        version,
      }));
    }),
  ];
}

/** `APIResourceList` of `/api/v1` or `/apis/GROUP/VERSION`; subresources such as `pods/log` are left out. */
export function readResourceList(
  list: unknown,
  { group, version }: Pick<GroupVersion, 'group' | 'version'>,
): GroupVersion {
  const resources = listOf(asRecord(list)['resources']).flatMap((each) => {
    const { name, kind, namespaced, verbs } = asRecord(each);
    return typeof name !== 'string' || name.includes('/')
      ? []
      : [
          {
            group,
            version,
            resource: oneLine(name),
            kind: oneLine(asText(kind)),
            namespaced: namespaced === true,
            verbs: textsOf(verbs),
          },
        ];
  });
  return { group, version, resources, isStale: false };
}

/** `/api/v1`, `/apis/apps/v1`. */
export const groupVersionPath = ({
  group,
  version,
}: Pick<GroupVersion, 'group' | 'version'>): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((entry): entry is string => typeof entry === 'string');
