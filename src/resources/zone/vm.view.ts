import { age, bytes, count, percent, shortDuration, UNKNOWN } from '../../domain/format.ts';
import { guestState } from '../../domain/joined.ts';
import { machinesOf } from '../../domain/kubevirt.ts';
import type { KubevirtMachine } from '../../domain/kubevirt.ts';
import type { Column, Sign, Tone, View } from '../../domain/view.ts';
import { isVmBrand } from '../../domain/zone.ts';
import { machineDetail, migrationText } from './machine-detail.ts';
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
/** What a guest sees as stolen is warned of from here on, percent. */
const MUCH_STEAL = 10;
const stealColumn: Column<ZoneRow> = {
  id: 'steal',
  title: 'STEAL',
  width: 5,
  align: 'right',
  priority: 8,
  text: (zone) => percent(zone.stealPercent),
  value: (zone) => zone.stealPercent,
  tone: (zone) => ((zone.stealPercent ?? 0) >= MUCH_STEAL ? 'warn' : 'muted'),
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

/** A VM is a zone of a host, or a machine of KubeVirt. */
type VmRow = ZoneRow | KubevirtMachine;

const isMachine = (row: VmRow): row is KubevirtMachine => 'migration' in row;

/** A column of zones that tells of the machines of KubeVirt too; what nobody tells of them is empty. */
const vmColumn = (
  column: Column<ZoneRow>,
  own: Partial<Pick<Column<KubevirtMachine>, 'text' | 'tone' | 'value'>> = {},
): Column<VmRow> => ({
  ...column,
  text: (row, now) => (isMachine(row) ? (own.text?.(row, now) ?? '') : column.text(row, now)),
  tone: (row, now, limits) =>
    isMachine(row)
      ? (own.tone?.(row, now, limits) ?? 'muted')
      : (column.tone?.(row, now, limits) ?? 'plain'),
  value: (row, now) => {
    if (isMachine(row)) return own.value?.(row, now) ?? own.text?.(row, now) ?? null;
    return column.value ? column.value(row, now) : column.text(row, now);
  },
});

const MACHINE_TONES: Readonly<Record<Sign, Tone>> = {
  ok: 'muted',
  off: 'muted',
  changing: 'warn',
  degraded: 'warn',
  warning: 'warn',
  down: 'bad',
  unknown: 'unknown',
};

/** VMs pane: a row per zone of a brand that is a virtual machine, and per machine of KubeVirt. */
export const vmView: View<VmRow> = {
  id: 'vms',
  title: 'VMs',
  rows: (inventory, now) => [
    ...zoneRows(inventory, now, ({ brand }) => isVmBrand(brand)),
    ...inventory.clusters.flatMap((cluster) => machinesOf(cluster, now)),
  ],
  parts: (inventory) => [
    ...zoneParts(inventory),
    ...inventory.clusters.flatMap(({ source, feeds }) => [
      source.state,
      feeds.virtualMachines,
      feeds.virtualMachineInstances,
      feeds.migrations,
      feeds.nodes,
    ]),
  ],
  key: ({ ref }) => ref,
  sign: (row) => (isMachine(row) ? row.sign : zoneRowSign(row)),
  at: ({ at }) => at,
  stale: ({ fresh }) => !fresh,
  columns: [
    vmColumn(nameColumn('VM'), { text: ({ name }) => name, tone: () => 'plain' }),
    vmColumn(stateColumn, {
      text: ({ state, fresh }) => (fresh ? state : 'unknown'),
      tone: ({ sign }) => MACHINE_TONES[sign],
    }),
    vmColumn(hostColumn, { text: ({ node }) => node ?? '-' }),
    vmColumn({ ...brandColumn, width: 8 }, { text: () => 'kubevirt' }),
    vmColumn(vcpuColumn, {
      text: ({ vcpus }) => count(vcpus),
      tone: () => 'plain',
      value: ({ vcpus }) => vcpus,
    }),
    vmColumn(ramColumn, {
      text: ({ memoryBytes }) => bytes(memoryBytes),
      tone: () => 'plain',
      value: ({ memoryBytes }) => memoryBytes,
    }),
    vmColumn(cpuSparkColumn),
    vmColumn(cpuColumn),
    vmColumn(stealColumn),
    vmColumn(rssColumn),
    vmColumn(vlanColumn),
    vmColumn(netColumn),
    vmColumn(uptimeColumn, {
      text: ({ instance }, now) =>
        !instance || instance.startedAt === null
          ? UNKNOWN
          : shortDuration(now - instance.startedAt),
      value: ({ instance }) => instance?.startedAt ?? null,
    }),
    vmColumn(diskColumn, {
      text: ({ machine, instance }) => (instance ?? machine)?.claims.join(' ') ?? '',
    }),
    vmColumn(vncColumn),
    vmColumn(
      { ...guestColumn, width: 9 },
      {
        text: migrationText,
        tone: ({ migration }) => (migration?.phase === 'Failed' ? 'bad' : 'muted'),
      },
    ),
    vmColumn(nicColumn, { text: ({ instance }) => instance?.ip ?? '' }),
    vmColumn(autobootColumn, {
      text: ({ machine }) => (machine?.runStrategy === 'Always' ? 'yes' : machine ? 'no' : UNKNOWN),
    }),
    vmColumn(ageColumn, {
      text: ({ at }, now) => age(at, now),
      tone: ({ fresh }) => (fresh ? 'muted' : 'unknown'),
      value: ({ at }) => at,
    }),
  ],
  detail: (row, inventory, now) => {
    if (isMachine(row)) return machineDetail(row, now);
    const [state, ...rest] = zoneDetail(row, inventory, now);
    const machine = {
      title: 'Machine',
      lines: [
        { label: 'vcpus', text: count(row.vm?.vcpus) },
        { label: 'ram', text: bytes(row.vm?.ramBytes) },
        { label: 'waits for a CPU', text: percent(row.stealPercent) },
        { label: 'vnc', text: row.vm?.vnc ?? '-' },
        ...(row.vm?.disks ?? []).map((disk) => ({ label: 'disk', text: disk })),
      ],
    };
    return state ? [state, machine, ...rest] : [machine];
  },
};
