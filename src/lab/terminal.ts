import { createInput, type Chunk, type Input, type Output } from './shell/streams.ts';

export type Terminal = {
  readonly input: Input;
  readonly output: Output;
  /** Takes what was typed. */
  readonly type: (bytes: Buffer) => void;
  readonly hangUp: () => void;
};

const CTRL_C = 3;
const CTRL_D = 4;
const BACKSPACE = 8;
const CTRL_U = 21;
const DELETE = 127;

/** The line discipline of a pty in its usual mode: echo, erase, kill, end of file, interrupt, LF to CR LF. */
export function createTerminal(write: (chunk: Chunk) => void, interrupt: () => void): Terminal {
  const input = createInput();
  let line: number[] = [];
  const finishLine = (echo: string) => {
    write(echo);
    input.push(Buffer.from([...line, 10]));
    line = [];
  };
  const typeByte = (byte: number) => {
    switch (byte) {
      case 10:
      case 13:
        finishLine('\r\n');
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
        write('\b \b'.repeat(line.length));
        line = [];
        return;
      case BACKSPACE:
      case DELETE:
        if (line.length > 0) write('\b \b');
        line.pop();
        return;
      default:
        line.push(byte);
        write(Buffer.from([byte]));
    }
  };
  return {
    input,
    output: {
      write: (chunk) =>
        write(
          Buffer.from(
            Buffer.from(chunk as Uint8Array)
              .toString('latin1')
              .replaceAll('\n', '\r\n'),
            'latin1',
          ),
        ),
    },
    type: (bytes) => {
      for (const byte of bytes) typeByte(byte);
    },
    hangUp: input.end,
  };
}
