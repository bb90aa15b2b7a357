import { expect, test } from 'vitest';
import { poolErrors } from '../../../src/resources/pool/pool-errors.rule.ts';
import { makeHost, NOW } from '../../derive/inventory.ts';
import { poolStatus } from '../../support/pools.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (errors: string | null, errorCount: number | null) =>
  poolErrors.check(
    { poolStatus: [poolStatus({ errors, errorCount })] },
    makeHost('store1'),
    NOW,
    plainContext,
  );

test.for<[string | null, number | null, string[]]>([
  ['No known data errors', 0, []],
  [null, null, []],
  ["1 data errors, use '-v' for a list", 1, ['1 data error']],
  ["12 data errors, use '-v' for a list", 12, ['12 data errors']],
  ['List of errors unavailable (insufficient privileges)', null, ['data errors']],
  ['a wording of a newer release', null, []],
])('%s', ([errors, count, titles]) => {
  expect(check(errors, count).map(({ title }) => title)).toEqual(titles);
});

test('data that is lost is critical, and the hint names the way to the files', () => {
  expect(poolErrors.severity).toBe('critical');
  expect(check('2 data errors', 2)[0]).toMatchObject({
    subject: 'pool:store1/tank',
    evidence: { errorCount: 2, from: 'zpool status' },
    hint: expect.stringContaining('zpool status -v tank') as string,
  });
});
