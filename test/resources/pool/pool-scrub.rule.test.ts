import { expect, test } from 'vitest';
import type { PoolScan } from '../../../src/domain/pool.ts';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { poolScrub } from '../../../src/resources/pool/pool-scrub.rule.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { dataset } from '../../support/datasets.ts';
import { poolStatus, scan } from '../../support/pools.ts';

const DAY = 86_400_000;
const ago = (days: number) => NOW - days * DAY;
const check = (
  last: PoolScan,
  { made, raised = null }: { readonly made?: number; readonly raised?: Severity | null } = {},
) =>
  poolScrub.check(
    { poolStatus: [poolStatus({ scan: last })] },
    makeHost(
      'store1',
      made === undefined ? {} : { datasets: answered([dataset('tank', { createdAt: ago(made) })]) },
    ),
    NOW,
    { limits: THRESHOLDS['pool.scrub'].defaults, raised: () => raised },
  );
const done = (days: number, change: Partial<PoolScan> = {}) =>
  scan('scrub-done', { finishedAt: ago(days), errors: 0, ...change });

test.for<[string, Parameters<typeof check>, string[]]>([
  ['scrubbed of late', [done(6)], []],
  ['too long ago', [done(36)], ['warning no scrub for 36d']],
  ['far too long ago', [done(91)], ['critical no scrub for 91d']],
  [
    'just inside a limit that was passed',
    [done(34.5), { raised: 'warning' }],
    ['warning no scrub for 34d'],
  ],
  ['found errors, however young', [done(1, { errors: 3 })], ['warning scrub found 3 errors']],
  [
    'never, and made long ago',
    [scan('none'), { made: 40 }],
    ['warning never scrubbed, made 40d ago'],
  ],
  ['never, but freshly made', [scan('none'), { made: 3 }], []],
  ['never, and nobody knows when it was made', [scan('none')], []],
  ['runs', [scan('scrub-running')], []],
  ['a resilver hides the last one', [scan('resilver-done', { finishedAt: ago(3) })], []],
  [
    'a resilver long ago, and no scrub since',
    [scan('resilver-done', { finishedAt: ago(50) })],
    ['warning no scrub for at least 50d'],
  ],
  [
    'stopped long ago',
    [scan('scrub-canceled', { finishedAt: ago(40) })],
    ['warning no scrub for at least 40d'],
  ],
  ['a wording that is not known', [scan('unknown')], []],
  ['a date that cannot be read', [scan('scrub-done', { errors: 0 })], []],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells the days and the limit', () => {
  expect(check(done(36))[0]).toMatchObject({
    subject: 'pool:store1/tank',
    evidence: { days: 36, limitDays: 35, from: 'zpool status' },
    hint: expect.stringContaining('zpool scrub tank') as string,
  });
});
