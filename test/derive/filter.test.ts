import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFilter } from '../../src/derive/filter.ts';
import type { FilterColumns, FilterRow } from '../../src/derive/filter.ts';
import { lasting } from '../../src/domain/lasting.ts';
import type { Unit } from '../../src/domain/view.ts';

const NOW = Date.UTC(2026, 0, 31);
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

type Fields = Readonly<Record<string, string | number | null>>;
const row = (fields: Fields): FilterRow => ({
  text: Object.values(fields).join(' '),
  field: (name) => fields[name] ?? null,
  now: NOW,
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
const matches = (filter: string, on = WEB, columns?: FilterColumns): boolean => {
  const compiled = compileFilter(filter, columns);
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
  ['rss>2.9Gi', true],
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
  const columns = new Map<string, Unit | undefined>([
    ['cpu', undefined],
    ['host', undefined],
  ]);
  expect(compileFilter('CPU>5 !host:omni1 "foo:bar" =a:b', columns)).toHaveProperty('matches');
  expect(compileFilter('cpu>5 !nginx:1', columns)).toEqual({
    error: 'no column nginx; as text: "nginx:1"',
    position: 7,
  });
  expect(compileFilter('nginx:1')).toHaveProperty('matches');
});

const TIMES: FilterColumns = new Map([
  ['up', 'since'],
  ['left', 'until'],
  ['took', 'ms'],
  ['cores', 'cores'],
  ['cpu', undefined],
]);
const TIMED = row({
  up: NOW - (41 * DAY + 3 * HOUR),
  left: NOW + 90 * MINUTE,
  took: 250,
  cores: 0.5,
  cpu: 72,
});

test.for<[string, boolean]>([
  ['up>30d', true],
  ['UP>6w', false],
  ['up<42d', true],
  ['up<41d', false],
  ['up>=41d3h', true],
  ['up<=41d3h', true],
  ['up>41d3h', false],
  ['up=41d', true],
  ['up:41d', true],
  ['up:42d', false],
  ['up!=41d', false],
  ['left<2h', true],
  ['left>1h30m', false],
  ['left>=1h30m', true],
  ['left>5m', true],
  ['took>200ms', true],
  ['took>1s', false],
  ['took>0.2s', true],
  ['cores>=500m', true],
  ['cores>0.5', false],
])('a span of time: %s gives %s', ([filter, expected]) => {
  expect(matches(filter, TIMED, TIMES)).toBe(expected);
});

test.for<[string, string]>([
  ['up>30', 'not a span of time like 90s, 5m or 30d after up>: 30'],
  ['cpu>30d', 'not a number or a size after cpu>: 30d'],
])('%s is no span of time that the column has', ([filter, error]) => {
  expect(compileFilter(filter, TIMES)).toEqual({ error, position: filter.indexOf('3') });
});

test('compares spans of time in a text, whose fields nobody has described', () => {
  expect(matches('took>250ms', row({ took: '1.2s' }))).toBe(true);
  expect(matches('took>250ms', row({ took: '900µs' }))).toBe(false);
  expect(matches('took>5m', row({ took: '1h2m' }))).toBe(true);
  expect(matches('took>5s', row({ took: 'long' }))).toBe(false);
});

test.for<[string, number]>([
  ['up>41d4h', HOUR],
  ['left<1h', 30 * MINUTE],
  ['up>30d', Number.POSITIVE_INFINITY],
  ['took>1s', Number.POSITIVE_INFINITY],
])('%s says for how long its answer holds', ([filter, expected]) => {
  const { result, ms } = lasting(() => matches(filter, TIMED, TIMES));
  const at = (now: number): boolean => matches(filter, { ...TIMED, now }, TIMES);
  expect(ms).toBe(expected);
  if (!Number.isFinite(expected)) return;
  expect(at(NOW + ms - SECOND)).toBe(result);
  expect(at(NOW + ms + SECOND)).toBe(!result);
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
