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
  expect(readPoolScan(text)).toEqual({ kind, finishedAt, errors, percentDone, text });
});
