import type { EpochMs } from '../domain/time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The first date of ctime(3C) in a text, `Sun Mar  3 04:23:46 2024`, also with a zone's name before the year;
 * read as UTC, which is what the hosts are asked for. null when there is none.
 */
export function findCtime(text: string): EpochMs | null {
  const match =
    /(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) +([A-Z][a-z][a-z]) +([0-9]{1,2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:[A-Z]{3,5} )?([0-9]{4})(?![0-9])/.exec(
      text,
    );
  if (!match) return null;
  const [, name = '', day, hour, minute, second, year] = match;
  const month = MONTHS.indexOf(name);
  if (month === -1) return null;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), month, Number(day));
  at.setUTCHours(Number(hour), Number(minute), Number(second));
  // The 31st of February and 25 o'clock are no dates.
  const same =
    at.getUTCDate() === Number(day) &&
    at.getUTCHours() === Number(hour) &&
    at.getUTCMinutes() === Number(minute);
  return same ? at.getTime() : null;
}
