import type { Clock, Timer } from '../../../../src/collect/clock.ts';
import type { Enter } from '../../../../src/collect/ssh/attach.ts';
import { createChannelSlots } from '../../../../src/collect/ssh/channel-slots.ts';
import type { Connection } from '../../../../src/collect/ssh/connection.ts';
import {
  channelsError,
  handshakeTimeout,
  lostFailure,
} from '../../../../src/collect/ssh/failure.ts';
import type { LinkFailure } from '../../../../src/collect/ssh/failure.ts';
import type { ShellChannel } from '../../../../src/collect/ssh/sampler.ts';

/** What goes wrong at present. */
export type FakeMood = {
  /** Logins fail so. */
  login: LinkFailure | null;
  /** Not a byte more until it thaws. */
  isFrozen: boolean;
  /** Programs that end by TERM only. */
  readonly hanging: Set<string>;
  /** Programs that end by KILL only, with their shell. */
  readonly stubborn: Set<string>;
  refusesChannels: boolean;
};

/** A host without a network: connections and shells that know the sampler's protocol, on a clock of the test. */
export type FakeHost = {
  readonly enter: Enter;
  readonly mood: FakeMood;
  readonly thaw: () => void;
  /** The connection breaks. */
  readonly cut: () => void;
  /** Every shell dies. */
  readonly killShells: () => void;
  /** Shells that run on it. */
  readonly shells: () => number;
  readonly connections: () => number;
  /** What ends the link; its listeners can be counted. */
  readonly closing: () => AbortSignal | undefined;
};

type Listener<T> = (value: T) => void;
type Shell = {
  readonly channel: ShellChannel;
  readonly group: number;
  readonly signal: (name: 'TERM' | 'KILL') => void;
  readonly die: () => void;
};

const PLACE = 'omni1:22';
const LOGIN_LIMIT_SECONDS = 15;
const KILLED_BY_TERM = 143;

/** `answer` gives what a program prints. */
export function createFakeHost(clock: Clock, answer: (program: string) => string): FakeHost {
  const mood: FakeMood = {
    login: null,
    isFrozen: false,
    hanging: new Set(),
    stubborn: new Set(),
    refusesChannels: false,
  };
  const shells = new Set<Shell>();
  const cuts = new Set<() => void>();
  let held: (() => void)[] = [];
  let lastGroup = 1000;
  let closing: AbortSignal | undefined;

  const send = (deliver: () => void): void => {
    if (mood.isFrozen) held.push(deliver);
    else deliver();
  };

  const startShell = (received: (bytes: number) => void, onClosed: () => void): Shell => {
    const stdout: Listener<Buffer>[] = [];
    const stderr: Listener<Buffer>[] = [];
    const closed: (() => void)[] = [];
    const lines: string[] = [];
    let open = '';
    let nonce = '';
    let isDead = false;
    let running: { readonly program: string; readonly end: (code: number) => void } | undefined;
    let timer: Timer | undefined;
    lastGroup += 1;
    const group = lastGroup;

    const print = (to: readonly Listener<Buffer>[], text: string): void =>
      send(() => {
        if (isDead) return;
        const bytes = Buffer.from(text);
        received(bytes.length);
        for (const listener of to) listener(bytes);
      });
    const die = (): void => {
      if (isDead) return;
      isDead = true;
      clock.clearTimeout(timer);
      shells.delete(shell);
      onClosed();
      for (const listener of closed) listener();
    };
    const section = (seq: string, command: string): void => {
      const program = /'([^' ]+)'/.exec(command)?.[1] ?? '';
      const end = (code: number): void => {
        clock.clearTimeout(timer);
        running = undefined;
        print(stdout, `\n\u001E${nonce} E ${seq} ${code}\n`);
        print(stderr, `\n\u001E${nonce} E ${seq} ${code}\n`);
        work();
      };
      print(stdout, `\n\u001E${nonce} B ${seq}\n`);
      running = { program, end };
      const seconds = program === 'kstat' ? /'(\d+)'$/.exec(command)?.[1] : undefined;
      if (mood.hanging.has(program) || mood.stubborn.has(program)) return;
      if (command.includes('ps -o pgid=')) print(stdout, `${group}\n`);
      else print(stdout, answer(program));
      if (seconds === undefined) {
        end(0);
        return;
      }
      const again = (): void => {
        timer = clock.setTimeout(
          () => {
            print(stdout, answer(program));
            again();
          },
          Number(seconds) * 1000,
        );
      };
      again();
    };
    const work = (): void => {
      for (;;) {
        const line = running === undefined && !isDead ? lines.shift() : undefined;
        if (line === undefined) return;
        const [word, seq = '', ...rest] = line.split(' ');
        if (line.startsWith('N=')) nonce = line.slice(2);
        else if (word === 'zr')
          section(
            seq,
            rest
              .join(' ')
              .slice(1, -1)
              .replaceAll(String.raw`'\''`, "'"),
          );
        else if (word === 'zt') section(seq, "'times'");
        else if (word === 'exit') die();
        else if (word === 'kill') {
          const target = [...shells].find((one) => one.group === -Number(rest[0]));
          target?.signal(seq === '-KILL' ? 'KILL' : 'TERM');
        }
      }
    };
    const signal = (name: 'TERM' | 'KILL'): void => {
      if (name === 'KILL') die();
      else if (running !== undefined && !mood.stubborn.has(running.program))
        running.end(KILLED_BY_TERM);
    };
    const shell: Shell = {
      group,
      signal,
      die,
      channel: {
        write: (text) => {
          const [last = '', ...whole] = `${open}${text}`.split('\n').reverse();
          open = last;
          lines.push(...whole.reverse());
          queueMicrotask(work);
        },
        // A host that does not answer does not hear either.
        signal: (name) => send(() => signal(name)),
        close: die,
        hold: () => {},
        onStdout: (listener) => void stdout.push(listener),
        onStderr: (listener) => void stderr.push(listener),
        onClose: (listener) => void closed.push(listener),
      },
    };
    shells.add(shell);
    return shell;
  };

  const connect = (onLost: (reason: LinkFailure) => void): Connection => {
    const slots = createChannelSlots();
    const own = new Set<Shell>();
    let [bytesRead, lastByteAt, isOver] = [0, clock.now(), false];
    const end = (): void => {
      isOver = true;
      cuts.delete(cut);
      for (const shell of own) shell.die();
    };
    const cut = (): void => {
      end();
      onLost(lostFailure(PLACE, 'ECONNRESET'));
    };
    cuts.add(cut);
    return {
      transport: 'ssh2',
      bytesRead: () => bytesRead,
      bytesWritten: () => 0,
      lastByteAt: () => lastByteAt,
      opening: () => 0,
      channels: slots.open,
      openShell: async (purpose, signal) => {
        if (!(await slots.acquire(purpose, signal)) || isOver)
          return { kind: 'refused', error: channelsError(PLACE, slots.open(), '') };
        if (mood.refusesChannels && own.size > 0) {
          slots.release(purpose);
          return { kind: 'refused', error: channelsError(PLACE, slots.open(), 'open failed') };
        }
        const shell = startShell(
          (bytes) => {
            bytesRead += bytes;
            lastByteAt = clock.now();
          },
          () => {
            own.delete(shell);
            slots.release(purpose);
          },
        );
        own.add(shell);
        return { kind: 'opened', channel: shell.channel };
      },
      end: () => {
        end();
        return Promise.resolve();
      },
      destroy: end,
    };
  };

  return {
    mood,
    enter: async ({ signal }, onLost) => {
      closing = signal;
      if (mood.isFrozen)
        return await new Promise((resolve) => {
          clock.setTimeout(
            () => resolve(handshakeTimeout(PLACE, LOGIN_LIMIT_SECONDS)),
            LOGIN_LIMIT_SECONDS * 1000,
          );
        });
      return (
        mood.login ?? {
          connection: connect(onLost),
          place: PLACE,
          hops: Promise.resolve(null),
        }
      );
    },
    thaw: () => {
      mood.isFrozen = false;
      const all = held;
      held = [];
      for (const deliver of all) deliver();
    },
    cut: () => {
      for (const cut of cuts) cut();
    },
    killShells: () => {
      for (const shell of shells) shell.die();
    },
    shells: () => shells.size,
    connections: () => cuts.size,
    closing: () => closing,
  };
}
