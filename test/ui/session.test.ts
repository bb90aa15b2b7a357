import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ref } from '../../src/domain/ref.ts';
import {
  follow,
  go,
  goBack,
  goForward,
  initialSession,
  moveCursor,
  up,
} from '../../src/ui/session.ts';

const refs: readonly Ref[] = ['host:a', 'host:b', 'host:c', 'host:d'];

test('the selection stays on its thing when the rows are sorted anew', () => {
  const cursor = moveCursor({ ref: 'host:b', top: 0 }, [...refs].toReversed(), 4, 0);
  expect(cursor.ref).toBe('host:b');
});

test('a thing that is gone gives the selection to the row in its place', () => {
  expect(moveCursor({ ref: 'host:gone', top: 1 }, refs, 4, 1).ref).toBe('host:b');
});

test('without a selection the first row counts as selected', () => {
  expect(moveCursor({ ref: null, top: 0 }, refs, 4, 1).ref).toBe('host:b');
});

test('moving stops at both ends', () => {
  expect(moveCursor({ ref: 'host:a', top: 0 }, refs, 2, -1).ref).toBe('host:a');
  expect(moveCursor({ ref: 'host:d', top: 2 }, refs, 2, 1).ref).toBe('host:d');
  expect(moveCursor({ ref: 'host:a', top: 0 }, refs, 2, 'last')).toEqual({ ref: 'host:d', top: 2 });
});

test('an empty list has no selection', () => {
  expect(moveCursor({ ref: 'host:a', top: 3 }, [] as readonly Ref[], 5, 1)).toEqual({
    ref: null,
    top: 0,
  });
});

test('the window always holds the selected row', () => {
  fc.assert(
    fc.property(
      fc.nat(500),
      fc.nat(500),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 60 }),
      (top, wanted, total, height) => {
        const index = Math.min(wanted, total - 1);
        const first = follow(top, index, total, height);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(index).toBeGreaterThanOrEqual(first);
        expect(index).toBeLessThan(first + height);
      },
    ),
  );
});

test('esc leads from a detail to the list that it was opened from, then to the overview', () => {
  const list = go(initialSession, { kind: 'pane', pane: 'zones', tab: 0 });
  const detail = go(list, { kind: 'detail', view: 'zones', ref: 'zone:omni1/etcd1' });
  expect(up(detail).place).toEqual({ kind: 'pane', pane: 'zones', tab: 0 });
  expect(up(up(detail)).place).toEqual({ kind: 'overview' });
  expect(up(initialSession)).toBe(initialSession);
});

test('history goes back and forward over places', () => {
  const there = go(go(initialSession, { kind: 'problems' }), { kind: 'pane', pane: 'vms', tab: 0 });
  const back = goBack(there);
  expect(back.place).toEqual({ kind: 'problems' });
  expect(goForward(back).place).toEqual({ kind: 'pane', pane: 'vms', tab: 0 });
  expect(goForward(there)).toBe(there);
});

test('going where one is already adds nothing to the history', () => {
  expect(go(initialSession, { kind: 'overview' })).toBe(initialSession);
});
