import type { EpochMs } from './time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

/**
 * When an event was by the short dates of ls(1), syslogd(8) and fmadm(8), read as UTC: `Nov 20 10:02:55`, which is
 * within the year before `now`, or `Nov 20 2025`, which is its day. null for anything else.
 */
export function eventTime(text: string, now: EpochMs): EpochMs | null {
  const match =
    /^([A-Z][a-z]{2}) +([0-9]{1,2}) +(?:([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|([0-9]{4}))$/.exec(
      text.trim(),
    );
  if (!match) return null;
  const [, name = '', day, hour = '0', minute = '0', second = '0', year] = match;
  const month = MONTHS.indexOf(name);
  if (month === -1) return null;
  const inYear = (value: number): EpochMs =>
    Date.UTC(value, month, Number(day), Number(hour), Number(minute), Number(second));
  if (year !== undefined) return inYear(Number(year));
  const thisYear = new Date(now).getUTCFullYear();
  const at = inYear(thisYear);
  // A day ahead may be a clock that differs; more is the year before.
  return at > now + DAY_MS ? inYear(thisYear - 1) : at;
}
