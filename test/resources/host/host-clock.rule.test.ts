import { expect, test } from 'vitest';
import type { RuleContext } from '../../../src/domain/problem.ts';
import { hostClock } from '../../../src/resources/host/host-clock.rule.ts';
import { lost, makeHost, makeInventory, NOW, source } from '../../derive/inventory.ts';

const context: RuleContext = { limits: { warning: 2, critical: 60 }, raised: () => null };

const check = (clockSkewMs: number | null, status = source()) => {
  const host = makeHost('omni1', {}, status);
  const inventory = makeInventory({
    hosts: [{ ...host, observer: { ...host.observer, clockSkewMs } }],
  });
  return hostClock.check(inventory, NOW, context);
};

test.for<[string, number | null]>([
  ['is right', 0],
  ['is a little off', -1_900],
  ['was not compared yet', null],
])('is silent about a clock that %s', ([, skew]) => {
  expect(check(skew)).toEqual([]);
});

test('is silent about a host that does not answer', () => {
  expect(check(90_000, lost)).toEqual([]);
});

test.for<[number, string, string]>([
  [2_500, 'warning', 'clock is 2.5 s ahead'],
  [-75_000, 'critical', 'clock is 75.0 s behind'],
])('finds a skew of %i ms', ([skew, severity, title]) => {
  expect(check(skew)).toMatchObject([
    {
      subject: 'host:omni1',
      severity,
      title,
      evidence: { skewSeconds: skew / 1000, from: 'date +%s' },
    },
  ]);
});
