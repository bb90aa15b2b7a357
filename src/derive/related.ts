import { componentPlaces } from '../domain/components.ts';
import { known } from '../domain/feed.ts';
import type { ClusterInventory, HostInventory, Inventory } from '../domain/inventory.ts';
import { disksOf } from '../domain/joined-disks.ts';
import type { Disk } from '../domain/joined-disks.ts';
import { allZonesOf, findHost, findZone, linksOf, vlansOf } from '../domain/joined.ts';
import type { Link, Zone } from '../domain/joined.ts';
import type { KubeTable, Pod } from '../domain/kube.ts';
import {
  clusterRef,
  hostRef,
  nodeRef,
  podRef,
  poolRef,
  refKind,
  refName,
  refPath,
  refText,
  vlanRef,
  workloadRef,
} from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import { findWorkload, workloadState } from '../domain/workload.ts';
import { createGraph } from './graph.ts';
import type { Graph } from './graph.ts';
import { relatedMachine, relatedStorage, relatedToNode, relatedToPod } from './storage-graph.ts';

/** A thing that another one has to do with. */
export type Related = {
  /** `zone etcd1` */
  readonly label: string;
  readonly ref: Ref;
  /** How it is related: `runs on it`. */
  readonly why: string;
};

type Found = readonly [ref: Ref, why: string];

const noTable = { revision: 0, byKey: new Map<string, never>() };

/**
 * What a thing has to do with, one step away: first what it needs, then what needs it, then its like. Each thing
 * comes once, for the first reason. Also from what is no longer fresh; nothing for a thing that nobody knows.
 */
export function related(ref: Ref, inventory: Inventory): readonly Related[] {
  const graph = createGraph(inventory);
  const seen = new Set<Ref>([ref]);
  return foundFor(ref, inventory, graph).flatMap(([other, why]) => {
    if (seen.has(other)) return [];
    seen.add(other);
    return [{ label: labelOf(other, ref), ref: other, why }];
  });
}

/** On the same host its name says enough; elsewhere the host is told. */
function labelOf(ref: Ref, from: Ref): string {
  const kind = refKind(ref);
  const [first = '', ...rest] = refPath(ref);
  const near = refPath(from)[0] === first || rest.length === 0;
  switch (kind) {
    case 'host':
    case 'vlan':
    case 'cluster':
    case 'source':
      return `${kind} ${first}`;
    case 'service':
      return `service ${refName(ref)}${rest[0] === 'global' ? '' : ` in ${rest[0] ?? ''}`}`;
    case 'node':
    case 'pod':
    case 'resource':
      return `${kind} ${rest.join('/')}`;
    case 'storage':
    case 'kubevirt':
    case 'group':
    case 'workload':
    case 'component':
    case 'certificate':
    case 'object':
      return refText(ref);
    case 'zone':
    case 'vm':
    case 'link':
    case 'pool':
    case 'disk':
    case 'dataset':
    case 'fault':
      return near ? `${kind} ${rest.join('/')}` : `${kind} ${rest.join('/')} on ${first}`;
  }
}

function foundFor(ref: Ref, inventory: Inventory, graph: Graph): readonly Found[] {
  const [first = '', ...rest] = refPath(ref);
  switch (refKind(ref)) {
    case 'host':
      return ofHost(first, inventory, graph);
    case 'zone':
    case 'vm':
      return ofZone(ref, inventory, graph);
    case 'link':
      return ofLink(first, rest.join('/'), inventory);
    case 'pool':
      return [
        [hostRef(first), 'its host'],
        ...zonesNeeding(ref, first, inventory, graph),
        ...disksIn(findHost(inventory, first), rest.join('/')),
      ];
    case 'vlan':
      return ofVlan(Number(first), inventory);
    case 'cluster':
      return ofCluster(first, inventory, graph);
    case 'node':
      return ofNode(ref, first, rest.join('/'), inventory, graph);
    case 'pod':
      return ofPod(ref, first, rest.join('/'), inventory, graph);
    case 'workload':
      return ofWorkload(ref, first, rest, inventory, graph);
    case 'disk':
      return ofDisk(ref, findHost(inventory, first));
    case 'dataset':
    case 'storage':
      return inCluster(first, inventory, (cluster) =>
        relatedStorage(cluster, rest[0] ?? '', rest.slice(1).join('/')),
      );
    case 'kubevirt':
      return inCluster(first, inventory, (cluster) => relatedMachine(cluster, rest.join('/')));
    case 'service':
    case 'fault':
    case 'resource':
    case 'component':
    case 'certificate':
    case 'object':
      return graph.needs(ref).map(({ to }): Found => [to, needText(to)]);
    case 'group':
      return graph.needs(ref).map(({ to }): Found => [to, 'its member']);
    case 'source':
      return graph.needs(ref).map(({ to }): Found => [to, 'what it watches']);
  }
}

function ofHost(name: string, inventory: Inventory, graph: Graph): readonly Found[] {
  const host = findHost(inventory, name);
  if (!host) return [];
  const zones = allZonesOf(host);
  const links = linksOf(host);
  const here = new Set<Ref>(zones.map(({ ref }) => ref));
  return [
    ...known(host.feeds.pools, []).map((pool): Found => [poolRef(name, pool.name), 'its pool']),
    ...zones.map(({ ref, stateText }): Found => [ref, `on it, ${stateText}`]),
    ...nodesOn(here, inventory, graph).map((node): Found => [node, 'runs in one of its zones']),
    ...vlansOf(inventory)
      .filter(({ hosts }) => hosts.includes(name))
      .map((vlan): Found => [vlan.ref, vlan.name ?? 'carried by it']),
    ...links
      .filter(({ class: of }) => of === 'phys' || of === 'aggr')
      .map(({ ref, class: of, state }): Found => [ref, `its ${of}, ${state}`]),
  ];
}

/** The disks that a pool is made of. */
const disksIn = (host: HostInventory | undefined, pool: string): readonly Found[] =>
  (host ? disksOf(host) : [])
    .filter(({ member }) => member?.pool === pool)
    .map(({ ref, member }): Found => [ref, `its disk, ${member?.vdev.state ?? 'unknown'}`]);

/** The pool that it serves in, and the disks that do so with it. */
function ofDisk(ref: Ref, host: HostInventory | undefined): readonly Found[] {
  const disk = host && disksOf(host).find((each) => each.ref === ref);
  if (!disk) return [];
  const { member } = disk;
  const isMate = (other: Disk): boolean =>
    other !== disk &&
    member !== null &&
    member.group !== null &&
    other.member?.pool === member.pool &&
    other.member.group === member.group;
  return [
    [hostRef(host.name), 'its host'],
    ...(member ? [[poolRef(host.name, member.pool), 'it serves in it'] as const] : []),
    ...disksOf(host)
      .filter(isMate)
      .map((other): Found => [other.ref, `in ${member?.group ?? ''} with it`]),
  ];
}

function ofZone(ref: Ref, inventory: Inventory, graph: Graph): readonly Found[] {
  const zone = findZone(inventory, ref);
  const host = zone && findHost(inventory, zone.host);
  if (!zone || !host) return [];
  const own = linksOf(host).filter((link) => zone.links.includes(link.name));
  return [
    ...graph.needs(ref).map(({ to }): Found => [to, needText(to)]),
    ...own.map((link): Found => [link.ref, `its ${link.class}, ${link.state}`]),
    ...zone.vlans.map((id): Found => [vlanRef(id), inventory.vlanNames.get(id) ?? 'it is on it']),
    ...nodesOn(new Set([ref]), inventory, graph).map((node): Found => [node, 'runs in it']),
    ...componentsIn(zone, inventory),
    ...groupMembers(zone, inventory),
  ];
}

/** The parts of control planes that run in a zone. */
const componentsIn = ({ ref }: Zone, inventory: Inventory): readonly Found[] =>
  inventory.clusters.flatMap((cluster) =>
    componentPlaces(inventory, cluster)
      .filter(({ zone }) => zone?.ref === ref)
      .map((place): Found => [place.ref, `runs in it, of ${cluster.name}`]),
  );

/** What a zone or VM needs, in words. */
function needText(ref: Ref): string {
  switch (refKind(ref)) {
    case 'host':
      return 'its host';
    case 'pool':
      return 'it is stored there';
    case 'link':
      return 'its network goes over it';
    case 'zone':
    case 'vm':
      return 'it runs in it';
    case 'disk':
    case 'dataset':
    case 'service':
    case 'fault':
    case 'group':
    case 'vlan':
    case 'cluster':
    case 'node':
    case 'pod':
    case 'workload':
    case 'component':
      return 'it is of it';
    case 'resource':
      return 'its memory holds them';
    case 'certificate':
    case 'object':
    case 'storage':
    case 'kubevirt':
    case 'source':
      return 'it needs it';
  }
}

/** The others of its redundancy groups. */
function groupMembers({ host, name }: Zone, inventory: Inventory): readonly Found[] {
  const zones = new Map<string, Zone>(
    inventory.hosts.flatMap((entry) =>
      allZonesOf(entry).map((zone) => [`${zone.host}/${zone.name}`, zone] as const),
    ),
  );
  return inventory.groups
    .filter(({ members }) => members.includes(`${host}/${name}`))
    .flatMap((group) =>
      group.members.flatMap((member): readonly Found[] => {
        const zone = zones.get(member);
        return zone ? [[zone.ref, `in group ${group.name} with it, ${zone.stateText}`]] : [];
      }),
    );
}

function ofLink(host: string, name: string, inventory: Inventory): readonly Found[] {
  const entry = findHost(inventory, host);
  const links = entry ? linksOf(entry) : [];
  const link = links.find((candidate) => candidate.name === name);
  if (!entry || !link) return [];
  const zone = allZonesOf(entry).find((candidate) => candidate.name === link.zone);
  const text = (other: Link): string => `${other.class}, ${other.state}`;
  return [
    [hostRef(host), 'its host'],
    ...links
      .filter((other) => link.over.includes(other.name))
      .map((other): Found => [other.ref, `beneath it: ${text(other)}`]),
    ...(link.vlanId === null ? [] : [[vlanRef(link.vlanId), 'its VLAN'] as const]),
    ...(zone ? [[zone.ref, 'it is in it'] as const] : []),
    ...links
      .filter((other) => other.over.includes(name))
      .map((other): Found => [other.ref, `over it: ${text(other)}`]),
    ...allZonesOf(entry)
      .filter((other) => other.links.some((own) => goesOver(own, name, links)))
      .map((other): Found => [other.ref, 'its network goes over it']),
  ];
}

/** Whether a link is that one or stands on it, through whatever is between. */
function goesOver(from: string, wanted: string, links: readonly Link[]): boolean {
  const lower = new Map(links.map(({ name, over }) => [name, over]));
  const seen = new Set<string>();
  const visit = (name: string): boolean => {
    if (name === wanted) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return (lower.get(name) ?? []).some((below) => visit(below));
  };
  return visit(from);
}

const zonesNeeding = (
  ref: Ref,
  host: string,
  inventory: Inventory,
  graph: Graph,
): readonly Found[] => {
  const entry = findHost(inventory, host);
  return (entry ? allZonesOf(entry) : [])
    .filter((zone) => graph.needs(zone.ref).some(({ to }) => to === ref))
    .map((zone): Found => [zone.ref, `stored on it, ${zone.stateText}`]);
};

function ofVlan(id: number, inventory: Inventory): readonly Found[] {
  const vlan = vlansOf(inventory).find((candidate) => candidate.id === id);
  if (!vlan) return [];
  return [
    ...vlan.hosts.map((host): Found => [hostRef(host), 'carries it']),
    ...[...vlan.zones, ...vlan.vms].map((zone): Found => [zone.ref, `on it, ${zone.stateText}`]),
    ...vlan.links.map((link): Found => [link.ref, `${link.class} on ${link.host}, ${link.state}`]),
  ];
}

function ofCluster(name: string, inventory: Inventory, graph: Graph): readonly Found[] {
  const cluster = inventory.clusters.find((candidate) => candidate.name === name);
  const nodes = [...known(cluster?.feeds.nodes ?? { status: 'pending' }, noTable).byKey.values()];
  return [
    ...nodes.map((node): Found => [nodeRef(name, node.name), `its node, ${node.status}`]),
    ...nodes.flatMap((node) =>
      machinesOf(nodeRef(name, node.name), graph).map((machine): Found => [
        machine,
        `node ${node.name} runs in it`,
      ]),
    ),
  ];
}

function ofNode(
  ref: Ref,
  cluster: string,
  name: string,
  inventory: Inventory,
  graph: Graph,
): readonly Found[] {
  const own = [...podsOf(cluster, inventory).byKey.values()].filter(({ node }) => node === name);
  return [
    ...beneathNode(ref, graph),
    ...inCluster(cluster, inventory, (within) => relatedToNode(within, name)),
    ...own.map((pod): Found => [podRef(cluster, pod.namespace, pod.name), `on it, ${pod.status}`]),
    ...own.flatMap((pod) => workloadOf(cluster, pod, inventory, 'has a pod on it')),
  ];
}

function ofPod(
  ref: Ref,
  cluster: string,
  key: string,
  inventory: Inventory,
  graph: Graph,
): readonly Found[] {
  const pods = podsOf(cluster, inventory);
  const pod = pods.byKey.get(key);
  const nodes = graph.needs(ref).filter(({ to }) => refKind(to) === 'node');
  return [
    ...(pod ? workloadOf(cluster, pod, inventory, 'it belongs to it') : []),
    ...nodes.map(({ to }): Found => [to, 'its node']),
    ...nodes.flatMap(({ to }) => beneathNode(to, graph)),
    ...(pod ? relatedToPod(cluster, pod) : []),
    [clusterRef(cluster), 'its cluster'],
    ...(pod?.owner ? [...pods.byKey.values()] : [])
      .filter((other) => other.owner === pod?.owner && other.namespace === pod?.namespace)
      .map((other): Found => [
        podRef(cluster, other.namespace, other.name),
        `${other.owner ?? ''} too, ${other.status}`,
      ]),
  ];
}

/** What is found in a cluster, and the cluster itself at the end. */
function inCluster(
  name: string,
  { clusters }: Inventory,
  find: (cluster: ClusterInventory) => readonly Found[],
): readonly Found[] {
  const cluster = clusters.find((each) => each.name === name);
  return cluster ? [...find(cluster), [clusterRef(name), 'its cluster']] : [];
}

/** The workload of a pod, where it is known. */
function workloadOf(
  cluster: string,
  { namespace, workload }: Pod,
  { clusters }: Inventory,
  why: string,
): readonly Found[] {
  const within = clusters.find(({ name }) => name === cluster);
  const found = within && findWorkload(within, namespace, workload);
  return found ? [[workloadRef(cluster, found.kind, namespace, found.name), why]] : [];
}

function ofWorkload(
  ref: Ref,
  cluster: string,
  [kind = '', namespace = '', name = '']: readonly string[],
  inventory: Inventory,
  graph: Graph,
): readonly Found[] {
  const within = inventory.clusters.find((each) => each.name === cluster);
  const own = within && findWorkload(within, namespace, `${kind}/${name}`);
  if (!within || !own) return [];
  const pods = [...podsOf(cluster, inventory).byKey.values()].filter(
    (pod) => pod.namespace === namespace && pod.workload === `${kind}/${name}`,
  );
  const above = findWorkload(within, namespace, own.owner);
  const jobs = [...known(within.feeds.jobs, noTable).byKey.values()].filter(
    (job) => job.namespace === namespace && job.owner === `${kind}/${name}`,
  );
  return [
    ...(above
      ? [[workloadRef(cluster, above.kind, namespace, above.name), 'made it'] as const]
      : []),
    ...jobs.map((job): Found => [
      workloadRef(cluster, job.kind, namespace, job.name),
      `its job, ${workloadState(job)}`,
    ]),
    ...pods.map((pod): Found => [
      podRef(cluster, pod.namespace, pod.name),
      `its pod, ${pod.status}`,
    ]),
    ...pods.flatMap(({ node }): readonly Found[] =>
      node === null ? [] : [[nodeRef(cluster, node), 'has a pod of it']],
    ),
    ...graph
      .needs(ref)
      .filter(({ to }) => refKind(to) === 'cluster')
      .map(({ to }): Found => [to, 'its cluster']),
  ];
}

const podsOf = (cluster: string, inventory: Inventory): KubeTable<Pod> =>
  known(
    inventory.clusters.find(({ name }) => name === cluster)?.feeds.pods ?? { status: 'pending' },
    noTable,
  );

/** The zone or VM that a node runs in, and the host beneath that. */
const beneathNode = (node: Ref, graph: Graph): readonly Found[] =>
  machinesOf(node, graph).flatMap((machine): readonly Found[] => [
    [machine, 'the node runs in it'],
    ...graph
      .needs(machine)
      .filter(({ to }) => refKind(to) === 'host')
      .map(({ to }): Found => [to, 'it is on it']),
  ]);

const machinesOf = (node: Ref, graph: Graph): readonly Ref[] =>
  graph
    .needs(node)
    .map(({ to }) => to)
    .filter((to) => refKind(to) === 'zone' || refKind(to) === 'vm');

/** The nodes that run in one of these zones or VMs. */
const nodesOn = (machines: ReadonlySet<Ref>, inventory: Inventory, graph: Graph): readonly Ref[] =>
  inventory.clusters.flatMap((cluster) =>
    [...known(cluster.feeds.nodes, noTable).byKey.keys()]
      .map((name) => nodeRef(cluster.name, name))
      .filter((node) => machinesOf(node, graph).some((machine) => machines.has(machine))),
  );
