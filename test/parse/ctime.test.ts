import { expect, test } from 'vitest';
import { findCtime } from '../../src/parse/ctime.ts';

test('finds a date whose day is padded with a blank, as UTC', () => {
  expect(findCtime('with 0 errors on Sun Mar  3 04:23:46 2024')).toBe(
    Date.UTC(2024, 2, 3, 4, 23, 46),
  );
});

test('passes over the name of a time zone', () => {
  expect(findCtime('on Thu Aug 31 11:45:59 MDT 2006')).toBe(Date.UTC(2006, 7, 31, 11, 45, 59));
});

test.for([
  ['March 3, 2024 at 04:23:46 AM UTC', 4],
  ['since March 3, 2024 at 04:23:46 PM UTC', 16],
  ['March 3, 2024 12:23:46 AM GMT', 0],
  ['March  3, 2024 at 04:23:46 AM UTC', 4],
  ['Mar 3, 2024 12:23:46 PM', 12],
] as const)('reads %j as the locale en_US writes it', ([text, hour]) => {
  expect(findCtime(text)).toBe(Date.UTC(2024, 2, 3, hour, 23, 46));
});

test.for([
  'never',
  'March 3, 2024 at 13:23:46 PM UTC',
  'March 3, 2024 at 04:23:46 AM MST',
  'Sun Mrz  3 04:23:46 2024',
  'Fri Feb 30 04:23:46 2024',
  'Sun Mar  3 25:23:46 2024',
  'Sun Mar  3 04:23 2024',
  'Sun Mar  3 04:23:46 20245',
])('finds none in %j', (text) => {
  expect(findCtime(text)).toBeNull();
});
