import type { HostModel } from './host.ts';
import type { Kstat } from './kstat.ts';
import { linkKstats, storageKstats } from './kstats-device.ts';
import { cpuKstats, systemKstats } from './kstats-system.ts';
import { globalZoneKstats, zoneKstats } from './kstats-zone.ts';

/** Every kstat of a host at an instant. */
export function listKstats(host: HostModel, now: number): readonly Kstat[] {
  return [
    ...systemKstats(host, now),
    ...cpuKstats(host, now),
    ...globalZoneKstats(host, now),
    ...[...host.zones.values()].flatMap((zone) => zoneKstats(host, zone, now)),
    ...linkKstats(host, now),
    ...storageKstats(host, now),
  ];
}
