/** Bytes or text on their way to a channel, a pipe or nowhere. */
export type Chunk = string | Uint8Array;
export type Output = { readonly write: (chunk: Chunk) => void };

/** A stream of bytes that is read by the chunk or by the line; several readers share what is left. */
export type Input = {
  /** The next bytes, or null at the end or when the signal aborts. */
  readonly read: (signal: AbortSignal) => Promise<Buffer | null>;
  /** The next line without its LF; the rest at the end; null when there is none. */
  readonly readLine: (signal: AbortSignal) => Promise<string | null>;
};
export type InputSource = Input & {
  readonly push: (chunk: Chunk) => void;
  readonly end: () => void;
};

/** Thrown by the writer of a pipe that nobody reads any more (SIGPIPE). */
export class BrokenPipe extends Error {}

export const nowhere: Output = { write: () => undefined };

export function createInput(): InputSource {
  let pending: Buffer = Buffer.alloc(0);
  let ended = false;
  let wake: (() => void) | null = null;
  const changed = () => {
    const waiting = wake;
    wake = null;
    waiting?.();
  };
  const more = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const finish = () => {
        signal.removeEventListener('abort', finish);
        resolve();
      };
      wake = finish;
      signal.addEventListener('abort', finish, { once: true });
    });
  const take = (length: number, skip = 0): Buffer => {
    const taken = pending.subarray(0, length);
    pending = pending.subarray(length + skip);
    return taken;
  };
  return {
    push: (chunk) => {
      if (ended) return;
      pending = Buffer.concat([pending, Buffer.from(chunk as Uint8Array)]);
      changed();
    },
    end: () => {
      ended = true;
      changed();
    },
    read: async (signal) => {
      while (pending.length === 0) {
        if (ended || signal.aborted) return null;
        await more(signal);
      }
      return take(pending.length);
    },
    readLine: async (signal) => {
      for (;;) {
        const end = pending.indexOf(10);
        if (end >= 0) return take(end, 1).toString();
        if (ended) return pending.length > 0 ? take(pending.length).toString() : null;
        if (signal.aborted) return null;
        await more(signal);
      }
    },
  };
}

/** Nothing to read: /dev/null. */
export const emptyInput: Input = {
  read: () => Promise.resolve(null),
  readLine: () => Promise.resolve(null),
};

export type Pipe = {
  readonly input: Input;
  readonly output: Output;
  /** The writer is done. */
  readonly endOutput: () => void;
  /** The reader is gone: the next write throws BrokenPipe. */
  readonly closeInput: () => void;
};

export function createPipe(): Pipe {
  const source = createInput();
  let closed = false;
  return {
    input: source,
    output: {
      write: (chunk) => {
        if (closed) throw new BrokenPipe('broken pipe');
        source.push(chunk);
      },
    },
    endOutput: source.end,
    closeInput: () => {
      closed = true;
    },
  };
}

/** Keeps what is written, for command substitution. */
export function createCollector(): Output & { readonly text: () => string } {
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => {
      chunks.push(Buffer.from(chunk as Uint8Array));
    },
    text: () => Buffer.concat(chunks).toString(),
  };
}
