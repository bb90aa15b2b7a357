import { KERNEL } from '../release.ts';
import {
  aggrBytes,
  createBootState,
  endZone,
  runZone,
  startService,
  startZone,
  type DiskModel,
  type HostModel,
  type PortModel,
  type ZoneModel,
  type ZoneStateWord,
} from './host.ts';
import { splitSum } from './meter.ts';
import { noteBoot } from './system-state.ts';

/** What zoneadm(8) can be told to do with a zone. */
export type ZoneVerb = 'boot' | 'halt' | 'reboot' | 'shutdown' | 'restart' | 'ready';

type Leg = readonly [seconds: number, to: ZoneStateWord];

const UP: readonly Leg[] = [
  [0.3, 'ready'],
  [0.9, 'running'],
];
const HALT: readonly Leg[] = [
  [0, 'shutting_down'],
  [0.5, 'down'],
  [0.3, 'installed'],
];

/** Seconds that the services of a zone take to stop. */
function cleanSeconds(brand: string): number {
  if (brand === 'bhyve' || brand === 'kvm') return 4;
  return brand === 'lx' ? 1.6 : 2.2;
}

function legsOf(verb: ZoneVerb, brand: string): readonly Leg[] {
  const clean: readonly Leg[] = [
    [0, 'shutting_down'],
    [cleanSeconds(brand), 'down'],
    [0.4, 'installed'],
  ];
  switch (verb) {
    case 'boot':
      return UP;
    case 'ready':
      return UP.slice(0, 1);
    case 'halt':
      return HALT;
    case 'reboot':
      return [...HALT, ...UP];
    case 'shutdown':
      return clean;
    case 'restart':
      return [...clean, ...UP];
  }
}

/** Starts an action on a zone; gives the time at which it is done. The caller has checked that it is allowed. */
export function beginAction(host: HostModel, zone: ZoneModel, verb: ZoneVerb, now: number): number {
  const end = plan(host, zone, verb, now);
  settle(host, now);
  return end;
}

function plan(host: HostModel, zone: ZoneModel, verb: ZoneVerb, from: number): number {
  let at = from;
  for (const [seconds, to] of legsOf(verb, zone.plan.brand)) {
    if (zone.state === 'ready' && to === 'ready') continue;
    at += (seconds * 1000) / host.speed;
    host.transitions.push({ at, zone, to });
  }
  host.transitions.sort((a, b) => a.at - b.at);
  zone.busyUntil = at;
  return at;
}

/** Lets everything happen that fell due until now. Each reader of a host calls it first. */
export function settle(host: HostModel, now: number): void {
  for (;;) {
    const next = host.transitions[0];
    if (!next || next.at > now) break;
    host.transitions.shift();
    apply(host, next.zone, next.to, next.at);
  }
  for (const disk of host.disks.values()) loseBlocks(disk, now);
}

/** Counts the blocks that a disk could not read since it was last looked at; its pool reads them elsewhere. */
function loseBlocks(disk: DiskModel, now: number): void {
  const { decay } = disk;
  if (!decay || !disk.present) return;
  const lost = 1 + Math.floor((now - decay.since) / decay.everyMs);
  const more = lost - decay.counted;
  disk.decay = { ...decay, counted: lost };
  disk.mediaErrors += more;
  disk.hardErrors += more;
  disk.readErrors += more;
}

function apply(host: HostModel, zone: ZoneModel, to: ZoneStateWord, at: number): void {
  switch (to) {
    case 'ready':
      if (zone.bootFault === null) startZone(host, zone, at);
      return;
    case 'running':
      runZone(host, zone, at);
      return;
    case 'installed':
      endZone(host, zone, at);
      return;
    case 'shutting_down':
    case 'down':
    case 'configured':
    case 'incomplete':
      zone.state = to;
  }
}

/** Ends the zone on the spot, as a guest that powers itself off or an init that dies. */
export function crashZone(host: HostModel, zone: ZoneModel, now: number): void {
  settle(host, now);
  host.transitions = host.transitions.filter((transition) => transition.zone !== zone);
  zone.busyUntil = now;
  endZone(host, zone, now);
}

/** The power of a host. On: a new boot with new counters; zones with autoboot come up one after another. */
export function setPower(host: HostModel, on: boolean, now: number): void {
  settle(host, now);
  if (on === host.powered) return;
  host.powered = on;
  host.transitions = [];
  for (const zone of host.zones.values()) {
    endZone(host, zone, now);
    zone.busyUntil = now;
  }
  if (!on) return;
  host.bootedAt = now;
  host.system.activeBootEnvironment = host.system.nextBootEnvironment;
  noteBoot(host.system, host.plan, KERNEL, now);
  host.boots += 1;
  host.nextZoneId = 1;
  host.cutVlans.clear();
  Object.assign(host, createBootState(host.plan, host.seed, now));
  for (const port of host.ports)
    Object.assign(port, {
      rxBase: 0,
      txBase: 0,
      spoils: port.spoils && { ...port.spoils, since: now },
    });
  for (const pool of host.pools) {
    pool.read = { ...pool.read, base: 0, since: now };
    pool.write = { ...pool.write, base: 0, since: now };
  }
  for (const disk of host.disks.values()) {
    Object.assign(disk, { softErrors: 0, hardErrors: 0, transportErrors: 0, mediaErrors: 0 });
    disk.service = startService(disk.service.serviceMs, now);
  }
  let at = now;
  for (const zone of host.zones.values()) {
    if (!zone.autoboot) continue;
    at = plan(host, zone, 'boot', at);
  }
}

/** Bytes of each port of the aggregation; they add up to those of the aggregation. */
export function portBytes(
  host: HostModel,
  now: number,
): readonly { readonly rx: number; readonly tx: number }[] {
  const total = aggrBytes(host, now);
  const weights = host.ports.map((port, index) =>
    port.up && port.hasPartner ? 37 - 10 * index : 0,
  );
  const isUp = weights.some((weight) => weight > 0);
  const share = (sum: number) => (isUp ? splitSum(sum, weights) : weights.map(() => 0));
  const rx = share(total.rx - host.aggrRxAtChange);
  const tx = share(total.tx - host.aggrTxAtChange);
  return host.ports.map((port, index) => ({
    rx: port.rxBase + (rx[index] ?? 0),
    tx: port.txBase + (tx[index] ?? 0),
  }));
}

/** Plugs or unplugs a port of the aggregation, or takes its LACP partner away; the others carry its traffic. */
export function setPort(
  host: HostModel,
  name: string,
  change: Partial<Pick<PortModel, 'up' | 'hasPartner'>>,
  now: number,
): void {
  const bytes = portBytes(host, now);
  const total = aggrBytes(host, now);
  for (const [index, port] of host.ports.entries()) {
    port.rxBase = bytes[index]?.rx ?? 0;
    port.txBase = bytes[index]?.tx ?? 0;
    if (port.name === name) Object.assign(port, change);
  }
  host.aggrRxAtChange = total.rx;
  host.aggrTxAtChange = total.tx;
}
