import { expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../../src/lab/random.ts';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { systemClock } from '../../src/term/clock.ts';
import { createDiffer } from '../../src/term/differ.ts';
import { createStyles } from '../../src/term/style.ts';
import { openCountingTerminal, shownOf } from '../support/counting-terminal.ts';
import type { CountingTerminal } from '../support/counting-terminal.ts';
import { createLabInventory } from '../support/lab-inventory.ts';
import type { LabInventory } from '../support/lab-inventory.ts';

async function open(
  cols: number,
  rows: number,
): Promise<{ readonly lab: LabInventory; readonly terminal: CountingTerminal }> {
  const lab = await createLabInventory();
  const terminal = await openCountingTerminal({ cols, rows, shown: () => shownOf(lab) });
  onTestFinished(terminal.close);
  return { lab, terminal };
}

/** Bytes of the frame that shows what has changed. */
async function bytesOf(terminal: CountingTerminal): Promise<number> {
  terminal.changed();
  return Buffer.byteLength(await terminal.settle());
}

const cellsOf = (buffer: CellBuffer) => ({
  glyphs: buffer.glyphs.slice(),
  styles: buffer.styles.slice(),
});
const changedCells = (
  before: ReturnType<typeof cellsOf>,
  after: ReturnType<typeof cellsOf>,
): number =>
  before.glyphs.reduce(
    (sum, glyph, index) =>
      sum + Number(glyph !== after.glyphs[index] || before.styles[index] !== after.styles[index]),
    0,
  );
const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

test.for(SIZES)('what has not changed is not written again at %ix%i', async ([cols, rows]) => {
  const { terminal } = await open(cols, rows);
  const chromes = terminal.chromes();
  for (let frame = 0; frame < 20; frame += 1) expect(await bytesOf(terminal)).toBe(0);
  expect(terminal.frames()).toBe(1);
  expect(terminal.chromes()).toBe(chromes);
});

test.for([
  ['the detail of a host', ['1', '\r']],
  ['the page of the cluster', ['5', '\r']],
] as const)(
  '%s writes nothing while nothing changes, and on the calm lab little',
  async ([, keys]) => {
    const { lab, terminal } = await open(120, 40);
    const overview = cellsOf(terminal.buffer());
    for (const key of keys) await terminal.press(key);
    await terminal.settle(1000);
    expect(changedCells(overview, cellsOf(terminal.buffer()))).toBeGreaterThan(1000);
    for (let frame = 0; frame < 20; frame += 1) expect(await bytesOf(terminal)).toBe(0);
    let bytes = 0;
    for (let second = 0; second < 30; second += 1) {
      await lab.tick();
      terminal.changed();
      bytes += Buffer.byteLength(await terminal.settle(1000));
    }
    expect(bytes / 30).toBeLessThanOrEqual(600);
  },
);

test('nothing is painted while nothing asks for it, but the repaint of each minute', async () => {
  const { terminal } = await open(120, 40);
  const paints = terminal.paints();
  expect(await terminal.settle(59_000)).toBe('');
  expect(terminal.paints()).toBe(paints);
  await terminal.settle(2000);
  expect(terminal.paints()).toBe(paints + 1);
});

test.for(SIZES)(
  'a tick of the clock writes its last digit, and now and then an age, at %ix%i',
  async ([cols, rows]) => {
    const { lab, terminal } = await open(cols, rows);
    const ticks: number[] = [];
    for (let second = 0; second < 40; second += 1) {
      const before = lab.inventory();
      await lab.tick();
      const bytes = await bytesOf(terminal);
      if (lab.inventory() === before) ticks.push(bytes);
    }
    expect(ticks.length).toBeGreaterThan(0);
    expect(middle(ticks)).toBeLessThanOrEqual(60);
    expect(ticks.reduce((sum, each) => sum + each, 0) / ticks.length).toBeLessThanOrEqual(100);
    expect(terminal.chromes()).toBe(1);
  },
);

/** Single digits all over the screen: each costs its place and often its colour. */
const BYTES_A_CELL = 16;

test.for([
  [120, 40, 300],
  [200, 50, 600],
] as const)(
  'an answer of one host writes little more than the cells that it changes, at %ix%i',
  async ([cols, rows, limit]) => {
    const { lab, terminal } = await open(cols, rows);
    const all: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      await lab.step();
      await bytesOf(terminal);
      for (const { name } of lab.inventory().hosts) {
        const before = cellsOf(terminal.buffer());
        await lab.ask(name, 'kstats');
        const bytes = await bytesOf(terminal);
        const changed = changedCells(before, cellsOf(terminal.buffer()));
        expect(bytes).toBeLessThanOrEqual(100 + changed * BYTES_A_CELL);
        all.push(bytes);
      }
    }
    expect(middle(all)).toBeLessThanOrEqual(limit);
    expect(Math.max(...all)).toBeLessThanOrEqual(2 * limit);
    expect(terminal.chromes()).toBe(1);
  },
);

test('a minute of the calm lab at 120x40 costs at most 600 bytes a second', async () => {
  const { lab, terminal } = await open(120, 40);
  let bytes = 0;
  for (let second = 0; second < 60; second += 1) {
    await lab.tick();
    terminal.changed();
    bytes += Buffer.byteLength(await terminal.settle(1000));
  }
  expect(bytes / 60).toBeLessThanOrEqual(600);
  expect(terminal.chromes()).toBe(1);
});

test.for([
  [120, 40, 150],
  [200, 50, 300],
] as const)(
  'a frame in which 1 %% of the cells of a table of ten columns change keeps its budget at %ix%i',
  ([cols, rows, budget]) => {
    const random = createRandom('budget');
    const styles = createStyles('truecolor');
    const differ = createDiffer(styles);
    const buffer = new CellBuffer(cols, rows);
    const tones = [0, styles.id({ fg: '#6fcbd6' }), styles.id({ fg: '#8282a3' })];
    const write = (column: number, row: number): void => {
      const text = String(Math.floor(random() * 1e6)).padStart(8);
      buffer.put(column * 10, row, text, tones[column % tones.length] ?? 0);
    };
    const columns = cols / 10;
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) write(column, row);
    differ.diff(buffer);
    const frames = Array.from({ length: 50 }, () => {
      for (let cell = 0; cell < (columns * rows) / 100; cell += 1)
        write(Math.floor(random() * columns), Math.floor(random() * rows));
      return Buffer.byteLength(differ.diff(buffer));
    });
    expect(middle(frames)).toBeLessThanOrEqual(budget);
  },
);

test('a hundred changes within 100 ms are at most two frames', async () => {
  const { lab, terminal } = await open(120, 40);
  await terminal.settle(1000);
  const paints = terminal.paints();
  for (let change = 0; change < 100; change += 1) {
    lab.pass(1);
    terminal.changed();
    await terminal.settle(1);
  }
  expect(terminal.paints() - paints).toBeLessThanOrEqual(2);
  await terminal.settle(200);
  expect(terminal.paints() - paints).toBeLessThanOrEqual(3);
});

test.for([
  ['j', '>'],
  ['?', ' Help '],
] as const)('%s is answered whole before anything else that waits', async ([key, answer]) => {
  const lab = await createLabInventory();
  const terminal = await openCountingTerminal({
    cols: 120,
    rows: 40,
    shown: () => shownOf(lab),
    clock: systemClock,
  });
  onTestFinished(terminal.close);
  await terminal.settle();
  const frames = terminal.frames();
  const meanwhile = new Promise<readonly [number, string]>((resolve) => {
    setImmediate(() => resolve([terminal.frames(), terminal.buffer().text()]));
  });
  terminal.type(key);
  const [answers, shown] = await meanwhile;
  expect(answers).toBe(frames + 1);
  expect(shown).toContain(answer);
});

test('a key is answered by one frame, which repaints no other pane', async () => {
  const { terminal } = await open(120, 40);
  await terminal.press('2');
  const paints = terminal.paints();
  const before = cellsOf(terminal.buffer());
  await terminal.press('j');
  expect(terminal.paints() - paints).toBe(1);
  const changed = changedCells(before, cellsOf(terminal.buffer()));
  // Two rows and the preview.
  expect(changed).toBeLessThan(120 * 14);
});
