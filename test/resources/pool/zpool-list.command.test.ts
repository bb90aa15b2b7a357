import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import { parseZpoolListTable, zpoolList } from '../../../src/resources/pool/zpool-list.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`pool/zpool-list/${name}`);

test('asks for named properties in bytes', () => {
  expect(zpoolList.question(emptyHost('omni1', 0))).toEqual([
    [
      'zpool',
      'list',
      '-Hpo',
      'name,size,allocated,free,fragmentation,capacity,dedupratio,health,altroot',
    ],
  ]);
});

test('reads pools in bytes, also what a pool does not tell', () => {
  const { value, complaints } = zpoolList.parse(text('three-pools.txt'));
  expect(complaints).toEqual([]);
  expect(value.map((pool) => Object.values(pool))).toEqual([
    ['rpool', 249108103168, 57100000000, 192008103168, 63, 22, 'ONLINE'],
    ['zones', 1992864825344, 1793578342810, 199286482534, null, 90, 'DEGRADED'],
    ['with blank', null, null, null, null, null, 'FAULTED'],
    ['new', 1, 1, 1, 1, 1, 'UNKNOWN'],
  ]);
});

test('reads that there are no pools', () => {
  expect(zpoolList.parse(text('no-pools.txt'))).toEqual({ value: [], complaints: [] });
  expect(parseZpoolListTable(text('no-pools.txt'))).toEqual({ value: [], complaints: [] });
});

test('complains about a size that is none, noise, a missing name and a row that was cut', () => {
  const { value, complaints } = zpoolList.parse(text('garbage-and-cut-off.txt'));
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
});

test('reads the pools of the table for people and passes over their devices', () => {
  const { value, complaints } = parseZpoolListTable(text('table-verbose.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, sizeBytes, health }) => [name, sizeBytes, health])).toEqual([
    ['rpool', 232 * 2 ** 30, 'ONLINE'],
    ['tank', 1.5 * 2 ** 40, 'SUSPENDED'],
  ]);
});

test('reads a table with other columns and a name with a blank', () => {
  const { value, complaints } = parseZpoolListTable(text('table-other-columns.txt'));
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    { name: 'rpool', capacityPercent: 22, allocatedBytes: null },
    { name: 'a b', health: 'DEGRADED', capacityPercent: 50 },
  ]);
});

test('reads rows without a header by the number of their fields', () => {
  const { value, complaints } = parseZpoolListTable(text('headerless.txt'));
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    { name: 'rpool', fragmentationPercent: 63, capacityPercent: 22, health: 'ONLINE' },
    { name: 'old', fragmentationPercent: null, capacityPercent: 28, health: 'ONLINE' },
  ]);
});

test('makes a pool or a complaint of every line, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('pool/zpool-list'), (any) => {
      const lines = splitLines(any).filter((line) => line.text.trim() !== 'no pools available');
      const { value, complaints } = zpoolList.parse(any);
      expect(value.length + complaints.length).toBe(lines.length);
      expect(() => parseZpoolListTable(any)).not.toThrow();
    }),
  );
});
