import { expect, test } from 'vitest';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { poolCapacity } from '../../../src/resources/pool/pool-capacity.rule.ts';
import { makeHost, NOW } from '../../derive/inventory.ts';
import { poolEntry } from '../../support/pools.ts';

const TIB = 2 ** 40;
const check = (
  capacityPercent: number | null,
  raised: Severity | null = null,
  limits = THRESHOLDS['pool.capacity'].defaults,
) =>
  poolCapacity.check(
    { pools: [poolEntry({ capacityPercent, freeBytes: 2 * TIB })] },
    makeHost('store1'),
    NOW,
    { limits, raised: () => raised },
  );

test.for<[string, Parameters<typeof check>, string[]]>([
  ['room enough', [79], []],
  ['not known', [null], []],
  ['at the first limit', [80], ['warning 80% full, 2.0T free']],
  ['at the second', [90], ['critical 90% full, 2.0T free']],
  ['just below a limit that was passed', [78, 'warning'], ['warning 78% full, 2.0T free']],
  ['well below it', [77, 'warning'], []],
  ['just below the second', [88, 'critical'], ['critical 88% full, 2.0T free']],
  ['below the second only', [85, 'critical'], ['warning 85% full, 2.0T free']],
  [
    'limits of the configuration',
    [60, null, { warning: 50, critical: 95 }],
    ['warning 60% full, 2.0T free'],
  ],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells what was measured', () => {
  expect(check(91)[0]).toMatchObject({
    subject: 'pool:store1/tank',
    evidence: { capacityPercent: 91, freeBytes: 2 * TIB, from: 'zpool list' },
  });
});
