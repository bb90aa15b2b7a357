import type { HostPlan, NicPlan, PoolPlan, VlanLinkPlan, ZonePlan } from '../plan.ts';
import { between, createRandom, integerBetween, type Random } from '../random.ts';
import { KERNEL } from '../release.ts';
import { createCurve, meterRate, readMeter, startMeter, type Curve, type Meter } from './meter.ts';
import type { ServiceFault } from './services.ts';
import { createSystemState, type SystemState } from './system-state.ts';

/** The words of zoneadm(8). */
export type ZoneStateWord =
  | 'configured'
  | 'incomplete'
  | 'installed'
  | 'ready'
  | 'running'
  | 'shutting_down'
  | 'down';

/** Traffic of a datalink as two running sums. */
export type Traffic = { readonly rx: Meter; readonly tx: Meter };
export type NicModel = { readonly plan: NicPlan; traffic: Traffic };

/** What exists only while the kernel knows the zone. */
export type ZoneRuntime = {
  readonly id: number;
  /** When the zone became ready; the kstats of the zone begin there. */
  readonly bootedAt: number;
  /** The process id of init; 0 before it runs. */
  initPid: number;
  /** CPU seconds used. */
  cpu: Meter;
  readonly memory: Curve;
  readonly io: { readonly read: Meter; readonly write: Meter };
  readonly nics: readonly NicModel[];
};
export type ZoneModel = {
  /** A new one when its configuration changes. */
  plan: ZonePlan;
  /** When that was. */
  configuredAt: number;
  state: ZoneStateWord;
  autoboot: boolean;
  runtime: ZoneRuntime | null;
  boots: number;
  /** Until when zoneadmd holds the zone's lock. */
  busyUntil: number;
  /** Why the next boot fails; null when it does not. */
  bootFault: string | null;
  /** Memory that a process of the zone takes and never gives back; null while none does. */
  leak: Leak | null;
  /** Memory that its processes hold for what they serve, beyond what they take by themselves. */
  heldBytes: number;
};
export type Leak = {
  readonly since: number;
  readonly bytesPerSecond: number;
  /** What the zone had when it began. */
  readonly fromBytes: number;
};
export type VdevState = 'ONLINE' | 'DEGRADED' | 'FAULTED' | 'OFFLINE' | 'UNAVAIL' | 'REMOVED';
export type DiskModel = {
  readonly name: string;
  readonly pool: string;
  state: VdevState;
  readErrors: number;
  writeErrors: number;
  checksumErrors: number;
  softErrors: number;
  hardErrors: number;
  transportErrors: number;
  mediaErrors: number;
  /** false while it is out of its slot. */
  present: boolean;
  /** Since when it loses blocks, how often, and how many of them are counted; null: it loses none. */
  decay: { readonly since: number; readonly everyMs: number; readonly counted: number } | null;
  /** How long requests take in it, from an instant on. */
  service: DiskService;
};
/** What a disk had done when its pace last changed, and its pace from then on. */
export type DiskService = {
  readonly since: number;
  readonly operations: number;
  readonly busySeconds: number;
  readonly serviceSeconds: number;
  readonly serviceMs: number;
};
export type PoolScan =
  | { readonly kind: 'none' }
  | { readonly kind: 'scrub-done'; readonly finishedAt: number; readonly seconds: number }
  | { readonly kind: 'scrub-running'; readonly startedAt: number; readonly bytesPerSecond: number }
  /** Ends by itself when all its bytes are written. */
  | {
      readonly kind: 'resilver';
      readonly startedAt: number;
      readonly bytesPerSecond: number;
      readonly totalBytes: number;
    };
export type PoolModel = {
  readonly plan: PoolPlan;
  read: Meter;
  write: Meter;
  scan: PoolScan;
  /** Spares that stand in for a disk, by the disk. */
  readonly spareOf: Map<string, string>;
};
export type PortModel = {
  readonly name: string;
  up: boolean;
  /** Whether the switch answers its LACP. */
  hasPartner: boolean;
  /** Since when its cable or transceiver spoils frames, and how many a second; null: it spoils none. */
  spoils: { readonly since: number; readonly perSecond: number } | null;
  /** Bytes of the aggregation that went over this port before `aggrRx`/`aggrTx` was reached. */
  rxBase: number;
  txBase: number;
};
/** A case that the fault manager has diagnosed. */
export type FaultCase = {
  /** A UUID. */
  readonly id: string;
  readonly at: number;
  readonly messageId: string;
  readonly severity: 'Minor' | 'Major' | 'Critical';
  readonly class: string;
  readonly affects: string;
  readonly status: string;
  readonly description: string;
  readonly response: string;
  readonly impact: string;
  readonly action: string;
};
export type Transition = {
  readonly at: number;
  readonly zone: ZoneModel;
  readonly to: ZoneStateWord;
};

/** One host as it stands. It changes in place; time enters only through the functions of this folder. */
export type HostModel = {
  readonly plan: HostPlan;
  readonly seed: number;
  /** Durations are divided by it. */
  readonly speed: number;
  powered: boolean;
  bootedAt: number;
  boots: number;
  nextZoneId: number;
  readonly zones: ReadonlyMap<string, ZoneModel>;
  transitions: Transition[];
  /** Microseconds of CPU of zones that are gone. */
  retiredUserUs: number;
  retiredKernelUs: number;
  /** Bytes of VNICs that are gone. */
  retiredRx: number;
  retiredTx: number;
  globalCpu: Meter;
  arc: Curve;
  pressure: { readonly swapResv: Meter; readonly swapAlloc: Meter };
  vlanLinks: { readonly plan: VlanLinkPlan; traffic: Traffic }[];
  /** VLANs whose links were taken from the host. */
  readonly cutVlans: Set<number>;
  oob: Traffic;
  readonly ports: readonly PortModel[];
  aggrRxAtChange: number;
  aggrTxAtChange: number;
  readonly pools: readonly PoolModel[];
  readonly disks: ReadonlyMap<string, DiskModel>;
  /** Open cases, the oldest first. */
  faults: readonly FaultCase[];
  /** What keeps services from running, by zone and FMRI; kept over boots. */
  readonly serviceFaults: Map<string, ServiceFault>;
  readonly system: SystemState;
};

/** The share of the CPU time that is kernel time. */
export const KERNEL_SHARE = 0.3;
export const PAGE_BYTES = 4096;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const startTraffic = (random: Random, rx: number, tx: number, now: number): Traffic => ({
  rx: startMeter(createCurve(random, rx), now),
  tx: startMeter(createCurve(random, tx), now),
});

const IDLE: Curve = { mean: 0, waves: [], burst: 0, burstSeconds: 1 };
const noTraffic = (now: number): Traffic => ({
  rx: startMeter(IDLE, now),
  tx: startMeter(IDLE, now),
});

/** Makes a host that has been up for some weeks, its autoboot zones running since shortly after its boot. */
export function createHostModel(
  plan: HostPlan,
  seed: number,
  speed: number,
  now: number,
): HostModel {
  const random = createRandom(`${seed}/${plan.name}/boot`);
  const bootedAt = Math.floor((now - between(random, 12, 60) * DAY_MS) / 1000) * 1000;
  const zones = new Map(
    plan.zones.map((zone): [string, ZoneModel] => [
      zone.name,
      {
        plan: zone,
        configuredAt: bootedAt,
        state: 'installed',
        autoboot: zone.autoboot,
        runtime: null,
        boots: 0,
        busyUntil: 0,
        bootFault: null,
        leak: null,
        heldBytes: 0,
      },
    ]),
  );
  const host: HostModel = {
    plan,
    seed,
    speed,
    powered: true,
    bootedAt,
    boots: 1,
    nextZoneId: 1,
    zones,
    transitions: [],
    ...createBootState(plan, seed, bootedAt),
    ports: ['ixgbe0', 'ixgbe1'].map((name) => ({
      name,
      up: true,
      hasPartner: true,
      spoils: null,
      rxBase: 0,
      txBase: 0,
    })),
    cutVlans: new Set(),
    pools: plan.pools.map((pool) => createPoolModel(pool, random, bootedAt, now)),
    faults: [],
    serviceFaults: new Map(),
    system: createSystemState(plan, seed, KERNEL, bootedAt),
    disks: new Map(
      plan.disks.map((disk): [string, DiskModel] => [
        disk.name,
        {
          name: disk.name,
          pool: disk.pool,
          state: 'ONLINE',
          readErrors: 0,
          writeErrors: 0,
          checksumErrors: 0,
          softErrors: 0,
          hardErrors: 0,
          transportErrors: 0,
          mediaErrors: 0,
          present: true,
          decay: null,
          service: startService(disk.serviceMs, bootedAt),
        },
      ]),
    ),
  };
  let bootAt = bootedAt + 25_000;
  for (const zone of zones.values()) {
    if (zone.plan.initialState !== 'running') continue;
    startZone(host, zone, bootAt);
    runZone(host, zone, bootAt + 400);
    bootAt += integerBetween(random, 1500, 4000);
  }
  return host;
}

/** What a boot of the host makes anew. */
export function createBootState(plan: HostPlan, seed: number, now: number) {
  const random = createRandom(`${seed}/${plan.name}/host`);
  const pages = plan.memoryBytes / PAGE_BYTES;
  return {
    retiredUserUs: 0,
    retiredKernelUs: 0,
    retiredRx: 0,
    retiredTx: 0,
    aggrRxAtChange: 0,
    aggrTxAtChange: 0,
    globalCpu: startMeter(createCurve(random, 0.04 * plan.cpuCount), now),
    arc: createCurve(random, plan.memoryBytes * 0.34, 0.12),
    pressure: {
      swapResv: startMeter(createCurve(random, pages * 0.06, 0.1), now),
      swapAlloc: startMeter(createCurve(random, pages * 0.22, 0.1), now),
    },
    vlanLinks: plan.vlanLinks.map((link) => ({
      plan: link,
      traffic: startTraffic(random, link.rxRate, link.txRate, now),
    })),
    oob: startTraffic(random, 900, 1400, now),
  };
}

/** A disk that has done nothing yet. */
export const startService = (serviceMs: number, now: number): DiskService => ({
  since: now,
  operations: 0,
  busySeconds: 0,
  serviceSeconds: 0,
  serviceMs,
});

function createPoolModel(plan: PoolPlan, random: Random, bootedAt: number, now: number): PoolModel {
  return {
    plan,
    spareOf: new Map(),
    read: startMeter(createCurve(random, plan.readRate), bootedAt),
    write: startMeter(createCurve(random, plan.writeRate), bootedAt),
    scan: {
      kind: 'scrub-done',
      finishedAt: Math.floor(now - between(random, 2, 6) * DAY_MS),
      seconds: Math.floor(
        between(random, 0.1, plan.sizeBytes > 1e13 ? 14 : 1.5) * (HOUR_MS / 1000),
      ),
    },
  };
}

/** Makes the zone known to the kernel: a new id, new counters, its VNICs. */
export function startZone(host: HostModel, zone: ZoneModel, now: number): void {
  zone.boots += 1;
  const { plan } = zone;
  const random = createRandom(`${host.seed}/${host.plan.name}/${plan.name}/boot${zone.boots}`);
  zone.runtime = {
    id: host.nextZoneId,
    bootedAt: now,
    initPid: 0,
    cpu: startMeter(IDLE, now),
    memory: createCurve(random, 1, 0.05),
    io: {
      read: startMeter(createCurve(random, 30_000 + plan.load * 400_000), now),
      write: startMeter(createCurve(random, 60_000 + plan.load * 500_000), now),
    },
    nics: plan.nics.map((nic) => ({
      plan: nic,
      traffic: host.cutVlans.has(nic.vlanId)
        ? noTraffic(now)
        : startTraffic(random, nic.rxRate, nic.txRate, now),
    })),
  };
  host.nextZoneId += 1;
  zone.state = 'ready';
}

/** Starts init in a zone that is ready: its load begins, with the work of a start on top. */
export function runZone(host: HostModel, zone: ZoneModel, now: number): void {
  const { runtime, plan } = zone;
  if (!runtime) return;
  const random = createRandom(`${host.seed}/${host.plan.name}/${plan.name}/load${zone.boots}`);
  runtime.initPid = integerBetween(random, 1200, 29_000);
  const curve = createCurve(random, plan.load);
  runtime.cpu = startMeter({ ...curve, burst: 0.12, burstSeconds: 15 }, now);
  zone.state = 'running';
}

/** Takes the zone out of the kernel; what it used stays in the sums of the host. */
export function endZone(host: HostModel, zone: ZoneModel, now: number): void {
  if (zone.runtime) {
    const cpu = zoneCpuUs(zone.runtime, now);
    host.retiredUserUs += cpu.user;
    host.retiredKernelUs += cpu.kernel;
    for (const nic of zone.runtime.nics) {
      const bytes = readTraffic(nic.traffic, now);
      host.retiredRx += bytes.rx;
      host.retiredTx += bytes.tx;
    }
  }
  zone.runtime = null;
  zone.leak = null;
  zone.state = 'installed';
}

export const readTraffic = (traffic: Traffic, now: number) => ({
  rx: Math.floor(readMeter(traffic.rx, now)),
  tx: Math.floor(readMeter(traffic.tx, now)),
});

/** Whole microseconds of CPU since the zone became ready. */
export function zoneCpuUs(runtime: ZoneRuntime, now: number) {
  return splitCpu(readMeter(runtime.cpu, now));
}

const splitCpu = (seconds: number) => ({
  user: Math.floor(seconds * (1 - KERNEL_SHARE) * 1e6),
  kernel: Math.floor(seconds * KERNEL_SHARE * 1e6),
});

export const globalCpuUs = (host: HostModel, now: number) =>
  splitCpu(readMeter(host.globalCpu, now));

/** CPU time of the whole host: the global zone, the zones there are and those there were. */
export function hostCpuUs(host: HostModel, now: number) {
  const global = globalCpuUs(host, now);
  let user = host.retiredUserUs + global.user;
  let kernel = host.retiredKernelUs + global.kernel;
  for (const zone of host.zones.values()) {
    if (!zone.runtime) continue;
    const cpu = zoneCpuUs(zone.runtime, now);
    user += cpu.user;
    kernel += cpu.kernel;
  }
  return { user, kernel };
}

/** CPUs busy at an instant. */
export function hostLoad(host: HostModel, now: number): number {
  let load = meterRate(host.globalCpu, now);
  for (const zone of host.zones.values()) {
    if (zone.runtime) load += meterRate(zone.runtime.cpu, now);
  }
  return load;
}

/** The VNICs of a zone that are there. */
export const linkedNics = (host: HostModel, zone: ZoneModel): readonly NicModel[] =>
  (zone.runtime?.nics ?? []).filter(({ plan }) => !host.cutVlans.has(plan.vlanId));
/** The VLAN links of the global zone that are there. */
export const linkedVlans = (host: HostModel): HostModel['vlanLinks'] =>
  host.vlanLinks.filter(({ plan }) => !host.cutVlans.has(plan.vlanId));

/** Takes every link of a VLAN from a host whose zones run on, or gives them back with new counters. */
export function cutVlan(host: HostModel, vlanId: number, isCut: boolean, now: number): void {
  if (host.cutVlans.has(vlanId) === isCut) return;
  if (isCut) host.cutVlans.add(vlanId);
  else host.cutVlans.delete(vlanId);
  const random = createRandom(`${host.seed}/${host.plan.name}/vlan${vlanId}/${now}`);
  const nics = [...host.zones.values()].flatMap(({ runtime }) => runtime?.nics ?? []);
  for (const link of [...nics, ...host.vlanLinks]) {
    if (link.plan.vlanId !== vlanId) continue;
    const bytes = readTraffic(link.traffic, now);
    host.retiredRx += bytes.rx;
    host.retiredTx += bytes.tx;
    link.traffic = isCut
      ? noTraffic(now)
      : startTraffic(random, link.plan.rxRate, link.plan.txRate, now);
  }
}

/** Lets nothing come in any more over the links of a VLAN, as a switch port does that has lost its tag; or ends that. */
export function muteVlan(host: HostModel, vlanId: number, isMute: boolean, now: number): void {
  const random = createRandom(`${host.seed}/${host.plan.name}/mute${vlanId}/${now}`);
  const nics = [...host.zones.values()].flatMap(({ runtime }) => runtime?.nics ?? []);
  for (const link of [...nics, ...host.vlanLinks]) {
    if (link.plan.vlanId !== vlanId) continue;
    const { rx, tx } = link.traffic;
    const curve = isMute ? IDLE : createCurve(random, link.plan.rxRate);
    link.traffic = { rx: { base: readMeter(rx, now), since: now, curve }, tx };
  }
}

/** Bytes over the aggregation since boot: VLAN links, VNICs and the VNICs that are gone. */
export function aggrBytes(host: HostModel, now: number) {
  let rx = host.retiredRx;
  let tx = host.retiredTx;
  const add = (traffic: Traffic) => {
    const bytes = readTraffic(traffic, now);
    rx += bytes.rx;
    tx += bytes.tx;
  };
  for (const link of host.vlanLinks) add(link.traffic);
  for (const zone of host.zones.values()) {
    for (const nic of zone.runtime?.nics ?? []) add(nic.traffic);
  }
  return { rx, tx };
}
