import { expect, test } from 'vitest';
import { createStore } from '../../src/store/store.ts';
import { makeInventory } from '../derive/inventory.ts';

test('gives what the last update made', () => {
  const store = createStore(makeInventory());
  const next = makeInventory({ groups: [{ name: 'dns', members: [], atLeast: 1 }] });
  store.update(() => next);
  expect(store.get()).toBe(next);
});

test('calls back after a change and not when nothing changed', () => {
  const store = createStore(makeInventory());
  let calls = 0;
  store.subscribe(() => {
    calls += 1;
  });
  store.update((inventory) => inventory);
  expect(calls).toBe(0);
  store.update((inventory) => ({ ...inventory }));
  expect(calls).toBe(1);
});

test('does not call back who has left, not even in the middle of a round', () => {
  const store = createStore(makeInventory());
  const calls: string[] = [];
  store.subscribe(() => {
    calls.push('first');
    leaveSecond();
  });
  const leaveSecond = store.subscribe(() => calls.push('second'));
  store.update((inventory) => ({ ...inventory }));
  expect(calls).toEqual(['first']);
});

test('counts the same function subscribed twice as two', () => {
  const store = createStore(makeInventory());
  let calls = 0;
  const listener = () => {
    calls += 1;
  };
  const leave = store.subscribe(listener);
  store.subscribe(listener);
  leave();
  store.update((inventory) => ({ ...inventory }));
  expect(calls).toBe(1);
});
