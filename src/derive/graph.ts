import { componentPlaces } from '../domain/components.ts';
import { known, lastKnown } from '../domain/feed.ts';
import type { Feed } from '../domain/feed.ts';
import { failedService } from '../domain/groups.ts';
import type { ClusterInventory, HostInventory, Inventory } from '../domain/inventory.ts';
import { diskOfVdev } from '../domain/joined-disks.ts';
import {
  allZonesOf,
  findHost,
  findZone,
  linksOf,
  vlansOf,
  zonesByAddress,
} from '../domain/joined.ts';
import type { Zone } from '../domain/joined.ts';
import { objectNeeds } from '../domain/network.ts';
import { MANY_OBJECTS } from '../domain/objects.ts';
import { podsByWorkload } from '../domain/pods.ts';
import { isTroubled, leafVdevs } from '../domain/pool.ts';
import {
  clusterRef,
  componentRef,
  diskRef,
  hostRef,
  jumpHostRef,
  linkRef,
  nodeRef,
  objectRef,
  podRef,
  poolRef,
  refKind,
  refName,
  refPath,
  resourceRef,
  serviceRef,
  vmRef,
  zoneRef,
} from '../domain/ref.ts';
import type { ComponentRef, Ref, RefKind } from '../domain/ref.ts';
import { claimsOfPod, kubevirtNeeds, storageNeeds } from './storage-graph.ts';

/**
 * One thing needs another.
 * - `hard`: it is gone without it
 * - `soft`: it lives on, only its network is gone
 * - `part`: it is made of several like it, and one of them is not well
 */
export type Edge = { readonly to: Ref; readonly strength: 'hard' | 'soft' | 'part' };

/** What a thing needs, nearest first; discovered from the inventory, also from what is no longer fresh. */
export type Graph = { readonly needs: (ref: Ref) => readonly Edge[] };

/** From the physical layer upwards. */
export const LAYERS: readonly RefKind[] = [
  'host',
  'disk',
  'fault',
  'pool',
  'dataset',
  'link',
  'vlan',
  'vm',
  'zone',
  'service',
  'group',
  'component',
  'certificate',
  'cluster',
  'node',
  'storage',
  'kubevirt',
  'pod',
  'resource',
  'workload',
  'object',
  'source',
];

const hard = (to: Ref): Edge => ({ to, strength: 'hard' });
const soft = (to: Ref): Edge => ({ to, strength: 'soft' });
const part = (to: Ref): Edge => ({ to, strength: 'part' });

/** What carries a VLAN on each host. */
const vlanNeeds = (inventory: Inventory, ref: Ref): readonly Edge[] =>
  vlansOf(inventory)
    .filter((vlan) => vlan.ref === ref)
    .flatMap(({ links }) => links)
    .flatMap(({ host, over }) => over.map((name) => soft(linkRef(host, name))));

/** Things are looked up when they are asked for: a graph costs nothing while nothing is wrong. */
export function createGraph(inventory: Inventory): Graph {
  const zonesByHost = new Map<string, ReadonlyMap<string, Zone>>();
  const linksByHost = new Map<string, ReadonlyMap<string, readonly string[]>>();

  const zones = (host: string): ReadonlyMap<string, Zone> => {
    let found = zonesByHost.get(host);
    if (!found) {
      const entry = findHost(inventory, host);
      found = new Map((entry ? allZonesOf(entry) : []).map((zone) => [zone.name, zone]));
      zonesByHost.set(host, found);
    }
    return found;
  };
  const lower = (host: string): ReadonlyMap<string, readonly string[]> => {
    let found = linksByHost.get(host);
    if (!found) {
      const entry = findHost(inventory, host);
      found = new Map((entry ? linksOf(entry) : []).map(({ name, over }) => [name, over]));
      linksByHost.set(host, found);
    }
    return found;
  };
  function zoneNeeds(host: string, name: string): readonly Edge[] {
    const zone = zones(host).get(name);
    if (!zone) return [hard(hostRef(host))];
    const pools = known(findHost(inventory, host)?.feeds.pools ?? { status: 'pending' }, []).map(
      (pool) => pool.name,
    );
    const stores = [zone.path.replace(/^\//, ''), ...zone.datasets, ...(zone.vm?.disks ?? [])];
    return [
      hard(hostRef(host)),
      ...pools
        .filter((pool) => stores.some((store) => store === pool || store.startsWith(`${pool}/`)))
        .map((pool) => hard(poolRef(host, pool))),
      ...zone.links
        .flatMap((link) => lower(host).get(link) ?? [])
        .map((link) => soft(linkRef(host, link))),
    ];
  }

  function clusterThingNeeds(cluster: string, path: readonly string[]): readonly Edge[] {
    const feeds = inventory.clusters.find(({ name }) => name === cluster)?.feeds;
    if (!feeds) return [];
    if (path.length === 3) {
      const [kind = '', ...name] = path;
      const [namespace = '', own = ''] = name;
      const table = lastKnown(feeds.pods)?.value;
      const pods = table && podsByWorkload(table).get(`${namespace}/${kind}/${own}`)?.values();
      return [
        ...[...(pods ?? [])].map((pod) => hard(podRef(cluster, pod.namespace, pod.name))),
        hard(clusterRef(cluster)),
      ];
    }
    if (path.length === 2) {
      const pod = known(feeds.pods, { revision: 0, byKey: new Map() }).byKey.get(path.join('/'));
      if (!pod) return [];
      return [
        ...(pod.node === null ? [] : [hard(nodeRef(cluster, pod.node))]),
        ...claimsOfPod(cluster, pod).map(hard),
      ];
    }
    const address = known(feeds.nodes, { revision: 0, byKey: new Map() }).byKey.get(
      path[0] ?? '',
    )?.internalIp;
    const machine = address ? zonesByAddress(inventory).get(address) : undefined;
    return [...(machine ? [hard(machine)] : []), hard(clusterRef(cluster))];
  }

  const inCluster = (
    name: string,
    needs: (cluster: ClusterInventory) => readonly Edge[],
  ): readonly Edge[] => {
    const cluster = inventory.clusters.find((each) => each.name === name);
    return cluster ? [...needs(cluster), hard(clusterRef(name))] : [];
  };

  return {
    needs: (ref) => {
      const [first = '', ...rest] = refPath(ref);
      switch (refKind(ref)) {
        case 'zone':
        case 'vm':
          return zoneNeeds(first, rest.join('/'));
        case 'link':
          return [
            hard(hostRef(first)),
            ...(lower(first).get(rest.join('/')) ?? []).map((link) => hard(linkRef(first, link))),
          ];
        case 'pool':
          return [hard(hostRef(first)), ...poolParts(findHost(inventory, first), rest.join('/'))];
        case 'disk':
        case 'fault':
          return [hard(hostRef(first))];
        case 'dataset':
          return [hard(poolRef(first, rest[0] ?? '')), hard(hostRef(first))];
        case 'service': {
          const [zone = ''] = rest;
          return zone === 'global'
            ? [hard(hostRef(first))]
            : [
                hard(zoneRef(first, zone)),
                hard(vmRef(first, zone)),
                hard(hostRef(first)),
                ...componentOfService(inventory, zoneRef(first, zone), refName(ref)),
              ];
        }
        case 'node':
        case 'pod':
        case 'workload':
          return clusterThingNeeds(first, rest);
        case 'storage':
          return inCluster(first, (cluster) =>
            storageNeeds(cluster, rest[0] ?? '', rest.slice(1).join('/')),
          );
        case 'kubevirt':
          return inCluster(first, (cluster) => kubevirtNeeds(cluster, rest.join('/')));
        case 'resource':
          return [hard(clusterRef(first))];
        case 'object':
          return [...objectEdges(inventory, first, rest), hard(clusterRef(first))];
        case 'source':
          return [
            ...inventory.hosts
              .filter(({ name }) => name === first)
              .map(({ name }) => hard(hostRef(name))),
            ...inventory.clusters
              .filter(({ name }) => name === first)
              .flatMap(({ name }) => [
                hard(clusterRef(name)),
                ...placesIn(inventory, name)
                  .filter(({ kind }) => kind === 'vip')
                  .map(({ ref: vip }) => hard(vip)),
                ...etcdOf(inventory, name),
              ]),
            ...resourceOfQuestion(inventory, first, rest[0]),
          ];
        case 'group':
          return groupMembers(inventory, refName(ref));
        case 'vlan':
          return vlanNeeds(inventory, ref);
        case 'component':
          return componentNeeds(inventory, first, rest[0] ?? '', rest.slice(1).join('/'));
        case 'certificate':
          return certificateNeeds(first, rest);
        case 'cluster':
          return apiNeeds(inventory, first);
        case 'host':
          return wayOf(inventory, first);
      }
    },
  };
}

/** The jump host that a host is lost behind; while it is reached nobody asks by what way. */
function wayOf(inventory: Inventory, name: string): readonly Edge[] {
  const jump = findHost(inventory, name)?.source.error?.jump;
  if (jump === undefined || jump === name) return [];
  return [hard(jumpHostRef(jump, findHost(inventory, jump) !== undefined))];
}

/**
 * The members of a redundancy group, and of those that run in vain the service that has given up. Nobody says whether one
 * that was never seen is a zone or a VM.
 */
const groupMembers = (inventory: Inventory, name: string): readonly Edge[] =>
  (inventory.groups.find((group) => group.name === name)?.members ?? []).flatMap((member) => {
    const [host = '', zone = ''] = member.split('/');
    const found = findZone(inventory, zoneRef(host, zone));
    const failed = found ? failedService(found) : null;
    return [
      hard(zoneRef(host, zone)),
      hard(vmRef(host, zone)),
      ...(failed === null ? [] : [hard(serviceRef(host, zone, failed))]),
    ];
  });

/** The disks of a pool that its tree does not find well. */
function poolParts(host: HostInventory | undefined, pool: string): readonly Edge[] {
  const status = host && known(host.feeds.poolStatus, []).find(({ name }) => name === pool);
  if (!host || !status) return [];
  return leafVdevs(status)
    .filter(({ vdev }) => isTroubled(vdev))
    .map(({ vdev }) => part(diskRef(host.name, diskOfVdev(vdev))));
}

type Places = ReturnType<typeof componentPlaces>;

const placesIn = (inventory: Inventory, name: string): Places => {
  const cluster = inventory.clusters.find((each) => each.name === name);
  return cluster ? componentPlaces(inventory, cluster) : [];
};

/** The etcd clusters that an instance needs: a member its own, others all of them. */
const etcdsOf = (places: Places, ref: Ref): readonly ComponentRef[] => {
  const own = places.find((place) => place.ref === ref)?.etcdRef ?? null;
  return own === null ? [...new Set(places.flatMap(({ etcdRef }) => etcdRef ?? []))] : [own];
};

/** What an instance of a component needs; without a name what all of its kind together need. */
function componentNeeds(
  inventory: Inventory,
  cluster: string,
  kind: string,
  name: string,
): readonly Edge[] {
  // Nobody's: `HOST/ZONE` is its name, and all that is known is where it runs.
  if (cluster === '') {
    const [host = '', zone = ''] = name.split('/');
    return [zoneRef(host, zone), vmRef(host, zone)].flatMap((ref) =>
      findZone(inventory, ref) ? [hard(ref)] : [],
    );
  }
  const places = placesIn(inventory, cluster);
  const ref = componentRef(cluster, kind, name);
  const above =
    kind === 'kube-apiserver' || (kind === 'etcd' && name !== '')
      ? etcdsOf(places, ref).map(hard)
      : kind === 'kube-scheduler' || kind === 'kube-controller-manager'
        ? [hard(clusterRef(cluster))]
        : [];
  if (name === '')
    return [
      ...together(places.filter((place) => (place.etcdKind ?? place.kind) === kind)),
      ...above,
    ];
  const zone = places.find((place) => place.ref === ref)?.zone;
  return [
    ...(zone ? [hard(zone.ref)] : []),
    ...above,
    ...(kind === 'kube-apiserver' ? manyObjects(inventory, cluster) : []),
  ];
}

/** What fills the memory of API servers: the resources of which there are many, the one that grows most first. */
function manyObjects({ clusters }: Inventory, name: string): readonly Edge[] {
  const cluster = clusters.find((each) => each.name === name);
  const counts = cluster && lastKnown(cluster.feeds.objects)?.value.byKey.values();
  return [...(counts ?? [])]
    .filter(({ count }) => (count ?? 0) >= MANY_OBJECTS)
    .toSorted((a, b) => (b.perMinute ?? 0) - (a.perMinute ?? 0) || (b.count ?? 0) - (a.count ?? 0))
    .map((each) => part(resourceRef(name, each.name)));
}

/** Whose a certificate is. */
function certificateNeeds(
  cluster: string,
  [owner = '', ...name]: readonly string[],
): readonly Edge[] {
  if (owner === 'kubelet') return [part(nodeRef(cluster, name.join('/')))];
  if (owner === 'cert-manager') return [part(clusterRef(cluster))];
  return name.length === 0
    ? [part(clusterRef(cluster))]
    : [part(componentRef(cluster, owner, name.join('/')))];
}

/** What a service of a zone of the control plane is there for, and for an API server the API with it. */
const componentOfService = (inventory: Inventory, zone: Ref, name: string): readonly Edge[] =>
  inventory.clusters.flatMap((cluster) =>
    componentPlaces(inventory, cluster)
      .filter((place) => place.zone?.ref === zone && name.includes(`/${place.kind}:`))
      .flatMap(({ ref, kind }) => [
        part(ref),
        part(
          kind === 'kube-apiserver' ? clusterRef(cluster.name) : componentRef(cluster.name, kind),
        ),
      ]),
  );

/** The resource that a question gets no answer about, and the API of another server that it is of. */
function resourceOfQuestion(
  { clusters }: Inventory,
  name: string,
  question: string | undefined,
): readonly Edge[] {
  const feeds = clusters.find((each) => each.name === name)?.feeds;
  if (feeds === undefined || question === undefined) return [];
  const byName: Readonly<Record<string, Feed<unknown>>> = feeds;
  const feed = byName[question];
  const resource = feed?.status === 'failed' ? feed.error.resource : undefined;
  if (resource === undefined) return [];
  const group = resource.slice(resource.indexOf('.'));
  const served = [...(lastKnown(feeds.apiServices)?.value.byKey.values() ?? [])].filter(
    (api) => api.service !== null && api.name.endsWith(group),
  );
  return [
    part(resourceRef(name, resource)),
    ...served.map((api) => part(objectRef(name, 'APIService', null, api.name))),
  ];
}

/** The members of etcd together, where there are some. */
const etcdOf = (inventory: Inventory, cluster: string): readonly Edge[] =>
  etcdsOf(placesIn(inventory, cluster), clusterRef(cluster)).map(hard);

/** What the API of a cluster needs. */
function apiNeeds(inventory: Inventory, cluster: string): readonly Edge[] {
  const places = placesIn(inventory, cluster);
  return [
    ...together(places.filter(({ kind }) => kind === 'kube-apiserver')),
    ...etcdOf(inventory, cluster),
  ];
}

/** Several stand in for each other: they need what all of them need, and each of them is a part. */
function together(places: Places): readonly Edge[] {
  const zones = places.flatMap(({ zone }) => zone ?? []);
  const hosts = [...new Set(zones.map(({ host }) => host))];
  const isPlaced = zones.length === places.length;
  return [
    ...(isPlaced && zones.length === 1 ? zones.map(({ ref }) => hard(ref)) : []),
    ...(isPlaced && hosts.length === 1 ? hosts.map((host) => hard(hostRef(host))) : []),
    ...places.map(({ ref }) => part(ref)),
    ...zones.map(({ ref }) => part(ref)),
    ...hosts.map((host) => part(hostRef(host))),
  ];
}

/** What another object of a cluster's API needs; a router that is a zone or a VM of a host goes by its address. */
function objectEdges(inventory: Inventory, name: string, path: readonly string[]): readonly Edge[] {
  const cluster = inventory.clusters.find((each) => each.name === name);
  const router =
    path[0] === 'BGPPeer' ? zonesByAddress(inventory).get(path.at(-1) ?? '') : undefined;
  return [
    ...(router ? [hard(router)] : []),
    ...(cluster
      ? objectNeeds(cluster, path).map(({ to, isPart }) => (isPart ? part : hard)(to))
      : []),
  ];
}
