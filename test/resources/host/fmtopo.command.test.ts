import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fmtopo } from '../../../src/resources/host/fmtopo.command.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => fmtopo.parse(readFixture(`host/fmtopo/${name}`));

test('reads sensors, and leaves indicators out', () => {
  const { value, complaints } = parse('cpu-and-disk.txt');
  expect(complaints).toEqual([]);
  expect(value).toEqual([
    {
      name: 'chassis=0/motherboard=0/chip=0/core=0 temp',
      kind: 'temperature',
      value: 65.75,
      unit: 'degrees C',
      status: null,
      limits: null,
    },
    {
      name: 'bay=3 fault',
      kind: 'discrete',
      value: null,
      unit: '',
      status: null,
      limits: null,
      stateText: 'DEASSERTED',
    },
  ]);
});

test.for([
  ['0x0 (0x00)', 'ok'],
  ['0x8 (UPPER_NONCRIT)', 'warning'],
  ['0x1 (LOWER_NONCRIT)', 'warning'],
  ['0x18 (UPPER_NONCRIT|UPPER_CRIT)', 'critical'],
  ['0x4 (LOWER_NONREC)', 'critical'],
] as const)('reads which limits a reading has passed: %s', ([state, status]) => {
  const text = readFixture('host/fmtopo/cpu-and-disk.txt').replace(
    /(reading .*\n)/,
    `$1    state             uint32    ${state}\n`,
  );
  expect(fmtopo.parse(text).value.map((sensor) => sensor.status)).toEqual([status, null]);
});

test('reads the limits of a reading, and which discrete sensors tell of a part that fails', () => {
  const { value, complaints } = parse('limits-and-failures.txt');
  expect(
    value.map(({ name, status, limits, stateText }) => [
      name,
      status,
      limits && Object.values(limits),
      stateText,
    ]),
  ).toEqual([
    ['chassis=0 Inlet Temp', 'warning', [5, 10, 45, 50], undefined],
    ['fan=1 FAN 1', 'critical', [300, null, null, null], undefined],
    ['chassis=0/psu=1 Status', 'critical', null, 'PRESENT|INPUT_LOST'],
    ['chassis=0/psu=0 Status', 'ok', null, 'PRESENT'],
    ['ses-enclosure=0/bay=3 fault', 'ok', null, 'DEASSERTED'],
    ['ses-enclosure=0/bay=4 fault', 'critical', null, 'CRITICAL'],
    ['chassis=0 Chassis Intru', null, null, 'GENERAL'],
  ]);
  expect(complaints.map(({ line, reason }) => [line, reason])).toEqual([
    [56, 'the limit is not a number'],
  ]);
});

test('is asked only where ipmitool tells nothing', () => {
  expect(fmtopo.question(makeHost('omni1'))).toBeUndefined();
  expect(fmtopo.question(makeHost('omni1', { sensors: answered([]) }))).toBeUndefined();
  const sensors = { status: 'absent', reason: 'command not found: ipmitool', at: NOW } as const;
  expect(fmtopo.question(makeHost('omni1', { sensors }))).toHaveLength(1);
});

test('complains about what it does not know, and has no reading of what is no number', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value.map(({ name, value: reading }) => [name, reading])).toEqual([['chip=1 temp', null]]);
  expect(complaints.map(({ line, reason }) => [line, reason])).toEqual([
    [1, 'no resource before this line'],
    [6, 'the reading is not a number'],
    [7, 'expected a resource or one of its properties'],
    [8, 'a sensor without its class'],
    [9, 'cut off: no line end'],
  ]);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/fmtopo'), (text) => {
      fmtopo.parse(text);
    }),
  );
});
