import { expect, test } from 'vitest';
import { podUsageWatch } from '../../../src/resources/pod/pod-usage.watch.ts';

const measured = (containers: unknown) => ({
  metadata: { name: 'web-1', namespace: 'apps' },
  timestamp: '2026-11-23T14:09:45Z',
  window: '15.2s',
  containers,
});
const web = { name: 'web', usage: { cpu: '3500000n', memory: '2048Ki' } };

test('the use of a pod is the sum of its containers', () => {
  const proxy = { name: 'proxy', usage: { cpu: '500u', memory: '1Mi' } };
  expect(podUsageWatch.project(measured([web, proxy]))).toEqual({
    cores: 0.004,
    memoryBytes: 3 * 2 ** 20,
    at: Date.UTC(2026, 10, 23, 14, 9, 45),
  });
});

test.for([
  null,
  measured(null),
  measured([]),
  measured([{ name: 'web' }]),
  measured([web, { name: 'x' }]),
])('a sum without one of them is none: %j', (object) => {
  expect(podUsageWatch.project(object)).toBeUndefined();
});
