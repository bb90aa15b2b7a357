import type { Software } from './zone-software.ts';

/** The clusters of the lab: the reference one, and a second one beside it. */
export type ClusterName = 'infrak8s' | 'edge';

/**
 * The reference lab as data: what is configured, before anything runs.
 * Sizes are bytes, loads are CPUs (1 = one CPU busy), traffic is bytes per second.
 */
export type NicPlan = {
  readonly link: string;
  /** The datalink below it in the global zone. */
  readonly over: string;
  readonly vlanId: number;
  readonly macAddress: string;
  /** The allowed address with its prefix length. */
  readonly address: string;
  readonly rxRate: number;
  readonly txRate: number;
};
/** An address without the length of its prefix. */
export const plainAddress = (address: string): string => address.split('/')[0] ?? address;

export type VmPlan = {
  readonly vcpus: number;
  readonly ramBytes: number;
  /** zvol datasets, boot disk first. */
  readonly disks: readonly { readonly dataset: string; readonly sizeBytes: number }[];
};
export type ZonePlan = {
  readonly name: string;
  readonly host: string;
  readonly brand: string;
  readonly uuid: string;
  readonly debugId: number;
  readonly zonepath: string;
  readonly autoboot: boolean;
  readonly initialState: 'running' | 'installed';
  /** The mean of its CPU load. */
  readonly load: number;
  readonly rssBytes: number;
  readonly memoryCapBytes: number | null;
  /** 100 = one CPU. */
  readonly cpuCapPercent: number | null;
  readonly nics: readonly NicPlan[];
  readonly vm: VmPlan | null;
  /** The daemons that run in it. */
  readonly software: readonly Software[];
  /** The cluster whose control plane it is a part of; null for others. */
  readonly cluster: ClusterName | null;
};

/** Whether the zone is a virtual machine: nothing of its inside is seen from the host but its console. */
export const isGuest = ({ brand }: Pick<ZonePlan, 'brand'>): boolean =>
  brand === 'bhyve' || brand === 'kvm' || brand === 'emu';
export type PoolPlan = {
  readonly name: string;
  readonly vdevs: readonly { readonly name: string; readonly disks: readonly string[] }[];
  /** Disks that stand by for one that fails. */
  readonly spares: readonly string[];
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  readonly readRate: number;
  readonly writeRate: number;
};
export type DiskPlan = {
  readonly name: string;
  /** kstat module and instance: `sd` 3, `blkdev` 0. */
  readonly module: 'sd' | 'blkdev';
  readonly instance: number;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  readonly sizeBytes: number;
  readonly pool: string;
  /** The mean time of a request in a disk that is well. */
  readonly serviceMs: number;
  /** 0 for a disk without moving parts. */
  readonly rotationRate: number;
};
export type VlanLinkPlan = {
  readonly link: string;
  readonly vlanId: number;
  readonly address: string | null;
  readonly rxRate: number;
  readonly txRate: number;
};
export type HostPlan = {
  readonly name: string;
  readonly cpuCount: number;
  readonly cpuBrand: string;
  readonly memoryBytes: number;
  readonly oobAddress: string;
  readonly vlanLinks: readonly VlanLinkPlan[];
  readonly disks: readonly DiskPlan[];
  readonly pools: readonly PoolPlan[];
  readonly zones: readonly ZonePlan[];
};
/**
 * How the control plane lies in zones: each component in one of its own; or stacked, all of a host in one zone, with the
 * events in an etcd of their own; or apart, beside that of a second cluster, which is stacked.
 */
export type LabLayout = 'apart' | 'stacked' | 'two-clusters';
export type LabPlan = {
  readonly hosts: readonly HostPlan[];
  readonly vlanNames: ReadonlyMap<number, string>;
};

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const TIB = 1024 * GIB;

const WORKER_VLAN = 127;
const NAMED_VLANS: readonly (readonly [number, string])[] = [
  [10, 'oob'],
  [20, 'core'],
  [30, 'logging'],
  [40, 'tailscale'],
  [45, 'jump'],
  [47, 'k8s-cp'],
  [48, 'etcd'],
  [50, 'iot'],
  [60, 'security'],
  [70, 'clients'],
  [80, 'work'],
  [90, 'guests'],
  [95, 'lte'],
  [100, 'wan1'],
  [101, 'wan2'],
  [WORKER_VLAN, 'workers'],
];
export const LAB_VLANS: readonly number[] = Array.from({ length: 12 }, (_, index) => 200 + index);
/** Every VLAN of the lab by id. */
export const VLAN_NAMES: ReadonlyMap<number, string> = new Map([
  ...NAMED_VLANS,
  ...LAB_VLANS.map((id) => [id, `lab${id}`] as const),
]);
export const ROUTED_VLANS: readonly number[] = NAMED_VLANS.map(([id]) => id);

/** Address and prefix length of a machine (1 to 61) in a VLAN of a copy of the lab (1 for the lab itself). */
export function addressIn(vlanId: number, copy: number, machine: number): string {
  if (vlanId === 47) return `10.${127 + copy}.0.${machine}/26`;
  if (vlanId === 48) return `10.${127 + copy}.0.${64 + machine}/26`;
  // One network with the nodes, which count upwards from 10.127.0.11; the machines of copies count downwards.
  if (vlanId === WORKER_VLAN) return `10.${WORKER_VLAN}.${(257 - copy) % 256}.${machine}/16`;
  return `10.${copy - 1}.${vlanId}.${10 + machine}/24`;
}
