import type { EpochMs } from '../domain/time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const CTIME =
  /(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) +(?<month>[A-Z][a-z][a-z]) +(?<day>[0-9]{1,2}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) (?:[A-Z]{3,5} )?(?<year>[0-9]{4})(?![0-9])/;
/** strftime(3C) `%c` in the locale en_US. */
const LOCALE =
  /(?<month>[A-Z][a-z][a-z])[a-z]* +(?<day>[0-9]{1,2}), (?<year>[0-9]{4}) (?:at )?(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) (?<half>[AP])M(?: (?:UTC|GMT))?$/;

/**
 * The first date of ctime(3C) in a text, `Sun Mar  3 04:23:46 2024`, also with a zone's name before the year, or as
 * the locale en_US writes it at the end, `March 3, 2024 at 04:23:46 AM UTC`; read as UTC, which is what the hosts are
 * asked for. null when there is none.
 */
export function findCtime(text: string): EpochMs | null {
  const found = (CTIME.exec(text) ?? LOCALE.exec(text.trimEnd()))?.groups;
  if (!found) return null;
  const { month: name = '', day, minute, second, year, half } = found;
  const hour = half === undefined ? Number(found['hour']) : hourOfDay(Number(found['hour']), half);
  const month = MONTHS.indexOf(name);
  if (month === -1) return null;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), month, Number(day));
  at.setUTCHours(hour, Number(minute), Number(second));
  // The 31st of February and 25 o'clock are no dates.
  const same =
    at.getUTCDate() === Number(day) &&
    at.getUTCHours() === hour &&
    at.getUTCMinutes() === Number(minute);
  return same ? at.getTime() : null;
}

/** Twelve stands for nought on this clock. */
const hourOfDay = (hour: number, half: string): number =>
  hour > 12 ? Number.NaN : (hour % 12) + (half === 'P' ? 12 : 0);
