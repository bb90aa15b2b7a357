import { GIB, MIB, ROUTED_VLANS, type ClusterName, type LabLayout } from './plan.ts';

/** A row of the table of zones: which zone, of which brand, on which host and VLANs, how big. */
export type ZoneRow = {
  readonly name: string;
  readonly brand: string;
  readonly host: string;
  readonly vlans: readonly number[];
  readonly load: number;
  readonly rssBytes: number;
  readonly memoryCapBytes?: number;
  readonly cpuCapPercent?: number;
  readonly vcpus?: number;
  readonly diskBytes?: readonly number[];
  /** Left down on purpose, with autoboot off. */
  readonly off?: boolean;
  /** Mean of the traffic per link in bytes per second. */
  readonly traffic: number;
  /** The cluster whose control plane it is a part of. */
  readonly cluster?: ClusterName;
};

type Place = readonly [host: string, name: string];

const vm = (
  [host, name]: Place,
  vlans: readonly number[],
  vcpus: number,
  ramGib: number,
  disksGib: readonly number[],
  traffic: number,
): ZoneRow => ({
  name,
  brand: 'bhyve',
  host,
  vlans,
  vcpus,
  load: 0.09 * vcpus,
  rssBytes: ramGib * GIB,
  diskBytes: disksGib.map((size) => size * GIB),
  traffic,
});

const service = (
  [host, name]: Place,
  brand: string,
  vlan: number,
  load: number,
  rssMib: number,
  traffic = 20_000,
): ZoneRow => ({ name, brand, host, vlans: [vlan], load, rssBytes: rssMib * MIB, traffic });

const CONTROL_PLANE_HOSTS = ['omni1', 'omni2', 'store1'] as const;

const ofCluster = (cluster: ClusterName, rows: readonly ZoneRow[]): readonly ZoneRow[] =>
  rows.map((row) => ({ ...row, cluster }));

function controlPlane(host: string, member: number): readonly ZoneRow[] {
  const sparse = (name: string, vlan: number, load: number, rssMib: number, traffic: number) =>
    service([host, `${name}${member}`], 'sparse', vlan, load, rssMib, traffic);
  return [
    sparse('etcd', 48, 0.16, 420, 900_000),
    {
      ...sparse('apisrv', 47, 0.42, 2100, 700_000),
      vlans: [47, 48],
      memoryCapBytes: 4 * GIB,
      cpuCapPercent: 400,
    },
    { ...sparse('ctrlmgr', 47, 0.06, 190, 60_000), memoryCapBytes: GIB },
    { ...sparse('k8sched', 47, 0.03, 110, 30_000), memoryCapBytes: GIB },
  ];
}

function stackedControlPlane(host: string, member: number): readonly ZoneRow[] {
  return [
    {
      ...service([host, `cp${member}`], 'sparse', 48, 0.67, 2820, 900_000),
      vlans: [48, 47],
      memoryCapBytes: 6 * GIB,
    },
    service([host, `events${member}`], 'sparse', 48, 0.04, 150, 60_000),
  ];
}

/** On a network of its own. */
const edgeControlPlane = (host: string, member: number): ZoneRow => ({
  ...service([host, `edgecp${member}`], 'sparse', 200, 0.31, 1100, 400_000),
  memoryCapBytes: 3 * GIB,
});

const HOUSEHOLD: readonly ZoneRow[] = [
  vm(['omni1', 'homeassistant'], [50], 2, 4, [32], 40_000),
  vm(['omni1', 'pfsense1'], ROUTED_VLANS, 4, 4, [16], 900_000),
  vm(['omni2', 'pfsense2'], ROUTED_VLANS, 4, 4, [16], 60_000),
  vm(['omni1', 'frr1'], [47, 127], 2, 2, [10], 1_500_000),
  vm(['omni1', 'jump'], [45], 2, 4, [40], 15_000),
  vm(['omni1', 'pihole1'], [70], 1, 1, [8], 12_000),
  vm(['omni2', 'pihole2'], [70], 1, 1, [8], 9_000),
  vm(['omni2', 'adguard'], [70], 1, 1, [8], 8_000),
  vm(['omni1', 'wg-wan1'], [100], 1, 1, [6], 120_000),
  vm(['omni2', 'wg-wan2'], [101], 1, 1, [6], 20_000),
  service(['omni1', 'dhcp'], 'lipkg', 20, 0.004, 60, 2_000),
  { ...service(['omni2', 'imap'], 'lipkg', 20, 0.05, 380, 90_000), memoryCapBytes: 2 * GIB },
  { ...service(['omni2', 'smtp'], 'lipkg', 20, 0.03, 210), memoryCapBytes: GIB },
  { ...service(['omni1', 'squid'], 'lipkg', 20, 0.07, 620, 400_000), memoryCapBytes: 2 * GIB },
  service(['store1', 'radius'], 'lipkg', 60, 0.004, 75, 1_500),
  service(['store1', 'tftp'], 'lipkg', 20, 0.002, 45, 500),
  service(['omni1', 'vaultwarden'], 'lipkg', 60, 0.01, 140, 5_000),
  { ...service(['store1', 'postgres'], 'lipkg', 20, 0.3, 4200, 350_000), memoryCapBytes: 8 * GIB },
  service(['omni1', 'openvpn'], 'lipkg', 60, 0.02, 65, 60_000),
  service(['store1', 'wg-oob'], 'lipkg', 10, 0.005, 50, 3_000),
  service(['omni1', 'dns-int1'], 'lipkg', 20, 0.02, 160, 9_000),
  service(['omni2', 'dns-int2'], 'lipkg', 20, 0.02, 160, 9_000),
  service(['omni1', 'dns-ext1'], 'lipkg', 20, 0.015, 150, 7_000),
  service(['omni2', 'dns-ext2'], 'lipkg', 20, 0.015, 150, 7_000),
  service(['omni2', 'dns-slave1'], 'lipkg', 20, 0.01, 140, 4_000),
  service(['store1', 'dns-slave2'], 'lipkg', 20, 0.01, 140, 4_000),
  service(['store1', 'unbound'], 'lipkg', 20, 0.03, 220, 14_000),
  service(['omni1', 'logsrv1'], 'lipkg', 30, 0.04, 180, 120_000),
  service(['omni2', 'logsrv2'], 'lipkg', 30, 0.04, 180, 110_000),
  service(['store1', 'loglb'], 'lipkg', 30, 0.02, 80, 230_000),
  service(['omni1', 'tailscale1'], 'lipkg', 40, 0.02, 110, 30_000),
  service(['omni2', 'tailscale2'], 'lipkg', 40, 0.02, 110, 12_000),
  { ...service(['omni2', 'unifi'], 'lx', 20, 0.12, 1500), memoryCapBytes: 3 * GIB },
  {
    ...service(['omni2', 'minecraft'], 'lx', 70, 0.7, 4600, 70_000),
    memoryCapBytes: 6 * GIB,
    cpuCapPercent: 200,
  },
  { ...service(['store1', 'gobuilder'], 'lipkg', 20, 0.8, 1800), off: true },
  { ...service(['store1', 'gitea'], 'pkgsrc', 20, 0.08, 640, 50_000), memoryCapBytes: 2 * GIB },
  {
    ...service(['store1', 'nextcloud'], 'pkgsrc', 20, 0.25, 2600, 800_000),
    memoryCapBytes: 6 * GIB,
    cpuCapPercent: 300,
  },
];

const APART: readonly ZoneRow[] = [
  ...HOUSEHOLD,
  ...ofCluster(
    'infrak8s',
    CONTROL_PLANE_HOSTS.flatMap((host, index) => controlPlane(host, index + 1)),
  ),
];

/** The zones and VMs of the reference lab. */
export const ZONES: Readonly<Record<LabLayout, readonly ZoneRow[]>> = {
  apart: APART,
  stacked: [
    ...HOUSEHOLD,
    ...ofCluster(
      'infrak8s',
      CONTROL_PLANE_HOSTS.flatMap((host, index) => stackedControlPlane(host, index + 1)),
    ),
  ],
  'two-clusters': [
    ...APART,
    ...ofCluster(
      'edge',
      CONTROL_PLANE_HOSTS.map((host, index) => edgeControlPlane(host, index + 1)),
    ),
  ],
};
