import type { DiskPlan } from '../plan.ts';
import { diskIo, illegalRequests, IO_BYTES } from './disk-io.ts';
import {
  aggrBytes,
  linkedNics,
  linkedVlans,
  readTraffic,
  type HostModel,
  type ZoneModel,
} from './host.ts';
import { ioCounters, stat, type Kstat } from './kstat.ts';
import { portBytes } from './transitions.ts';

const MEAN_PACKET_BYTES = 780;

export function linkKstats(host: HostModel, now: number): readonly Kstat[] {
  const bytes = portBytes(host, now);
  const portsUp = host.ports.filter((port) => port.up).length;
  const aggrSpeed = portsUp * 10e9;
  const common = { up: portsUp > 0, bitsPerSecond: aggrSpeed };
  return [
    ...host.ports.map((port, index) =>
      linkKstat(port.name, 'global', 8, {
        rx: bytes[index]?.rx ?? 0,
        tx: bytes[index]?.tx ?? 0,
        up: port.up,
        bitsPerSecond: 10e9,
        rxErrors: port.spoils
          ? Math.floor(((now - port.spoils.since) / 1000) * port.spoils.perSecond)
          : 0,
      }),
    ),
    linkKstat('aggr0', 'global', 9, { ...aggrBytes(host, now), ...common }),
    linkKstat('igb0', 'global', 8, { ...readTraffic(host.oob, now), up: true, bitsPerSecond: 1e9 }),
    linkKstat('stub0', 'global', 9, { rx: 0, tx: 0, up: true, bitsPerSecond: 0 }),
    ...linkedVlans(host).map((link) =>
      linkKstat(link.plan.link, 'global', 10, { ...readTraffic(link.traffic, now), ...common }),
    ),
    ...[...host.zones.values()].flatMap((zone) =>
      linkedNics(host, zone).map((nic) =>
        linkKstat(nic.plan.link, zone.plan.name, crtimeOf(host, zone), {
          ...readTraffic(nic.traffic, now),
          ...common,
        }),
      ),
    ),
  ];
}

type LinkCounters = {
  readonly rx: number;
  readonly tx: number;
  readonly up: boolean;
  readonly bitsPerSecond: number;
  readonly rxErrors?: number;
};

function linkKstat(name: string, zonename: string, crtime: number, link: LinkCounters): Kstat {
  return stat(['link', 0, name, 'net'], crtime, () => ({
    ierrors: link.rxErrors ?? 0,
    ifspeed: link.up ? link.bitsPerSecond : 0,
    ipackets: Math.floor(link.rx / MEAN_PACKET_BYTES) % 2 ** 32,
    ipackets64: Math.floor(link.rx / MEAN_PACKET_BYTES),
    link_duplex: link.up ? 2 : 0,
    link_state: link.up ? 1 : 0,
    norcvbuf: 0,
    noxmtbuf: 0,
    obytes: link.tx % 2 ** 32,
    obytes64: link.tx,
    oerrors: 0,
    opackets: Math.floor(link.tx / MEAN_PACKET_BYTES) % 2 ** 32,
    opackets64: Math.floor(link.tx / MEAN_PACKET_BYTES),
    rbytes: link.rx % 2 ** 32,
    rbytes64: link.rx,
    zonename,
  }));
}

const crtimeOf = (host: HostModel, zone: ZoneModel): number =>
  ((zone.runtime?.bootedAt ?? host.bootedAt) - host.bootedAt) / 1000;

export function storageKstats(host: HostModel, now: number): readonly Kstat[] {
  return [
    ...host.pools.map((pool) =>
      stat(['zfs', 0, pool.plan.name, 'disk'], 11, () =>
        ioCounters(pool.read, pool.write, now, IO_BYTES),
      ),
    ),
    ...host.plan.disks.flatMap((disk) => diskKstats(host, disk, now)),
  ];
}

function diskKstats(host: HostModel, disk: DiskPlan, now: number): readonly Kstat[] {
  const { module, instance } = disk;
  const model = host.disks.get(disk.name);
  if (!model?.present) return [];
  const errorModule = module === 'sd' ? 'sderr' : 'blkdeverr';
  return [
    stat([module, instance, `${module}${instance}`, 'disk'], 6, () => diskIo(host, model, now)),
    stat([errorModule, instance, `${module}${instance},err`, 'device_error'], 6, () => ({
      'Device Not Ready': 0,
      'Hard Errors': model.hardErrors,
      'Illegal Request': illegalRequests(host, disk),
      'Media Error': model.mediaErrors,
      'No Device': 0,
      'Predictive Failure Analysis': 0,
      Product: disk.product,
      Recoverable: 0,
      Revision: '1.0',
      'Serial No': disk.serial,
      Size: disk.sizeBytes,
      'Soft Errors': model.softErrors,
      'Transport Errors': model.transportErrors,
      Vendor: disk.vendor,
    })),
  ];
}
