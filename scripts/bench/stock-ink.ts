import { PassThrough, Writable } from 'node:stream';
import { Box, render, Text, useInput } from 'ink';
import { createElement, memo, useEffect, useState } from 'react';

/** A terminal that takes everything at once and counts. */
class Sink extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  bytes = 0;
  readonly #onWrite: () => void;

  constructor(columns: number, rows: number, onWrite: () => void) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.#onWrite = onWrite;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.bytes += Buffer.byteLength(chunk);
    this.#onWrite();
    done();
  }
}

class Keys extends PassThrough {
  readonly isTTY = true;

  setRawMode(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Stock Ink as its own documents advise to use it: one text per row, colours inside, incremental, alternate screen. */
export type StockInk = {
  readonly show: (lines: readonly string[]) => void;
  readonly bytes: () => number;
  readonly type: (keys: string) => void;
  readonly close: () => void;
};

export type StockInkOptions = {
  readonly cols: number;
  readonly rows: number;
  readonly onWrite?: () => void;
  readonly onKey?: (key: string) => void;
};

const Row = memo(function Row({ line }: { readonly line: string }) {
  return createElement(Text, { wrap: 'truncate' }, line);
});

/** Opens stock Ink on a terminal that counts. Set NODE_ENV=production before React is loaded. */
export function openStockInk({
  cols,
  rows,
  onWrite = () => {},
  onKey = () => {},
}: StockInkOptions): StockInk {
  const stdout = new Sink(cols, rows, onWrite);
  const stdin = new Keys();
  let show: (lines: readonly string[]) => void = () => {};

  function Screen() {
    const [lines, setLines] = useState<readonly string[]>([]);
    useEffect(() => {
      show = setLines;
    }, []);
    useInput((input) => onKey(input));
    return createElement(
      Box,
      { width: cols, height: rows, flexDirection: 'column', overflow: 'hidden' },
      lines.map((line, index) =>
        // Rows have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        createElement(Box, { key: index, height: 1, flexShrink: 0 }, createElement(Row, { line })),
      ),
    );
  }

  const ink = render(createElement(Screen), {
    // Ink asks for no more of the two than these have.
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    maxFps: 1000,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    show: (lines) => show(lines),
    bytes: () => stdout.bytes,
    type: (keys) => {
      stdin.write(keys);
    },
    close: () => ink.unmount(),
  };
}
