import type { LabClock } from './clock.ts';
import {
  daemonRuns,
  daemonsOf,
  ETCD_CLIENT_PORT,
  healthz,
  PORTS,
  type DaemonKind,
} from './control-plane/daemon.ts';
import { createEtcd, type Etcd } from './control-plane/etcd.ts';
import { setServiceTime } from './model/disk-io.ts';
import {
  createHostModel,
  cutVlan,
  muteVlan,
  type HostModel,
  type PoolScan,
  type VdevState,
  type ZoneModel,
} from './model/host.ts';
import { zoneRssBytes } from './model/memory.ts';
import { GLOBAL, setServiceFault, type ServiceFault } from './model/services.ts';
import { noteLine, noteMaintenance } from './model/system-state.ts';
import {
  beginAction,
  crashZone,
  setPort,
  setPower,
  settle,
  type ZoneVerb,
} from './model/transitions.ts';
import type { LabLayout, LabPlan, ZonePlan } from './plan.ts';
import { createReferenceLab } from './reference-lab.ts';

export type WorldOptions = {
  /** The same seed gives the same lab. */
  readonly seed: number;
  readonly clock: LabClock;
  /** How many copies of the reference lab; default 1. */
  readonly scale?: number;
  /** Default `apart`. */
  readonly layout?: LabLayout;
  /** What takes time in the lab is divided by it; default 1. */
  readonly speed?: number;
};

/** The lab as it stands: hosts that change with the clock, with what is done to them, and by nothing else. */
export type World = {
  readonly seed: number;
  readonly clock: LabClock;
  readonly speed: number;
  readonly plan: LabPlan;
  readonly hosts: ReadonlyMap<string, HostModel>;
  /** The host, brought up to the present. @throws {RangeError} if there is none of the name. */
  readonly host: (name: string) => HostModel;
  /** The zone, brought up to the present. @throws {RangeError} if there is none of the name. */
  readonly zone: (host: string, name: string) => ZoneModel;
  /** Starts an action on a zone; gives the time at which it is done. */
  readonly act: (host: string, zone: string, verb: ZoneVerb) => number;
  /** Ends a zone on the spot; it stays installed. */
  readonly crashZone: (host: string, zone: string) => void;
  /** Makes the next boots of the zone fail with a reason; null heals it. */
  readonly setBootFault: (host: string, zone: string, reason: string | null) => void;
  /** Lets a process of the zone take memory that it never gives back, until the zone ends; null ends that at once. */
  readonly leak: (host: string, zone: string, bytesPerSecond: number | null) => void;
  /** Sets what the processes of a zone hold in memory for what they serve. */
  readonly setHeld: (host: string, zone: string, bytes: number) => void;
  readonly setMemoryCap: (host: string, zone: string, bytes: number) => void;
  /** Keeps a service from running, in `global` or another zone; null lets it run again. */
  readonly setServiceFault: (
    host: string,
    zone: string,
    fmri: string,
    fault: Omit<ServiceFault, 'at'> | null,
  ) => void;
  /** Adds a line to the system's log of a host: `sshd[811]` and what it says. */
  readonly note: (host: string, from: string, text: string) => void;
  /** Members of etcd, by the names of their zones, whose process is there and their ports take connections, but answer none. */
  readonly hung: Set<string>;
  /** Whether that daemon of the control plane runs in the zone. */
  readonly daemonRuns: (host: string, zone: string, kind: DaemonKind) => boolean;
  /** The etcd cluster that a member is of. @throws {RangeError} if there is none. */
  readonly etcdOf: (member: string) => Etcd;
  /** What listens on the loopback of zones besides etcd, by `ZONE:PORT`. */
  readonly listeners: Map<string, LoopbackListener>;
  /** Files within zones, by the zone's name and their path. */
  readonly zoneFiles: Map<string, ReadonlyMap<string, () => string>>;
  readonly setPower: (host: string, on: boolean) => void;
  /** Plugs or unplugs a port of aggr0. */
  readonly setPort: (host: string, port: string, up: boolean) => void;
  /** Whether the switch answers the LACP of a port of aggr0. */
  readonly setLacpPartner: (host: string, port: string, hasPartner: boolean) => void;
  /** Lets the cable of a port of aggr0 spoil so many frames a second that come in; 0: none any more. */
  readonly setPortErrors: (host: string, port: string, perSecond: number) => void;
  /** Lets nothing come in any more over the links of a VLAN on a host, which stay up and send on; or ends that. */
  readonly muteVlan: (host: string, vlanId: number, isMute: boolean) => void;
  /** Configures another address for the first net of a zone, which it has from its next boot on. */
  readonly setAddress: (host: string, zone: string, address: string) => void;
  /** Configures what the first net of a zone lies over, `aggr0` or `stub0`, from its next boot on. */
  readonly setLinkBelow: (host: string, zone: string, below: string) => void;
  /** Takes every link of a VLAN from a host, whose zones run on without them, or gives them back. */
  readonly cutVlan: (host: string, vlanId: number, isCut: boolean) => void;
  /** Sets the state of a disk in its pool, and its counters of errors. */
  readonly setDisk: (host: string, disk: string, state: VdevState, errors?: DiskErrors) => void;
  /** A disk of a pool by its place. @throws {RangeError} if there is none. */
  readonly diskOfPool: (host: string, pool: string, index: number) => string;
  /** Sets how long a request takes in a disk, in milliseconds. */
  readonly setDiskPace: (host: string, disk: string, serviceMs: number) => void;
  /** Makes a disk lose a block now and then, from now on. */
  readonly wearDisk: (host: string, disk: string, everySeconds: number) => void;
  /** Takes a disk out of its slot: its driver forgets it, and a spare of its pool takes its place. */
  readonly removeDisk: (host: string, disk: string) => void;
  readonly setScan: (host: string, pool: string, scan: PoolScan) => void;
};
/** Answers a GET of a path. */
export type LoopbackListener = (path: string) => { readonly code: number; readonly body: string };
export type DiskErrors = {
  readonly read?: number;
  readonly write?: number;
  readonly checksum?: number;
  readonly media?: number;
  readonly transport?: number;
};

/** Bytes that a spinning disk takes in a second while a pool is resilvered. */
const RESILVER_RATE = 140e6;

/** Makes the reference lab of a seed. It is pure but for the clock: nothing runs by itself. */
export function createWorld(options: WorldOptions): World {
  const { seed, clock, speed = 1 } = options;
  const plan = createReferenceLab(seed, options.scale, options.layout);
  const hosts = new Map(
    plan.hosts.map((host) => [host.name, createHostModel(host, seed, speed, clock.now())]),
  );
  const host = (name: string) => {
    const found = hosts.get(name);
    if (!found) throw new RangeError(`no host ${name} in the lab`);
    settle(found, clock.now());
    return found;
  };
  const zone = (hostName: string, name: string) => {
    const found = host(hostName).zones.get(name);
    if (!found) throw new RangeError(`no zone ${name} on ${hostName} in the lab`);
    return found;
  };
  const diskOf = (hostName: string, name: string) => {
    const found = host(hostName).disks.get(name);
    if (!found) throw new RangeError(`no disk ${name} on ${hostName} in the lab`);
    return found;
  };
  const isRunning = (hostName: string, name: string, kind: DaemonKind) =>
    daemonRuns(host(hostName), zone(hostName, name), kind, clock.now());
  const configure = (zone: ZoneModel, change: Partial<ZonePlan>) => {
    zone.plan = { ...zone.plan, ...change };
    zone.configuredAt = clock.now();
  };
  const hung = new Set<string>();
  const etcds = createEtcds(
    plan,
    seed,
    clock,
    (hostName, name, kind) => !hung.has(name) && isRunning(hostName, name, kind),
  );
  return {
    seed,
    clock,
    speed,
    plan,
    hosts,
    host,
    zone,
    act: (hostName, name, verb) =>
      beginAction(host(hostName), zone(hostName, name), verb, clock.now()),
    crashZone: (hostName, name) => crashZone(host(hostName), zone(hostName, name), clock.now()),
    setBootFault: (hostName, name, reason) => {
      zone(hostName, name).bootFault = reason;
    },
    leak: (hostName, name, bytesPerSecond) => {
      const found = zone(hostName, name);
      const now = clock.now();
      found.leak =
        bytesPerSecond === null
          ? null
          : { since: now, bytesPerSecond, fromBytes: zoneRssBytes(host(hostName), found, now) };
    },
    setHeld: (hostName, name, bytes) => {
      zone(hostName, name).heldBytes = bytes;
    },
    setMemoryCap: (hostName, name, bytes) => {
      const found = zone(hostName, name);
      configure(found, { memoryCapBytes: bytes });
    },
    setServiceFault: (hostName, name, fmri, fault) => {
      const found = name === GLOBAL ? host(hostName) : zone(hostName, name) && host(hostName);
      setServiceFault(found, name, fmri, fault && { ...fault, at: clock.now() });
      if (name === GLOBAL && fault?.state === 'maintenance')
        noteMaintenance(found.system, fmri, clock.now());
    },
    note: (name, from, text) => noteLine(host(name).system, from, text, clock.now()),
    hung,
    daemonRuns: isRunning,
    etcdOf: (member) => {
      const found = etcds.find(({ members }) => members.includes(member));
      if (!found) throw new RangeError(`no etcd member ${member} in the lab`);
      return found;
    },
    listeners: new Map([
      ...listenersOf(plan),
      ...etcds.flatMap((etcd) =>
        etcd.members.map((name): [string, LoopbackListener] => [
          `${name}:${ETCD_CLIENT_PORT}`,
          (path) => etcd.gateway(name, path),
        ]),
      ),
    ]),
    zoneFiles: new Map(),
    setPower: (name, on) => setPower(host(name), on, clock.now()),
    setPort: (name, port, up) => setPort(host(name), port, { up }, clock.now()),
    setLacpPartner: (name, port, hasPartner) =>
      setPort(host(name), port, { hasPartner }, clock.now()),
    setPortErrors: (name, portName, perSecond) => {
      const port = host(name).ports.find((one) => one.name === portName);
      if (!port) throw new RangeError(`no port ${portName} on ${name} in the lab`);
      port.spoils = perSecond === 0 ? null : { since: clock.now(), perSecond: perSecond * speed };
    },
    muteVlan: (name, vlanId, isMute) => muteVlan(host(name), vlanId, isMute, clock.now()),
    setAddress: (hostName, name, address) => {
      const found = zone(hostName, name);
      const [first, ...others] = found.plan.nics;
      if (first) configure(found, { nics: [{ ...first, address }, ...others] });
    },
    setLinkBelow: (hostName, name, below) => {
      const found = zone(hostName, name);
      const [first, ...others] = found.plan.nics;
      if (first) configure(found, { nics: [{ ...first, over: below }, ...others] });
    },
    cutVlan: (name, vlanId, isCut) => cutVlan(host(name), vlanId, isCut, clock.now()),
    diskOfPool: (name, poolName, index) => {
      const pool = host(name).pools.find(({ plan }) => plan.name === poolName);
      const disk = pool?.plan.vdevs.flatMap(({ disks }) => disks)[index];
      if (disk === undefined) throw new RangeError(`no disk ${index} in ${poolName} on ${name}`);
      return disk;
    },
    setDiskPace: (name, diskName, serviceMs) =>
      setServiceTime(host(name), diskOf(name, diskName), serviceMs, clock.now()),
    wearDisk: (name, diskName, everySeconds) => {
      const everyMs = (everySeconds * 1000) / speed;
      diskOf(name, diskName).decay = { since: clock.now(), everyMs, counted: 0 };
    },
    removeDisk: (name, diskName) => {
      const disk = diskOf(name, diskName);
      disk.present = false;
      disk.state = 'REMOVED';
      const pool = host(name).pools.find(({ plan }) => plan.name === disk.pool);
      const spare = pool?.plan.spares.find((one) => ![...pool.spareOf.values()].includes(one));
      if (!pool || spare === undefined) return;
      pool.spareOf.set(diskName, spare);
      const disks = pool.plan.vdevs.reduce((sum, vdev) => sum + vdev.disks.length, 0);
      pool.scan = {
        kind: 'resilver',
        startedAt: clock.now(),
        bytesPerSecond: RESILVER_RATE * speed,
        totalBytes: Math.floor(pool.plan.allocatedBytes / disks),
      };
    },
    setDisk: (name, diskName, state, errors = {}) => {
      const disk = diskOf(name, diskName);
      disk.state = state;
      disk.readErrors += errors.read ?? 0;
      disk.writeErrors += errors.write ?? 0;
      disk.checksumErrors += errors.checksum ?? 0;
      disk.mediaErrors += errors.media ?? 0;
      disk.hardErrors += errors.media ?? 0;
      disk.transportErrors += errors.transport ?? 0;
    },
    setScan: (name, poolName, scan) => {
      const pool = host(name).pools.find((one) => one.plan.name === poolName);
      if (!pool) throw new RangeError(`no pool ${poolName} on ${name} in the lab`);
      pool.scan = scan;
    },
  };
}

const firstAddress = (zone: ZonePlan | undefined): string =>
  zone?.nics[0]?.address.split('/')[0] ?? '127.0.0.1';

/** What each daemon answers until it is given something else to say. */
const listenersOf = (plan: LabPlan): Map<string, LoopbackListener> =>
  new Map(
    plan.hosts
      .flatMap((host) => host.zones)
      .flatMap((zone) =>
        daemonsOf(zone).map((daemon) => [`${zone.name}:${PORTS[daemon]}`, healthz] as const),
      ),
  );

/** Clusters of three members for each copy of the reference lab: those whose zones differ in their number alone. */
function createEtcds(
  plan: LabPlan,
  seed: number,
  clock: LabClock,
  isRunning: (host: string, zone: string, kind: DaemonKind) => boolean,
): readonly Etcd[] {
  const zones = plan.hosts.flatMap((host) => host.zones);
  const members = zones.filter((zone) => daemonsOf(zone).includes('etcd'));
  const hostOf = new Map(members.map(({ name, host }) => [name, host]));
  const copies = Map.groupBy(members, ({ name }) => name.replace(/[0-9](?=-|$)/, ''));
  return [...copies.values()].map((copy) =>
    createEtcd({
      seed,
      members: copy.map(({ name }) => name),
      isRunning: (name) => isRunning(hostOf.get(name) ?? '', name, 'etcd'),
      addressOf: (name) => firstAddress(members.find((member) => member.name === name)),
      clock: clock.now,
    }),
  );
}
