import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFilter } from '../../src/derive/filter.ts';
import type { FilterRow } from '../../src/derive/filter.ts';

type Fields = Readonly<Record<string, string | number | null>>;
const row = (fields: Fields): FilterRow => ({
  text: Object.values(fields).join(' '),
  field: (name) => fields[name] ?? null,
});
const WEB = row({
  name: 'web1',
  host: 'atlas',
  state: 'running',
  cpu: 72,
  rss: 3 * 1024 ** 3,
  vlan: 48,
  up: null,
});
const matches = (filter: string, on = WEB): boolean => {
  const compiled = compileFilter(filter);
  if ('error' in compiled) throw new Error(compiled.error);
  return compiled.matches(on);
};

test.for<[string, boolean]>([
  ['', true],
  ['   ', true],
  ['web', true],
  ['WEB', true],
  ['db', false],
  ['"web1 atlas"', true],
  ['"atlas web1"', false],
  ['~wb1', true],
  ['~1bw', false],
  ['=^web\\d', true],
  ['=^(db|web)', true],
  ['=^atlas', false],
  ['!db', true],
  ['!web', false],
  ['!=^db', true],
  ['!=^web', false],
  ['!~wb', false],
  ['!!web', true],
  ['host:atlas', true],
  ['host:ATL', true],
  ['HOST:atlas', true],
  ['host:borg', false],
  ['!host:borg', true],
  ['host=atlas', true],
  ['host=atl', false],
  ['host!=borg', true],
  ['host!=atlas', false],
  ['vlan:48', true],
  ['vlan:4', false],
  ['vlan=48', true],
  ['cpu>50', true],
  ['cpu>72', false],
  ['cpu>=72', true],
  ['cpu<72', false],
  ['cpu<=72%', true],
  ['rss>1G', true],
  ['rss>3g', false],
  ['rss>=3GiB', true],
  ['rss<3.5G', true],
  ['up>1', false],
  ['up<1', false],
  ['up!=1', false],
  ['nothing:x', false],
  ['web atlas', true],
  ['web & atlas', true],
  ['web borg', false],
  ['web | borg', true],
  ['db | borg', false],
  ['db|web', true],
  ['db borg | web', true],
  ['web borg | db', false],
  ['host:"atlas"', true],
])('%s gives %s', ([filter, expected]) => {
  expect(matches(filter)).toBe(expected);
});

test('compares a column whose value is text by the amount in it', () => {
  expect(matches('mem>10', row({ mem: '12%' }))).toBe(true);
  expect(matches('mem>10', row({ mem: 'none' }))).toBe(false);
});

test.for<[string, string, number]>([
  ['=[', 'not a regular expression', 1],
  ['web =(', 'not a regular expression', 5],
  ['=', 'nothing after =', 1],
  ['!', 'nothing after !', 1],
  ['~', 'nothing after ~', 1],
  ['host:', 'nothing after host:', 5],
  ['web cpu>', 'nothing after cpu>', 8],
  ['cpu>much', 'not a number or a size after cpu>: much', 4],
  ['| web', 'nothing before |', 0],
  ['web |', 'nothing after |', 5],
  ['web || db', 'nothing before |', 5],
  ['& web', 'nothing before &', 0],
  ['web &', 'nothing after &', 5],
  ['web & | db', 'nothing after &', 6],
  ['web "db', 'the quote is not closed', 4],
])('%s is an error with its position', ([filter, message, position]) => {
  expect(compileFilter(filter)).toEqual({
    error: expect.stringContaining(message) as string,
    position,
  });
});

test('a column that does not exist is an error where the columns are known', () => {
  const fields = new Set(['cpu', 'host']);
  expect(compileFilter('CPU>5 !host:omni1 "foo:bar" =a:b', fields)).toHaveProperty('matches');
  expect(compileFilter('cpu>5 !nginx:1', fields)).toEqual({
    error: 'no column nginx; as text: "nginx:1"',
    position: 7,
  });
  expect(compileFilter('nginx:1')).toHaveProperty('matches');
});

test('any text is a filter or an error, never an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const compiled = compileFilter(text);
      const isSound =
        'error' in compiled
          ? compiled.position >= 0 && compiled.position <= text.length
          : typeof compiled.matches(WEB) === 'boolean';
      expect(isSound).toBe(true);
    }),
  );
});
