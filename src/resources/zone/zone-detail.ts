import { age, bytes, duration, percent, rates, UNKNOWN } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { findHost, linksOf } from '../../domain/joined.ts';
import { hostRef, vlanRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock } from '../../domain/view.ts';
import { memoryPercent, stateText, stateTone } from './zone-columns.ts';
import type { ZoneRow } from './zone-columns.ts';

/** The blocks that a zone and a VM have in common. */
export function zoneDetail(
  zone: ZoneRow,
  inventory: Inventory,
  now: EpochMs,
): readonly DetailBlock[] {
  const host = findHost(inventory, zone.host);
  const links = host ? linksOf(host).filter((link) => link.zone === zone.name) : [];
  const groups = inventory.groups.filter(({ members }) =>
    members.includes(`${zone.host}/${zone.name}`),
  );
  return [
    {
      title: 'State',
      lines: [
        {
          label: 'state',
          text: zone.fresh
            ? stateText(zone)
            : `unknown; ${zone.stateText} ${age(zone.at, now)} ago`,
          tone: stateTone(zone),
        },
        { label: 'host', text: zone.host, ref: hostRef(zone.host) },
        { label: 'brand', text: zone.brand },
        { label: 'zone id', text: zone.zoneId === null ? '-' : String(zone.zoneId) },
        { label: 'uuid', text: zone.uuid ?? UNKNOWN },
        { label: 'path', text: zone.path },
        {
          label: 'autoboot',
          text: zone.autoboot === null ? UNKNOWN : zone.autoboot ? 'yes' : 'no',
        },
        { label: 'up', text: zone.bootedAt === null ? UNKNOWN : duration(now - zone.bootedAt) },
        ...groups.map((group) => ({
          label: 'group',
          text: `${group.name}: at least ${group.atLeast} of ${group.members.length}`,
        })),
      ],
    },
    {
      title: 'CPU and memory',
      lines: [
        {
          label: 'cpu',
          text: `${percent(zone.cpuPercent)} of a cpu, cap ${zone.cpuCapPercent === null ? 'none' : percent(zone.cpuCapPercent)}`,
        },
        {
          label: 'rss',
          text: `${bytes(zone.rssBytes)}, cap ${zone.memoryCapBytes === null ? 'none' : `${bytes(zone.memoryCapBytes)} (${percent(memoryPercent(zone))})`}`,
        },
        {
          label: 'swap',
          text: `${bytes(zone.swapBytes)}, cap ${zone.swapCapBytes === null ? 'none' : bytes(zone.swapCapBytes)}`,
        },
      ],
    },
    {
      title: 'Network',
      lines: [
        ...links.map((link) => ({
          label: link.name,
          text: `${link.state}  vlan ${link.vlanId ?? '-'}  over ${link.over.join(' ') || '-'}  ${rates(link.rxBytesPerSecond, link.txBytesPerSecond)}  ${link.macAddress ?? ''}`,
          ...(link.vlanId === null ? {} : { ref: vlanRef(link.vlanId) }),
        })),
        ...zone.addresses.map((address) => ({ label: 'address', text: address })),
      ],
    },
    ...(zone.datasets.length === 0
      ? []
      : [
          {
            title: 'Datasets',
            lines: zone.datasets.map((dataset) => ({ label: 'dataset', text: dataset })),
          },
        ]),
  ];
}
