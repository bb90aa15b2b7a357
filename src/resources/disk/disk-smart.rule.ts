import type { SmartReport } from '../../domain/disk.ts';
import { fresh } from '../../domain/feed.ts';
import { plural } from '../../domain/format.ts';
import { disksOf } from '../../domain/joined-disks.ts';
import type { Disk } from '../../domain/joined-disks.ts';
import type { Finding, HostRule, Severity } from '../../domain/problem.ts';

const WORN_PERCENT = 90;

/**
 * A disk that foretells its failure: by its own verdict (SMART), by the predictive failure analysis that its driver
 * counts, by sectors that it cannot read, or by its wear. Sectors that were replaced are told, and no alarm.
 */
export const diskSmart: HostRule<'disks'> = {
  id: 'disk.smart',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['disks'],
  check: (_fresh, host, now) => {
    const reports = new Map((fresh(host.feeds.smart, now) ?? []).map((each) => [each.disk, each]));
    return disksOf(host).flatMap((disk): readonly Finding[] => {
      const report = reports.get(disk.name);
      const found = worst(disk, report);
      if (!found) return [];
      return [
        {
          subject: disk.ref,
          ...found,
          evidence: {
            passed: report?.passed ?? null,
            pendingSectors: report?.pendingSectors ?? null,
            uncorrectableSectors: report?.uncorrectableSectors ?? null,
            reallocatedSectors: report?.reallocatedSectors ?? null,
            wearPercent: report?.wearPercent ?? null,
            powerOnHours: report?.powerOnHours ?? null,
            predictedFailures: disk.errors.predictedFailures,
            pool: disk.member?.pool ?? null,
            serial: disk.serial,
            from: report ? 'smartctl, kstat of class device_error' : 'kstat of class device_error',
          },
          hint: disk.member
            ? `have a disk ready: zpool replace ${disk.member.pool} ${disk.member.vdev.name} NEW-DISK`
            : 'save what is on it, and have a disk ready',
        },
      ];
    });
  },
};

function worst(
  { errors }: Disk,
  report: SmartReport | undefined,
): { readonly title: string; readonly severity: Severity } | null {
  if (report?.passed === false)
    return { title: 'expects to fail soon (SMART)', severity: 'critical' };
  if ((errors.predictedFailures ?? 0) > 0)
    return { title: 'predicts its failure', severity: 'critical' };
  const unread = Math.max(report?.pendingSectors ?? 0, report?.uncorrectableSectors ?? 0);
  if (unread > 0)
    return { title: `${plural(unread, 'sector')} that cannot be read`, severity: 'warning' };
  const worn = report?.wearPercent ?? 0;
  return worn >= WORN_PERCENT ? { title: `worn by ${worn}%`, severity: 'warning' } : null;
}
