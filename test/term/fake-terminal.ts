import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import type { Clock } from '../../src/term/clock.ts';
import type { Style } from '../../src/term/style.ts';

/** A clock that stands still until the test lets time pass. */
export class FakeClock implements Clock {
  #now = 1000;
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  #count = 0;

  readonly now = (): number => this.#now;

  readonly after = (ms: number, run: () => void): (() => void) => {
    this.#count += 1;
    const id = this.#count;
    this.#timers.set(id, { at: this.#now + ms, run });
    return () => this.#timers.delete(id);
  };

  readonly soon = (run: () => void): void => {
    this.after(0, run);
  };

  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass without running what is due, as a blocked process does. */
  stall(ms: number): void {
    this.#now += ms;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a[1].at - b[1].at || a[0] - b[0]);
      if (next === undefined || next[1].at > end) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].at);
      next[1].run();
    }
    this.#now = Math.max(this.#now, end);
  }
}

/** A terminal's output that remembers what was written and can stop taking more. */
export class FakeStdout extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  text = '';
  isHeld = false;
  #release: (() => void) | undefined;

  constructor(columns = 80, rows = 24) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    if (this.isHeld) this.#release = done;
    else done();
  }

  release(): void {
    this.isHeld = false;
    this.#release?.();
  }

  /** What was written since the last call. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

/** A terminal's input with raw mode. */
export class FakeStdin extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  readonly modes: boolean[] = [];

  setRawMode(mode: boolean): this {
    this.isRaw = mode;
    this.modes.push(mode);
    return this;
  }
}

export class FakeProcess extends EventEmitter {
  readonly kills: (readonly [number, string])[] = [];

  kill(pid: number, signal: string): void {
    this.kills.push([pid, signal]);
  }
}

/** One cell as the emulator shows it. */
export type ShownCell = {
  readonly text: string;
  readonly width: number;
  readonly style: Style;
};

/**
 * What is seen of a style: a foreground, and how bold it is, is not seen of a blank that is neither inverse nor
 * underlined.
 */
export const seenStyle = (text: string, style: Style): Style => {
  if (text !== ' ' || style.inverse || style.underline) return style;
  return style.bg === undefined ? {} : { bg: style.bg };
};

/** The emulator that tests compare with. */
export class Emulator {
  readonly terminal: xterm.Terminal;

  constructor(cols: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols, rows, scrollback: 0, allowProposedApi: true });
  }

  async write(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.terminal.write(text, resolve);
    });
  }

  cell(x: number, y: number): ShownCell {
    const cell = this.#line(y)?.getCell(x);
    if (cell === undefined) return { text: ' ', width: 1, style: {} };
    const style: Style = {
      ...(!cell.isFgDefault() && { fg: color(cell.getFgColor(), cell.isFgRGB()) }),
      ...(!cell.isBgDefault() && { bg: color(cell.getBgColor(), cell.isBgRGB()) }),
      ...(cell.isBold() !== 0 && { bold: true }),
      ...(cell.isDim() !== 0 && { dim: true }),
      ...(cell.isItalic() !== 0 && { italic: true }),
      ...(cell.isUnderline() !== 0 && { underline: true }),
      ...(cell.isInverse() !== 0 && { inverse: true }),
    };
    const width = cell.getWidth();
    return { text: cell.getChars() || (width === 0 ? '' : ' '), width, style };
  }

  line(y: number): string {
    return this.#line(y)?.translateToString(true, 0, this.terminal.cols).trimEnd() ?? '';
  }

  #line(y: number) {
    const { active } = this.terminal.buffer;
    return active.getLine(active.baseY + y);
  }

  text(): string {
    const lines = Array.from({ length: this.terminal.rows }, (_, y) => this.line(y));
    return lines.join('\n').trimEnd();
  }
}

function color(value: number, isRgb: boolean): string {
  return isRgb ? `#${value.toString(16).padStart(6, '0')}` : `ansi:${value}`;
}
