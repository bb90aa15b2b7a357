import { isClosed, type HttpResponse } from './request.ts';
import { begin } from './respond.ts';

/** One open watch: lines wait in a queue until the client reads and no fault holds them back. */
export type WatchStream = {
  readonly pathname: string;
  /** Adds a line; it is made when its turn comes. */
  readonly push: (line: () => string) => void;
  /** Stops or resumes the flow of bytes; what is pushed meanwhile waits. */
  readonly stall: (stalled: boolean) => void;
  /** Sends half of a line and ends. */
  readonly truncate: () => void;
  /** Ends cleanly after what is queued. */
  readonly end: () => void;
  readonly waiting: () => number;
};

/** Lines are joined up to about this size into one write. */
const WRITE_BYTES = 64 * 1024;

/** Begins the answer to a watch. `splitBytes` says into how small pieces a fault cuts the lines; 0 is whole. */
export function openWatchStream(
  response: HttpResponse,
  pathname: string,
  splitBytes: () => number,
): WatchStream {
  const queue: (() => string)[] = [];
  let head = 0;
  let stalled = false;
  let blocked = false;
  let ending = false;
  let scheduled = false;

  function write(text: string): void {
    const piece = splitBytes();
    if (piece === 0) {
      blocked = !response.write(text);
      return;
    }
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += piece)
      blocked = !response.write(bytes.subarray(at, at + piece));
  }

  const mayWrite = (): boolean => !stalled && !blocked;

  function pump(): void {
    if (isClosed(response)) return;
    while (mayWrite() && head < queue.length) {
      let text = '';
      while (head < queue.length && text.length < WRITE_BYTES) text += queue[head++]?.() ?? '';
      if (head === queue.length) {
        queue.length = 0;
        head = 0;
      }
      write(text);
    }
    if (ending && !stalled && head === queue.length) response.end();
  }

  response.on('drain', () => {
    blocked = false;
    pump();
  });
  begin(response, 200, { 'content-type': 'application/json' });
  // A client learns that its watch is open before the first event comes.
  response.flushHeaders();

  return {
    pathname,
    push(line) {
      queue.push(line);
      if (scheduled) return;
      scheduled = true;
      // Lines of one turn go out together: ten thousand initial events are not ten thousand writes.
      queueMicrotask(() => {
        scheduled = false;
        pump();
      });
    },
    stall(on) {
      stalled = on;
      pump();
    },
    truncate() {
      if (!isClosed(response))
        response.end(
          '{"type":"MODIFIED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"half-a-li',
        );
    },
    end() {
      ending = true;
      pump();
    },
    waiting: () => queue.length - head,
  };
}
