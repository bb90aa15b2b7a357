import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { parseZfsListTable, zfsList } from '../../../src/resources/dataset/zfs-list.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const GIB = 2 ** 30;
const parse = (name: string) => zfsList.parse(readFixture(`dataset/zfs-list/${name}`));
const table = (name: string) => parseZfsListTable(readFixture(`dataset/zfs-list/${name}`));

test('asks for file systems and volumes, never for snapshots', () => {
  const argv = zfsList.question(emptyHost('omni1', 0))?.[0] ?? [''];
  expect(argv[argv.indexOf('-t') + 1]).toBe('filesystem,volume');
});

test('reads use, limits and volumes; what is not set is null', () => {
  const { value, complaints } = parse('four.txt');
  expect(complaints).toEqual([]);
  expect(value[0]).toEqual({
    name: 'rpool',
    type: 'filesystem',
    usedBytes: 28346134528,
    availableBytes: 48640811008,
    referencedBytes: 27648,
    quotaBytes: null,
    refquotaBytes: null,
    reservationBytes: null,
    refreservationBytes: null,
    volsizeBytes: null,
    usedBySnapshotsBytes: 0,
    compressRatio: 1.62,
    mountpoint: '/rpool',
    createdAt: 1577836800000,
  });
  expect(value[1]).toMatchObject({
    name: 'rpool/ROOT/omnios r151058',
    refquotaBytes: 10 * GIB,
    mountpoint: null,
  });
  expect(value[2]).toMatchObject({
    type: 'volume',
    volsizeBytes: 20 * GIB,
    quotaBytes: null,
    mountpoint: null,
  });
  expect(value[3]).toMatchObject({
    quotaBytes: 10 * GIB,
    reservationBytes: GIB,
    mountpoint: '/zones/my web',
  });
});

test('a host without datasets is no complaint', () => {
  expect(parse('none.txt')).toEqual({ value: [], complaints: [] });
});

test('broken rows are told one by one', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value).toMatchObject([{ name: 'rpool/x', compressRatio: 1, createdAt: null }]);
  expect(complaints.map(({ line, reason }) => `${line} ${reason}`).toSorted()).toEqual([
    '1 expected 14 fields, found 3',
    '2 used is not a size: much',
    '3 no name of a dataset',
    '5 cut off: no line end',
  ]);
});

test('reads the table for people', () => {
  const { value, complaints } = table('table.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ name }) => name)).toContain('rpool/swap');
  expect(value[0]).toMatchObject({
    usedBytes: 28346784154,
    mountpoint: '/rpool',
    quotaBytes: null,
  });
});

test('reads other columns in another order', () => {
  const { value, complaints } = table('table-space.txt');
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    {
      name: 'zones/a-disk0',
      type: 'volume',
      volsizeBytes: 20 * GIB,
      usedBySnapshotsBytes: 162 * 2 ** 20,
    },
    { name: 'zones/b', type: null, quotaBytes: null, compressRatio: 1 },
  ]);
});

test('what is neither a file system nor a volume is none of them', () => {
  const { value, complaints } = zfsList.parse(
    readFixture('dataset/zfs-list/four.txt').replace('\tvolume\t', '\tbookmark\t'),
  );
  expect(complaints.map(({ reason }) => reason)).toEqual([
    'neither a file system nor a volume: bookmark',
  ]);
  expect(value).toHaveLength(3);
});

test('any text gives datasets and complaints', () => {
  fc.assert(
    fc.property(hostileText('dataset/zfs-list'), (text) => {
      for (const { name } of [...zfsList.parse(text).value, ...parseZfsListTable(text).value])
        expect(name).not.toBe('');
    }),
  );
});
