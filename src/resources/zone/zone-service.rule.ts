import { allZonesOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import type { Finding, HostRule, Severity } from '../../domain/problem.ts';
import { serviceRef } from '../../domain/ref.ts';
import { rolesIn, roleText } from '../../domain/role.ts';
import { isUnwell } from '../../domain/service.ts';
import type { Service, ServiceExplanation } from '../../domain/service.ts';

/** What passes by itself. */
const ON_ITS_WAY = /^(?:Start method is running|Transitioning to state)/;

/**
 * A service inside a zone that has given up or runs with less than it should, or is off-line for a reason of its own.
 * Those that wait for another are that one's consequence.
 */
export const zoneService: HostRule<'zones' | 'zoneServices'> = {
  id: 'zone.service',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['zones', 'zoneServices'],
  check: ({ zoneServices: { explanations } }, host) =>
    allZonesOf(host).flatMap((zone) =>
      (zone.services?.notOnline ?? []).flatMap((service) => {
        const why = explanations.find(
          (each) => each.zone === zone.name && each.fmri === service.fmri,
        );
        return isUnwell(service) || isStuck(service, why)
          ? [findingOf(host.name, zone, service, why)]
          : [];
      }),
    ),
};

const isStuck = ({ state }: Service, why: ServiceExplanation | undefined): boolean =>
  (state === 'offline' || state === 'uninitialized') &&
  typeof why?.reason === 'string' &&
  !ON_ITS_WAY.test(why.reason);

function findingOf(
  host: string,
  zone: Zone,
  service: Service,
  why: ServiceExplanation | undefined,
): Finding {
  const { fmri, state } = service;
  const since = why?.since ?? null;
  const read = why?.log ? `read ${why.log} in the zone` : `see svcs -z ${zone.name} -xv ${fmri}`;
  return {
    subject: serviceRef(host, zone.name, fmri),
    severity: severityOf(zone, service),
    title: `${state}${why?.reason ? `: ${why.reason.replace(/\.$/, '')}` : ''}`,
    ...(since === null ? {} : { began: since }),
    evidence: {
      zone: zone.name,
      role: roleText(zone.role),
      state,
      reason: why?.reason ?? null,
      log: why?.log ?? null,
      impact: why?.impact ?? null,
      from: 'svcs -Zx',
    },
    hint:
      state === 'maintenance'
        ? `${read} (s opens its shell), mend it, then svcadm clear ${fmri}`
        : `${read} (s opens its shell)`,
  };
}

/** Without the service that the zone is there for the zone is of no use. */
const severityOf = ({ role }: Zone, { fmri, state }: Service): Severity =>
  rolesIn(role).some(({ evidence }) => evidence === fmri) && state !== 'degraded'
    ? 'critical'
    : 'warning';
