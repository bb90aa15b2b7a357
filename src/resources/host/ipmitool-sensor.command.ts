import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Sensor, SensorLimits, SensorStatus } from '../../domain/sensor.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { grantProgram } from './lab-monitor.ts';
import { kindOfUnit } from './sensor-units.ts';

/**
 * What the management controller of the board measures. The limits of the sensors take a question to it for each one, so
 * they are asked once; then only the readings. /dev/ipmi0 is root's.
 */
export const ipmitoolSensor: HostCommand<'sensors'> = {
  id: 'ipmitool-sensor',
  feed: 'sensors',
  pace: 'slow',
  every: 2,
  timeoutSeconds: 60,
  isSlow: true,
  question: ({ feeds }) =>
    lastKnown(feeds.sensors)?.value.some(({ limits }) => limits !== null)
      ? [['pfexec', 'ipmitool', '-c', 'sdr', 'list', 'full']]
      : [['pfexec', 'ipmitool', 'sensor']],
  parse: parseIpmitool,
  fold: (previous, next) => keepLimits(previous, next),
  hides: 'temperatures, fans and voltages of the board',
  absence: /could not open (?:bmc )?device.*no such (?:file|device)|no such device/i,
  install: 'pkg install system/management/ipmitool',
  grant: grantProgram('/usr/sbin/ipmitool', 'euid=0'),
};

/** A reading without limits has those that were told before. */
function keepLimits(previous: readonly Sensor[], next: readonly Sensor[]): readonly Sensor[] {
  const limits = new Map(previous.map((sensor) => [sensor.name, sensor.limits]));
  return next.map((sensor) =>
    sensor.limits === null ? { ...sensor, limits: limits.get(sensor.name) ?? null } : sensor,
  );
}

/** Either form: bars with limits, or commas without. */
export function parseIpmitool(stdout: string): Parsed<readonly Sensor[]> {
  const value: Sensor[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const sensor = text.includes('|') ? readBars(text) : readCommas(text);
    if (sensor) value.push(sensor);
    else complaints.push(complaint(number, text, 'expected the row of a sensor'));
  }
  return { value, complaints };
}

/**
 * lib/ipmi_sensor.c: name, reading, unit, status, then the limits: lower non-recoverable, critical, non-critical, upper
 * non-critical, critical, non-recoverable; `na` where there is none.
 */
function readBars(text: string): Sensor | null {
  const cells = text.split('|').map((cell) => cell.trim());
  if (cells.length === 3 || cells.length === 5) return readShort(cells);
  if (cells.length !== 10) return null;
  const [name = '', reading = '', unit = '', status = '', , lcr, lnc, unc, ucr] = cells;
  const value = readNumber(reading);
  if (name === '' || (value === null && !isMissing(reading) && unit !== 'discrete')) return null;
  const limits: SensorLimits = {
    lowerCritical: readNumber(lcr),
    lowerWarning: readNumber(lnc),
    // Some boards tell 0 for limits that they do not have; every reading would be above it.
    upperWarning: readNumber(unc) || null,
    upperCritical: readNumber(ucr) || null,
  };
  return {
    name,
    kind: kindOfUnit(unit),
    value,
    unit: unit === 'discrete' || isMissing(unit) ? '' : unit,
    status: unit === 'discrete' ? null : statusOf(status),
    limits: Object.values(limits).some((limit) => limit !== null && limit !== 0) ? limits : null,
  };
}

/** `sdr` for people: name, reading with its unit, status; `sdr elist`: name, number, status, entity, reading. */
function readShort(cells: readonly string[]): Sensor | null {
  const [name = '', reading = '', status = ''] =
    cells.length === 3 ? cells : [cells[0] ?? '', cells[4] ?? '', cells[2] ?? ''];
  const [, digits, unit = ''] = /^(-?[0-9]{1,9}(?:\.[0-9]{1,9})?) (\S.*)$/.exec(reading) ?? [];
  if (name === '' || !/^[a-z]{2,3}$/.test(status)) return null;
  return {
    name,
    kind: /^0x[0-9a-f]+$/i.test(reading) ? 'discrete' : kindOfUnit(unit),
    value: readNumber(digits),
    unit: digits === undefined ? '' : unit,
    status: digits === undefined ? null : statusOf(status),
    limits: null,
  };
}

/** lib/ipmi_sdr.c: name, reading, unit, status; the fields in between are empty without a reading. */
function readCommas(text: string): Sensor | null {
  const cells = text.split(',').map((cell) => cell.trim());
  const [name = '', reading = '', unit = ''] = cells;
  const status = cells[3] ?? cells[2] ?? '';
  if (name === '' || cells.length < 3 || !/^[a-z]{2,3}$/.test(status)) return null;
  const value = readNumber(reading);
  if (value === null && !isMissing(reading) && !/^(?:no reading|disabled)/i.test(reading))
    return null;
  return {
    name,
    kind: kindOfUnit(unit),
    value,
    unit: value === null ? '' : unit,
    status: statusOf(status),
    limits: null,
  };
}

const isMissing = (text: string): boolean => text === '' || text === 'na' || text === 'ns';

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^-?[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(text) ? Number(text) : null;
}

/** `nc`, `cr` and `nr`, or with the side before: `lcr`, `unc`. */
function statusOf(word: string): SensorStatus | null {
  if (word === 'ok') return 'ok';
  if (/^[lu]?nc$/.test(word)) return 'warning';
  return /^[lu]?(?:cr|nr)$/.test(word) ? 'critical' : null;
}
