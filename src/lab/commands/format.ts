import type { LogEntry } from '../model/system-state.ts';

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'] as const;

/** A size as zfs(8) shows it to people: at most four figures, `1.50G`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return String(Math.floor(value));
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)}${UNITS[unit] ?? ''}`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
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
const two = (value: number): string => String(value).padStart(2, '0');
const clockTime = (date: Date): string =>
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
export const monthName = (date: Date): string => MONTHS[date.getUTCMonth()] ?? '';

/** ctime(3C) without its newline, in UTC: `Sun Mar  3 04:23:46 2024`. */
export function formatCtime(atMs: number): string {
  const date = new Date(atMs);
  return `${DAYS[date.getUTCDay()] ?? ''} ${monthName(date)} ${String(date.getUTCDate()).padStart(2)} ${clockTime(date)} ${date.getUTCFullYear()}`;
}

/** `08/11/2025 17:09:36`, month first. */
export function formatSlashDate(atMs: number): string {
  const date = new Date(atMs);
  return `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()} ${clockTime(date)}`;
}

/** `Nov 20 10:02:55`, as fmd and syslogd write the time of a recent event. */
export function formatSyslogDate(atMs: number): string {
  const date = new Date(atMs);
  return `${monthName(date)} ${String(date.getUTCDate()).padStart(2)} ${clockTime(date)}`;
}

/** `D days HH:MM:SS`, as scans report how long they took. */
export function formatDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 86_400)} days ${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** Lines of syslogd(8). */
export const formatMessages = (nodeName: string, log: readonly LogEntry[]): string =>
  log
    .map(
      ({ at, from, id, priority, text }) =>
        `${formatSyslogDate(at)} ${nodeName} ${from}: [ID ${id} ${priority}] ${text}\n`,
    )
    .join('');
