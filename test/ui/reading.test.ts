import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth } from '../../src/term/width.ts';
import {
  firstRow,
  lastRow,
  moveRow,
  nextMatch,
  pieces,
  readText,
  scrollTo,
  sourceKey,
  sourceNames,
  untabbed,
} from '../../src/ui/reading.ts';
import type { Rows } from '../../src/ui/reading.ts';
import { go, initialSession, placeKey } from '../../src/ui/session.ts';
import type { Place, Session } from '../../src/ui/session.ts';
import { logLine, logStream } from '../support/log-view.ts';

const place: Place = { kind: 'log', refs: ['pod:infrak8s/apps/web-1'] };
const session: Session = go(initialSession, place);
const filtered = (text: string): Session => ({ ...session, filters: { [placeKey(place)]: text } });

/** Lines of so many rows each. */
const laid = (heights: readonly number[], height: number): Rows => ({
  lines: heights.map((_, index) => logLine({ id: index + 1 })),
  height,
  rowsOf: ({ id }) => heights[id - 1] ?? 1,
});
/** All rows of a text, one after another. */
const flat = (heights: readonly number[]) =>
  heights.flatMap((count, index) => Array.from({ length: count }, (_, row) => ({ index, row })));
const heights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 });

test('moving goes row by row over lines of several rows, and never out of the text', () => {
  fc.assert(
    fc.property(heights, fc.nat(100), fc.integer({ min: -60, max: 60 }), (sizes, start, by) => {
      const all = flat(sizes);
      const at = start % all.length;
      const from = all[at] ?? { index: 0, row: 0 };
      const wanted = Math.max(0, Math.min(all.length - 1, at + by));
      expect(moveRow(laid(sizes, 5), from, by)).toEqual(all[wanted]);
    }),
  );
});

test('the end of a text is its last screenful', () => {
  fc.assert(
    fc.property(heights, fc.integer({ min: 1, max: 30 }), (sizes, height) => {
      const all = flat(sizes);
      expect(lastRow(laid(sizes, height))).toEqual(all[Math.max(0, all.length - height)]);
    }),
  );
});

test('scrolling there and back ends where it began, and no further than the ends', () => {
  fc.assert(
    fc.property(heights, fc.integer({ min: 1, max: 9 }), fc.nat(40), (sizes, height, by) => {
      const rows = laid(sizes, height);
      const down = scrollTo(rows, 'start', by);
      const all = flat(sizes);
      const last = Math.max(0, all.length - height);
      expect(firstRow(rows, down)).toEqual(all[Math.min(by, last)]);
      expect(firstRow(rows, scrollTo(rows, down, -by))).toEqual(all[0]);
    }),
  );
});

test('a line that is gone leaves its place to the one that came after it', () => {
  const rows = laid([1, 1, 1, 1, 1, 1], 2);
  const left = { ...rows, lines: rows.lines.slice(3) };
  expect(firstRow(left, { id: 2, row: 0 })).toEqual({ index: 0, row: 0 });
  expect(firstRow(left, { id: 99, row: 0 })).toEqual({ index: 1, row: 0 });
});

test('pieces of a text are as wide as asked for and are all of it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 2, max: 30 }),
      (text, cells) => {
        const cut = pieces(text, cells);
        expect(cut.join('')).toBe(text);
        for (const piece of cut) expect(textWidth(piece)).toBeLessThanOrEqual(cells);
      },
    ),
  );
});

test('tabs go to the next stop', () => {
  expect(untabbed('a\tb\t\tc')).toBe('a       b               c');
  expect(untabbed('plain')).toBe('plain');
});

test('a filter leaves what matches, and marks; it knows pod and container', () => {
  const lines = [
    logLine({ id: 1, text: 'level=info started', container: 'web' }),
    logLine({ id: 2, text: 'level=warn slow', container: 'proxy' }),
    logLine({ id: 3, text: '── mark ──', pod: '', container: '' }),
  ];
  const shown = (text: string) => readText(lines, filtered(text)).lines.map(({ id }) => id);
  expect(shown('')).toEqual([1, 2, 3]);
  expect(shown('slow')).toEqual([2, 3]);
  expect(shown('container:web')).toEqual([1, 3]);
  expect(shown('!container=web')).toEqual([2, 3]);
  expect(shown('=^nothing')).toEqual([3]);
  expect(shown('level=warn|level:inf')).toEqual([1, 2, 3]);
  expect(shown('level!=info')).toEqual([2, 3]);
  const broken = readText(lines, filtered('=['));
  expect(broken.lines).toHaveLength(3);
  expect(broken.filterError).toContain('not a regular expression');
});

test('a field that a line itself names is compared as one', () => {
  const lines = [
    logLine({ id: 1, text: 'GET /a status=200 took=3ms' }),
    logLine({ id: 2, text: '{"level":"error","status":503,"msg":"no \\"way\\""}' }),
    logLine({ id: 3, text: 'the status is 503' }),
  ];
  const shown = (text: string) => readText(lines, filtered(text)).lines.map(({ id }) => id);
  expect(shown('status>=500')).toEqual([2]);
  expect(shown('status=200')).toEqual([1]);
  expect(shown('level:err')).toEqual([2]);
});

test('matches are found in both directions, round the end', () => {
  const lines = Array.from({ length: 6 }, (_, index) =>
    logLine({ id: index, text: index % 3 === 1 ? 'hit' : 'no' }),
  );
  const text = readText(lines, {
    ...filtered('hit'),
    reading: {
      key: placeKey(place),
      top: 'end',
      left: 0,
      only: false,
      hit: null,
      previous: false,
      managed: false,
    },
  });
  expect(text.lines).toHaveLength(6);
  expect([nextMatch(text, 0, 1), nextMatch(text, 1, 1), nextMatch(text, 4, 1)]).toEqual([1, 4, 1]);
  expect([nextMatch(text, 1, -1), nextMatch(text, 4, -1)]).toEqual([4, 1]);
  expect(nextMatch({ ...text, matches: () => false }, 0, 1)).toBe(null);
  expect(nextMatch({ ...text, lines: [] }, 0, 1)).toBe(null);
});

test('sources are called by what tells them apart', () => {
  const pods = ['web-7d9-abc', 'web-7d9-xyz'].map((name) => logStream({ name, container: 'web' }));
  const names = (streams: readonly ReturnType<typeof logStream>[]) => [
    ...sourceNames({ streams }).names.values(),
  ];
  expect(names(pods)).toEqual(['abc', 'xyz']);
  expect(names(pods.slice(0, 1))).toEqual(['']);
  const [first] = pods;
  expect(first && names([first, { ...first, container: 'proxy' }])).toEqual(['web', 'proxy']);
  expect(names([...pods, logStream({ name: 'db-0', container: 'db' })])).toEqual([
    'web-7d9-abc web',
    'web-7d9-xyz web',
    'db-0 db',
  ]);
  expect(sourceNames({ streams: pods }).names.get(sourceKey('web-7d9-abc', 'web'))).toBe('abc');
  expect(sourceNames({ streams: [] }).cells).toBe(0);
});
