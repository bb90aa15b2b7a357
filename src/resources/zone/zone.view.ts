import type { View } from '../../domain/view.ts';
import { isVmBrand } from '../../domain/zone.ts';
import {
  addressColumn,
  ageColumn,
  autobootColumn,
  brandColumn,
  cpuCapColumn,
  cpuColumn,
  cpuSparkColumn,
  hostColumn,
  memoryColumn,
  nameColumn,
  netColumn,
  roleColumn,
  rssColumn,
  stateColumn,
  swapColumn,
  uptimeColumn,
  vlanColumn,
  zoneParts,
  zoneRows,
  zoneRowSign,
} from './zone-columns.ts';
import type { ZoneRow } from './zone-columns.ts';
import { zoneDetail } from './zone-detail.ts';

/** Zones pane: a row per non-global zone that is not a VM. */
export const zoneView: View<ZoneRow> = {
  id: 'zones',
  title: 'Zones',
  rows: (inventory, now) => zoneRows(inventory, now, ({ brand }) => !isVmBrand(brand)),
  parts: zoneParts,
  key: (zone) => zone.ref,
  sign: zoneRowSign,
  at: (zone) => zone.at,
  stale: (zone) => !zone.fresh,
  columns: [
    nameColumn('ZONE'),
    stateColumn,
    hostColumn,
    brandColumn,
    roleColumn,
    vlanColumn,
    addressColumn,
    cpuSparkColumn,
    cpuColumn,
    cpuCapColumn,
    rssColumn,
    memoryColumn,
    swapColumn,
    netColumn,
    uptimeColumn,
    autobootColumn,
    ageColumn,
  ],
  detail: zoneDetail,
};
