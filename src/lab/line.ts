import type { Duplex } from 'node:stream';
import type { LabClock } from './clock.ts';

/** What a line does to all that it carries. */
export type LineShape = {
  /** From a byte sent to the first byte of its answer, at least. */
  readonly roundTripMs: number;
  /** For each connection and direction; null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
};

/** After so many further bytes from the far end a connection is held for good, or ended, or reset. */
export type LineLimit = {
  readonly bytes: number;
  readonly fate: 'hold' | 'end' | 'reset';
};

/** A network between clients and a server, with faults that are set while it carries. */
export type Line = {
  /** Carries bytes and ends between a client and the server's side of its connection. */
  readonly join: (near: Duplex, far: Duplex) => void;
  readonly shape: (change: Partial<LineShape>) => void;
  /**
   * Nothing gets through in either direction, not even an end. What was sent meanwhile comes when it is
   * held no more, as TCP sends again what got lost.
   */
  readonly hold: (held: boolean) => void;
  /** The present connections carry nothing any more, for ever, and nobody is told: a firewall lost its state. */
  readonly forget: () => void;
  /** For the present connections, from now on, and for each new one; null: no limit. */
  readonly limit: (limit: LineLimit | null) => void;
  /** Ends the present connections after what was delivered, or resets them. */
  readonly breakAll: (how: 'end' | 'reset') => void;
  /** Connections whose client is still there. */
  readonly connections: () => number;
  /** Bytes that clients got so far, over all connections. */
  readonly carriedBytes: () => number;
};

/** One direction keeps no more than this of what it could not deliver yet. */
const MOST_QUEUED_BYTES = 64 * 1024;
/** A slow line delivers in pieces that take about so long. */
const PIECE_MS = 20;

type Connection = {
  readonly up: Carrier;
  readonly down: Carrier;
  readonly near: Duplex;
  readonly far: Duplex;
};

/** Makes a line without faults. */
export function createLine(clock: LabClock): Line {
  const connections = new Set<Connection>();
  let shape: LineShape = { roundTripMs: 0, bytesPerSecond: null };
  let isHeld = false;
  let limit: LineLimit | null = null;
  const rules: Rules = { clock, shape: () => shape, isHeld: () => isHeld };
  let carriedBytes = 0;

  const breakOne = ({ near, far, up, down }: Connection, how: 'end' | 'reset'): void => {
    up.stop();
    down.stop();
    if (how === 'reset') reset(near);
    else endSoon(near);
    far.destroy();
  };
  const each = (act: (connection: Connection) => void) => {
    for (const connection of connections) act(connection);
  };
  const limitOne = (connection: Connection): void => {
    if (limit === null) {
      connection.down.limit(null, () => undefined);
      return;
    }
    const { bytes, fate } = limit;
    connection.down.limit(bytes, () => {
      if (fate === 'hold') {
        connection.up.stop();
        connection.down.stop();
      } else breakOne(connection, fate);
    });
  };

  return {
    join: (near, far) => {
      const connection: Connection = {
        near,
        far,
        up: createCarrier(near, far, rules, () => undefined),
        down: createCarrier(far, near, rules, (bytes) => {
          carriedBytes += bytes;
        }),
      };
      connections.add(connection);
      for (const side of [near, far]) {
        side.on('error', () => side.destroy());
        side.once('close', () => {
          if (near.closed && far.closed) connections.delete(connection);
        });
      }
      if (limit !== null) limitOne(connection);
    },
    shape: (change) => {
      shape = { ...shape, ...change };
      each(({ up, down }) => {
        up.run();
        down.run();
      });
    },
    hold: (held) => {
      isHeld = held;
      if (held) return;
      each(({ up, down }) => {
        up.run();
        down.run();
      });
    },
    forget: () => {
      each(({ up, down, far }) => {
        up.stop();
        down.stop();
        far.destroy();
      });
    },
    limit: (next) => {
      limit = next;
      each(limitOne);
    },
    breakAll: (how) => each((connection) => breakOne(connection, how)),
    connections: () => [...connections].filter(({ near }) => !near.closed).length,
    carriedBytes: () => carriedBytes,
  };
}

type Rules = {
  readonly clock: LabClock;
  readonly shape: () => LineShape;
  readonly isHeld: () => boolean;
};

/** One direction of one connection. */
type Carrier = {
  /** Delivers what is due. */
  readonly run: () => void;
  /** Delivers nothing any more. */
  readonly stop: () => void;
  readonly limit: (bytes: number | null, onReached: () => void) => void;
};

/** Bytes, or what became of the stream, and when they may arrive at the earliest. */
type Parcel = { readonly content: Buffer | 'end' | 'close'; readonly at: number };

function createCarrier(
  from: Duplex,
  to: Duplex,
  rules: Rules,
  onCarried: (bytes: number) => void,
): Carrier {
  const { clock } = rules;
  const queue: Parcel[] = [];
  let queuedBytes = 0;
  /** When the line has room for the next byte. */
  let freeAt = 0;
  let isStopped = false;
  let left = Number.POSITIVE_INFINITY;
  let onReached = (): void => undefined;
  let cancel: (() => void) | null = null;

  /** Delivers the first of the queue, or the part of it that may go now; says whether there may be more. */
  const deliver = ({ content, at }: Parcel): boolean => {
    const now = clock.now();
    const dueMs = Math.max(at, freeAt) - now;
    if (dueMs > 0) {
      cancel ??= clock.after(dueMs, () => {
        cancel = null;
        run();
      });
      return false;
    }
    queue.shift();
    if (typeof content === 'string') {
      if (content === 'end') to.end();
      else endSoon(to);
      return true;
    }
    const { bytesPerSecond } = rules.shape();
    const most =
      bytesPerSecond === null ? content.length : Math.ceil((bytesPerSecond * PIECE_MS) / 1000);
    const piece = content.subarray(0, Math.min(most, left));
    if (piece.length < content.length)
      queue.unshift({ content: content.subarray(piece.length), at });
    queuedBytes -= piece.length;
    left -= piece.length;
    if (bytesPerSecond !== null) freeAt = now + (piece.length * 1000) / bytesPerSecond;
    if (piece.length > 0) {
      onCarried(piece.length);
      to.write(piece);
    }
    if (left <= 0) onReached();
    return true;
  };

  const run = (): void => {
    for (;;) {
      const [first] = queue;
      const isStuck = isStopped || rules.isHeld() || to.destroyed || to.writableNeedDrain;
      if (first === undefined || isStuck || !deliver(first)) break;
    }
    if (!isStopped && queuedBytes < MOST_QUEUED_BYTES && from.isPaused()) from.resume();
  };

  const enter = (content: Parcel['content']): void => {
    if (isStopped) return;
    queue.push({ content, at: clock.now() + rules.shape().roundTripMs / 2 });
    if (typeof content !== 'string') queuedBytes += content.length;
    if (queuedBytes >= MOST_QUEUED_BYTES) from.pause();
    run();
  };

  from.on('data', enter);
  from.once('end', () => enter('end'));
  from.once('close', () => enter('close'));
  to.on('drain', run);
  return {
    run,
    stop: () => {
      isStopped = true;
      queue.length = 0;
      cancel?.();
      cancel = null;
    },
    limit: (bytes, reached) => {
      left = bytes ?? Number.POSITIVE_INFINITY;
      onReached = reached;
    },
  };
}

/** Ends a stream after what was written to it. */
function endSoon(stream: Duplex): void {
  if (stream.destroyed) return;
  stream.end(() => stream.destroy());
}

/** RST in place of FIN, where the stream is a socket. */
function reset(stream: Duplex): void {
  if ('resetAndDestroy' in stream && typeof stream.resetAndDestroy === 'function')
    stream.resetAndDestroy();
  else stream.destroy();
}
