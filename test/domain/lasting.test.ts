import { expect, test } from 'vitest';
import { changesIn, lasting, spanSince, whileLasting } from '../../src/domain/lasting.ts';

test('a span tells when it reaches the next of its limits, and when it gets over one', () => {
  const told = (now: number): number => lasting(() => spanSince(1000, now, [500, 2000])).ms;
  expect(lasting(() => spanSince(1000, 1300, [])).result).toBe(300);
  expect([1000, 1499, 1500, 1501, 3000, 3001].map(told)).toEqual([500, 1, 1, 1499, 1, Infinity]);
});

test('what is made of an owner is made again when time makes another thing of it', () => {
  const made: string[] = [];
  const kept = whileLasting((owner: { readonly name: string }, now) => {
    made.push(owner.name);
    changesIn(100 - (now % 100));
    return `${owner.name} ${Math.floor(now / 100)}`;
  });
  const one = { name: 'one' };
  const at = (now: number) => lasting(() => kept(one, now));
  expect(at(1000)).toEqual({ result: 'one 10', ms: 100 });
  // Who is made of it changes with it.
  expect(at(1099)).toEqual({ result: 'one 10', ms: 1 });
  expect(made).toEqual(['one']);
  expect(at(1100)).toEqual({ result: 'one 11', ms: 100 });
  // A clock that was set back.
  expect(at(1000)).toEqual({ result: 'one 10', ms: 100 });
  expect(kept({ name: 'other' }, 1000)).toBe('other 10');
  expect(made).toEqual(['one', 'one', 'one', 'other']);
});
