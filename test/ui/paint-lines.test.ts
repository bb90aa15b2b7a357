import { expect, test } from 'vitest';
import { clip } from '../../src/ui/paint/canvas.ts';
import {
  barRuns,
  flowWords,
  gridLines,
  lineText,
  muted,
  namedParagraph,
  paragraph,
  run,
  settleLines,
  shortPath,
  wrapText,
} from '../../src/ui/paint/lines.ts';
import type { GridColumn } from '../../src/ui/paint/lines.ts';

const COLUMNS: readonly GridColumn[] = [
  { title: 'NAME', width: 'fit' },
  { title: 'CPU', width: 4, align: 'right' },
  { title: 'NOTE', width: 'grow', least: 10, rank: 1 },
];
const ROWS = [
  { cells: ['etcd1', '6%', 'leads'] },
  { cells: ['vaultwarden', '100%', [run('a '), muted('long note that is cut')]] },
];
const texts = (width: number): readonly string[] => gridLines(COLUMNS, ROWS, width).map(lineText);

test('columns of a grid stand below each other, numbers at the right', () => {
  expect(texts(40)).toEqual([
    ' NAME         CPU NOTE                  ',
    ' etcd1         6% leads                 ',
    ' vaultwarden 100% a long note that is c…',
  ]);
});

test('the column of the highest rank goes first when there is no room', () => {
  expect(texts(22)).toEqual([' NAME         CPU', ' etcd1         6%', ' vaultwarden 100%']);
});

test('a grid without titles has no line for them', () => {
  const columns = COLUMNS.map((column) => ({ ...column, title: '' }));
  expect(gridLines(columns, ROWS, 40)).toHaveLength(2);
});

test('runs that are cut say so, and keep their tones', () => {
  expect(clip([run('abc', 'bad'), run('def')], 5)).toEqual([run('abc', 'bad'), run('d…')]);
  expect(clip([run('abc', 'bad'), run('def')], 3)).toEqual([run('ab…', 'bad')]);
  expect(clip([run('abc'), run('')], 3)).toEqual([run('abc'), run('')]);
  expect(clip([run('abc')], 0)).toEqual([]);
});

test('words flow over lines, and those that have no place are counted', () => {
  const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];
  expect(flowWords('zones 5', words, 26, 2).map(lineText)).toEqual([
    ' zones 5     alpha beta',
    '             gamma +2',
  ]);
  expect(flowWords('zones 5', words, 60, 2).map(lineText)).toEqual([
    ' zones 5     alpha beta gamma delta epsilon',
  ]);
});

test('a bar never draws something as nothing, nor not full as full', () => {
  const bar = (share: number | null): string =>
    barRuns(share, 10)
      .map(({ text }) => text)
      .join('');
  expect(bar(0)).toBe('░░░░░░░░░░');
  expect(bar(0.001)).toBe('▇░░░░░░░░░');
  expect(bar(0.5)).toBe('▇▇▇▇▇░░░░░');
  expect(bar(0.999)).toBe('▇▇▇▇▇▇▇▇▇░');
  expect(bar(1)).toBe('▇▇▇▇▇▇▇▇▇▇');
  expect(bar(7)).toBe('▇▇▇▇▇▇▇▇▇▇');
  expect(bar(null)).toBe('┄┄┄┄┄┄┄┄┄┄');
});

test('a text is wrapped beneath itself', () => {
  expect(paragraph('why', 'the quick brown fox', 25).map(lineText)).toEqual([
    ' why         the quick',
    '             brown fox',
  ]);
});

test('a word that is longer than a line is broken, never cut', () => {
  const log = '/var/svc/log/ooce-database-postgresql17:default.log';
  const lines = wrapText(`read ${log} in the zone`, 40);
  expect(lines).toEqual([
    'read',
    '/var/svc/log/ooce-database-postgresql17:',
    'default.log in the zone',
  ]);
  for (const width of [1, 7, 12, 30]) {
    expect(wrapText(log, width).join('')).toBe(log);
    for (const part of wrapText(log, width)) expect(part.length).toBeLessThanOrEqual(width);
  }
  expect(wrapText('日本語日本語', 4)).toEqual(['日本', '語日', '本語']);
  expect(wrapText('日本', 1)).toEqual(['…']);
});

test('a name and what is said of it are wrapped together, and only the first line leads there', () => {
  const lines = namedParagraph(
    'thing',
    run('zone:omni1/etcd1', 'title'),
    ' ›',
    25,
    'zone:omni1/etcd1',
  );
  expect(lines.map(lineText)).toEqual([' thing       zone:omni1/', '             etcd1 ›']);
  expect(lines.map(({ ref }) => ref)).toEqual(['zone:omni1/etcd1', undefined]);
  expect(lines[1]?.runs.slice(1)).toEqual([run('etcd1', 'title'), muted(' ›')]);
});

test('lines that say the same stay the same objects, and so does their list', () => {
  const make = (load: string, ref = 'host:omni1' as const) => [
    { runs: [muted('name '), run('omni1')], ref },
    { runs: [run('load '), { ...run(load), change: { dim: true } }] },
  ];
  const before = make('0.4');
  expect(settleLines(before, make('0.4'))).toBe(before);
  const after = settleLines(before, make('0.5'));
  expect(after).toEqual(make('0.5'));
  expect(after[0]).toBe(before[0]);
  expect(settleLines(before, before.slice(0, 1))).toEqual(before.slice(0, 1));
  expect(settleLines(before.slice(0, 1), before)).toEqual(before);
});

test.each([
  ['text', { ...run('a'), text: 'b' }],
  ['tone', { ...run('a'), tone: 'bad' as const }],
  ['change', { ...run('a'), change: { dim: true } }],
  ['click', { ...run('a'), spot: { kind: 'tab' as const, tab: 1 } }],
])('a line with another %s is another line', (_what, other) => {
  const [before, after] = [[{ runs: [run('a')] }], [{ runs: [other] }]];
  expect(settleLines(before, after)).toEqual(after);
  expect(settleLines(after, before)).toEqual(before);
});

test('a path that is too long loses its middle', () => {
  const path = 'service store1/postgres/ooce/database/postgresql17';
  expect(shortPath(path, 60)).toBe(path);
  expect(shortPath(path, 44)).toBe('service store1/postgres/ooce/…/postgresql17');
  expect(shortPath(path, 30)).toBe('service store1/…/postgresql17');
  expect(shortPath(path, 24)).toBe('service …/postgresql17');
  expect(shortPath(path, 20)).toBe(path);
  expect(shortPath('pod media/web-1', 12)).toBe('pod …/web-1');
  expect(shortPath('zone with a long name', 10)).toBe('zone with a long name');
});
