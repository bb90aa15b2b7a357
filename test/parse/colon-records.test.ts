import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseOfmtRecords,
  splitOfmtRecord,
  splitZoneadmRecord,
} from '../../src/parse/colon-records.ts';
import { splitLines } from '../../src/parse/lines.ts';

test('takes escaped colons and backslashes of libofmt as part of a field', () => {
  expect(splitOfmtRecord(String.raw`vnic0:2\:8\:20\:43\:4e\:9c::a\\b`)).toEqual([
    'vnic0',
    '2:8:20:43:4e:9c',
    '',
    String.raw`a\b`,
  ]);
});

test('keeps a backslash that a cut has left at the end', () => {
  expect(splitOfmtRecord('a:b\\')).toEqual(['a', 'b\\']);
});

test('reads back whatever libofmt escapes', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
      const record = fields.map((field) => field.replaceAll(/[\\:]/g, (char) => `\\${char}`));
      expect(splitOfmtRecord(record.join(':'))).toEqual(fields);
    }),
  );
});

test('does not unescape the only field', () => {
  const { value } = parseOfmtRecords(splitLines('a\\:b:c\n'), ['link']);
  expect(value.map((row) => row.read('link'))).toEqual(['a\\:b:c']);
});

test('reads absent fields of a row as null and knows no field that was not asked for', () => {
  const { value } = parseOfmtRecords(splitLines('a::--:?:-\n'), ['a', 'b', 'c', 'd', 'e']);
  expect(['a', 'b', 'c', 'd', 'e', 'f'].map((field) => value[0]?.read(field))).toEqual([
    'a',
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('complains about rows with too few or too many fields, with the line', () => {
  const { value, complaints } = parseOfmtRecords(splitLines('a:b\n\na\na:b:c\n'), ['x', 'y']);
  expect(value).toHaveLength(1);
  expect(complaints).toEqual([
    { line: 3, text: 'a', reason: 'expected 2 fields, found 1' },
    { line: 4, text: 'a:b:c', reason: 'expected 2 fields, found 3' },
  ]);
});

test('unescapes colons in the zonepath only', () => {
  expect(splitZoneadmRecord(String.raw`1:z:running:/zones/a\:b\c::lipkg:excl`)).toEqual([
    '1',
    'z',
    'running',
    String.raw`/zones/a:b\c`,
    '',
    'lipkg',
    'excl',
  ]);
  expect(splitZoneadmRecord(String.raw`1\:z`)).toEqual(['1\\', 'z']);
});
