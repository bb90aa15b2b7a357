import { expect, test } from 'vitest';
import { lbPoolsWatch } from '../../../src/resources/network/lb-pools.watch.ts';

const metadata = { name: 'lab', uid: 'u1', creationTimestamp: '2026-01-01T00:00:00Z' };
const condition = (type: string, message: string, status = 'Unknown') => ({
  type: `cilium.io/${type}`,
  status,
  reason: 'noreason',
  message,
});

test('reads how many addresses there are from the messages of its conditions', () => {
  const conditions = [
    condition('PoolConflict', '', 'False'),
    condition('IPsTotal', '64'),
    condition('IPsAvailable', '58'),
    condition('IPsUsed', '6'),
  ];
  expect(
    lbPoolsWatch.project({ metadata, spec: { disabled: true }, status: { conditions } }),
  ).toEqual({
    name: 'lab',
    uid: 'u1',
    isDisabled: true,
    total: 64,
    available: 58,
    used: 6,
    conflict: null,
    createdAt: Date.UTC(2026, 0, 1),
  });
});

test('what it is in conflict with is told; a message that is no number is no count', () => {
  const conditions = [
    condition('PoolConflict', 'Pool conflicts with pool "other"', 'True'),
    condition('IPsAvailable', 'many'),
  ];
  expect(lbPoolsWatch.project({ metadata, status: { conditions } })).toMatchObject({
    isDisabled: false,
    available: null,
    total: null,
    conflict: 'Pool conflicts with pool "other"',
  });
});
