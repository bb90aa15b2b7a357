import { expect, test } from 'vitest';
import { zoneMemory } from '../../../src/resources/zone/zone-memory.rule.ts';
import { check, MIB, PAGING, STILL, told } from './memory-cases.ts';
import type { Shape } from './memory-cases.ts';

test.for<[string, Shape, string[]]>([
  ['well under its cap', { rssMib: 500, rates: STILL }, []],
  ['no cap', { rssMib: 50_000, capMib: null }, []],
  ['RSS not known', { rssMib: null }, []],
  ['not running', { rssMib: 999, state: 'installed' }, []],
  ['just under the limit', { rssMib: 899, rates: STILL }, []],
  ['at the limit', { rssMib: 900, rates: STILL }, ['warning: RSS 90% of its memory cap']],
  [
    'just under a limit that was passed',
    { rssMib: 880, rates: STILL, raised: 'warning' },
    ['warning: RSS 88% of its memory cap'],
  ],
  ['well under it', { rssMib: 870, rates: STILL, raised: 'warning' }, []],
  ['resting at its cap', { rssMib: 1000, rates: STILL }, ['warning: RSS 100% of its memory cap']],
  [
    'paged out',
    { rssMib: 1010, rates: PAGING },
    ['critical: RSS 101% of its memory cap, 12M/s paged out'],
  ],
  [
    'near its cap and paged out',
    { rssMib: 950, rates: PAGING },
    ['warning: RSS 95% of its memory cap, 12M/s paged out'],
  ],
  [
    'over its cap where nobody counts paging',
    { rssMib: 1010 },
    ['critical: RSS 101% of its memory cap'],
  ],
  [
    'critical between two bursts of paging',
    { rssMib: 990, rates: STILL, raised: 'critical' },
    ['critical: RSS 99% of its memory cap'],
  ],
  ['a VM has a rule of its own', { rssMib: 1010, brand: 'bhyve' }, []],
])('zone.memory: %s', ([, shape, expected]) => {
  expect(told(zoneMemory, shape)).toEqual(expected);
});

test('tells the measured values and where they come from', () => {
  expect(check(zoneMemory, { rssMib: 1010, rates: PAGING })).toMatchObject([
    {
      subject: 'zone:omni1/web',
      evidence: {
        rssBytes: 1010 * MIB,
        memoryCapBytes: 1000 * MIB,
        capUsedPercent: 101,
        pagedOutBytesPerSecond: 12 * MIB,
        capHitsPerSecond: 0.4,
        from: 'kstat memory_cap:3',
      },
    },
  ]);
});
