import { expect, test } from 'vitest';
import type { PoolScan } from '../../../src/domain/pool.ts';
import { poolResilver } from '../../../src/resources/pool/pool-resilver.rule.ts';
import { makeHost, NOW } from '../../derive/inventory.ts';
import { poolStatus, scan } from '../../support/pools.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (last: PoolScan) =>
  poolResilver.check(
    { poolStatus: [poolStatus({ scan: last })] },
    makeHost('store1'),
    NOW,
    plainContext,
  );
const BEGAN = NOW - 3_600_000;
const progress = {
  startedAt: BEGAN,
  doneBytes: 2 ** 30,
  totalBytes: 2 ** 32,
  rate: 2 ** 20,
  secondsLeft: 3723,
  writtenBytes: 2 ** 28,
};

test.for<[string, PoolScan, string[]]>([
  ['nothing runs', scan('none'), []],
  ['a scrub runs', scan('scrub-running', { percentDone: 12 }), []],
  ['it is over', scan('resilver-done', { finishedAt: NOW }), []],
  [
    'it runs',
    scan('resilver-running', { percentDone: 25.5, progress }),
    ['resilvering, 25.5% done, 1h02m to go'],
  ],
  [
    'nobody dares to say how long',
    scan('resilver-running', { percentDone: 0, progress: { ...progress, secondsLeft: null } }),
    ['resilvering, 0% done'],
  ],
  ['an old wording without figures', scan('resilver-running'), ['resilvering']],
])('%s', ([, last, titles]) => {
  expect(check(last).map(({ title }) => title)).toEqual(titles);
});

test('tells speed and amounts, and when it began', () => {
  expect(check(scan('resilver-running', { percentDone: 25, progress }))[0]).toMatchObject({
    subject: 'pool:store1/tank',
    began: BEGAN,
    evidence: { percentDone: 25, rate: '1.0M/s', doneBytes: 2 ** 30, totalBytes: 2 ** 32 },
  });
});
