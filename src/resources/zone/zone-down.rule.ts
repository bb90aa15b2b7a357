import type { HostInventory } from '../../domain/inventory.ts';
import { allZonesOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import { spanUntil } from '../../domain/lasting.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import type { EpochMs } from '../../domain/time.ts';
import { isVmBrand } from '../../domain/zone.ts';
import type { ZoneState } from '../../domain/zone.ts';

/** States that a zone rests in; those on the way from one to another are `zone.stuck` when they last. */
const AT_REST: ReadonlySet<ZoneState> = new Set(['configured', 'installed', 'ready']);

/**
 * A zone with autoboot=true that does not run. Held until the list of zones was asked once more: one that reboots passes
 * by `installed`. One that labtop itself restarts is none, for as long as that may take.
 */
export const zoneDown: HostRule<'zones' | 'zoneConfigs'> = {
  id: 'zone.down',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0.5,
  needs: ['zones', 'zoneConfigs'],
  check: (_fresh, host, now) => downZones(host, now, ({ brand }) => !isVmBrand(brand)),
};

/** Whether labtop restarts it now, and that takes no longer than it may. */
export const isAway = ({ away }: HostInventory, { name }: Zone, now: EpochMs): boolean => {
  const until = away?.get(name);
  return until !== undefined && spanUntil(until, now, [0]) > 0;
};

/** The zones of a host that start by themselves but do not run, of those that `pick` takes. */
export const downZones = (
  host: HostInventory,
  now: EpochMs,
  pick: (zone: Zone) => boolean,
): readonly Finding[] =>
  allZonesOf(host)
    .filter((zone) => zone.autoboot === true && AT_REST.has(zone.state) && pick(zone))
    .filter((zone) => !isAway(host, zone, now))
    .map((zone) => ({
      subject: zone.ref,
      title: `${zone.stateText}, should be running (autoboot)`,
      evidence: {
        state: zone.stateText,
        autoboot: true,
        brand: zone.brand,
        from: 'zoneadm list -cp',
      },
      hint:
        zone.state === 'configured'
          ? `it is not installed: zoneadm -z ${zone.name} install, or set autoboot=false`
          : `see why in /var/adm/messages, then zoneadm -z ${zone.name} boot`,
    }));
