import { KIB, type DiskPlan } from '../plan.ts';
import { createRandom, integerBetween } from '../random.ts';
import { aggrBytes, readTraffic, type HostModel, type PoolModel, type ZoneModel } from './host.ts';
import { ioCounters, stat, type Kstat } from './kstat.ts';
import type { Meter } from './meter.ts';
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
      }),
    ),
    linkKstat('aggr0', 'global', 9, { ...aggrBytes(host, now), ...common }),
    linkKstat('igb0', 'global', 8, { ...readTraffic(host.oob, now), up: true, bitsPerSecond: 1e9 }),
    linkKstat('stub0', 'global', 9, { rx: 0, tx: 0, up: true, bitsPerSecond: 0 }),
    ...host.vlanLinks.map((link) =>
      linkKstat(link.plan.link, 'global', 10, { ...readTraffic(link.traffic, now), ...common }),
    ),
    ...[...host.zones.values()].flatMap((zone) =>
      (zone.runtime?.nics ?? []).map((nic) =>
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
};

function linkKstat(name: string, zonename: string, crtime: number, link: LinkCounters): Kstat {
  return stat(['link', 0, name, 'net'], crtime, () => ({
    ierrors: 0,
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
  return host.pools.flatMap((pool) => {
    const disks = host.plan.disks.filter((disk) => disk.pool === pool.plan.name);
    return [
      stat(['zfs', 0, pool.plan.name, 'disk'], 11, () =>
        ioCounters(pool.read, pool.write, now, 32 * KIB),
      ),
      ...disks.flatMap((disk) => diskKstats(host, pool, disk, disks.length, now)),
    ];
  });
}

/** A meter that counts a part of another. */
const shareOf = (meter: Meter, part: number): Meter => ({
  ...meter,
  base: meter.base * part,
  curve: { ...meter.curve, mean: meter.curve.mean * part, burst: meter.curve.burst * part },
});

function diskKstats(
  host: HostModel,
  pool: PoolModel,
  disk: DiskPlan,
  diskCount: number,
  now: number,
): readonly Kstat[] {
  const { module, instance } = disk;
  const model = host.disks.get(disk.name);
  const random = createRandom(`${host.seed}/${host.plan.name}/${disk.name}/errors`);
  // Healthy SATA disks refuse requests that they do not know.
  const illegal = module === 'sd' ? integerBetween(random, 3, 9000) : 0;
  const errorModule = module === 'sd' ? 'sderr' : 'blkdeverr';
  return [
    stat([module, instance, `${module}${instance}`, 'disk'], 6, () =>
      ioCounters(
        shareOf(pool.read, 1 / diskCount),
        shareOf(pool.write, 2 / diskCount),
        now,
        32 * KIB,
      ),
    ),
    stat([errorModule, instance, `${module}${instance},err`, 'device_error'], 6, () => ({
      'Device Not Ready': 0,
      'Hard Errors': model?.hardErrors ?? 0,
      'Illegal Request': illegal,
      'Media Error': model?.mediaErrors ?? 0,
      'No Device': 0,
      'Predictive Failure Analysis': 0,
      Product: disk.product,
      Recoverable: 0,
      Revision: '1.0',
      'Serial No': disk.serial,
      Size: disk.sizeBytes,
      'Soft Errors': model?.softErrors ?? 0,
      'Transport Errors': model?.transportErrors ?? 0,
      Vendor: disk.vendor,
    })),
  ];
}
