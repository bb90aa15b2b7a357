import { expect, test } from 'vitest';
import { eventTime } from '../../src/domain/event-time.ts';

const NOW = Date.UTC(2026, 1, 3, 12);

test.each([
  ['Feb  3 11:59:58', '2026-02-03T11:59:58.000Z'],
  ['Feb  4 00:00:01', '2026-02-04T00:00:01.000Z'],
  ['Nov 20 10:02:55', '2025-11-20T10:02:55.000Z'],
  ['Nov 20 10:02', '2025-11-20T10:02:00.000Z'],
  ['Jan 19 2025', '2025-01-19T00:00:00.000Z'],
])('%s', (text, expected) => {
  expect(new Date(eventTime(text, NOW) ?? 0).toISOString()).toBe(expected);
});

test.each(['', 'soon', 'Foo 20 10:02:55', '2026-02-03'])('no date in %o', (text) => {
  expect(eventTime(text, NOW)).toBeNull();
});
