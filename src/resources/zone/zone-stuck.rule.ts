import { allZonesOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import { spanSince } from '../../domain/lasting.ts';
import type { HostRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import type { ZoneState } from '../../domain/zone.ts';
import { nextSteps } from './zone-plan.ts';

const PASSING: ReadonlySet<ZoneState> = new Set(['shutting_down', 'down', 'mounted', 'incomplete']);

/** A zone that stays in a state between two others. */
export const zoneStuck: HostRule<'zones'> = {
  id: 'zone.stuck',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['zone.stuck'],
  needs: ['zones'],
  check: (_fresh, host, now, { limits }) =>
    allZonesOf(host)
      .filter(({ state }) => PASSING.has(state))
      .flatMap((zone) => {
        const limitsMs = [limits.warning, limits.critical].map((seconds) => seconds * 1000);
        const seconds = Math.floor(spanSince(zone.stateSince, now, limitsMs) / 1000);
        // The time only grows: no distance is needed to leave a limit.
        const level = levelOf(seconds, 'above', limits, null);
        if (level === null) return [];
        return [
          {
            subject: zone.ref,
            title: `stuck in ${zone.stateText}`,
            // What should run is not there for as long.
            severity: zone.autoboot === true ? 'critical' : level,
            evidence: {
              state: zone.stateText,
              since: new Date(zone.stateSince).toISOString(),
              sawItBegin: zone.sawStateBegin,
              autoboot: zone.autoboot,
              brand: zone.brand,
              from: 'zoneadm list -cp',
            },
            hint: hintFor(zone),
            began: zone.stateSince,
          },
        ];
      }),
};

function hintFor(zone: Zone): string {
  const { state, name, path } = zone;
  switch (state) {
    case 'incomplete':
      return `an install or uninstall was cut off: zoneadm -z ${name} uninstall, then install`;
    case 'mounted':
      return `an update or repair holds it: zoneadm -z ${name} unmount when none runs`;
    case 'shutting_down':
    case 'down':
      return nextSteps(zone) ?? '';
    case 'configured':
    case 'installed':
    case 'ready':
    case 'running':
    case 'unknown':
      return `see who holds it: fuser -c ${path}; then zoneadm -z ${name} halt, which runs no shutdown scripts`;
  }
}
