import { plural } from '../../domain/format.ts';
import { disksOf } from '../../domain/joined-disks.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';

/** Errors are told for so long after the last of them came: a disk that fails does so now and then. */
const TOLD_SECONDS = 3600;

/**
 * Errors of a disk that rose while the console looked: blocks that cannot be read, commands that failed, or a path
 * that loses them. What had been counted before says nothing of today, and is told beside it.
 */
export const diskErrorsRise: HostRule<'kstats'> = {
  id: 'disk.errors',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['kstats'],
  check: ({ kstats }, host) => {
    const now = kstats.counters.snaptimeSeconds;
    if (now === null) return [];
    return disksOf(host).flatMap(
      ({ ref, name, instance, errors, rates, member, ...disk }): readonly Finding[] => {
        const risen = rates?.newErrors ?? null;
        if (risen === null || risen.roseAtSeconds === null) return [];
        if (now - risen.roseAtSeconds > TOLD_SECONDS) return [];
        const kinds = [
          ...(risen.media > 0 ? [plural(risen.media, 'new media error')] : []),
          ...(risen.hard > 0 ? [plural(risen.hard, 'new hard error')] : []),
          ...(risen.transport > 0 ? [plural(risen.transport, 'new transport error')] : []),
        ];
        const isDisk = risen.media > 0 || risen.hard > 0;
        return [
          {
            subject: ref,
            title: kinds.join(', '),
            severity: isDisk ? 'critical' : 'warning',
            evidence: {
              newMediaErrors: risen.media,
              newHardErrors: risen.hard,
              newTransportErrors: risen.transport,
              mediaErrors: errors.media,
              hardErrors: errors.hard,
              transportErrors: errors.transport,
              predictedFailures: errors.predictedFailures,
              pool: member?.pool ?? null,
              product: disk.product,
              serial: disk.serial,
              from: `kstat ${instance ?? ''} of class device_error`,
            },
            hint: isDisk
              ? member === null
                ? `save what is on it and replace it; see iostat -En ${name}`
                : `replace it: zpool replace ${member.pool} ${member.vdev.name} NEW-DISK; see iostat -En ${name}`
              : `see its cable, slot and power first: iostat -En ${name}`,
          },
        ];
      },
    );
  },
};
