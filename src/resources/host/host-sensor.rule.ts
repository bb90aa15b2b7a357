import type { HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';
import type { Sensor } from '../../domain/sensor.ts';
import { beyondLimit, readingText, sensorStatus } from '../../domain/sensor.ts';

/** Fans that stand still, temperatures and voltages beyond the limits that the board has for them. */
export const hostSensor: HostRule<'sensors'> = {
  id: 'host.sensor',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['sensors'],
  check: ({ sensors }, host) => {
    const bad = sensors
      .filter(isBad)
      .toSorted(
        (a, b) => Number(sensorStatus(b) === 'critical') - Number(sensorStatus(a) === 'critical'),
      );
    const [worst] = bad;
    if (!worst) return [];
    return [
      {
        subject: hostRef(host.name),
        severity: sensorStatus(worst) === 'critical' ? 'critical' : 'warning',
        title: `${words(worst)}${bad.length > 1 ? `, ${bad.length - 1} more` : ''}`,
        evidence: {
          sensors: bad.map(limitWords).join('; '),
          from: 'ipmitool sensor',
        },
        hint:
          worst.kind === 'fan'
            ? 'see whether the fan turns'
            : 'see the air flow and the power supply',
      },
    ];
  },
};

const isBad = (sensor: Sensor): boolean => {
  const status = sensorStatus(sensor);
  return sensor.kind !== 'discrete' && (status === 'critical' || status === 'warning');
};

const reading = ({ value, unit }: Sensor): string =>
  value === null ? 'no reading' : readingText(value, unit);

function words(sensor: Sensor): string {
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
