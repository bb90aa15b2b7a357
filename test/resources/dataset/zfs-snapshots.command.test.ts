import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { zfsSnapshots } from '../../../src/resources/dataset/zfs-snapshots.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => zfsSnapshots.parse(readFixture(`dataset/zfs-snapshots/${name}`));

test('asks for the datasets of the configuration alone, and for nothing without any', () => {
  expect(zfsSnapshots.question(emptyHost('store1', 0))).toBeUndefined();
  const hours = new Map([
    ['tank/backup', 26],
    ['tank/my data', 2],
  ]);
  const argv = zfsSnapshots.question(emptyHost('store1', 0, new Map(), hours))?.[0] ?? ['zfs'];
  expect(argv.slice(argv.indexOf('-d'), argv.indexOf('-d') + 2)).toEqual(['-d', '1']);
  expect(argv.slice(-2)).toEqual(['tank/backup', 'tank/my data']);
});

test('finds the newest of each dataset in whatever order they come', () => {
  expect(parse('two.txt')).toEqual({
    value: [
      { dataset: 'tank/backup', count: 3, name: 'daily-2026-11-26', createdAt: 1764115200000 },
      { dataset: 'tank/my data', count: 1, name: 'a name', createdAt: 1763942401000 },
    ],
    complaints: [],
  });
});

test('broken lines are told one by one', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(complaints.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 7]);
  expect(value).toMatchObject([{ dataset: 'tank', count: 1, name: 'c' }]);
});

test('any text gives snapshots and complaints', () => {
  fc.assert(
    fc.property(hostileText('dataset/zfs-snapshots'), (text) => {
      for (const { dataset, count } of zfsSnapshots.parse(text).value) {
        expect(dataset).not.toBe('');
        expect(count).toBeGreaterThan(0);
      }
    }),
  );
});
