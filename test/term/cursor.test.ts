import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveCost, moveCursor, NOWHERE } from '../../src/term/cursor.ts';
import { Emulator } from './fake-terminal.ts';

const [COLS, ROWS] = [130, 40];
const place = { x: fc.nat(COLS - 1), y: fc.nat(ROWS - 1) };

test('every move ends where it should, in the emulator, and costs what was said', async () => {
  const emulator = new Emulator(COLS, ROWS);
  await fc.assert(
    fc.asyncProperty(fc.record(place), fc.record(place), async (from, to) => {
      await emulator.write(`\u001B[${from.y + 1};${from.x + 1}H`);
      const bytes = moveCursor(from.x, from.y, to.x, to.y);
      expect(bytes).toHaveLength(moveCost(from.x, from.y, to.x, to.y));
      await emulator.write(bytes);
      const { cursorX, cursorY } = emulator.terminal.buffer.active;
      expect({ x: cursorX, y: cursorY }).toEqual(to);
      const absolute = moveCursor(NOWHERE, 0, to.x, to.y);
      expect(absolute).toHaveLength(moveCost(NOWHERE, 0, to.x, to.y));
      expect(bytes.length).toBeLessThanOrEqual(absolute.length);
    }),
    { numRuns: 500 },
  );
});

test('takes the shortest of the ways that every terminal knows', () => {
  expect(moveCursor(20, 5, 20, 5)).toBe('');
  expect(moveCursor(20, 5, 21, 5)).toBe('\u001B[C');
  expect(moveCursor(20, 5, 27, 5)).toBe('\u001B[7C');
  expect(moveCursor(20, 5, 18, 5)).toBe('\b\b');
  expect(moveCursor(20, 5, 12, 5)).toBe('\u001B[8D');
  expect(moveCursor(20, 5, 3, 5)).toBe('\u001B[4G');
  expect(moveCursor(20, 5, 0, 5)).toBe('\r');
  expect(moveCursor(20, 5, 20, 6)).toBe('\u001B[B');
  expect(moveCursor(20, 5, 19, 4)).toBe('\u001B[A\b');
  expect(moveCursor(20, 30, 20, 4)).toBe('\u001B[5d');
  expect(moveCursor(20, 5, 60, 30)).toBe('\u001B[31;61H');
  expect(moveCursor(20, 5, 0, 30)).toBe('\u001B[31H');
  expect(moveCursor(20, 5, 0, 0)).toBe('\u001B[H');
});
