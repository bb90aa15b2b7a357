import { expect, test } from 'vitest';
import type { Sensor, SensorLimits } from '../../../src/domain/sensor.ts';
import { hostSensor, topologySensor } from '../../../src/resources/host/host-sensor.rule.ts';
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
  ['a state that tells nothing', [fan(null, { kind: 'discrete' })], []],
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

const psu: Sensor = {
  name: 'psu=1 Status',
  kind: 'discrete',
  value: null,
  unit: '',
  status: 'critical',
  limits: null,
  stateText: 'PRESENT|INPUT_LOST',
};
const ofTopology = (...topologySensors: readonly Sensor[]) =>
  topologySensor.check({ topologySensors }, makeHost('omni1'), NOW, plainContext);

test.for<[string, Sensor[], string[]]>([
  ['a sound part', [{ ...psu, status: 'ok', stateText: 'PRESENT' }], []],
  ['a part of which nobody can tell', [{ ...psu, status: null }], []],
  ['a power supply without input', [psu], ['critical psu=1 Status: PRESENT|INPUT_LOST']],
  [
    'a reading past its limit, by the fault manager alone',
    [
      fan(47, {
        name: 'chip=0 temp',
        kind: 'temperature',
        unit: 'degrees C',
        limits: null,
        status: 'warning',
      }),
    ],
    ['warning chip=0 temp 47 C, warning by the board'],
  ],
  [
    'the worst first',
    [fan(450, { name: 'fan=0 speed' }), psu],
    ['critical psu=1 Status: PRESENT|INPUT_LOST, 1 more'],
  ],
])('where the fault manager tells of sensors: %s', ([, sensors, expected]) => {
  expect(ofTopology(...sensors).map(({ severity, title }) => `${severity} ${title}`)).toEqual(
    expected,
  );
});

test('tells who was asked, and where to look', () => {
  expect(ofTopology(psu)[0]).toMatchObject({
    evidence: { sensors: 'psu=1 Status PRESENT|INPUT_LOST', from: 'fmtopo -V' },
    hint: 'see the part psu=1: fmadm faulty, and its lamp',
  });
});
