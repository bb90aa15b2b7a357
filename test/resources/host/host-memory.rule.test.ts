import { expect, test } from 'vitest';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { hostMemory } from '../../../src/resources/host/host-memory.rule.ts';
import { makeHost, makeKstats, NOW } from '../../derive/inventory.ts';

const PAGE = 4096;
const GIB = 2 ** 30;
const check = (
  freeGib: number,
  arcGib: number | null,
  arcMinGib: number | null = 2,
  raised: Severity | null = null,
) => {
  const kstats = makeKstats();
  const counters = {
    ...kstats.counters,
    physmemPages: (100 * GIB) / PAGE,
    freememPages: (freeGib * GIB) / PAGE,
    arcBytes: arcGib === null ? null : arcGib * GIB,
    arcMinBytes: arcMinGib === null ? null : arcMinGib * GIB,
  };
  return hostMemory.check({ kstats: { ...kstats, counters } }, makeHost('omni1'), NOW, {
    limits: THRESHOLDS['host.memory'].defaults,
    raised: () => raised,
  });
};

test.for<[string, Parameters<typeof check>, string[]]>([
  ['much free', [40, 20], []],
  ['nearly nothing free, but a large ARC', [1, 60], []],
  ['an ARC at its least size gives nothing', [4, 2], ['critical memory 4% free or reclaimable']],
  ['an ARC below its least size neither', [7, 1], ['warning memory 7% free or reclaimable']],
  ['free and reclaimable together', [4, 7], ['warning memory 9% free or reclaimable']],
  [
    'just over the limit that was passed',
    [10.2, 2, 2, 'warning'],
    ['warning memory 10% free or reclaimable'],
  ],
  ['well over it', [12, 2, 2, 'warning'], []],
  ['no ARC known: what is reclaimable is not known', [1, null], []],
  ['its least size not known', [1, 3, null], []],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells what was measured', () => {
  expect(check(4, 3)[0]).toMatchObject({
    subject: 'host:omni1',
    evidence: { freeBytes: 4 * GIB, reclaimableBytes: GIB, arcBytes: 3 * GIB },
  });
});
