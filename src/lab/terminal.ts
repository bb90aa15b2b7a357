import { createInput, type Chunk, type Input, type Output } from './shell/streams.ts';

export type TerminalSize = { readonly cols: number; readonly rows: number };

export type Terminal = {
  readonly input: Input;
  readonly output: Output;
  /** Takes what was typed. */
  readonly type: (bytes: Buffer) => void;
  readonly hangUp: () => void;
  /** Raw: every byte passes as it is, both ways, without echo, lines and signals. */
  readonly setRaw: (raw: boolean) => void;
  readonly setEcho: (echo: boolean) => void;
  readonly size: () => TerminalSize;
};

export type TerminalOptions = {
  readonly write: (chunk: Chunk) => void;
  /** The interrupt character was typed. */
  readonly interrupt: () => void;
  readonly size: () => TerminalSize;
};

const CTRL_C = 3;
const CTRL_D = 4;
const BACKSPACE = 8;
const CTRL_U = 21;
const DELETE = 127;

/** The line discipline of a pty: in its usual mode echo, erase, kill, end of file, interrupt, LF to CR LF. */
export function createTerminal({ write, interrupt, size }: TerminalOptions): Terminal {
  const input = createInput();
  let line: number[] = [];
  let isRaw = false;
  let isEchoed = true;
  const echo = (chunk: Chunk) => {
    if (isEchoed) write(chunk);
  };
  const finishLine = () => {
    write('\r\n');
    input.push(Buffer.from([...line, 10]));
    line = [];
  };
  const typeByte = (byte: number) => {
    switch (byte) {
      case 10:
      case 13:
        finishLine();
        return;
      case CTRL_C:
        line = [];
        write('^C\r\n');
        interrupt();
        return;
      case CTRL_D:
        if (line.length === 0) input.end();
        return;
      case CTRL_U:
        echo('\b \b'.repeat(line.length));
        line = [];
        return;
      case BACKSPACE:
      case DELETE:
        if (line.length > 0) echo('\b \b');
        line.pop();
        return;
      default:
        line.push(byte);
        echo(Buffer.from([byte]));
    }
  };
  const toLines = (chunk: Chunk): Buffer =>
    Buffer.from(
      Buffer.from(chunk as Uint8Array)
        .toString('latin1')
        .replaceAll('\n', '\r\n'),
      'latin1',
    );
  return {
    input,
    output: { write: (chunk) => write(isRaw ? chunk : toLines(chunk)) },
    type: (bytes) => {
      if (isRaw) input.push(bytes);
      else for (const byte of bytes) typeByte(byte);
    },
    hangUp: input.end,
    setRaw: (raw) => {
      isRaw = raw;
      input.push(Buffer.from(line));
      line = [];
    },
    setEcho: (echoed) => {
      isEchoed = echoed;
    },
    size,
  };
}
