import { bytes, count, percent, plural, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { disksOf } from '../../../domain/joined-disks.ts';
import type { Disk } from '../../../domain/joined-disks.ts';
import { hostFresh } from '../../../domain/joined.ts';
import type { ToneName } from '../../../domain/theme.ts';
import type { Sign } from '../../../domain/view.ts';
import { SIGN_RANK } from '../../tones.ts';
import type { Run } from '../canvas.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import { signRun } from '../look.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

/** Every disk of a host with its errors and its pace, the worst first. */
export function disksPanel(host: HostInventory, { model }: Look): Panel {
  const isFresh = hostFresh(host, 'kstats', model.now);
  const disks = disksOf(host)
    .map((disk) => ({ disk, sign: isFresh ? diskSign(disk) : ('unknown' as const) }))
    .toSorted((a, b) => SIGN_RANK[a.sign] - SIGN_RANK[b.sign]);
  const bad = disks.filter(({ sign }) => SIGN_RANK[sign] < SIGN_RANK.ok && sign !== 'unknown');
  const tone: ToneName = isFresh ? 'plain' : 'stale';
  return {
    id: 'disks',
    title: `Disks of ${host.name}`,
    right: () => [
      [
        ...(bad.length > 0 ? [run(`${bad.length} not well  `, 'warn')] : []),
        muted(plural(disks.length, 'disk')),
      ],
    ],
    lines: (width) =>
      disks.length === 0
        ? [labelled('', [feedWords(host.feeds.disks)])]
        : gridLines(
            [
              { title: '', width: 1 },
              { title: 'DISK', width: 'fit' },
              { title: 'POOL', width: 'fit', most: 16 },
              { title: 'IN', width: 'fit', most: 10, rank: 8 },
              { title: 'SIZE', width: 4, align: 'right', rank: 4 },
              { title: 'BUSY', width: 4, align: 'right', rank: 1 },
              { title: 'SERVICE', width: 7, align: 'right' },
              { title: 'OPS', width: 5, align: 'right', rank: 7 },
              { title: 'SOFT', width: 5, align: 'right', rank: 6 },
              { title: 'HARD', width: 5, align: 'right' },
              { title: 'TRANS', width: 5, align: 'right' },
              { title: 'MEDIA', width: 5, align: 'right' },
              { title: 'MODEL', width: 'fit', most: 24, rank: 9 },
              { title: 'SERIAL', width: 'grow', least: 14, rank: 10 },
            ],
            disks.map(({ disk, sign }) => ({
              ref: disk.ref,
              cells: [
                signRun(sign),
                run(disk.name, tone),
                run(disk.member?.pool ?? '-', disk.member ? tone : 'muted'),
                muted(placeOf(disk)),
                muted(bytes(disk.sizeBytes)),
                run(percent(disk.rates?.busyPercent), tone),
                run(milliseconds(disk.rates?.serviceMs), tone),
                muted(wholeRate(disk.rates?.operationsPerSecond)),
                errorRun(disk.errors.soft, 'plain'),
                errorRun(disk.errors.hard, 'warn'),
                errorRun(disk.errors.transport, 'warn'),
                errorRun(disk.errors.media, 'bad'),
                muted(modelText(disk)),
                muted(disk.serial ?? UNKNOWN),
              ],
            })),
            width,
          ),
  };
}

/** How a disk is: what its pool says of it, then errors that came while the console looked. */
export function diskSign({ member, instance, rates }: Disk): Sign {
  const { newErrors } = rates ?? {};
  if (instance === null) return 'down';
  const state = member?.vdev.state ?? 'ONLINE';
  if (state === 'FAULTED' || state === 'UNAVAIL' || state === 'REMOVED') return 'down';
  if (state !== 'ONLINE' && state !== 'AVAIL' && state !== 'INUSE') return 'degraded';
  const { readErrors = 0, writeErrors = 0, checksumErrors = 0 } = member?.vdev ?? {};
  const isCounted = (readErrors ?? 0) + (writeErrors ?? 0) + (checksumErrors ?? 0) > 0;
  return isCounted || (newErrors && newErrors.roseAtSeconds !== null) ? 'warning' : 'ok';
}

/** Where in its pool a disk is: the mirror or raidz, or the section. */
const placeOf = ({ member }: Disk): string =>
  member === null
    ? '-'
    : (member.group ?? (member.vdev.section === 'data' ? '-' : member.vdev.section));

/** Vendor and product, without a vendor that only tells the bus. */
export const modelText = ({ vendor, product }: Pick<Disk, 'vendor' | 'product'>): string =>
  [vendor === 'ATA' || vendor === 'NVMe' ? null : vendor, product]
    .filter((word) => word !== null)
    .join(' ') || UNKNOWN;

/** Milliseconds of a request: `0.09`, `6.4`, `412`. */
export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const digits = value < 1 ? 2 : value < 10 ? 1 : 0;
  return `${value.toFixed(digits)}ms`;
}

const wholeRate = (value: number | null | undefined): string =>
  count(value === null || value === undefined ? null : Math.round(value));

/** A count of errors, which is no matter when it is nought. */
const errorRun = (value: number | null, tone: ToneName): Run =>
  value === null || value === 0 ? muted(count(value)) : run(String(value), tone);
