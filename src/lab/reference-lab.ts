import {
  GIB,
  LAB_VLANS,
  TIB,
  VLAN_NAMES,
  addressIn,
  plainAddress,
  type DiskPlan,
  type HostPlan,
  type LabLayout,
  type LabPlan,
  type NicPlan,
  type PoolPlan,
  type VlanLinkPlan,
  type ZonePlan,
} from './plan.ts';
import {
  between,
  createMac,
  createRandom,
  createUuid,
  hexDigits,
  integerBetween,
} from './random.ts';
import { ZONES, type ZoneRow } from './reference-zones.ts';
import { softwareOf } from './zone-software.ts';

type Hardware = {
  readonly name: string;
  readonly cpuCount: number;
  readonly cpuBrand: string;
  readonly memoryBytes: number;
  readonly pools: readonly PoolHardware[];
};
type PoolHardware = {
  readonly name: string;
  readonly kind: 'mirror' | 'raidz2';
  readonly vdevs: number;
  readonly disksPerVdev: number;
  readonly spares: number;
  readonly diskBytes: number;
  readonly module: 'sd' | 'blkdev';
  readonly product: string;
  readonly serviceMs: number;
  readonly rotationRate: number;
  readonly vendor: string;
  readonly usedShare: number;
  readonly readRate: number;
  readonly writeRate: number;
};

const bootPool: PoolHardware = {
  name: 'rpool',
  kind: 'mirror',
  vdevs: 1,
  disksPerVdev: 2,
  spares: 0,
  diskBytes: 240 * GIB,
  module: 'blkdev',
  vendor: 'NVMe',
  product: 'LAB NVMe 240',
  serviceMs: 0.09,
  rotationRate: 0,
  usedShare: 0.21,
  readRate: 40_000,
  writeRate: 180_000,
};
const zonesPool = (vdevs: number): PoolHardware => ({
  name: 'zones',
  kind: 'mirror',
  vdevs,
  disksPerVdev: 2,
  spares: 0,
  diskBytes: 1920 * GIB,
  module: 'sd',
  vendor: 'ATA',
  product: 'LAB SSD 1920',
  serviceMs: 0.24,
  rotationRate: 0,
  usedShare: 0.43,
  readRate: 2_400_000,
  writeRate: 3_800_000,
});
const tank: PoolHardware = {
  name: 'tank',
  kind: 'raidz2',
  vdevs: 1,
  disksPerVdev: 6,
  spares: 1,
  diskBytes: 10 * TIB,
  module: 'sd',
  vendor: 'ATA',
  product: 'LAB HDD 10T',
  serviceMs: 6.4,
  rotationRate: 7200,
  usedShare: 0.58,
  readRate: 6_500_000,
  writeRate: 2_200_000,
};

const compute = (name: string): Hardware => ({
  name,
  cpuCount: 12,
  cpuBrand: 'Intel(r) Xeon(r) CPU D-1528 @ 1.90GHz',
  memoryBytes: 64 * GIB,
  pools: [bootPool, zonesPool(1)],
});
const HARDWARE: readonly Hardware[] = [
  compute('omni1'),
  compute('omni2'),
  {
    name: 'store1',
    cpuCount: 16,
    cpuBrand: 'Intel(r) Xeon(r) CPU D-1541 @ 2.10GHz',
    memoryBytes: 128 * GIB,
    pools: [bootPool, zonesPool(4), tank],
  },
];

/**
 * Makes the lab from a seed. A scale above 1 repeats all hosts and zones: `omni1`, `omni1-2`, `omni1-3`, with
 * zones `etcd1`, `etcd1-2`, `etcd1-3`.
 */
export function createReferenceLab(seed: number, scale = 1, layout: LabLayout = 'apart'): LabPlan {
  const hosts: HostPlan[] = [];
  for (let copy = 1; copy <= Math.max(1, Math.floor(scale)); copy += 1) {
    for (const [index, hardware] of HARDWARE.entries()) {
      hosts.push(createHostPlan(seed, hardware, { copy, index, rows: ZONES[layout] }));
    }
  }
  return { hosts, vlanNames: VLAN_NAMES };
}

const copyName = (name: string, copy: number): string => (copy === 1 ? name : `${name}-${copy}`);

type Copy = { readonly copy: number; readonly index: number; readonly rows: readonly ZoneRow[] };

function createHostPlan(seed: number, hardware: Hardware, of: Copy): HostPlan {
  const { copy, index, rows } = of;
  const name = copyName(hardware.name, copy);
  const disks = createDisks(seed, name, hardware);
  return {
    name,
    cpuCount: hardware.cpuCount,
    cpuBrand: hardware.cpuBrand,
    memoryBytes: hardware.memoryBytes,
    oobAddress: addressIn(10, copy, index - 8),
    vlanLinks: createVlanLinks(hardware.name, copy, index),
    disks,
    pools: hardware.pools.map((pool) => createPool(seed, name, pool, disks)),
    zones: rows
      .filter((row) => row.host === hardware.name)
      .map((row) => createZonePlan(seed, row, name, of)),
  };
}

function createVlanLinks(model: string, copy: number, index: number): readonly VlanLinkPlan[] {
  const isStore = model === 'store1';
  return [
    {
      link: 'core20',
      vlanId: 20,
      address: addressIn(20, copy, index - 8),
      rxRate: isStore ? 2_500_000 : 300_000,
      txRate: isStore ? 6_000_000 : 500_000,
    },
    ...LAB_VLANS.map((vlanId) => ({
      link: `lab${vlanId}`,
      vlanId,
      address: null,
      rxRate: 40,
      txRate: 10,
    })),
  ];
}

function createDisks(seed: number, host: string, hardware: Hardware): readonly DiskPlan[] {
  const counts = { sd: 0, blkdev: 0 };
  return hardware.pools.flatMap((pool) =>
    Array.from({ length: pool.vdevs * pool.disksPerVdev + pool.spares }, (_, index): DiskPlan => {
      const random = createRandom(`${seed}/${host}/${pool.name}/disk${index}`);
      const instance = counts[pool.module];
      counts[pool.module] += 1;
      const wwn = hexDigits(random, 9).toUpperCase();
      return {
        name: pool.module === 'blkdev' ? `c${1 + instance}t0001${wwn}d0` : `c0t5000CCA${wwn}d0`,
        module: pool.module,
        instance,
        vendor: pool.vendor,
        product: pool.product,
        serial: `LAB${hexDigits(random, 9).toUpperCase()}`,
        sizeBytes: pool.diskBytes,
        pool: pool.name,
        serviceMs: pool.serviceMs * between(random, 0.9, 1.15),
        rotationRate: pool.rotationRate,
      };
    }),
  );
}

function createPool(
  seed: number,
  host: string,
  pool: PoolHardware,
  disks: readonly DiskPlan[],
): PoolPlan {
  const random = createRandom(`${seed}/${host}/${pool.name}`);
  const names = disks.filter((disk) => disk.pool === pool.name).map((disk) => disk.name);
  // zpool(8): the size of a mirror is that of one disk, the size of a raidz counts its parity too.
  const sizeBytes = pool.diskBytes * pool.vdevs * (pool.kind === 'mirror' ? 1 : pool.disksPerVdev);
  return {
    name: pool.name,
    vdevs: Array.from({ length: pool.vdevs }, (_, index) => ({
      name: `${pool.kind}-${index}`,
      disks: names.slice(index * pool.disksPerVdev, (index + 1) * pool.disksPerVdev),
    })),
    spares: names.slice(pool.vdevs * pool.disksPerVdev),
    sizeBytes,
    allocatedBytes:
      Math.floor((sizeBytes * pool.usedShare * between(random, 0.9, 1.1)) / 4096) * 4096,
    readRate: pool.readRate * between(random, 0.7, 1.3),
    writeRate: pool.writeRate * between(random, 0.7, 1.3),
  };
}

function createZonePlan(seed: number, row: ZoneRow, host: string, { copy, rows }: Copy): ZonePlan {
  const name = copyName(row.name, copy);
  const random = createRandom(`${seed}/${host}/${name}`);
  const isVm = row.brand === 'bhyve';
  return {
    name,
    host,
    brand: row.brand,
    uuid: createUuid(random),
    debugId: integerBetween(random, 100, 999),
    zonepath: `/zones/${name}`,
    autoboot: row.off !== true,
    initialState: row.off === true ? 'installed' : 'running',
    load: row.load * between(random, 0.85, 1.15),
    rssBytes: isVm ? row.rssBytes : Math.floor(row.rssBytes * between(random, 0.9, 1.1)),
    memoryCapBytes: row.memoryCapBytes ?? null,
    cpuCapPercent: row.cpuCapPercent ?? null,
    nics: row.vlans.map((vlanId, index): NicPlan => {
      const share = index === 0 ? 1 : between(random, 0.05, 0.4);
      return {
        link: `${name.replaceAll('-', '_')}_${index}`,
        over: 'aggr0',
        vlanId,
        macAddress: createMac(random),
        address: addressIn(vlanId, copy, 1 + rows.indexOf(row)),
        rxRate: row.traffic * share * between(random, 0.7, 1.2),
        txRate: row.traffic * share * between(random, 0.5, 1.1),
      };
    }),
    vm: isVm
      ? {
          vcpus: row.vcpus ?? 1,
          ramBytes: row.rssBytes,
          disks: (row.diskBytes ?? []).map((sizeBytes, index) => ({
            dataset: `zones/${name}/disk${index}`,
            sizeBytes,
          })),
        }
      : null,
    software: softwareOf(row.name).map((each) =>
      each.program.endsWith('/kube-apiserver')
        ? { ...each, args: [...each.args, ...etcdArguments(row, rows, copy)] }
        : each,
    ),
    cluster: row.cluster ?? null,
  };
}

/** Where the API servers of a copy keep their objects: stacked ones in the etcd beside them, and events elsewhere. */
function etcdArguments(server: ZoneRow, rows: readonly ZoneRow[], copy: number): readonly string[] {
  const urls = (name: RegExp): readonly string[] =>
    rows.flatMap((row, index) =>
      row.cluster === server.cluster && name.test(row.name)
        ? [`https://${plainAddress(addressIn(48, copy, 1 + index))}:2379`]
        : [],
    );
  const [apart, events] = [urls(/^etcd[0-9]$/), urls(/^events[0-9]$/)];
  return [
    `--etcd-servers=${apart.length > 0 ? apart.join(',') : 'https://127.0.0.1:2379'}`,
    ...(events.length > 0 ? [`--etcd-servers-overrides=/events#${events.join(';')}`] : []),
  ];
}
