import { Duplex } from 'node:stream';
import type { Readable, Writable } from 'node:stream';

/**
 * One stream made of two that somebody else carries. Destroyed, it is over at once, whatever becomes of the two:
 * a channel of ssh2 for one waits for an answer that a frozen host never gives.
 */
export function carriedStream(
  source: Readable,
  sink: Writable,
  onDestroy: () => void,
): { readonly stream: Duplex; readonly bytesWritten: () => number } {
  let bytesWritten = 0;
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void source.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      bytesWritten += chunk.length;
      sink.write(chunk, done);
    },
    final: (done) => {
      sink.end();
      done();
    },
    destroy: (error, done) => {
      onDestroy();
      // What still comes is let go.
      source.resume();
      done(error);
    },
  });
  source.on('data', (chunk: Buffer) => {
    if (!stream.destroyed && !stream.push(chunk)) source.pause();
  });
  source.once('end', () => {
    if (!stream.destroyed) stream.push(null);
  });
  source.once('close', () => stream.destroy());
  for (const part of [source, sink])
    part.on('error', () => {
      // Its end tells the same.
    });
  return { stream, bytesWritten: () => bytesWritten };
}
