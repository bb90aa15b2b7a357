import { expect, test } from 'vitest';
import { isUnwell } from '../../src/domain/zone-component.ts';
import { member } from '../support/control-plane.ts';

test('a component is unwell when it does not say otherwise, and a member of etcd with a wasteful database', () => {
  expect(isUnwell({ state: 'ok', etcd: null }, 50)).toBe(false);
  expect(isUnwell({ state: 'unknown', etcd: null }, 50)).toBe(true);
  // It will not say so to anybody without a name, however often it is asked.
  expect(isUnwell({ state: 'denied', etcd: null }, 50)).toBe(false);
  const inUse = (inUseBytes: number | null) => member({ dbBytes: 100, inUseBytes });
  expect(isUnwell({ state: 'ok', etcd: inUse(49) }, 50)).toBe(true);
  expect(isUnwell({ state: 'ok', etcd: inUse(50) }, 50)).toBe(false);
  expect(isUnwell({ state: 'ok', etcd: inUse(null) }, 50)).toBe(false);
});
