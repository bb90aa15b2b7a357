import { changesIn, changesWith } from './lasting.ts';
import type { EpochMs } from './time.ts';

/** What stands where nothing is known; never a zero. */
export const UNKNOWN = '┄';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number): string => String(value).padStart(2, '0');

/** At most six cells: `9s`, `7m42s`, `1h02m`, `3d04h`, `412d`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  const span = Math.max(0, ms);
  changesWith(
    span,
    span < 10 * MINUTE ? SECOND : span < DAY ? MINUTE : span < 100 * DAY ? HOUR : DAY,
  );
  if (span < MINUTE) return `${Math.floor(span / SECOND)}s`;
  if (span < 10 * MINUTE)
    return `${Math.floor(span / MINUTE)}m${two(Math.floor((span % MINUTE) / SECOND))}s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)}m`;
  if (span < DAY) return `${Math.floor(span / HOUR)}h${two(Math.floor((span % HOUR) / MINUTE))}m`;
  if (span < 100 * DAY) return `${Math.floor(span / DAY)}d${two(Math.floor((span % DAY) / HOUR))}h`;
  return `${Math.floor(span / DAY)}d`;
}

/** Like `duration`, in its largest unit only: `41d`. */
export function shortDuration(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  const span = Math.max(0, ms);
  changesWith(span, span < MINUTE ? SECOND : span < HOUR ? MINUTE : span < DAY ? HOUR : DAY);
  if (span < MINUTE) return `${Math.floor(span / SECOND)}s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)}m`;
  if (span < DAY) return `${Math.floor(span / HOUR)}h`;
  return `${Math.floor(span / DAY)}d`;
}

/** As kubectl prints it (apimachinery `duration.HumanDuration`): `90s`, `5m30s`, `5h10m`, `30h`, `3d4h`, `400d`, `2y40d`. */
export function kubectlDuration(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  const span = Math.max(0, ms);
  changesWith(
    span,
    span < 10 * MINUTE ? SECOND : span < 8 * HOUR ? MINUTE : span < 8 * DAY ? HOUR : DAY,
  );
  const [seconds, minutes] = [Math.floor(span / SECOND), Math.floor(span / MINUTE)];
  const [hours, days] = [Math.floor(span / HOUR), Math.floor(span / DAY)];
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return `${minutes}m${rest(seconds % 60, 's')}`;
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return `${hours}h${rest(minutes % 60, 'm')}`;
  if (hours < 48) return `${hours}h`;
  if (days < 8) return `${days}d${rest(hours % 24, 'h')}`;
  if (days < 2 * YEAR_DAYS) return `${days}d`;
  const years = Math.floor(days / YEAR_DAYS);
  return `${years}y${years < 8 ? rest(days % YEAR_DAYS, 'd') : ''}`;
}

const YEAR_DAYS = 365;
const rest = (amount: number, unit: string): string => (amount === 0 ? '' : `${amount}${unit}`);

/** Young ages are told in these steps, so that a calm screen stays still. */
const YOUNG = [
  { below: 5 * SECOND, text: '<5s' },
  { below: 15 * SECOND, text: '<15s' },
  { below: 30 * SECOND, text: '<30s' },
  { below: MINUTE, text: '<1m' },
] as const;

/** The age of a datum for a table: in steps while it is young (`<5s`, `<15s`), from a minute on like `shortDuration`. */
export function age(at: EpochMs | null, now: EpochMs): string {
  if (at === null) return UNKNOWN;
  const span = now - at;
  const young = YOUNG.find(({ below }) => span < below);
  if (!young) return shortDuration(span);
  changesIn(young.below - span);
  return young.text;
}

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P', 'E'] as const;

/** Bytes in powers of 1024, at most four cells: `812M`, `2.1G`, `64G`. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  let scaled = Math.max(0, value);
  let unit = 0;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  if (unit === 0) return `${Math.round(scaled)}B`;
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${UNITS[unit] ?? ''}`;
}

/** A whole percentage: `31%`. */
export const percent = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value)
    ? UNKNOWN
    : `${Math.round(value)}%`;

/** A load average with one decimal. */
export const decimal = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? UNKNOWN : value.toFixed(1);

/** A figure with its unit behind; what is not known has none. */
export const withUnit = (text: string, unit: string): string =>
  text === UNKNOWN ? text : `${text}${unit}`;

/** A whole number, or the sign for unknown. */
export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? UNKNOWN : String(value);

/** Processors: `0.02`, `1.4`, `12`. */
export const cores = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? UNKNOWN
    : value.toFixed(value < 0.995 ? 2 : value < 9.95 ? 1 : 0);

/** Two rates, in then out: `1.2M/300K`. */
export const rates = (rx: number | null, tx: number | null): string =>
  rx === null && tx === null ? UNKNOWN : `${bytes(rx)}/${bytes(tx)}`;

/** Local wall-clock time `14:09:53`. */
export function clock(at: EpochMs): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `1 zone`, `2 zones`. */
export const plural = (amount: number, word: string): string =>
  `${amount} ${amount === 1 ? word : `${word}s`}`;
