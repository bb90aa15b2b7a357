import { expect, test } from 'vitest';
import { nodeUsageWatch } from '../../../src/resources/node/node-usage.watch.ts';

const measured = (usage: unknown) => ({
  metadata: { name: 'rk1' },
  timestamp: '2026-11-23T14:09:45Z',
  window: '15.1s',
  usage,
});

test('reads cores and bytes, in the quantities of metrics-server', () => {
  expect(nodeUsageWatch.project(measured({ cpu: '1234567890n', memory: '3145728Ki' }))).toEqual({
    cores: 1.23456789,
    memoryBytes: 3 * 2 ** 30,
    at: Date.UTC(2026, 10, 23, 14, 9, 45),
  });
  expect(nodeUsageWatch.project(measured({ cpu: '250m', memory: '1Gi' }))?.cores).toBe(0.25);
});

test.for([
  null,
  'x',
  {},
  measured(null),
  measured({ cpu: '1' }),
  measured({ cpu: 1, memory: 'x' }),
])('what is not measured is no zero: %j', (object) => {
  expect(nodeUsageWatch.project(object)).toBeUndefined();
});
