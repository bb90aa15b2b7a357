import fc from 'fast-check';
import { expect, test } from 'vitest';
import { psrinfo } from '../../../src/resources/host/psrinfo.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => psrinfo.parse(readFixture(`host/psrinfo/${name}`));

test('reads states, whatever form the date has', () => {
  expect(parse('states.txt')).toEqual({
    value: [
      { id: 0, state: 'on-line' },
      { id: 1, state: 'off-line' },
      { id: 12, state: 'no-intr' },
      { id: 13, state: 'faulted' },
    ],
    complaints: [],
  });
});

test('complains about the form with -pv and about cut lines', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value.map(({ id }) => id)).toEqual([0]);
  expect(complaints.map(({ line }) => line)).toEqual([1, 3, 4, 5]);
});

test('takes no count of processors for a processor', () => {
  const { value, complaints } = psrinfo.parse('  2 virtual processors (0 4)\n3\ton-line extra\n');
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line)).toEqual([1, 2]);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/psrinfo'), (text) => {
      psrinfo.parse(text);
    }),
  );
});
