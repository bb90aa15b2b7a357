import { allZonesOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import type { HostRule } from '../../domain/problem.ts';
import type { ZoneState } from '../../domain/zone.ts';

const PASSING: ReadonlySet<ZoneState> = new Set(['shutting_down', 'down', 'mounted', 'incomplete']);

/** A zone that stays in a state between two others for more than a minute. */
export const zoneStuck: HostRule<'zones'> = {
  id: 'zone.stuck',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 60,
  needs: ['zones'],
  check: (_fresh, host) =>
    allZonesOf(host)
      .filter(({ state }) => PASSING.has(state))
      .map((zone) => ({
        subject: zone.ref,
        title: `stuck in ${zone.stateText}`,
        severity: zone.autoboot === true ? 'critical' : 'warning',
        evidence: {
          state: zone.stateText,
          autoboot: zone.autoboot,
          brand: zone.brand,
          from: 'zoneadm list -cp',
        },
        hint: hintFor(zone),
      })),
};

function hintFor({ state, name, path }: Zone): string {
  switch (state) {
    case 'incomplete':
      return `an install or uninstall was cut off: zoneadm -z ${name} uninstall, then install`;
    case 'mounted':
      return `an update or repair holds it: zoneadm -z ${name} unmount when none runs`;
    case 'shutting_down':
    case 'down':
    case 'configured':
    case 'installed':
    case 'ready':
    case 'running':
    case 'unknown':
      return `see who holds it: fuser -c ${path}; then zoneadm -z ${name} halt, which runs no shutdown scripts`;
  }
}
