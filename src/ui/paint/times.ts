import { bytes, clock, duration } from '../../domain/format.ts';
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

const UNITS = /(BytesPerSecond|BytesPerMinute|Seconds|Bytes|Percent|Ms)$/;

/**
 * A measured value of a rule with its name in words: `lastDataAgeSeconds` 65 is `last data age 1m05s`, `rssBytes`
 * 2147483648 is `rss 2.0G`, `fsyncP99Ms` 240 is `fsync p99 240ms`, `secondsLeft` 90 is `left 1m30s`. Times are local.
 */
export function evidenceText(name: string, value: string | number | boolean | null): string {
  const [, lead] = /^(seconds)[A-Z]/.exec(name) ?? [];
  const unit = lead === undefined ? UNITS.exec(name)?.[1] : 'Seconds';
  const words = name
    .slice(lead?.length ?? 0, lead === undefined ? name.length - (unit?.length ?? 0) : undefined)
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .trim();
  if (value === null) return `${words} ┄`;
  if (typeof value === 'number') return `${words} ${quantityText(value, unit)}`;
  return `${words} ${typeof value === 'string' && ISO.test(value) ? momentText(Date.parse(value)) : String(value)}`;
}

/** How rules write a time, for JSON too. */
const ISO = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z$/;

/** `2026-11-23 14:09:53`, in local time. */
function momentText(at: EpochMs): string {
  const date = new Date(at);
  const day = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${date.getFullYear()}-${day.join('-')} ${clock(at)}`;
}

function quantityText(value: number, unit: string | undefined): string {
  switch (unit) {
    case 'Seconds':
      return spanText(value * 1000);
    case 'Ms':
      return spanText(value);
    case 'Percent':
      return `${Math.round(value)}%`;
    case 'Bytes':
      return signed(value, bytes);
    case 'BytesPerSecond':
      return `${signed(value, bytes)}/s`;
    case 'BytesPerMinute':
      return `${signed(value, bytes)}/min`;
    case undefined:
    default:
      return String(value);
  }
}

const signed = (value: number, text: (size: number) => string): string =>
  `${value < 0 ? '-' : ''}${text(Math.abs(value))}`;

/** `240ms`, `1.4ms`, `2.5s`, `-2.5s`; from a minute on like `duration`. */
const spanText = (ms: number): string =>
  signed(ms, (size) => {
    if (size >= 60_000 || size % 1000 === 0) return duration(size);
    if (size >= 1000) return `${(size / 1000).toFixed(1)}s`;
    return `${size < 10 && !Number.isInteger(size) ? size.toFixed(1) : Math.round(size)}ms`;
  });
