import type { DiskErrors } from '../../domain/disk.ts';
import { plural } from '../../domain/format.ts';
import { disksOf } from '../../domain/joined-disks.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';

/** Errors are told for so long after the last of them came: a disk that fails does so now and then. */
const TOLD_SECONDS = 3600;

/** So many that were counted before the console looked are worth a word: a few come of a cable that was pulled. */
const MUCH = { media: 1, predictedFailures: 1, hard: 10, transport: 100 };

/**
 * Errors of a disk that rose while the console looked: blocks that cannot be read, commands that failed, or a path
 * that loses them. What had been counted before says nothing of today: of a disk that is quiet now it is told as a fact.
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
        const from = `kstat ${instance ?? ''} of class device_error`;
        const counted = {
          mediaErrors: errors.media,
          hardErrors: errors.hard,
          transportErrors: errors.transport,
          predictedFailures: errors.predictedFailures,
          pool: member?.pool ?? null,
          product: disk.product,
          serial: disk.serial,
          from,
        };
        const isQuiet =
          risen === null ||
          risen.roseAtSeconds === null ||
          now - risen.roseAtSeconds > TOLD_SECONDS;
        if (isQuiet) {
          const old = oldErrors(errors);
          if (old.length === 0) return [];
          return [
            {
              subject: ref,
              title: `${old.join(', ')} since its driver was loaded, none of late`,
              severity: 'info',
              evidence: { newMediaErrors: 0, newHardErrors: 0, newTransportErrors: 0, ...counted },
              hint: `whether they are old news the log tells: iostat -En ${name}, fmadm faulty, its SMART values`,
            },
          ];
        }
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
              ...counted,
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

/** Kinds of errors of which a disk has counted many, in words. */
const oldErrors = (errors: DiskErrors): readonly string[] =>
  (
    [
      ['media', 'media error'],
      ['predictedFailures', 'predicted failure'],
      ['hard', 'hard error'],
      ['transport', 'transport error'],
    ] as const
  ).flatMap(([kind, words]) => {
    const count = errors[kind] ?? 0;
    return count >= MUCH[kind] ? [plural(count, words)] : [];
  });
