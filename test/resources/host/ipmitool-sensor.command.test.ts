import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hottest, sensorStatus } from '../../../src/domain/sensor.ts';
import { ipmitoolSensor } from '../../../src/resources/host/ipmitool-sensor.command.ts';
import { answered, makeHost } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => ipmitoolSensor.parse(readFixture(`host/ipmitool-sensor/${name}`));
const TIMES = { previous: 0, next: 60_000 };

test('reads readings with their limits', () => {
  const { value, complaints } = parse('supermicro.txt');
  expect(complaints).toEqual([]);
  expect(value[0]).toEqual({
    name: 'CPU Temp',
    kind: 'temperature',
    value: 45,
    unit: 'degrees C',
    status: 'ok',
    limits: { lowerCritical: 0, lowerWarning: 0, upperWarning: 90, upperCritical: 95 },
  });
  expect(value.map((sensor) => `${sensor.kind} ${sensor.value} ${sensorStatus(sensor)}`)).toEqual([
    'temperature 45 ok',
    'temperature 31 ok',
    'fan 300 critical',
    'other null null',
    'voltage 1.052 ok',
    'temperature -53 ok',
    'discrete null null',
    // The board says so, without a limit of its own.
    'power 110 critical',
  ]);
  expect(value.at(-1)?.limits).toBeNull();
});

test('reads the form with commas, and keeps the limits that were told before', () => {
  const before = parse('supermicro.txt').value;
  const { value, complaints } = parse('sdr-commas.txt');
  expect(complaints).toEqual([]);
  expect(value.map((sensor) => [sensor.name, sensor.value, sensor.status])).toEqual([
    ['CPU Temp', 46, 'ok'],
    ['System Temp', 31, 'ok'],
    ['FAN1', 1900, 'ok'],
    ['FANA', null, null],
    ['VTT', 1.05, 'warning'],
    ['PS2 Status', null, null],
    ['Drive 0', null, null],
    ['CPU1 Temp', 47, 'ok'],
  ]);
  const folded = ipmitoolSensor.fold?.(before, value, TIMES) ?? [];
  expect(folded[0]?.limits).toEqual(before[0]?.limits);
  expect(folded[3]?.limits).toBeNull();
});

test('asks for the limits until they are known', () => {
  const asked = (name: string) =>
    ipmitoolSensor.question(makeHost('omni1', { sensors: answered(parse(name).value) }))?.[0];
  expect(ipmitoolSensor.question(makeHost('omni1'))?.[0]).toEqual(['pfexec', 'ipmitool', 'sensor']);
  expect(asked('sdr-commas.txt')).toEqual(['pfexec', 'ipmitool', 'sensor']);
  expect(asked('supermicro.txt')).toEqual(['pfexec', 'ipmitool', '-c', 'sdr', 'list', 'full']);
});

test('the hottest is a CPU where there is one, and never a margin', () => {
  const { value } = parse('supermicro.txt');
  expect(hottest(value)?.name).toBe('CPU Temp');
  expect(hottest(value.filter(({ name }) => name !== 'CPU Temp'))?.name).toBe('System Temp');
  expect(hottest(value.filter(({ kind }) => kind !== 'temperature'))).toBeNull();
});

test('reads the lists for people', () => {
  const sdr = 'CPU Temp | 45 degrees C | ok\nFAN2 | no reading | ns\nPS1 Status | 0x01 | ok\n';
  const elist = 'CPU Temp | 01h | cr | 3.1 | 98.5 degrees C\n';
  const { value, complaints } = ipmitoolSensor.parse(sdr + elist);
  expect(complaints).toEqual([]);
  expect(value.map((sensor) => [sensor.name, sensor.kind, sensor.value, sensor.status])).toEqual([
    ['CPU Temp', 'temperature', 45, 'ok'],
    ['FAN2', 'other', null, null],
    ['PS1 Status', 'discrete', null, null],
    ['CPU Temp', 'temperature', 98.5, 'critical'],
  ]);
});

test('complains about what is no sensor', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a host without a controller has none', () => {
  expect('Could not open bmc device: No such file or directory').toMatch(
    ipmitoolSensor.absence ?? /^$/,
  );
  expect('Could not open bmc device: Permission denied').not.toMatch(ipmitoolSensor.absence ?? /./);
});

test('never throws', () => {
  fc.assert(
    fc.property(
      hostileText('host/ipmitool-sensor'),
      hostileText('host/ipmitool-sensor'),
      (a, b) => {
        ipmitoolSensor.fold?.(ipmitoolSensor.parse(a).value, ipmitoolSensor.parse(b).value, TIMES);
      },
    ),
  );
});
