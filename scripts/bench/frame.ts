/**
 * CPU and bytes of a data frame: the console's own screen on the reference lab, the bare differ and stock Ink on the
 * same cells. A child of scripts/bench.ts; runs with NODE_ENV=production.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/lab/random.ts';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createDiffer } from '../../src/term/differ.ts';
import { createStyles } from '../../src/term/style.ts';
import type { Styles } from '../../src/term/style.ts';
import { openCountingTerminal, shownOf } from '../../test/support/counting-terminal.ts';
import { createLabInventory } from '../../test/support/lab-inventory.ts';
import { setUpAsShipped } from './as-shipped.ts';
import { styledLines } from './lines.ts';
import { give, spread } from './measure.ts';
import type { Spread } from './measure.ts';
import { openStockInk } from './stock-ink.ts';

/** Milliseconds of uninterrupted work: many systems count CPU time in steps far too coarse for it. */
type Cost = { readonly ms: Spread; readonly bytes: Spread };
export type FrameResult = {
  readonly cols: number;
  readonly rows: number;
  /** Cells that a data frame of the console changes, as the median. */
  readonly changed: number;
  /** One host's answers on the overview: model, chrome, painters and differ. */
  readonly console: Cost;
  /** A second without an answer. */
  readonly tick: Cost;
  readonly differ: Cost;
  readonly ink: Cost;
  /** A table of ten columns in which 1 % of the cells change. */
  readonly tableDiffer: Cost;
  readonly tableInk: Cost;
};

/** It stays open for weeks: what is still to be compiled does not count, neither here nor in stock Ink. */
const WARM_UP = 150;
const DATA_FRAMES = 150;
const INK_FRAMES = 60;

/** Samples of what is done over and over, behind those that warm it up. */
class Samples {
  readonly ms: number[] = [];
  readonly bytes: number[] = [];
  #left = WARM_UP;

  add(ms: number, bytes: number): void {
    this.#left -= 1;
    if (this.#left >= 0) return;
    this.ms.push(ms);
    this.bytes.push(bytes);
  }

  cost(): Cost {
    return { ms: spread(this.ms), bytes: spread(this.bytes) };
  }
}

function time<T>(run: () => T): readonly [ms: number, result: T] {
  const before = performance.now();
  const result = run();
  return [performance.now() - before, result];
}

const changedCells = (before: CellBuffer, after: CellBuffer): number =>
  after.glyphs.reduce(
    (sum, glyph, index) =>
      sum + Number(glyph !== before.glyphs[index] || after.styles[index] !== before.styles[index]),
    0,
  );

/** What stock Ink needs for the same screens. */
async function measureInk(
  cols: number,
  rows: number,
  screens: readonly (readonly string[])[],
): Promise<Cost> {
  let writtenAt = 0;
  const ink = openStockInk({
    cols,
    rows,
    onWrite: () => {
      writtenAt = performance.now();
    },
  });
  const samples = new Samples();
  await sleep(50);
  // What is compiled by then is compiled; the pictures may repeat.
  for (let frame = 0; frame < WARM_UP + INK_FRAMES; frame += 1) {
    const screen = screens[frame % screens.length] ?? [];
    const bytes = ink.bytes();
    const before = performance.now();
    ink.show(screen);
    // Ink paints in its own time, from the change to its last write.
    await sleep(12);
    if (writtenAt > before) samples.add(writtenAt - before, ink.bytes() - bytes);
  }
  ink.close();
  return samples.cost();
}

async function measureConsole(cols: number, rows: number) {
  const lab = await createLabInventory();
  const terminal = await openCountingTerminal({
    cols,
    rows,
    shown: () => shownOf(lab),
    isCounted: false,
  });
  const differ = createDiffer(terminal.styles);
  const before = new CellBuffer(cols, rows);
  before.copyFrom(terminal.buffer());
  differ.diff(before);
  const [data, tick, bare] = [new Samples(), new Samples(), new Samples()];
  const changed: number[] = [];
  const screens: (readonly string[])[] = [];
  while (data.ms.length < DATA_FRAMES) {
    const { inventory } = shownOf(lab);
    await lab.tick();
    const [ms, written] = time(terminal.draw);
    if (lab.inventory() === inventory) {
      tick.add(ms, Buffer.byteLength(written));
      continue;
    }
    data.add(ms, Buffer.byteLength(written));
    changed.push(changedCells(before, terminal.buffer()));
    before.copyFrom(terminal.buffer());
    const [bareMs, bytes] = time(() => differ.diff(before));
    bare.add(bareMs, Buffer.byteLength(bytes));
    if (screens.length < INK_FRAMES) screens.push(styledLines(before, terminal.styles));
  }
  terminal.close();
  return {
    changed: spread(changed).p50,
    console: data.cost(),
    tick: tick.cost(),
    differ: bare.cost(),
    ink: await measureInk(cols, rows, screens),
  };
}

/** Changes 1 % of the cells of a table of columns ten wide, two of five in colour. */
function createTable(cols: number, rows: number, styles: Styles) {
  const random = createRandom('table');
  const buffer = new CellBuffer(cols, rows);
  const tones = ['#6fcbd6', '#f2c66d'].map((fg) => styles.id({ fg }));
  const columns = cols / 10;
  const write = (column: number, row: number): void => {
    const text = String(Math.floor(random() * 1e7)).padStart(8);
    buffer.put(column * 10, row, text, tones[column % 5] ?? 0);
  };
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) write(column, row);
  return {
    buffer,
    change: (): void => {
      for (let cell = 0; cell < (columns * rows) / 100; cell += 1)
        write(Math.floor(random() * columns), Math.floor(random() * rows));
    },
  };
}

async function measureTable(cols: number, rows: number) {
  const styles = createStyles('truecolor');
  const differ = createDiffer(styles);
  const { buffer, change } = createTable(cols, rows, styles);
  differ.diff(buffer);
  const bare = new Samples();
  const screens: (readonly string[])[] = [];
  for (let frame = 0; frame < WARM_UP + 200; frame += 1) {
    change();
    const [ms, bytes] = time(() => differ.diff(buffer));
    bare.add(ms, Buffer.byteLength(bytes));
    if (screens.length < INK_FRAMES) screens.push(styledLines(buffer, styles));
  }
  return { tableDiffer: bare.cost(), tableInk: await measureInk(cols, rows, screens) };
}

setUpAsShipped();
const results: FrameResult[] = [];
for (const [cols, rows] of [
  [120, 40],
  [200, 50],
] as const)
  results.push({
    cols,
    rows,
    ...(await measureConsole(cols, rows)),
    ...(await measureTable(cols, rows)),
  });
give(results);
process.exit();
