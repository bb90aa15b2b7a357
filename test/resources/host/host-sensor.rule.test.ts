import { expect, test } from 'vitest';
import type { Sensor, SensorLimits } from '../../../src/domain/sensor.ts';
import { hostSensor } from '../../../src/resources/host/host-sensor.rule.ts';
import { makeHost, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const LIMITS: SensorLimits = {
  lowerCritical: 300,
  lowerWarning: 500,
  upperWarning: 25_300,
  upperCritical: 25_400,
};
const fan = (value: number | null, change: Partial<Sensor> = {}): Sensor => ({
  name: 'FAN1',
  kind: 'fan',
  value,
  unit: 'RPM',
  status: null,
  limits: LIMITS,
  ...change,
});
const check = (...sensors: readonly Sensor[]) =>
  hostSensor.check({ sensors }, makeHost('omni1'), NOW, plainContext);

test.for<[string, Sensor[], string[]]>([
  ['a fan that turns', [fan(1900)], []],
  ['a slot without a fan', [fan(null)], []],
  ['no limits, and nothing said by the board', [fan(0, { limits: null })], []],
  ['a fan that stands still', [fan(0)], ['critical FAN1 stands still']],
  ['a slow fan', [fan(450)], ['warning FAN1 450 RPM, below 500 RPM']],
  [
    'a hot CPU',
    [
      fan(96, {
        name: 'CPU Temp',
        kind: 'temperature',
        unit: 'degrees C',
        limits: { lowerCritical: 0, lowerWarning: 0, upperWarning: 90, upperCritical: 95 },
      }),
    ],
    ['critical CPU Temp 96 C, above 95 C'],
  ],
  [
    'what only the board knows',
    [fan(1.1, { name: 'VTT', kind: 'voltage', unit: 'Volts', limits: null, status: 'warning' })],
    ['warning VTT 1.1 V, warning by the board'],
  ],
  ['a state', [fan(null, { kind: 'discrete', status: 'critical' })], []],
  [
    'the worst first',
    [fan(450), fan(100, { name: 'FAN2' })],
    ['critical FAN2 100 RPM, below 300 RPM, 1 more'],
  ],
])('%s', ([, sensors, expected]) => {
  expect(check(...sensors).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells each with its limit', () => {
  expect(check(fan(450), fan(100, { name: 'FAN2' }))[0]?.evidence).toEqual({
    sensors: 'FAN2 100 RPM, limit 300 RPM; FAN1 450 RPM, limit 500 RPM',
    from: 'ipmitool sensor',
  });
});
