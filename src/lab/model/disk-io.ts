import { KIB, type DiskPlan } from '../plan.ts';
import { createRandom, integerBetween } from '../random.ts';
import type { DiskModel, HostModel, PoolModel } from './host.ts';
import type { KstatValue } from './kstat.ts';
import { readMeter } from './meter.ts';

/** The mean size of a request. */
export const IO_BYTES = 32 * KIB;
/** The share of the time in the device that overlaps with no other request. */
const ALONE = 0.8;
/** A disk that cannot keep up is busy nearly all the time. */
const SATURATED = 0.97;

/** Healthy SATA disks refuse requests that they do not know. */
export const illegalRequests = (host: HostModel, { module, name }: DiskPlan): number =>
  module === 'sd'
    ? integerBetween(createRandom(`${host.seed}/${host.plan.name}/${name}/errors`), 3, 9000)
    : 0;

/** What is written so far by a resilver. */
export const resilveredBytes = ({ scan }: PoolModel, now: number): number =>
  scan.kind === 'resilver'
    ? Math.floor(
        Math.min(scan.totalBytes, (Math.max(0, now - scan.startedAt) / 1000) * scan.bytesPerSecond),
      )
    : 0;

/** Bytes that a disk has read and written: its share of the pool's, and those of a resilver. */
function diskBytes(host: HostModel, disk: DiskModel, now: number) {
  const pool = host.pools.find(({ plan }) => plan.name === disk.pool);
  if (!pool) return { read: 0, written: 0 };
  const resilvered = resilveredBytes(pool, now);
  if (pool.plan.spares.includes(disk.name))
    return { read: 0, written: [...pool.spareOf.values()].includes(disk.name) ? resilvered : 0 };
  const count = pool.plan.vdevs.reduce((sum, vdev) => sum + vdev.disks.length, 0);
  return {
    read: Math.floor(readMeter(pool.read, now) / count + resilvered / Math.max(1, count - 1)),
    written: Math.floor((readMeter(pool.write, now) * 2) / count),
  };
}

/** Requests, and the seconds that they took, since the boot of the host. */
function diskWork(host: HostModel, disk: DiskModel, now: number) {
  const bytes = diskBytes(host, disk, now);
  const reads = Math.floor(bytes.read / IO_BYTES);
  const writes = Math.floor(bytes.written / IO_BYTES);
  const { service } = disk;
  const taken = ((reads + writes - service.operations) * service.serviceMs) / 1000;
  const elapsed = Math.max(0, now - service.since) / 1000;
  return {
    bytes,
    reads,
    writes,
    serviceSeconds: service.serviceSeconds + taken,
    busySeconds: service.busySeconds + Math.min(taken * ALONE, elapsed * SATURATED),
  };
}

/** Changes the time that a request takes in a disk; its sums go on from where they are. */
export function setServiceTime(
  host: HostModel,
  disk: DiskModel,
  serviceMs: number,
  now: number,
): void {
  const work = diskWork(host, disk, now);
  disk.service = {
    since: now,
    operations: work.reads + work.writes,
    busySeconds: work.busySeconds,
    serviceSeconds: work.serviceSeconds,
    serviceMs,
  };
}

/** The statistics of a disk's kstat of class disk. */
export function diskIo(
  host: HostModel,
  disk: DiskModel,
  now: number,
): Readonly<Record<string, KstatValue>> {
  const { bytes, reads, writes, serviceSeconds, busySeconds } = diskWork(host, disk, now);
  return {
    nread: bytes.read,
    nwritten: bytes.written,
    rcnt: 0,
    reads,
    rlentime: serviceSeconds.toFixed(9),
    rtime: busySeconds.toFixed(9),
    wcnt: 0,
    wlentime: (serviceSeconds / 20).toFixed(9),
    writes,
    wtime: (busySeconds / 25).toFixed(9),
  };
}
