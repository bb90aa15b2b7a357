import type { HostInventory } from '../../domain/inventory.ts';
import { allZonesOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { isVmBrand } from '../../domain/zone.ts';
import type { ZoneState } from '../../domain/zone.ts';

/** States that a zone rests in; those on the way from one to another are `zone.stuck` when they last. */
const AT_REST: ReadonlySet<ZoneState> = new Set(['configured', 'installed', 'ready']);

/**
 * A zone with autoboot=true that does not run. Held until the list of zones was asked once more: one that reboots passes
 * by `installed`.
 */
export const zoneDown: HostRule<'zones' | 'zoneConfigs'> = {
  id: 'zone.down',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0.5,
  needs: ['zones', 'zoneConfigs'],
  check: (_fresh, host) => downZones(host, ({ brand }) => !isVmBrand(brand)),
};

/** The zones of a host that start by themselves but do not run, of those that `pick` takes. */
export const downZones = (host: HostInventory, pick: (zone: Zone) => boolean): readonly Finding[] =>
  allZonesOf(host)
    .filter((zone) => zone.autoboot === true && AT_REST.has(zone.state) && pick(zone))
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
