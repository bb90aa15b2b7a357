import type { Finding, HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';
import type { Sensor } from '../../domain/sensor.ts';
import { beyondLimit, readingText, sensorStatus } from '../../domain/sensor.ts';

const base = {
  id: 'host.sensor',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
} as const;

/** Fans that stand still, temperatures and voltages beyond the limits that the board has for them. */
export const hostSensor: HostRule<'sensors'> = {
  ...base,
  needs: ['sensors'],
  check: ({ sensors }, host) => judge(sensors, host.name, 'ipmitool sensor'),
};

/** The same of what the fault manager's topology has, where the board's controller tells nothing; parts that fail too. */
export const topologySensor: HostRule<'topologySensors'> = {
  ...base,
  needs: ['topologySensors'],
  check: ({ topologySensors }, host) => judge(topologySensors, host.name, 'fmtopo -V'),
};

function judge(sensors: readonly Sensor[], host: string, from: string): readonly Finding[] {
  const bad = sensors
    .filter(isBad)
    .toSorted(
      (a, b) => Number(sensorStatus(b) === 'critical') - Number(sensorStatus(a) === 'critical'),
    );
  const [worst] = bad;
  if (!worst) return [];
  return [
    {
      subject: hostRef(host),
      severity: sensorStatus(worst) === 'critical' ? 'critical' : 'warning',
      title: `${words(worst)}${bad.length > 1 ? `, ${bad.length - 1} more` : ''}`,
      evidence: { sensors: bad.map(limitWords).join('; '), from },
      hint: hintOf(worst),
    },
  ];
}

function hintOf({ kind, name }: Sensor): string {
  if (kind === 'fan') return 'see whether the fan turns';
  return kind === 'discrete'
    ? `see the part ${name.split(' ')[0] ?? name}: fmadm faulty, and its lamp`
    : 'see the air flow and the power supply';
}

const isBad = (sensor: Sensor): boolean => {
  const status = sensorStatus(sensor);
  return status === 'critical' || status === 'warning';
};

function reading({ value, unit, kind, stateText }: Sensor): string {
  if (kind === 'discrete') return stateText ?? 'no words for its state';
  return value === null ? 'no reading' : readingText(value, unit);
}

function words(sensor: Sensor): string {
  if (sensor.kind === 'discrete') return `${sensor.name}: ${reading(sensor)}`;
  if (sensor.kind === 'fan' && sensor.value === 0) return `${sensor.name} stands still`;
  const beyond = beyondLimit(sensor);
  return beyond === null
    ? `${sensor.name} ${reading(sensor)}, ${sensor.status ?? ''} by the board`
    : `${sensor.name} ${reading(sensor)}, ${beyond.side} ${readingText(beyond.limit, sensor.unit)}`;
}

function limitWords(sensor: Sensor): string {
  const beyond = beyondLimit(sensor);
  return `${sensor.name} ${reading(sensor)}${beyond === null ? '' : `, limit ${readingText(beyond.limit, sensor.unit)}`}`;
}
