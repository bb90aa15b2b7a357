/** What is measured; `discrete` is a state, not a number. */
export type SensorKind =
  | 'temperature'
  | 'fan'
  | 'voltage'
  | 'current'
  | 'power'
  | 'discrete'
  | 'other';

/** What the board says of a reading; null when it says nothing. */
export type SensorStatus = 'ok' | 'warning' | 'critical';

/** Readings beyond these are not well; null: no such limit. */
export type SensorLimits = {
  readonly lowerCritical: number | null;
  readonly lowerWarning: number | null;
  readonly upperWarning: number | null;
  readonly upperCritical: number | null;
};

export type Sensor = {
  readonly name: string;
  readonly kind: SensorKind;
  /** In `unit`; null when there is no reading: a slot without a fan, a part that is off. */
  readonly value: number | null;
  /** `degrees C`, `RPM`, `Volts`, as the program prints it. */
  readonly unit: string;
  readonly status: SensorStatus | null;
  /** null when they were not told. */
  readonly limits: SensorLimits | null;
  /** What a discrete one says of its part, in the words of the program: `PREDFAIL`. */
  readonly stateText?: string;
};

/** A unit as people write it. */
const SHORT_UNITS: Readonly<Record<string, string>> = {
  'degrees C': 'C',
  'degrees F': 'F',
  Volts: 'V',
  Amps: 'A',
  Watts: 'W',
  percent: '%',
};
/** `45 C`, `12.1 V`. */
export const readingText = (value: number, unit: string): string =>
  `${value} ${SHORT_UNITS[unit] ?? unit}`.trim();

/** Which limit a reading is beyond; null when it is beyond none, or none is known. */
export function beyondLimit({ value, limits }: Pick<Sensor, 'value' | 'limits'>): {
  readonly status: 'warning' | 'critical';
  readonly limit: number;
  readonly side: 'above' | 'below';
} | null {
  if (value === null || limits === null) return null;
  const { lowerCritical, lowerWarning, upperWarning, upperCritical } = limits;
  if (upperCritical !== null && value >= upperCritical)
    return { status: 'critical', limit: upperCritical, side: 'above' };
  if (lowerCritical !== null && value <= lowerCritical)
    return { status: 'critical', limit: lowerCritical, side: 'below' };
  if (upperWarning !== null && value >= upperWarning)
    return { status: 'warning', limit: upperWarning, side: 'above' };
  if (lowerWarning !== null && value <= lowerWarning)
    return { status: 'warning', limit: lowerWarning, side: 'below' };
  return null;
}

/** How a sensor is: by its limits, else by what the board says of it. */
export const sensorStatus = (sensor: Sensor): SensorStatus | null =>
  beyondLimit(sensor)?.status ?? sensor.status;

const OF_CPU = /cpu|proc|socket|chip|tctl|tdie|\bcore/i;
/** Margins to a limit and the like are temperatures by their unit only. */
const isTemperature = ({ kind, unit, value }: Sensor): boolean =>
  kind === 'temperature' && unit === 'degrees C' && value !== null && value > 0;

/** The hottest CPU of a host, else the hottest of what has a temperature; null when none tells. */
export function hottest(sensors: readonly Sensor[]): Sensor | null {
  const warm = sensors.filter(isTemperature);
  const ofCpus = warm.filter(({ name }) => OF_CPU.test(name));
  return (ofCpus.length > 0 ? ofCpus : warm).reduce<Sensor | null>(
    (best, each) => ((each.value ?? 0) > (best?.value ?? 0) ? each : best),
    null,
  );
}
