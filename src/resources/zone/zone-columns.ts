import type { Dataset } from '../../domain/dataset.ts';
import { age, bytes, percent, rates, shortDuration, UNKNOWN } from '../../domain/format.ts';
import type { HostInventory, Inventory } from '../../domain/inventory.ts';
import { datasetsByName } from '../../domain/joined-datasets.ts';
import {
  allZonesOf,
  cpuCapShare,
  memoryRuleOf,
  zoneSign,
  zonesFresh,
} from '../../domain/joined.ts';
import type { Zone, ZoneSign } from '../../domain/joined.ts';
import { roleText } from '../../domain/role.ts';
import type { ZoneRole } from '../../domain/role.ts';
import { isUnwell } from '../../domain/service.ts';
import { toneBy } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Column, Tone } from '../../domain/view.ts';

/** A zone with what is needed to judge its row: whether its host still tells the truth. */
export type ZoneRow = Zone & {
  readonly fresh: boolean;
  /** The volumes of a VM; null where their sizes are not known. */
  readonly volumes: readonly Volume[] | null;
};
export type Volume = { readonly usedBytes: number | null; readonly sizeBytes: number | null };

type HostRows = { readonly fresh: boolean; readonly rows: readonly ZoneRow[] };

const rowsCache = new WeakMap<HostInventory, HostRows>();

/** All zones and VMs of a host; the same rows as long as its answers are and stay fresh. */
function rowsOf(host: HostInventory, now: EpochMs): readonly ZoneRow[] {
  const fresh = zonesFresh(host, now);
  const known = rowsCache.get(host);
  if (known?.fresh === fresh) return known.rows;
  const datasets = datasetsByName(host);
  const rows = allZonesOf(host).map((zone) => ({
    ...zone,
    fresh,
    volumes: volumesOf(zone, datasets),
  }));
  rowsCache.set(host, { fresh, rows });
  return rows;
}

function volumesOf({ vm }: Zone, datasets: ReadonlyMap<string, Dataset>): readonly Volume[] | null {
  const volumes = (vm?.disks ?? []).flatMap((name) => {
    const dataset = datasets.get(name);
    return dataset ? [{ usedBytes: dataset.usedBytes, sizeBytes: dataset.volsizeBytes }] : [];
  });
  return volumes.length === 0 ? null : volumes;
}

/** Rows of the zones of all hosts, of those that `pick` takes. */
export const zoneRows = (
  inventory: Inventory,
  now: EpochMs,
  pick: (zone: Zone) => boolean = () => true,
): readonly ZoneRow[] => inventory.hosts.flatMap((host) => rowsOf(host, now).filter(pick));

/** What the rows of zones and VMs are made from. */
export const zoneParts = ({ hosts }: Inventory): readonly unknown[] => [hosts];

/** A zone that runs while one of its services has given up is degraded. */
export function zoneRowSign(zone: ZoneRow): ZoneSign | 'degraded' {
  const sign = zoneSign(zone, zone.fresh);
  return sign === 'ok' && unwell(zone) > 0 ? 'degraded' : sign;
}

/** What is said of the state: an unknown one is not repeated as if it were still true. */
export const stateText = (zone: ZoneRow): string => (zone.fresh ? zone.stateText : 'unknown');

export function stateTone(zone: ZoneRow): Tone {
  switch (zoneRowSign(zone)) {
    case 'ok':
    case 'off':
      return 'muted';
    case 'changing':
    case 'degraded':
      return 'warn';
    case 'down':
      return 'bad';
    case 'unknown':
      return 'unknown';
  }
}

/** RSS as a share of the memory cap, in percent. */
export const memoryPercent = (zone: Zone): number | null =>
  zone.rssBytes === null || !zone.memoryCapBytes
    ? null
    : (zone.rssBytes / zone.memoryCapBytes) * 100;

type ZoneColumn = Column<ZoneRow>;

export const nameColumn = (title: string): ZoneColumn => ({
  id: 'name',
  title,
  width: 15,
  priority: 0,
  text: (zone) => zone.name,
});
export const hostColumn: ZoneColumn = {
  id: 'host',
  title: 'HOST',
  width: 7,
  priority: 1,
  text: (zone) => zone.host,
  tone: () => 'muted',
};
export const stateColumn: ZoneColumn = {
  id: 'state',
  title: 'STATE',
  width: 13,
  priority: 2,
  text: stateText,
  tone: stateTone,
};
export const brandColumn: ZoneColumn = {
  id: 'brand',
  title: 'BRAND',
  width: 7,
  priority: 4,
  text: (zone) => zone.brand,
  tone: () => 'muted',
};
export const servicesColumn: ZoneColumn = {
  id: 'svc',
  title: 'SVC',
  width: 4,
  align: 'right',
  priority: 7,
  text: (zone) => (zone.services ? String(unwell(zone)) : UNKNOWN),
  value: (zone) => (zone.services ? unwell(zone) : null),
  tone: (zone) => (zone.services && unwell(zone) > 0 ? 'bad' : 'muted'),
};
/** Services in maintenance or degraded. */
const unwell = ({ services }: Zone): number => (services?.notOnline ?? []).filter(isUnwell).length;

export const roleColumn: ZoneColumn = {
  id: 'role',
  title: 'ROLE',
  width: 14,
  priority: 7,
  text: ({ role }) => (role === null ? UNKNOWN : shortRole(role)),
  value: ({ role }) => roleText(role),
  tone: (zone) => (zone.role === null ? 'muted' : 'plain'),
};
/** The most telling one, and how many there are besides: `etcd +3`. */
const shortRole = ({ name, others = [] }: ZoneRole): string =>
  others.length === 0 ? name : `${name} +${others.length}`;

export const cpuSparkColumn: ZoneColumn = {
  id: 'cpuSpark',
  title: 'CPU',
  width: 8,
  priority: 5,
  text: () => '',
  series: 'cpuPercent',
};
export const cpuColumn: ZoneColumn = {
  id: 'cpu',
  title: 'CPU%',
  width: 5,
  align: 'right',
  priority: 1,
  text: (zone) => percent(zone.cpuPercent),
  value: (zone) => zone.cpuPercent,
  tone: (zone, _now, limits) => toneBy(limits, 'zone.cpu', cpuCapShare(zone)),
};
export const cpuCapColumn: ZoneColumn = {
  id: 'cpucap',
  title: 'CAP%',
  width: 5,
  align: 'right',
  priority: 8,
  text: (zone) => (zone.cpuCapPercent === null ? '-' : percent(zone.cpuCapPercent)),
  value: (zone) => zone.cpuCapPercent,
};
export const rssColumn: ZoneColumn = {
  id: 'rss',
  title: 'RSS',
  width: 5,
  align: 'right',
  priority: 1,
  text: (zone) => bytes(zone.rssBytes),
  value: (zone) => zone.rssBytes,
};
export const memoryColumn: ZoneColumn = {
  id: 'mem',
  title: 'CAP',
  width: 9,
  align: 'right',
  priority: 5,
  text: (zone) =>
    zone.memoryCapBytes === null
      ? '-'
      : `${percent(memoryPercent(zone))} ${bytes(zone.memoryCapBytes)}`,
  value: memoryPercent,
  tone: (zone, _now, limits) => {
    const used = memoryPercent(zone);
    return used === null ? 'muted' : toneBy(limits, memoryRuleOf(zone), used);
  },
};
export const swapColumn: ZoneColumn = {
  id: 'swap',
  title: 'SWAP',
  width: 5,
  align: 'right',
  priority: 9,
  text: (zone) => bytes(zone.swapBytes),
  value: (zone) => zone.swapBytes,
};
export const netColumn: ZoneColumn = {
  id: 'net',
  title: 'NET IN/OUT',
  width: 11,
  align: 'right',
  priority: 6,
  text: (zone) => rates(zone.rxBytesPerSecond, zone.txBytesPerSecond),
  value: (zone) => zone.rxBytesPerSecond,
};
export const vlanColumn: ZoneColumn = {
  id: 'vlan',
  title: 'VLAN',
  width: 9,
  priority: 3,
  text: (zone) => zone.vlans.join(',') || UNKNOWN,
  value: (zone) => zone.vlans[0] ?? null,
};
export const addressColumn: ZoneColumn = {
  id: 'ip',
  title: 'ADDRESS',
  width: 18,
  priority: 8,
  text: (zone) => zone.addresses[0] ?? UNKNOWN,
  tone: () => 'muted',
};
export const uptimeColumn: ZoneColumn = {
  id: 'up',
  title: 'UP',
  width: 5,
  align: 'right',
  priority: 4,
  text: (zone, now) =>
    zone.bootedAt === null || zone.state !== 'running'
      ? UNKNOWN
      : shortDuration(now - zone.bootedAt),
  value: (zone) => (zone.state === 'running' ? zone.bootedAt : null),
  unit: 'since',
};
export const autobootColumn: ZoneColumn = {
  id: 'autoboot',
  title: 'AUTO',
  width: 4,
  priority: 9,
  text: (zone) => (zone.autoboot === null ? UNKNOWN : zone.autoboot ? 'yes' : 'no'),
  tone: () => 'muted',
};
export const ageColumn: ZoneColumn = {
  id: 'age',
  title: 'AGE',
  width: 5,
  align: 'right',
  priority: 0,
  text: (zone, now) => age(zone.at, now),
  value: (zone) => zone.at,
  unit: 'since',
  tone: (zone) => (zone.fresh ? 'muted' : 'unknown'),
};
