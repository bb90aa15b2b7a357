import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock, Timer } from '../clock.ts';
import { createChannelSlots } from './channel-slots.ts';
import type { ChannelPurpose } from './channel-slots.ts';
import { SHELL } from './connection.ts';
import type { Connection, OpenedShell } from './connection.ts';
import { channelsError, failure, lostFailure, noChannelFailure, shellFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { openSshFailure } from './openssh-words.ts';
import type { ShellChannel } from './sampler.ts';
import { option } from './ssh-arguments.ts';

export type OpenSshOptions = {
  /** The ssh program. */
  readonly program: string;
  /** The alias that ssh is called with. */
  readonly name: string;
  /** Options that say how the host is found and entered. */
  readonly args: readonly string[];
  /** A path that is ours alone, for the socket over which further shells use this connection. */
  readonly controlPath: string;
  /** For messages. */
  readonly place: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** The established connection ended by itself. Called at most once. */
  readonly onLost: (failure: LinkFailure) => void;
  readonly signal: AbortSignal;
};

/** TCP, login and the start of the shell. */
const LOGIN_LIMIT_MS = 20_000;
/** While a person has to touch a security key. */
const TOUCH_LIMIT_MS = 60_000;
const SHELL_LIMIT_MS = 10_000;
/** A shell that does not end with its stdin loses its transport. */
const CLOSE_LIMIT_MS = 2_000;
const END_LIMIT_MS = 1_000;
const NOISE_LIMIT_BYTES = 64 * 1024;
const WORDS_LIMIT = 16 * 1024;
const TRANSPORT_FAILED = 255;
/** ssh-sk.c, sshconnect2.c: it waits for a finger. */
const WAITS_FOR_TOUCH = /Confirm user presence/i;

/** No escape character, no questions, no key that is not known. A line that is silent for 15 s is given up. */
const COMMON: readonly string[] = [
  '-T',
  '-e',
  'none',
  ...option('BatchMode', 'yes'),
  ...option('StrictHostKeyChecking', 'yes'),
  ...option('ConnectTimeout', '5'),
  ...option('ServerAliveInterval', '5'),
  ...option('ServerAliveCountMax', '2'),
  ...option('ClearAllForwardings', 'yes'),
  ...option('ForwardAgent', 'no'),
  ...option('ForwardX11', 'no'),
  ...option('RemoteCommand', 'none'),
  ...option('LogLevel', 'INFO'),
];

type Shell = { readonly child: ChildProcessWithoutNullStreams; readonly words: () => string };

/**
 * The connection of an `ssh` child: its own session is the first shell, further shells run over its control socket.
 * Never rejects.
 */
export async function connectOpenSsh(options: OpenSshOptions): Promise<Connection | LinkFailure> {
  const { clock, name, place, signal } = options;
  const slots = createChannelSlots();
  const children = new Set<ChildProcessWithoutNullStreams>();
  let bytesRead = 0;
  let bytesWritten = 0;
  let lastByteAt = clock.now();
  let opening = 0;
  let isOver = false;

  const start = (args: readonly string[]): Shell => {
    const child = spawn(options.program, args, {
      // A session of its own: what the terminal sends to the console's group does not reach it.
      detached: true,
      env: { ...options.env, LC_ALL: 'C', SSH_ASKPASS_REQUIRE: 'never' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let words = '';
    children.add(child);
    child.once('close', () => children.delete(child));
    child.on('error', (error) => {
      words += `${error.message}\n`;
    });
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => count(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      count(chunk);
      if (words.length < WORDS_LIMIT) words += chunk.toString('utf8');
    });
    return { child, words: () => words };
  };
  const count = (chunk: Buffer): void => {
    bytesRead += chunk.length;
    lastByteAt = clock.now();
  };
  const kill = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  const channelOf = ({ child }: Shell): ShellChannel => ({
    write: (text) => {
      bytesWritten += Buffer.byteLength(text);
      if (child.stdin.writable) child.stdin.write(text);
    },
    // ssh passes no signals on.
    signal: null,
    close: () => {
      child.stdin.end();
      // The first one carries the others: it goes with the last of them.
      if (child !== master.child) clock.setTimeout(() => child.kill(), CLOSE_LIMIT_MS);
    },
    hold: (isHeld) => {
      for (const output of [child.stdout, child.stderr]) {
        if (isHeld) output.pause();
        else output.resume();
      }
    },
    onStdout: (listener) => void child.stdout.on('data', listener),
    onStderr: (listener) => void child.stderr.on('data', listener),
    onClose: (listener) => void child.once('close', listener),
  });

  const control = option('ControlPath', options.controlPath.replaceAll('%', '%%'));
  const master = start([
    ...COMMON,
    ...option('ControlMaster', 'yes'),
    ...control,
    ...option('ControlPersist', 'no'),
    ...options.args,
    '--',
    name,
    SHELL,
  ]);
  signal.addEventListener('abort', kill, { once: true });
  const ready = await untilReady(master, clock, LOGIN_LIMIT_MS);
  signal.removeEventListener('abort', kill);
  if (ready.kind !== 'ready') {
    kill();
    if (signal.aborted) return lostFailure(place, 'aborted');
    return firstFailure(options, ready, master.words());
  }

  let first: Shell | undefined = master;
  master.child.once('close', (code) => {
    if (isOver) return;
    isOver = true;
    kill();
    options.onLost(
      code === TRANSPORT_FAILED || code === null
        ? lostFailure(place, lastWords(master.words()))
        : lostFailure(place, 'its shell ended'),
    );
  });

  const openShell = async (purpose: ChannelPurpose, wanted?: AbortSignal): Promise<OpenedShell> => {
    if (!(await slots.acquire(purpose, wanted)))
      return { kind: 'refused', error: channelsError(place, slots.open(), '') };
    const own = first;
    first = undefined;
    const shell = own ?? start(furtherArgs(control, name));
    shell.child.once('close', () => slots.release(purpose));
    if (own === undefined) {
      opening++;
      const state = await untilReady(shell, clock, SHELL_LIMIT_MS);
      opening--;
      if (state.kind !== 'ready') {
        shell.child.kill('SIGKILL');
        const words = lastWords(shell.words());
        return {
          kind: 'refused',
          error:
            state.kind === 'late' && words === ''
              ? noChannelFailure(place, SHELL_LIMIT_MS / 1000).error
              : channelsError(place, slots.open(), words),
        };
      }
    }
    return { kind: 'opened', channel: channelOf(shell) };
  };

  const end = async (): Promise<void> => {
    isOver = true;
    const closed = [...children].map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once('close', () => resolve());
        }),
    );
    for (const child of children) child.stdin.end();
    const timer = setTimeout(kill, END_LIMIT_MS);
    await Promise.all(closed);
    clearTimeout(timer);
  };

  return {
    transport: 'openssh',
    bytesRead: () => bytesRead,
    bytesWritten: () => bytesWritten,
    lastByteAt: (): EpochMs => lastByteAt,
    openShell,
    opening: () => opening,
    channels: slots.open,
    end,
    destroy: () => {
      isOver = true;
      kill();
    },
  };
}

/**
 * Over the connection that is there. Should it be gone, ssh would make a new one of its own: a proxy that fails keeps
 * it from that, and no configuration is read.
 */
const furtherArgs = (control: readonly string[], name: string): readonly string[] => [
  '-F',
  'none',
  ...COMMON,
  ...option('ControlMaster', 'no'),
  ...control,
  ...option('ProxyCommand', 'false'),
  '--',
  name,
  SHELL,
];

type Ready =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ended'; readonly code: number | null; readonly said: string }
  | { readonly kind: 'late'; readonly said: string };

/** Waits for the shell's answer to a first word, behind whatever a login script says. */
function untilReady({ child, words }: Shell, clock: Clock, limitMs: number): Promise<Ready> {
  const word = randomBytes(8).toString('hex');
  return new Promise((resolve) => {
    let said = Buffer.alloc(0);
    let timer: Timer | undefined;
    const finish = (ready: Ready): void => {
      clock.clearTimeout(timer);
      child.stdout.off('data', onData);
      child.stderr.off('data', onWords);
      child.off('close', onClose);
      resolve(ready);
    };
    const wait = (milliseconds: number): void => {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(() => finish({ kind: 'late', said: text() }), milliseconds);
    };
    const text = (): string => said.toString('utf8');
    const onData = (chunk: Buffer): void => {
      said = Buffer.concat([said, chunk]);
      if (said.includes(`${word}\n`)) finish({ kind: 'ready' });
      else if (said.length > NOISE_LIMIT_BYTES) finish({ kind: 'late', said: text() });
    };
    const onWords = (): void => {
      if (WAITS_FOR_TOUCH.test(words())) wait(TOUCH_LIMIT_MS);
    };
    const onClose = (code: number | null): void => finish({ kind: 'ended', code, said: text() });
    wait(limitMs);
    child.stdout.on('data', onData);
    child.stderr.on('data', onWords);
    child.once('close', onClose);
    child.stdin.write(`printf '%s\\n' ${word}\n`);
  });
}

function firstFailure(
  { name, place }: OpenSshOptions,
  ready: Exclude<Ready, { kind: 'ready' }>,
  words: string,
): LinkFailure {
  if (ready.kind === 'ended' && words.startsWith('spawn '))
    return failure(
      {
        code: 'config',
        message: `via: openssh needs the ssh program, which is not there (${words.trim()})`,
        hint: 'install OpenSSH on this machine, or take via: openssh out of the configuration',
      },
      'held',
    );
  if (ready.kind === 'ended' && ready.code !== TRANSPORT_FAILED && ready.code !== null)
    return shellFailure(place, ready.said.trim() === '' ? words : ready.said);
  if (ready.kind === 'late' && ready.said.trim() !== '') return shellFailure(place, ready.said);
  if (ready.kind === 'late' && words.trim() === '')
    return failure({
      code: 'handshake-timeout',
      message: `${place} did not finish the login within ${LOGIN_LIMIT_MS / 1000} s`,
      hint: 'the host is frozen or overloaded',
    });
  return openSshFailure({ name, place }, words);
}

const lastWords = (words: string): string =>
  words
    .split(/\r?\n/)
    .map((line) => line.trim())
    .findLast((line) => line !== '') ?? '';
