import { expect, test } from 'vitest';
import { readPoolScan } from '../../../src/resources/pool/pool-scan.ts';

const DONE = Date.UTC(2024, 2, 3, 4, 23, 46);

test.for([
  ['none requested', 'none', null, null, null],
  [
    'scrub repaired 0 in 0 days 01:23:45 with 0 errors on Sun Mar  3 04:23:46 2024',
    'scrub-done',
    DONE,
    0,
    null,
  ],
  [
    'scrub repaired 4K in 0h12m with 7 errors on Sun Mar  3 04:23:46 2024',
    'scrub-done',
    DONE,
    7,
    null,
  ],
  [
    'scrub repaired 0 in 01:23:45 with 0 errors on Sun Mar  3 04:23:46 2024',
    'scrub-done',
    DONE,
    0,
    null,
  ],
  [
    'scrub completed after 0h1m with 1 errors on Sun Mar  3 04:23:46 2024',
    'scrub-done',
    DONE,
    1,
    null,
  ],
  ['scrub completed with 0 errors on Sun Mar  3 04:23:46 2024', 'scrub-done', DONE, 0, null],
  [
    'resilvered 1.2G in 1 days 00:11:00 with 0 errors on Sun Mar  3 04:23:46 2024',
    'resilver-done',
    DONE,
    0,
    null,
  ],
  [
    'resilver completed after 0h1m with 0 errors on Sun Mar  3 04:23:46 2024',
    'resilver-done',
    DONE,
    0,
    null,
  ],
  [
    'scrub in progress since Sun Mar  3 04:23:46 2024 11.4G scanned at 3.80G/s, 1.29M issued at 440K/s, 65.8G total 0 repaired, 12.34% done, no estimated completion time',
    'scrub-running',
    null,
    null,
    12.34,
  ],
  ['scrub in progress for 0h0m, 54.31% done, 0h5m to go', 'scrub-running', null, null, 54.31],
  [
    'resilver in progress since Sun Mar  3 04:23:46 2024 18.1M scanned out of 1.60G at 1.21M/s, 0h22m to go 16.1M resilvered, 1.10% done',
    'resilver-running',
    null,
    null,
    1.1,
  ],
  [
    'scrub paused since Sun Mar  3 04:23:46 2024 scrub started on Sat Mar  2 04:00:00 2024 1G scanned, 1G issued, 2G total 0 repaired, 50.00% done',
    'scrub-paused',
    null,
    null,
    50,
  ],
  ['scrub canceled on Sun Mar  3 04:23:46 2024', 'scrub-canceled', DONE, null, null],
  [
    'scrub stopped after 0h1m with 0 errors on Sun Mar  3 04:23:46 2024',
    'scrub-canceled',
    DONE,
    0,
    null,
  ],
  ['resilver canceled on Sun Mar  3 04:23:46 2024', 'resilver-canceled', DONE, null, null],
  ['defragmented by 2031', 'unknown', null, null, null],
] as const)('reads "%s"', ([text, kind, finishedAt, errors, percentDone]) => {
  expect(readPoolScan(text)).toMatchObject({ kind, finishedAt, errors, percentDone, text });
});

const BEGAN = Date.UTC(2024, 2, 3, 4, 23, 46);
const since = 'in progress since Sun Mar  3 04:23:46 2024';
const GIB = 2 ** 30;

test.for([
  [
    `resilver ${since} 12G scanned at 2G/s, 6G issued at 1G/s, 24G total 1.50G resilvered, 25.00% done, 0 days 01:02:03 to go`,
    {
      startedAt: BEGAN,
      doneBytes: 6 * GIB,
      totalBytes: 24 * GIB,
      rate: GIB,
      secondsLeft: 3723,
      writtenBytes: 1.5 * GIB,
    },
  ],
  [
    `scrub ${since} 11.0G scanned at 3.80G/s, 1G issued at 440K/s, 65.8G total 0 repaired, 0.00% done, no estimated completion time`,
    { doneBytes: GIB, rate: 440 * 1024, secondsLeft: null, writtenBytes: 0 },
  ],
  [
    `resilver ${since} 18M scanned out of 1.50G at 1.25M/s, 12h22m to go 16M resilvered, 1.10% done`,
    {
      doneBytes: 18 * 2 ** 20,
      totalBytes: 1.5 * GIB,
      rate: 1.25 * 2 ** 20,
      secondsLeft: 44_520,
      writtenBytes: 16 * 2 ** 20,
    },
  ],
  [
    `scrub ${since} 2G scanned, 1G issued, 4G total 0 repaired, 25.00% done, 3 days 00:00:10 to go`,
    { doneBytes: GIB, totalBytes: 4 * GIB, rate: null, secondsLeft: 259_210 },
  ],
  [
    'scrub paused since Mon Mar  4 05:00:00 2024 scrub started on Sun Mar  3 04:23:46 2024 1G scanned, 1G issued, 2G total 0 repaired, 50.00% done',
    { startedAt: BEGAN, doneBytes: GIB, secondsLeft: null },
  ],
  [`scrub ${since}`, { startedAt: BEGAN, doneBytes: null, totalBytes: null, rate: null }],
] as const)('tells the progress of "%s"', ([text, progress]) => {
  expect(readPoolScan(text).progress).toMatchObject(progress);
});

test('what is over has no progress', () => {
  expect(
    readPoolScan('scrub repaired 0 in 0 days 00:03:12 with 0 errors on Sun Mar  3 04:23:46 2024')
      .progress,
  ).toBeNull();
});
