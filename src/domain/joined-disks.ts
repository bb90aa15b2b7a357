import type { DiskEntry, DiskErrors, DiskRates } from './disk.ts';
import { known, lastKnown } from './feed.ts';
import type { HostInventory } from './inventory.ts';
import { leafVdevs } from './pool.ts';
import type { Vdev } from './pool.ts';
import { diskRef } from './ref.ts';
import type { DiskRef } from './ref.ts';

/** A disk as all answers of its host together tell it; null is not known. */
export type Disk = {
  readonly ref: DiskRef;
  readonly host: string;
  /** `cNtNdN`; the driver's instance while the other is not known. */
  readonly name: string;
  /** `sd3`; null for a device of a pool that no driver has any more. */
  readonly instance: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly revision: string | null;
  readonly serial: string | null;
  readonly sizeBytes: number | null;
  readonly errors: DiskErrors;
  readonly rates: DiskRates | null;
  /** Where it serves; null: in no pool that is known. */
  readonly member: PoolMember | null;
};
/** A place in a pool's tree. */
export type PoolMember = {
  readonly pool: string;
  /** The device's row. */
  readonly vdev: Vdev;
  /** The mirror or raidz that it belongs to; null for a device that stands alone, and for spares and the like. */
  readonly group: string | null;
};

const NO_ERRORS: DiskErrors = {
  soft: null,
  hard: null,
  transport: null,
  media: null,
  notReady: null,
  noDevice: null,
  recoverable: null,
  illegalRequests: null,
  predictedFailures: null,
};

const disksCache = new WeakMap<HostInventory, readonly Disk[]>();

/** The disks of a host, in the order of their drivers; the same array while the host's object is the same. */
export function disksOf(host: HostInventory): readonly Disk[] {
  let disks = disksCache.get(host);
  if (!disks) disksCache.set(host, (disks = joinDisks(host)));
  return disks;
}

/**
 * The disk that a row of a pool's tree is: without the folder, the slice of a label (`s0`) and the partition (`p0`).
 * A device that is missing is called by its GUID, and its note tells what it was.
 */
export function diskOfVdev({ name, note }: Pick<Vdev, 'name' | 'note'>): string {
  const was = /(?:^|\s)was (\S+)/.exec(note ?? '')?.[1];
  const path = /^[0-9]{5,20}$/.test(name) && was !== undefined ? was : name;
  return path.replace(/^\/dev\/r?dsk\//, '').replace(/(d[0-9]+)(?:s[0-9]+|p[0-9]+)$/, '$1');
}

/** The devices of all pools of a host, by the disks that they are. */
export function poolMembers(host: HostInventory): ReadonlyMap<string, PoolMember> {
  const members = new Map<string, PoolMember>();
  for (const status of known(host.feeds.poolStatus, []))
    for (const { vdev, group } of leafVdevs(status)) {
      const disk = diskOfVdev(vdev);
      // A spare in use stands in the tree and among the spares; the tree tells more.
      if (!members.has(disk) || vdev.section === 'data')
        members.set(disk, { pool: status.name, vdev, group });
    }
  return members;
}

function joinDisks(host: HostInventory): readonly Disk[] {
  const kstats = lastKnown(host.feeds.kstats)?.value;
  const entries = new Map(known(host.feeds.disks, []).map((disk) => [disk.instance, disk]));
  const names = new Map(
    known(host.feeds.diskNames, []).map(({ instance, name }) => [instance, name]),
  );
  const members = poolMembers(host);
  const instances = new Set([...entries.keys(), ...(kstats?.counters.disks.keys() ?? [])]);
  const found = [...instances].map((instance): Disk => {
    const counters = kstats?.counters.disks.get(instance);
    const entry = entries.get(instance);
    const errors = entry?.errors ?? NO_ERRORS;
    const name = names.get(instance) ?? instance;
    return {
      ...identityOf(entry),
      ref: diskRef(host.name, name),
      host: host.name,
      name,
      instance,
      // These are told by every frame, the other kinds less often.
      errors: {
        ...errors,
        hard: counters?.hardErrors ?? errors.hard,
        transport: counters?.transportErrors ?? errors.transport,
        media: counters?.mediaErrors ?? errors.media,
      },
      rates: kstats?.disks.get(instance) ?? null,
      member: members.get(name) ?? null,
    };
  });
  const present = new Set(found.map(({ name }) => name));
  // Without the names nobody can tell which devices of a pool are missing.
  const missing = names.size === 0 ? [] : [...members].filter(([name]) => !present.has(name));
  return [
    ...found,
    ...missing
      .filter(([name]) => /^c[0-9]+/.test(name))
      .map(([name, member]): Disk => ({
        ...identityOf(undefined),
        ref: diskRef(host.name, name),
        host: host.name,
        name,
        instance: null,
        errors: NO_ERRORS,
        rates: null,
        member,
      })),
  ];
}

const identityOf = (
  entry: DiskEntry | undefined,
): Pick<Disk, 'vendor' | 'product' | 'revision' | 'serial' | 'sizeBytes'> => ({
  vendor: entry?.vendor ?? null,
  product: entry?.product ?? null,
  revision: entry?.revision ?? null,
  serial: entry?.serial ?? null,
  sizeBytes: entry?.sizeBytes ?? null,
});
