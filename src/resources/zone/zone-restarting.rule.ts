import { allZonesOf } from '../../domain/joined.ts';
import { spanSince } from '../../domain/lasting.ts';
import type { HostRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

const HOUR_MS = 3_600_000;

/** A zone or VM that has started again and again within an hour, as far as the console saw it. */
export const zoneRestarting: HostRule<'zones' | 'kstats'> = {
  id: 'zone.restarting',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['zone.restarting'],
  needs: ['zones', 'kstats'],
  check: ({ kstats: { counters } }, host, now, { limits }) => {
    const { bootTimeSeconds, snaptimeSeconds } = counters;
    // By the host's own clock, as the starts are.
    const hostNow =
      bootTimeSeconds === null || snaptimeSeconds === null
        ? now
        : (bootTimeSeconds + snaptimeSeconds) * 1000;
    return allZonesOf(host).flatMap(({ ref, name, boots, stateText }) => {
      const recent = boots.filter(({ at }) => spanSince(at, hostNow, [HOUR_MS]) < HOUR_MS);
      const [first] = recent;
      // A count falls by itself as starts grow old: no distance is needed to leave a limit.
      const severity = levelOf(recent.length, 'above', limits, null);
      if (severity === null || !first) return [];
      const guests = recent.filter(({ kind }) => kind === 'init').length;
      return [
        {
          subject: ref,
          severity,
          title: `started ${recent.length} times within an hour`,
          evidence: {
            startsWithinHour: recent.length,
            ofThoseInitOnly: guests,
            firstStart: new Date(first.at).toISOString(),
            lastStart: new Date(recent.at(-1)?.at ?? first.at).toISOString(),
            zoneIds: [...new Set(recent.map((boot) => boot.zoneId))].join(', '),
            state: stateText,
            from: 'kstat zones:::boot_time init_pid',
          },
          hint:
            guests > 0
              ? 'its init ends by itself: see its console (C)'
              : `see why in /var/adm/messages and on its console (C), or stop it: zoneadm -z ${name} halt`,
        },
      ];
    });
  },
};
