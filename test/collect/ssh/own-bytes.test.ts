import { expect, test } from 'vitest';
import { ownBytes } from '../../../src/collect/ssh/own-bytes.ts';

test('a copy keeps nothing but itself in memory', () => {
  const received = Buffer.alloc(65_536, 'x');
  const own = ownBytes(received.subarray(10, 20));
  expect(own.toString()).toBe('xxxxxxxxxx');
  expect(own.buffer.byteLength).toBe(10);
});
