import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { CollectError } from '../../domain/feed.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock } from '../clock.ts';
import { createChannelSlots } from './channel-slots.ts';
import type { ChannelPurpose } from './channel-slots.ts';
import { channelsError, lostFailure, noChannelFailure, noProgramError } from './failure.ts';
import type { ShellChannel } from './sampler.ts';

export type OpenedShell =
  | { readonly kind: 'opened'; readonly channel: ShellChannel }
  | { readonly kind: 'refused'; readonly error: CollectError };

/** A connection that is logged in. */
export type Connection = {
  readonly transport: 'ssh2' | 'openssh';
  readonly bytesRead: () => number;
  readonly bytesWritten: () => number;
  readonly lastByteAt: () => EpochMs;
  /** Starts /bin/sh on a channel of its own. Waits for a slot of the purpose until `signal` aborts. */
  readonly openShell: (purpose: ChannelPurpose, signal?: AbortSignal) => Promise<OpenedShell>;
  /** Channels that were asked for and did not come yet. */
  readonly opening: () => number;
  /** Channels that are open. */
  readonly channels: () => number;
  /** Says good-bye; resolves when the connection is closed, at most a second later. */
  readonly end: () => Promise<void>;
  /** Drops everything at once. */
  readonly destroy: () => void;
};

/** A connection that can carry others: that to a jump host. */
export type ForwardingConnection = Connection & {
  /** A stream to a place as the host sees it (RFC 4254, 7.2); the error has the server's words and its reason. */
  readonly forward: (host: string, port: number) => Promise<Duplex | Error>;
  /** Resolves when the host has answered anything at all. */
  readonly ping: () => Promise<void>;
};

/** Valid in sh, ksh, bash, zsh, csh and fish: the login shell sees nothing else of us. */
export const SHELL = 'exec /bin/sh';
const END_LIMIT_MS = 1_000;
/** A server that lives opens or refuses a channel in less. */
const OPEN_LIMIT_MS = 10_000;
/** A channel that told its exit but is not closed makes sshd stop answering its own probes. */
const CLOSE_AFTER_EXIT_MS = 1_000;

export type ConnectionOptions = {
  readonly client: Client;
  readonly stream: Duplex;
  readonly clock: Clock;
  readonly bytesRead: () => number;
  readonly bytesWritten: () => number;
  readonly lastByteAt: () => EpochMs;
  /** For messages: address and port. */
  readonly place: string;
  /** We end it ourselves: what the stream says from now on is no loss. */
  readonly onEnd: () => void;
};

/** Opens channels on a client of ssh2 that is logged in. */
export function createConnection(options: ConnectionOptions): ForwardingConnection {
  const { client, stream, clock, place, onEnd } = options;
  const slots = createChannelSlots();
  let opening = 0;

  const openShell = async (purpose: ChannelPurpose, signal?: AbortSignal): Promise<OpenedShell> => {
    if (!(await slots.acquire(purpose, signal)))
      return { kind: 'refused', error: channelsError(place, slots.open(), '') };
    opening++;
    const opened = await inTime(execute(client, SHELL), clock);
    opening--;
    if (opened === 'late') {
      // It may come still: then it is closed, and counts no longer.
      slots.release(purpose);
      return { kind: 'refused', error: noChannelFailure(place, OPEN_LIMIT_MS / 1000).error };
    }
    if (opened instanceof Error) {
      slots.release(purpose);
      return { kind: 'refused', error: refusal(opened.message) };
    }
    opened.once('close', () => slots.release(purpose));
    return { kind: 'opened', channel: shellChannel(opened, clock) };
  };

  const refusal = (words: string): CollectError => {
    if (/open failure|open failed/i.test(words)) return channelsError(place, slots.open(), words);
    // ssh2's words for the answer CHANNEL_FAILURE.
    if (words.startsWith('Unable to exec')) return noProgramError(place, words);
    return lostFailure(place, words).error;
  };

  const end = (): Promise<void> =>
    new Promise((resolve) => {
      onEnd();
      if (stream.destroyed) {
        resolve();
        return;
      }
      const timer = setTimeout(() => stream.destroy(), END_LIMIT_MS);
      stream.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      client.end();
    });

  return {
    transport: 'ssh2',
    bytesRead: options.bytesRead,
    bytesWritten: options.bytesWritten,
    lastByteAt: options.lastByteAt,
    openShell,
    opening: () => opening,
    channels: slots.open,
    forward: (host, port) => forward(client, host, port),
    ping: () => ping(client),
    end,
    destroy: () => {
      onEnd();
      stream.destroy();
    },
  };
}

function inTime(
  opening: Promise<ClientChannel | Error>,
  clock: Clock,
): Promise<ClientChannel | Error | 'late'> {
  return new Promise((resolve) => {
    let isLate = false;
    const timer = clock.setTimeout(() => {
      isLate = true;
      resolve('late');
    }, OPEN_LIMIT_MS);
    void opening.then((opened) => {
      clock.clearTimeout(timer);
      if (isLate && !(opened instanceof Error)) {
        opened.on('error', () => {});
        opened.close();
      }
      resolve(opened);
    });
  });
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

function forward(client: Client, host: string, port: number): Promise<Duplex | Error> {
  return new Promise((resolve) => {
    try {
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => resolve(error ?? channel));
    } catch (error) {
      resolve(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** Ends a forwarding that there is not: the only request of ssh2 that a server must answer and that does nothing. */
function ping(client: Client): Promise<void> {
  return new Promise((resolve) => {
    try {
      client.unforwardIn('127.0.0.1', 1, () => resolve());
    } catch {
      // The connection is just gone; its end says so.
    }
  });
}

/** What the sampler needs of a channel of ssh2. Both outputs are read from the first moment on. */
function shellChannel(channel: ClientChannel, clock: Clock): ShellChannel {
  channel.on('error', () => {
    // The close that follows says all there is to say.
  });
  channel.once('exit', () => {
    clock.setTimeout(() => channel.close(), CLOSE_AFTER_EXIT_MS);
  });
  return {
    write: (text) => {
      if (channel.writable) channel.write(text);
    },
    signal: (name) => channel.signal(name),
    close: () => channel.close(),
    hold: (isHeld) => {
      for (const output of [channel, channel.stderr]) {
        if (isHeld) output.pause();
        else output.resume();
      }
    },
    onStdout: (listener) => void channel.on('data', listener),
    onStderr: (listener) => void channel.stderr.on('data', listener),
    onClose: (listener) => void channel.once('close', listener),
  };
}
