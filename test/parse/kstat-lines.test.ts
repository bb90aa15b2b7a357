import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KstatReader, parseKstatLines, parseKstatText } from '../../src/parse/kstat-lines.ts';
import { splitLines } from '../../src/parse/lines.ts';
import { parseCounter } from '../../src/parse/numbers.ts';

const keys = ({ value }: ReturnType<typeof parseKstatLines>) =>
  value.map(({ module, instance, name, statistic, value }) => [
    module,
    instance,
    name,
    statistic,
    value,
  ]);

test('splits at the TAB first and then at the first three colons', () => {
  expect(
    keys(
      parseKstatLines(
        'sderr:0:sd0,err:Predictive Failure Analysis\t0\nlink:0:net0:odd:name\ta:b c\ttab\n',
      ),
    ),
  ).toEqual([
    ['sderr', 0, 'sd0,err', 'Predictive Failure Analysis', '0'],
    ['link', 0, 'net0', 'odd:name', 'a:b c\ttab'],
  ]);
});

test('keeps an empty value and a value beyond 53 bits as they are', () => {
  expect(keys(parseKstatLines('m:1:n:Serial No\t\nm:1:n:pg_id\t18446744073709551615\n'))).toEqual([
    ['m', 1, 'n', 'Serial No', ''],
    ['m', 1, 'n', 'pg_id', '18446744073709551615'],
  ]);
});

test.for(['a:b:c:d\t1', 'a:1:c\t1', 'a:1:c:\t1', ':1:c:d\t1', 'a:1:c:d 1', '1750000000'])(
  'complains about %j',
  (line) => {
    const { value, complaints } = parseKstatLines(`${line}\n`);
    expect(value).toEqual([]);
    expect(complaints).toMatchObject([{ line: 1, text: line }]);
  },
);

const KSTAT_LINE = /^([^:\t]+):(-?[0-9]{1,10}):([^:\t]*):([^\t]*)\t(.*)$/;

test('reads each line for itself, whatever stands before it', () => {
  const piece = fc.constantFrom(
    'a:1:b:',
    'a:-2:bb:',
    'c',
    ' d ',
    ':',
    '\t',
    ' ',
    '12',
    '\n',
    '\r\n',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const lines = splitLines(text);
      const expected = lines.flatMap((line) => {
        const [, module, instance, name, statistic = '', value] = KSTAT_LINE.exec(line.text) ?? [];
        return line.isCut || statistic.trim() === ''
          ? []
          : [[module, Number(instance), name, statistic.trim(), value?.trim()]];
      });
      const parsed = parseKstatLines(text);
      expect(keys(parsed)).toEqual(expected);
      expect(parsed.value.length + parsed.complaints.length).toBe(lines.length);
    }),
  );
});

test('reads numbers where they stand as from their text', () => {
  const value = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 65n }).map(String),
    fc.string({ unit: fc.constantFrom('0', '1', '9', ' ', '-', '.'), maxLength: 20 }),
  );
  fc.assert(
    fc.property(value, (text) => {
      const kstats = new KstatReader(`a:1:b:c\t${text}\n`);
      expect(kstats.next()).toBe(true);
      const counter = parseCounter(text.trim());
      expect(kstats.counter()).toBe(counter);
      expect(kstats.whole()).toBe(counter === null ? null : Number(counter));
    }),
  );
});

test('refuses a last line without its end, whose number may have been cut', () => {
  const { value, complaints } = parseKstatLines('a:1:c:d\t1\na:1:c:e\t12');
  expect(value).toHaveLength(1);
  expect(complaints).toEqual([{ line: 2, text: 'a:1:c:e\t12', reason: 'cut off: no line end' }]);
});

test('reads the form for people, with blanks in names and values and with no value', () => {
  const text = [
    'module: sderr                           instance: 3     ',
    'name:   sd3,err                         class:    device_error',
    '        Hard Errors                     0',
    '        Product                         Virtual disk    Revision',
    '        Serial No',
    '\ta_name_that_is_longer_than_thirty_characters  7',
    '',
    'module: link instance: 0',
    'name:   a name  class: net',
    '\tifspeed\t1000000000',
    '',
  ].join('\n');
  const parsed = parseKstatText(text);
  expect(parsed.complaints).toEqual([]);
  expect(keys(parsed)).toEqual([
    ['sderr', 3, 'sd3,err', 'Hard Errors', '0'],
    ['sderr', 3, 'sd3,err', 'Product', 'Virtual disk    Revision'],
    ['sderr', 3, 'sd3,err', 'Serial No', ''],
    ['sderr', 3, 'sd3,err', 'a_name_that_is_longer_than_thirty_characters', '7'],
    ['link', 0, 'a name', 'ifspeed', '1000000000'],
  ]);
});

test('reads the form of -p whose TABs have become blanks', () => {
  const parsed = parseKstatText(
    [
      '1750000000',
      'caps:1:cpucaps_zone_1:above_sec 0',
      'cpu_info:0:cpu_info0:brand      Some  CPU @ 2 GHz',
      'sderr:0:sd0,err:Hard Errors 0',
      'sderr:0:sd0,err:Serial',
      '',
    ].join('\n'),
  );
  expect(parsed.complaints).toEqual([]);
  expect(keys(parsed)).toEqual([
    ['caps', 1, 'cpucaps_zone_1', 'above_sec', '0'],
    ['cpu_info', 0, 'cpu_info0', 'brand', 'Some  CPU @ 2 GHz'],
    ['sderr', 0, 'sd0,err', 'Hard Errors', '0'],
    ['sderr', 0, 'sd0,err', 'Serial', ''],
  ]);
});

test('makes a row or a complaint of every line, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { value, complaints } = parseKstatLines(text);
      expect(value.length + complaints.length).toBe(splitLines(text).length);
      expect(() => parseKstatText(text)).not.toThrow();
    }),
  );
});
