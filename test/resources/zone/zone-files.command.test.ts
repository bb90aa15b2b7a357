import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { zoneFiles } from '../../../src/resources/zone/zone-files.command.ts';
import { zonecfgExport } from '../../../src/resources/zone/zonecfg-export.command.ts';
import { answered, makeHost } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`zone/zone-files/${name}`);

test('tells when each file was written, to the millisecond', () => {
  expect(zoneFiles.question(emptyHost('omni1', 0))).toEqual([['ls', '-lE', '/etc/zones']]);
  const { value, complaints } = zoneFiles.parse(text('two-zones.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, writtenAt }) => [name, writtenAt])).toEqual([
    ['index', Date.UTC(2026, 10, 20, 10, 2, 55)],
    ['web.xml', Date.UTC(2026, 10, 20, 10, 2, 55, 123)],
    ['etcd1.xml', Date.UTC(2026, 10, 20, 10, 2, 55, 500)],
    ['SYSdefault.xml', Date.UTC(2019, 2, 1, 9)],
  ]);
});

test('the configurations are read again when one of the files was written anew', () => {
  const follows = (listing: string) =>
    zonecfgExport.follows?.(
      makeHost('omni1', { zoneFiles: answered(zoneFiles.parse(listing).value) }),
    );
  const listing = text('two-zones.txt');
  expect(follows(listing)).toBe(follows(listing));
  expect(follows(listing)).not.toBe(follows(listing.replace('10:02:55.123', '10:02:55.124')));
  expect(zonecfgExport.follows?.(emptyHost('omni1', 0))).toBeNull();
});

test('complains about a listing in another form, and about one that is cut or empty', () => {
  const { value, complaints } = zoneFiles.parse(text('other-form-and-cut-off.txt'));
  expect(value).toEqual([]);
  expect(new Set(complaints.map(({ line }) => line))).toEqual(new Set([2, 3]));
  expect(zoneFiles.parse('').complaints).toHaveLength(1);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('zone/zone-files'), (listing) => {
      zoneFiles.parse(listing);
    }),
  );
});
