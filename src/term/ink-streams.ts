import { Readable, Writable } from 'node:stream';

/** Sequences that Ink sends for its own terminal: cursor visibility and private modes, no frame. */
const MODES_ONLY = /^(?:\u001B\[[<=>?][0-?]*[ -/]*[@-~])*$/;

/** The output that Ink renders to (with `debug: true`): every write is one whole frame. */
export class InkStdout extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly #onFrame: (frame: string) => void;

  constructor(size: { cols: number; rows: number }, onFrame: (frame: string) => void) {
    super({ decodeStrings: false });
    this.columns = size.cols;
    this.rows = size.rows;
    this.#onFrame = onFrame;
    // Ink and each of its size hooks add a listener.
    this.setMaxListeners(0);
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const frame = chunk.toString();
    if (!MODES_ONLY.test(frame)) this.#onFrame(frame);
    done();
  }
}

/** The input that Ink believes to read from: a terminal on which nobody types. */
export class InkStdin extends Readable {
  readonly isTTY = true;
  isRaw = false;

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  override _read(): void {
    // Nothing ever comes: the real input goes to the listeners of the terminal.
  }

  /** The terminal keeps raw mode by itself. */
  setRawMode(mode: boolean): this {
    this.isRaw = mode;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
