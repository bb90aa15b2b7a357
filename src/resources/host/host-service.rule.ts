import type { Finding, HostRule, Severity } from '../../domain/problem.ts';
import { serviceRef } from '../../domain/ref.ts';
import type { Service, ServiceExplanation } from '../../domain/service.ts';
import { isUnwell } from '../../domain/service.ts';

/** Without these the host is no longer what it is for: zones, network, storage, the fault manager, rights, logins. */
const VITAL =
  /^svc:\/(?:system\/(?:zones|fmd|pfexec|filesystem\/|svc\/)|network\/(?:physical|ssh|datalink-management|nfs\/server)|milestone\/)/;
/** What passes by itself. */
const ON_ITS_WAY = /^(?:Start method is running|Transitioning to state)/;

/**
 * A service of the global zone that has given up or runs with less than it should, or one that is off-line for a reason
 * of its own. Those that wait for another are that one's consequence.
 */
export const hostService: HostRule<'services'> = {
  id: 'host.service',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['services'],
  check: ({ services: { services, explanations } }, host) => {
    const reasons = new Map(explanations.map((each) => [each.fmri, each]));
    return services
      .filter((service) => isUnwell(service) || isStuck(service, reasons.get(service.fmri)))
      .map((service): Finding => {
        const why = reasons.get(service.fmri);
        const since = why?.since ?? null;
        return {
          subject: serviceRef(host.name, 'global', service.fmri),
          severity: severityOf(service),
          title: `${service.state}${why?.reason ? `: ${withoutStop(why.reason)}` : ''}`,
          ...(since === null ? {} : { began: since }),
          evidence: {
            state: service.state,
            reason: why?.reason ?? null,
            log: why?.log ?? null,
            impact: why?.impact ?? null,
            from: 'svcs -x',
          },
          hint: hintOf(service, why),
        };
      });
  },
};

const isStuck = ({ state }: Service, why: ServiceExplanation | undefined): boolean =>
  (state === 'offline' || state === 'uninitialized') &&
  typeof why?.reason === 'string' &&
  !ON_ITS_WAY.test(why.reason);

const severityOf = ({ state, fmri }: Service): Severity =>
  state !== 'degraded' && VITAL.test(fmri) ? 'critical' : 'warning';

const withoutStop = (text: string): string => text.replace(/\.$/, '');

function hintOf({ fmri, state }: Service, why: ServiceExplanation | undefined): string {
  const read = why?.log ? `read ${why.log}` : `see svcs -xv ${fmri}`;
  return state === 'maintenance'
    ? `${read}, mend it, then svcadm clear ${fmri} (s opens a shell)`
    : `${read} (s opens a shell)`;
}
