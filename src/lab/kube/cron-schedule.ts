const MINUTE_MS = 60_000;
/** A schedule that the lab uses comes round at least so often. */
const LONGEST_MINUTES = 32 * 24 * 60;

type Matches = (value: number) => boolean;

/** One field of a schedule: `*`, a step over all, or a list of numbers. */
function fieldOf(text: string): Matches {
  if (text === '*') return () => true;
  if (text.startsWith('*/')) {
    const step = Number(text.slice(2));
    return (value) => value % step === 0;
  }
  const numbers = new Set(text.split(',').map(Number));
  return (value) => numbers.has(value);
}

/** Whether a CronJob's schedule can be kept by the lab: five fields as `fieldOf` reads them. */
export const isSchedule = (schedule: string): boolean =>
  /^(?:(?:\*(?:\/[1-9]\d?)?|\d{1,2}(?:,\d{1,2})*)(?: |$)){5}$/u.test(schedule);

/**
 * The latest times of a schedule (minute, hour, day, month, day of the week; in UTC) that are not after an instant,
 * newest first; fewer than asked for when it does not come round so often.
 */
export function lastTimes(schedule: string, atMs: number, count: number): readonly number[] {
  if (!isSchedule(schedule)) return [];
  const [minute, hour, day, month, weekday] = schedule.split(' ').map(fieldOf);
  const matches = (ms: number): boolean => {
    const date = new Date(ms);
    return (
      minute?.(date.getUTCMinutes()) === true &&
      hour?.(date.getUTCHours()) === true &&
      day?.(date.getUTCDate()) === true &&
      month?.(date.getUTCMonth() + 1) === true &&
      weekday?.(date.getUTCDay()) === true
    );
  };
  const found: number[] = [];
  let ms = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  for (let left = LONGEST_MINUTES; left > 0 && found.length < count; left -= 1) {
    if (matches(ms)) found.push(ms);
    ms -= MINUTE_MS;
  }
  return found;
}

/** The name that the CronJob controller gives to the Job of a scheduled time: the minutes since the epoch. */
export const jobName = (cronJob: string, scheduledMs: number): string =>
  `${cronJob}-${Math.floor(scheduledMs / MINUTE_MS)}`;
