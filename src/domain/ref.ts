import { storageWord } from './storage.ts';

/**
 * The name of a thing, the same everywhere: problems, JSON, ledger, silences, command line.
 * A kind, a colon, then the path to the thing: `zone:omni1/etcd1`, `pod:infrak8s/default/web-1`.
 */
export type HostRef = `host:${string}`;
export type ZoneRef = `zone:${string}/${string}`;
export type VmRef = `vm:${string}/${string}`;
export type LinkRef = `link:${string}/${string}`;
export type PoolRef = `pool:${string}/${string}`;
/** `cNtNdN`, or the name of the kernel's instance when the other is not known. */
export type DiskRef = `disk:${string}/${string}`;
export type DatasetRef = `dataset:${string}/${string}`;
/** Host, zone (`global` for the host itself) and FMRI. */
export type ServiceRef = `service:${string}/${string}/${string}`;
/** A case of the fault manager, by its EVENT-ID. */
export type FaultRef = `fault:${string}/${string}`;
/** A redundancy group, by its name, which may hold anything. */
export type GroupRef = `group:${string}`;
export type VlanRef = `vlan:${number}`;
export type ClusterRef = `cluster:${string}`;
export type NodeRef = `node:${string}/${string}`;
export type PodRef = `pod:${string}/${string}/${string}`;
/** A resource of a cluster's API as a whole: `resource:infrak8s/replicas.longhorn.io`. */
export type ResourceRef = `resource:${string}/${string}`;
/** Kind as the API spells it, then namespace and name: `workload:infrak8s/Deployment/media/jellyfin`. */
export type WorkloadRef = `workload:${string}/${string}/${string}/${string}`;
/**
 * `component:CLUSTER/KIND/NAME` is an instance of a component of the control plane, `component:CLUSTER/KIND` all
 * instances together: `component:infrak8s/etcd/etcd1`, `component:infrak8s/etcd`.
 */
export type ComponentRef = `component:${string}/${string}`;
/** Whose it is: `certificate:infrak8s/kube-apiserver/apisrv1`, `certificate:infrak8s/kubeconfig`. */
export type CertificateRef = `certificate:${string}/${string}`;
/**
 * Any other object of a cluster's API: its kind as the API spells it, its namespace if it has one, its name:
 * `object:infrak8s/Gateway/apps/public`. A BGP peer goes by its address, after the node whose session is meant:
 * `object:infrak8s/BGPPeer/worker1/10.127.0.1`.
 */
export type ObjectRef = `object:${string}/${string}/${string}`;
/** What stores data in a cluster: cluster, kind, namespace where there is one, name. */
export type StorageRef = `storage:${string}/${string}/${string}`;
/** A virtual machine of KubeVirt: cluster, namespace, name. */
export type KubevirtRef = `kubevirt:${string}/${string}/${string}`;
export type SourceRef = `source:${string}`;
export type Ref =
  | HostRef
  | ZoneRef
  | VmRef
  | LinkRef
  | PoolRef
  | DiskRef
  | DatasetRef
  | ServiceRef
  | FaultRef
  | GroupRef
  | VlanRef
  | ClusterRef
  | NodeRef
  | PodRef
  | ResourceRef
  | WorkloadRef
  | ComponentRef
  | CertificateRef
  | ObjectRef
  | StorageRef
  | KubevirtRef
  | SourceRef;

export type RefKind =
  | 'host'
  | 'zone'
  | 'vm'
  | 'link'
  | 'pool'
  | 'disk'
  | 'dataset'
  | 'service'
  | 'fault'
  | 'group'
  | 'vlan'
  | 'cluster'
  | 'node'
  | 'pod'
  | 'resource'
  | 'workload'
  | 'component'
  | 'certificate'
  | 'object'
  | 'storage'
  | 'kubevirt'
  | 'source';

export const hostRef = (host: string): HostRef => `host:${host}`;
export const zoneRef = (host: string, zone: string): ZoneRef => `zone:${host}/${zone}`;
export const vmRef = (host: string, zone: string): VmRef => `vm:${host}/${zone}`;
export const linkRef = (host: string, link: string): LinkRef => `link:${host}/${link}`;
export const poolRef = (host: string, pool: string): PoolRef => `pool:${host}/${pool}`;
export const diskRef = (host: string, disk: string): DiskRef => `disk:${host}/${disk}`;
export const datasetRef = (host: string, dataset: string): DatasetRef =>
  `dataset:${host}/${dataset}`;
export const serviceRef = (host: string, zone: string, fmri: string): ServiceRef =>
  `service:${host}/${zone}/${fmri}`;
export const faultRef = (host: string, id: string): FaultRef => `fault:${host}/${id}`;
export const groupRef = (name: string): GroupRef => `group:${name}`;
export const vlanRef = (id: number): VlanRef => `vlan:${id}`;
export const clusterRef = (cluster: string): ClusterRef => `cluster:${cluster}`;
export const nodeRef = (cluster: string, node: string): NodeRef => `node:${cluster}/${node}`;
export const podRef = (cluster: string, namespace: string, pod: string): PodRef =>
  `pod:${cluster}/${namespace}/${pod}`;
export const resourceRef = (cluster: string, name: string): ResourceRef =>
  `resource:${cluster}/${name}`;
export const workloadRef = (
  cluster: string,
  kind: string,
  namespace: string,
  name: string,
): WorkloadRef => `workload:${cluster}/${kind}/${namespace}/${name}`;
export const componentRef = (cluster: string, kind: string, name?: string): ComponentRef =>
  `component:${cluster}/${kind}${name === undefined ? '' : `/${name}`}`;
export const certificateRef = (cluster: string, owner: string): CertificateRef =>
  `certificate:${cluster}/${owner}`;
export const objectRef = (
  cluster: string,
  kind: string,
  namespace: string | null,
  name: string,
): ObjectRef => `object:${cluster}/${kind}/${namespace === null ? '' : `${namespace}/`}${name}`;
/** @param key `namespace/name`, or `name` of what lies in no namespace */
export const storageRef = (cluster: string, kind: string, key: string): StorageRef =>
  `storage:${cluster}/${kind}/${key}`;
export const kubevirtRef = (cluster: string, namespace: string, name: string): KubevirtRef =>
  `kubevirt:${cluster}/${namespace}/${name}`;
export const sourceRef = (source: string): SourceRef => `source:${source}`;
const CHECKED = 'checked ';
/** A check of a source, or of one of its questions or rights; no name of a source has a blank. */
export const checkRef = (source: string, what?: string): SourceRef =>
  sourceRef(`${CHECKED}${source}${what === undefined ? '' : `/${what}`}`);
export const isCheckRef = (ref: Ref): boolean => ref.startsWith(`source:${CHECKED}`);
/** A jump host: a host of its own when it is watched, else a part of how hosts are reached. */
export const jumpHostRef = (name: string, isWatched: boolean): HostRef | SourceRef =>
  isWatched ? hostRef(name) : sourceRef(`jump/${name}`);

/** The part of a reference before its colon. */
export function refKind(ref: Ref): RefKind {
  const kind = ref.slice(0, ref.indexOf(':'));
  switch (kind) {
    case 'host':
    case 'zone':
    case 'vm':
    case 'link':
    case 'pool':
    case 'disk':
    case 'dataset':
    case 'service':
    case 'fault':
    case 'group':
    case 'vlan':
    case 'cluster':
    case 'node':
    case 'pod':
    case 'resource':
    case 'workload':
    case 'component':
    case 'certificate':
    case 'object':
    case 'storage':
    case 'kubevirt':
      return kind;
    default:
      return 'source';
  }
}

/** The parts behind the colon: `zone:omni1/etcd1` gives `['omni1', 'etcd1']`. */
export const refPath = (ref: Ref): readonly string[] => ref.slice(ref.indexOf(':') + 1).split('/');

/** The last part: what a person calls the thing. Names of datasets and services have slashes of their own. */
export function refName(ref: Ref): string {
  const kind = refKind(ref);
  const path = refPath(ref);
  if (kind === 'group') return path.join('/');
  if (kind === 'dataset') return path.slice(1).join('/');
  return kind === 'service'
    ? path
        .slice(2)
        .join('/')
        .replace(/^svc:\//, '')
    : (path.at(-1) ?? '');
}

/** The path in words: services go as `svcs` takes them too, without `svc:/` and the instance `default`. */
const spokenPath = (ref: Ref): readonly string[] =>
  refKind(ref) === 'service'
    ? [...refPath(ref).slice(0, 2), refName(ref).replace(/:default$/, '')]
    : refPath(ref);

/** The host that a reference lies on, if it lies on one. */
export function refHost(ref: Ref): string | undefined {
  switch (refKind(ref)) {
    case 'host':
    case 'zone':
    case 'vm':
    case 'link':
    case 'pool':
    case 'disk':
    case 'dataset':
    case 'service':
    case 'fault':
      return refPath(ref)[0];
    case 'group':
    case 'vlan':
    case 'cluster':
    case 'node':
    case 'pod':
    case 'resource':
    case 'workload':
    case 'component':
    case 'certificate':
    case 'object':
    case 'storage':
    case 'kubevirt':
    case 'source':
      return undefined;
  }
}

const KIND_WORDS: Readonly<Partial<Record<RefKind, string>>> = {
  vm: 'VM',
  vlan: 'VLAN',
  kubevirt: 'VM',
};

/** The word for a kind of things. */
export const kindWord = (kind: RefKind): string => KIND_WORDS[kind] ?? kind;

/**
 * What a thing is called: `zone omni1/etcd1`, `node worker2`, `Deployment media/jellyfin`, `etcd etcd1`; the name of its cluster is
 * left out.
 */
export function refText(ref: Ref): string {
  const kind = refKind(ref);
  const path = refPath(ref);
  if (kind === 'component') return path.slice(1).join(' ');
  if (kind === 'certificate') return `certificate of ${path.slice(1).join(' ')}`;
  if (kind === 'object' && path[1] === 'BGPPeer')
    return `${path.length > 3 ? 'BGP peer' : 'BGP router'} ${path.slice(2).join('/')}`;
  if (kind === 'workload' || kind === 'object')
    return `${path[1] ?? ''} ${path.slice(2).join('/')}`;
  if (kind === 'storage') {
    const [, of = '', ...name] = path;
    // All that Longhorn has lies in one namespace.
    return `${storageWord(of)} ${of.startsWith('Longhorn') ? (name.at(-1) ?? '') : name.join('/')}`;
  }
  const isInCluster =
    kind === 'node' || kind === 'pod' || kind === 'resource' || kind === 'kubevirt';
  return `${kindWord(kind)} ${(isInCluster ? path.slice(1) : spokenPath(ref)).join('/')}`;
}

/** A thing in a sentence: `zone etcd1 on omni1`, `VLAN 48`, `pod default/web-1`. */
export function refPhrase(ref: Ref): string {
  const kind = refKind(ref);
  const host = kind === 'host' ? undefined : refHost(ref);
  return host === undefined
    ? refText(ref)
    : `${kindWord(kind)} ${spokenPath(ref).slice(1).join('/')} on ${host}`;
}
