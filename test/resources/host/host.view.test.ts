import { expect, test } from 'vitest';
import type { PoolHealth } from '../../../src/domain/pool.ts';
import { bindView } from '../../../src/domain/view.ts';
import { hostView } from '../../../src/resources/host/host.view.ts';
import { answered, makeHost, makeInventory, NOW } from '../../derive/inventory.ts';
import { poolEntry } from '../../support/pools.ts';

const view = bindView(hostView);
const POOLS = view.columns.findIndex(({ id }) => id === 'pools');

test.for<[readonly PoolHealth[], string, string]>([
  [['ONLINE', 'ONLINE'], '●', 'ok'],
  [['ONLINE', 'DEGRADED'], '◐', 'warn'],
  [['DEGRADED', 'UNAVAIL'], '✗', 'bad'],
  [['SUSPENDED'], '✗', 'bad'],
  [['FAULTED'], '✗', 'bad'],
  [['OFFLINE'], '✗', 'bad'],
  [['REMOVED'], '✗', 'bad'],
  [['ONLINE', 'UNKNOWN'], '?', 'unknown'],
  [['UNKNOWN', 'DEGRADED'], '◐', 'warn'],
])('of pools that are %j the worst is shown', ([healths, sign, tone]) => {
  const pools = answered(
    healths.map((health, index) =>
      poolEntry({ name: `tank${index}`, health, capacityPercent: null }),
    ),
  );
  const [row] = view.rows(makeInventory({ hosts: [makeHost('omni1', { pools })] }), NOW);
  expect(row?.text(POOLS)).toBe(sign);
  expect(row?.tone(POOLS)).toBe(tone);
  expect(row?.sign).toBe(tone === 'warn' || tone === 'bad' ? 'degraded' : 'ok');
});
