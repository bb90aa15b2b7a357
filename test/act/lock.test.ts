import { expect, test } from 'vitest';
import {
  initialLock,
  lock,
  lockReason,
  settleLock,
  unlock,
  UNLOCK_MS,
  unlockedFor,
} from '../../src/act/lock.ts';
import { NOW } from '../derive/inventory.ts';

const locked = initialLock(false);
const open = unlock(locked, NOW);

test('starts locked', () => {
  expect(lockReason(locked, NOW)).toMatch(/locked: L unlocks it/);
});

test('is open for ten minutes and then locks by itself', () => {
  expect(UNLOCK_MS).toBe(600_000);
  expect(lockReason(open, NOW + UNLOCK_MS - 1)).toBeUndefined();
  expect(unlockedFor(open, NOW + 60_000)).toBe(540_000);
  expect(lockReason(open, NOW + UNLOCK_MS)).toMatch(/locked/);
  expect(settleLock(open, NOW + UNLOCK_MS)).toEqual({ kind: 'locked' });
  expect(unlockedFor(open, NOW + UNLOCK_MS)).toBe(0);
});

test('unlocking again begins the ten minutes anew', () => {
  expect(unlockedFor(unlock(open, NOW + 300_000), NOW + 300_000)).toBe(UNLOCK_MS);
});

test('can be locked before its time', () => {
  expect(lock(open)).toEqual({ kind: 'locked' });
});

test('a clock that is set back does not keep it open', () => {
  expect(lockReason(open, NOW - 3_600_000)).toMatch(/locked/);
});

test('a read-only console never unlocks', () => {
  const readOnly = unlock(initialLock(true), NOW);
  expect(readOnly).toEqual({ kind: 'read-only' });
  expect(lock(readOnly)).toEqual({ kind: 'read-only' });
  expect(lockReason(readOnly, NOW)).toMatch(/read-only/);
});

test('keeps what it was unlocked for, until it is locked', () => {
  const asked = unlock(locked, NOW, 'etcd2 hangs');
  expect(settleLock(asked, NOW + 1000)).toMatchObject({ reason: 'etcd2 hangs' });
  expect(settleLock(asked, NOW + UNLOCK_MS)).toEqual({ kind: 'locked' });
  expect(unlock(initialLock(true), NOW, 'etcd2 hangs')).toEqual({ kind: 'read-only' });
});
