import type { ActingRight } from '../../domain/rights.ts';

/** The profile of the system that lets zoneadm and zlogin run as root; it brings no authorization. */
const PROFILE = 'Zone Management';

/** What may be done to zones and VMs, and what that takes: cmd/zoneadm/zoneadm.c and cmd/zlogin/zlogin.c. */
export const zoneRights: readonly ActingRight[] = [
  {
    what: 'restart and boot zones and VMs (r, R)',
    program: '/usr/sbin/zoneadm',
    authorizations: ['solaris.zone.manage'],
    profile: PROFILE,
  },
  {
    what: 'shells and consoles of zones and VMs (s, C)',
    program: '/usr/sbin/zlogin',
    authorizations: ['solaris.zone.manage', 'solaris.zone.login'],
    profile: PROFILE,
  },
];
