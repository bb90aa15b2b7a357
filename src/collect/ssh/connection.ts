import type { Socket } from 'node:net';
import type { Client, ClientChannel } from 'ssh2';
import type { CollectError } from '../../domain/feed.ts';
import type { EpochMs } from '../../domain/time.ts';
import { createChannelSlots } from './channel-slots.ts';
import { channelsError, lostFailure } from './failure.ts';

export type OpenedChannel =
  | { readonly kind: 'opened'; readonly channel: ClientChannel }
  | { readonly kind: 'refused'; readonly error: CollectError };

/** A connection that is logged in. */
export type Connection = {
  readonly bytesRead: () => number;
  readonly lastByteAt: () => EpochMs;
  /** Runs a command on a channel of its own. Waits for one of 8 slots until `signal` aborts. */
  readonly open: (command: string, signal?: AbortSignal) => Promise<OpenedChannel>;
  /** Channels that were asked for and did not come yet. */
  readonly opening: () => number;
  /** Says good-bye; resolves when the socket is closed, at most a second later. */
  readonly end: () => Promise<void>;
  /** Drops everything at once. */
  readonly destroy: () => void;
};

const END_LIMIT_MS = 1_000;
/** The server's default MaxSessions is 10. */
const CHANNEL_LIMIT = 8;

export type ConnectionOptions = {
  readonly client: Client;
  readonly socket: Socket;
  readonly lastByteAt: () => EpochMs;
  /** For messages: address and port. */
  readonly place: string;
  /** We end it ourselves: what the socket says from now on is no loss. */
  readonly onEnd: () => void;
};

/** Opens channels on a client that is logged in. */
export function createConnection(options: ConnectionOptions): Connection {
  const { client, socket, place, onEnd } = options;
  const slots = createChannelSlots(CHANNEL_LIMIT);
  let opening = 0;

  const open = async (command: string, signal?: AbortSignal): Promise<OpenedChannel> => {
    if (!(await slots.acquire(signal)))
      return { kind: 'refused', error: channelsError(place, slots.open(), '') };
    opening++;
    const opened = await execute(client, command);
    opening--;
    if (opened instanceof Error) {
      slots.release();
      const isLimit = /open failure|open failed/i.test(opened.message);
      const error = isLimit
        ? channelsError(place, slots.open(), opened.message)
        : lostFailure(place, opened.message).error;
      return { kind: 'refused', error };
    }
    opened.once('close', () => slots.release());
    return { kind: 'opened', channel: opened };
  };

  const end = (): Promise<void> =>
    new Promise((resolve) => {
      onEnd();
      if (socket.destroyed) {
        resolve();
        return;
      }
      const timer = setTimeout(() => socket.destroy(), END_LIMIT_MS);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      client.end();
    });

  return {
    bytesRead: () => socket.bytesRead,
    lastByteAt: options.lastByteAt,
    open,
    opening: () => opening,
    end,
    destroy: () => {
      onEnd();
      socket.destroy();
    },
  };
}

function execute(client: Client, command: string): Promise<ClientChannel | Error> {
  return new Promise((resolve) => {
    try {
      client.exec(command, (error, channel) => resolve(error ?? channel));
    } catch (error) {
      // ssh2 throws «Not connected» when the connection is just gone.
      resolve(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
