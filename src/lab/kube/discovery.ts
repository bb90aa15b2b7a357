import { createHash } from 'node:crypto';
import { apiVersionOf, type Kind, type Subresource } from './kinds/kind.ts';
import { parseAccept } from './representation.ts';

/** A resource that is answered and never stored: the reviews, and what metrics-server measures. */
export type VirtualResource = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced?: boolean;
  /** Default: `create`. */
  readonly verbs?: readonly string[];
};

type Listed = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
};

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Each subresource: its verbs, and the kind it answers with when that is not its parent's. */
const SUBRESOURCES: {
  readonly [name in Subresource]: {
    readonly verbs: readonly string[];
    readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  };
} = {
  status: { verbs: ['get', 'patch', 'update'] },
  scale: {
    verbs: ['get', 'patch', 'update'],
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  },
  eviction: { verbs: ['create'], kind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  log: { verbs: ['get'] },
};

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** A discovery document and the media type it has. */
export type Document = {
  readonly contentType: string;
  readonly body: string;
  readonly etag: string;
};

/**
 * Answers the discovery paths; undefined for a path that is none.
 * @param isStale whether the server behind a group does not answer: what is told of it is what was last known
 */
export function createDiscovery(
  kinds: () => readonly Kind[],
  virtual: readonly VirtualResource[],
  isStale: (group: string) => boolean,
): (pathname: string, accept: string | undefined) => Document | undefined {
  const listedNow = (): readonly Listed[] => [
    ...kinds().map((kind) => ({ ...kind, verbs: VERBS, categories: kind.categories ?? [] })),
    ...virtual.map((resource) => ({
      ...resource,
      singular: resource.kind.toLowerCase(),
      namespaced: resource.namespaced ?? false,
      verbs: resource.verbs ?? ['create'],
      shortNames: [],
      categories: [],
      subresources: [],
    })),
  ];
  return (pathname, accept) => {
    const listed = listedNow();
    const groups = [...new Set(listed.map(({ group }) => group))].sort();
    const path = pathname.replace(/\/$/u, '');
    if (path === '/api' || path === '/apis') {
      const own = groups.filter((group) => (path === '/api') === (group === ''));
      if (wantsAggregated(accept)) return document(aggregated(listed, own, isStale), AGGREGATED);
      return document(
        path === '/api'
          ? coreVersions()
          : {
              kind: 'APIGroupList',
              apiVersion: 'v1',
              groups: own.map((group) => groupOf(listed, group)),
            },
      );
    }
    const [, root, first = '', second, ...rest] = path.split('/');
    if (rest.length > 0) return undefined;
    if (root === 'api' && first !== '' && second === undefined)
      return resourceList(listed, '', first);
    if (root !== 'apis' || first === '') return undefined;
    if (second !== undefined) return resourceList(listed, first, second);
    return groups.includes(first)
      ? document({ apiVersion: 'v1', ...groupOf(listed, first) })
      : undefined;
  };
}

function document(value: unknown, contentType = 'application/json'): Document {
  const body = `${JSON.stringify(value)}\n`;
  return {
    contentType,
    body,
    etag: `"${createHash('sha256').update(body).digest('hex').toUpperCase()}"`,
  };
}

function wantsAggregated(accept: string | undefined): boolean {
  return parseAccept(accept).some(
    ({ parameters }) =>
      parameters.get('as') === 'APIGroupDiscoveryList' &&
      parameters.get('v') === 'v2' &&
      parameters.get('g') === 'apidiscovery.k8s.io',
  );
}

const coreVersions = (): unknown => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }],
});

function versionsOf(listed: readonly Listed[], group: string): readonly string[] {
  return [
    ...new Set(listed.filter((resource) => resource.group === group).map(({ version }) => version)),
  ];
}

function groupOf(listed: readonly Listed[], group: string): { readonly [field: string]: unknown } {
  const versions = versionsOf(listed, group).map((version) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { kind: 'APIGroup', name: group, versions, preferredVersion: versions[0] };
}

function resourceList(
  listed: readonly Listed[],
  group: string,
  version: string,
): Document | undefined {
  const found = listed.filter(
    (resource) => resource.group === group && resource.version === version,
  );
  if (found.length === 0) return undefined;
  const resources = found.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
      ...(resource.categories.length > 0 && { categories: resource.categories }),
    },
    ...resource.subresources.map((name) => ({
      name: `${resource.plural}/${name}`,
      singularName: '',
      namespaced: resource.namespaced,
      ...(SUBRESOURCES[name].kind ?? { kind: resource.kind }),
      verbs: SUBRESOURCES[name].verbs,
    })),
  ]);
  return document({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources,
  });
}

function aggregated(
  listed: readonly Listed[],
  groups: readonly string[],
  isStale: (group: string) => boolean,
): unknown {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { ...(group && { name: group }), creationTimestamp: null },
      versions: versionsOf(listed, group).map((version) => ({
        version,
        resources: listed
          .filter((resource) => resource.group === group && resource.version === version)
          .map(aggregatedResource),
        freshness: isStale(group) ? 'Stale' : 'Current',
      })),
    })),
  };
}

function aggregatedResource({
  group,
  version,
  plural,
  singular,
  kind,
  namespaced,
  verbs,
  shortNames,
  categories,
  subresources,
}: Listed): unknown {
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map((subresource) => ({
        subresource,
        responseKind: SUBRESOURCES[subresource].kind ?? { group, version, kind },
        verbs: SUBRESOURCES[subresource].verbs,
      })),
    }),
  };
}
