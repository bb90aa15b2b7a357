type Stream = {
  /** false when it has ended, or its client is gone. */
  readonly writable: boolean;
  readonly write: (bytes: Buffer, done: () => void) => unknown;
};

/** What leaves a channel, in the order in which it was written, whatever stream it is for. */
export type OrderedOutput = {
  readonly write: (stream: Stream, bytes: Buffer) => void;
  /** Calls back when all that was written before has left. */
  readonly afterAll: (run: () => void) => void;
};

/**
 * One write at a time: of stdout and stderr that both wait for the client's window (RFC 4254, 5.2), ssh2 1.17 forgets
 * the second one.
 */
export function createOrderedOutput(): OrderedOutput {
  const waiting: ((done: () => void) => void)[] = [];
  let isSending = false;
  const next = (): void => {
    let goesOn = true;
    while (goesOn) {
      const send = waiting.shift();
      isSending = send !== undefined;
      let isReturned = false;
      goesOn = false;
      send?.(() => {
        if (isReturned) next();
        else goesOn = true;
      });
      isReturned = true;
    }
  };
  const add = (send: (done: () => void) => void): void => {
    waiting.push(send);
    if (!isSending) next();
  };
  return {
    write: (stream, bytes) =>
      add((done) => {
        // It may have ended since.
        if (stream.writable) stream.write(bytes, done);
        else done();
      }),
    afterAll: (run) =>
      add((done) => {
        run();
        done();
      }),
  };
}
