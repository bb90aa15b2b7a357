import { expect, test } from 'vitest';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { NO_ZONE_RATES } from '../../../src/resources/host/kstat-rates.ts';
import { zoneCpu } from '../../../src/resources/zone/zone-cpu.rule.ts';
import {
  answered,
  makeHost,
  makeKstats,
  makeZone,
  NOW,
  zoneCounters,
} from '../../derive/inventory.ts';

function check(
  cpuPercent: number | null,
  cpuCapPercent: number | null,
  raised: Severity | null = null,
) {
  const zones = [makeZone('web')];
  const plain = makeKstats({
    zones: new Map([['web', { ...NO_ZONE_RATES, cpuPercent, cpuCapTimePercent: 97 }]]),
  });
  const kstats = {
    ...plain,
    counters: {
      ...plain.counters,
      zones: new Map([['web', zoneCounters({ cpuCapPercent, cpuCapWaiting: 5 })]]),
    },
  };
  const host = makeHost('omni1', { zones: answered(zones), kstats: answered(kstats) });
  return zoneCpu.check({ zones, kstats }, host, NOW, {
    limits: THRESHOLDS['zone.cpu'].defaults,
    raised: () => raised,
  });
}

test.for<[string, Parameters<typeof check>, string[]]>([
  ['idle', [3, 200], []],
  ['busy without a cap', [800, null], []],
  ['not measured', [null, 200], []],
  ['below its cap', [188, 200], []],
  ['at 95 % of its cap', [190, 200], ['warning: at its CPU cap: 190% of 200%']],
  ['at its cap', [201, 200], ['critical: at its CPU cap: 201% of 200%']],
  ['a little less than before', [186, 200, 'warning'], ['warning: at its CPU cap: 186% of 200%']],
  ['much less than before', [150, 200, 'warning'], []],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity}: ${title}`)).toEqual(expected);
});

test('waits for a minute, and tells what the cap does', () => {
  expect(zoneCpu.holdSeconds).toBe(60);
  expect(check(200, 200)).toMatchObject([
    {
      subject: 'zone:omni1/web',
      evidence: {
        cpuPercent: 200,
        cpuCapPercent: 200,
        timeAtCapPercent: 97,
        waitingThreads: 5,
        from: 'kstat zones:3 caps:3:cpucaps_zone_3',
      },
    },
  ]);
});
