import { clock, duration } from '../../domain/format.ts';
import { changesIn } from '../../domain/lasting.ts';
import type { EpochMs } from '../../domain/time.ts';

const DAY_MS = 86_400_000;
const MONTHS = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;

/** When something began, in eight cells: the time of day, or the date when that is longer ago. */
export function sinceText(at: EpochMs, now: EpochMs): string {
  if (now - at < DAY_MS) {
    changesIn(DAY_MS - (now - at));
    return clock(at);
  }
  const date = new Date(at);
  return `${MONTHS[date.getMonth()] ?? ''} ${String(date.getDate()).padStart(2)}`;
}

/** `23 Nov`, in local time. */
export function dateText(at: EpochMs): string {
  const date = new Date(at);
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`;
}

/** `14:09`, in local time. */
export const hourMinute = (at: EpochMs): string => clock(at).slice(0, 5);

/** A measured value of a rule with its name in words: `lastDataAgeSeconds` 65 is `last data age 1m05s`. */
export function evidenceText(name: string, value: string | number | boolean | null): string {
  const unit = /(Seconds|Bytes|Percent|Ms)$/.exec(name)?.[1];
  const words = name
    .slice(0, name.length - (unit?.length ?? 0))
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .trim();
  if (value === null) return `${words} ┄`;
  if (typeof value === 'number')
    switch (unit) {
      case 'Seconds':
        return `${words} ${duration(value * 1000)}`;
      case 'Ms':
        return `${words} ${duration(value)}`;
      case 'Percent':
        return `${words} ${Math.round(value)}%`;
      case undefined:
      default:
        return `${words} ${value}${unit === 'Bytes' ? ' bytes' : ''}`;
    }
  return `${words} ${String(value)}`;
}
