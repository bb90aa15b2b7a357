import { bytes, count, UNKNOWN } from '../../domain/format.ts';
import { guestState } from '../../domain/joined.ts';
import type { Column, View } from '../../domain/view.ts';
import { isVmBrand } from '../../domain/zone.ts';
import {
  ageColumn,
  autobootColumn,
  brandColumn,
  cpuColumn,
  cpuSparkColumn,
  hostColumn,
  nameColumn,
  netColumn,
  rssColumn,
  stateColumn,
  uptimeColumn,
  vlanColumn,
  zoneParts,
  zoneRows,
  zoneRowSign,
} from './zone-columns.ts';
import type { ZoneRow } from './zone-columns.ts';
import { zoneDetail } from './zone-detail.ts';

const vcpuColumn: Column<ZoneRow> = {
  id: 'vcpu',
  title: 'VCPU',
  width: 4,
  align: 'right',
  priority: 2,
  text: (zone) => count(zone.vm?.vcpus),
  value: (zone) => zone.vm?.vcpus ?? null,
};
const ramColumn: Column<ZoneRow> = {
  id: 'ram',
  title: 'RAM',
  width: 5,
  align: 'right',
  priority: 2,
  text: (zone) => bytes(zone.vm?.ramBytes),
  value: (zone) => zone.vm?.ramBytes ?? null,
};
const diskColumn: Column<ZoneRow> = {
  id: 'disks',
  title: 'DISKS USED/SIZE',
  width: 15,
  priority: 8,
  text: ({ volumes, vm }) =>
    volumes
      ?.map(({ usedBytes, sizeBytes }) => `${bytes(usedBytes)}/${bytes(sizeBytes)}`)
      .join(' ') ??
    (vm?.disks.join(' ') || UNKNOWN),
  value: ({ volumes }) =>
    volumes?.reduce((sum, { usedBytes }) => sum + (usedBytes ?? 0), 0) ?? null,
  tone: () => 'muted',
};
const vncColumn: Column<ZoneRow> = {
  id: 'vnc',
  title: 'VNC',
  width: 6,
  priority: 9,
  text: (zone) => zone.vm?.vnc ?? '-',
  tone: () => 'muted',
};

const guestColumn: Column<ZoneRow> = {
  id: 'guest',
  title: 'GUEST',
  width: 5,
  priority: 7,
  text: (zone) => (zone.fresh ? guestState(zone) : UNKNOWN),
  tone: (zone) => (guestState(zone) === 'none' ? 'bad' : 'muted'),
};
const nicColumn: Column<ZoneRow> = {
  id: 'vnics',
  title: 'VNICS',
  width: 14,
  priority: 9,
  text: (zone) => zone.links.join(' ') || UNKNOWN,
  tone: () => 'muted',
};

/** VMs pane: a row per zone of a brand that is a virtual machine. */
export const vmView: View<ZoneRow> = {
  id: 'vms',
  title: 'VMs',
  rows: (inventory, now) => zoneRows(inventory, now, ({ brand }) => isVmBrand(brand)),
  parts: zoneParts,
  key: (zone) => zone.ref,
  sign: zoneRowSign,
  at: (zone) => zone.at,
  stale: (zone) => !zone.fresh,
  columns: [
    nameColumn('VM'),
    stateColumn,
    hostColumn,
    brandColumn,
    vcpuColumn,
    ramColumn,
    cpuSparkColumn,
    cpuColumn,
    rssColumn,
    vlanColumn,
    netColumn,
    uptimeColumn,
    diskColumn,
    vncColumn,
    guestColumn,
    nicColumn,
    autobootColumn,
    ageColumn,
  ],
  detail: (zone, inventory, now) => {
    const [state, ...rest] = zoneDetail(zone, inventory, now);
    const machine = {
      title: 'Machine',
      lines: [
        { label: 'vcpus', text: count(zone.vm?.vcpus) },
        { label: 'ram', text: bytes(zone.vm?.ramBytes) },
        { label: 'vnc', text: zone.vm?.vnc ?? '-' },
        ...(zone.vm?.disks ?? []).map((disk) => ({ label: 'disk', text: disk })),
      ],
    };
    return state ? [state, machine, ...rest] : [machine];
  },
};
