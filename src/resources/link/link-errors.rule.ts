import { linksOf } from '../../domain/joined.ts';
import type { HostRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

const { worse } = THRESHOLDS['link.errors'];
/** Less than this says little of a minute. */
const LEAST_SECONDS = 30;
/** Errors that come once, as when a cable is plugged, are not rising. */
const LEAST_RISES = 2;

/**
 * A network card whose errors rise: more in the last minute than the limit, in two frames of it at least. Only cards are
 * looked at, since what lies over them counts the same errors again. It ends when the last minute had fewer.
 */
export const linkErrors: HostRule<'links' | 'kstats'> = {
  id: 'link.errors',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['link.errors'],
  needs: ['links', 'kstats'],
  check: (_fresh, host, _now, { limits, raised }) =>
    linksOf(host).flatMap((link) => {
      const { errors } = link;
      if (link.class !== 'phys' || errors === null) return [];
      if (errors.seconds < LEAST_SECONDS || errors.rises < LEAST_RISES) return [];
      const subject = linkRef(link.host, link.name);
      const perMinute = Math.round((errors.count * 60) / errors.seconds);
      const severity = levelOf(perMinute, worse, limits, raised(subject));
      if (severity === null) return [];
      return [
        {
          subject,
          severity,
          title: `${perMinute} errors a minute`,
          evidence: {
            errorsPerMinute: perMinute,
            limit: limits[severity],
            overSeconds: Math.round(errors.seconds),
            rxErrors: link.rxErrors,
            txErrors: link.txErrors,
            from: `kstat link:0:${link.name}:ierrors, oerrors`,
          },
          hint: `a cable, a transceiver or a duplex that does not match: dladm show-phys ${link.name}, then the counters of the switch port`,
        },
      ];
    }),
};
