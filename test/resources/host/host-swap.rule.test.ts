import { expect, test } from 'vitest';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { hostSwap } from '../../../src/resources/host/host-swap.rule.ts';
import { makeHost, makeKstats, NOW } from '../../derive/inventory.ts';

const GIB = 2 ** 30;
const check = (
  usedGib: number | null,
  totalGib: number | null = 100,
  raised: Severity | null = null,
) =>
  hostSwap.check(
    {
      kstats: makeKstats({
        swapUsedBytes: usedGib === null ? null : usedGib * GIB,
        swapAllocatedBytes: 10 * GIB,
        swapTotalBytes: totalGib === null ? null : totalGib * GIB,
      }),
    },
    makeHost('omni1'),
    NOW,
    { limits: THRESHOLDS['host.swap'].defaults, raised: () => raised },
  );

test.for<[string, Parameters<typeof check>, string[]]>([
  ['little reserved', [20], []],
  ['over the first limit', [81], ['warning swap 81% reserved']],
  ['nearly all', [96], ['critical swap 96% reserved']],
  ['a little below the limit that it passed', [79], []],
  ['the same, raised', [79, 100, 'warning'], ['warning swap 79% reserved']],
  ['not known yet', [null], []],
  ['all of it not known', [50, null], []],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells reserved, allocated and available apart', () => {
  expect(check(96)[0]).toMatchObject({
    subject: 'host:omni1',
    evidence: { reservedBytes: 96 * GIB, allocatedBytes: 10 * GIB, availableBytes: 4 * GIB },
  });
});
