import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../clock.ts';
import { createFrameParser, requestLine, samplerPreamble, SECTION_LIMIT_BYTES } from './framing.ts';
import type { Section } from './framing.ts';

/** A shell that was started and reads its stdin. */
export type SamplerChannel = {
  readonly write: (text: string) => void;
  /** To the whole process group of the shell. */
  readonly signal: (name: 'TERM' | 'KILL') => void;
  readonly close: () => void;
  readonly onStdout: (listener: (chunk: Buffer) => void) => void;
  readonly onStderr: (listener: (chunk: Buffer) => void) => void;
  readonly onClose: (listener: () => void) => void;
};

export type SectionAnswer =
  | {
      readonly kind: 'done';
      readonly code: number;
      readonly stdout: Buffer;
      readonly stderr: Buffer;
    }
  | { readonly kind: 'timeout'; readonly stderr: Buffer }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'aborted' }
  /** The channel closed before the section ended. */
  | { readonly kind: 'closed' };

export type Bootstrap =
  | { readonly kind: 'ready' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'shell'; readonly words: string };

export type Sampler = {
  /** Resolves when the shell has answered its first section, or is known not to. */
  readonly bootstrap: Promise<Bootstrap>;
  /** One section. At most one at a time: wait for `settled` after an answer that is not `done`. */
  readonly ask: (command: string, options: SectionOptions) => Promise<SectionAnswer>;
  /** Resolves to whether the sampler takes another section: false when its channel is gone. */
  readonly settled: () => Promise<boolean>;
  readonly isBusy: () => boolean;
  /** Gives the shell up at once. */
  readonly close: () => void;
  /** Ends the running command, at most for a second, then the shell. */
  readonly end: () => Promise<void>;
};

export type SectionOptions = {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Output as it comes. With it a section that is too large is not ended, only not kept. */
  readonly onOutput?: ((from: 'stdout' | 'stderr', piece: Buffer) => void) | undefined;
};

export type SamplerOptions = {
  readonly channel: SamplerChannel;
  readonly clock: Clock;
  /**
   * The second way to signal the process group: sshd refuses the first for keys with a forced command
   * and, in many versions, for root.
   */
  readonly killGroup: (name: 'TERM' | 'KILL', processGroup: number) => void;
  /** 16 hex digits. */
  readonly nonce?: string;
};

type Running = {
  readonly seq: number;
  answer: ((answer: SectionAnswer) => void) | undefined;
  section: Section | undefined;
  stderr: Buffer | undefined;
  timer: Timer | undefined;
  isEnding: boolean;
  readonly onOutput: SectionOptions['onOutput'];
};

const BOOTSTRAP_LIMIT_MS = 5_000;
const NOISE_LIMIT_BYTES = 64 * 1024;
const NOISE_WORDS_BYTES = 512;
const STDERR_LIMIT_BYTES = 64 * 1024;
/** A host that takes signals has answered by then. */
const SIGNAL_LIMIT_MS = 400;
/** From the first TERM to KILL. */
const TERM_LIMIT_MS = 2_000;
/** From each way to kill to the next. */
const KILL_LIMIT_MS = 500;
const END_LIMIT_MS = 1_000;

/**
 * The first section. Mostly the shell leads its process group; behind a forced command the login shell
 * may have stayed as its leader.
 */
const PROCESS_GROUP = 'ps -o pgid= -p "$$" || echo "$$"';

const newNonce = (): string => randomBytes(8).toString('hex');

/** Starts the sampler protocol on a fresh shell. */
export function createSampler(options: SamplerOptions): Sampler {
  const { channel, clock } = options;
  const nonce = options.nonce ?? newNonce();
  let seq = 0;
  let running: Running | undefined;
  let isClosed = false;
  let processGroup: number | undefined;
  let noise = Buffer.alloc(0);
  let noiseBytes = 0;
  let onFlood: (() => void) | undefined;
  let waiting: readonly (() => void)[] = [];

  const stdout = createFrameParser({
    nonce,
    stream: 'stdout',
    limitBytes: SECTION_LIMIT_BYTES,
    onSection: (section) => {
      if (running?.seq !== section.seq) return;
      running.section = section;
      finishIfComplete(running);
    },
    onPiece: (piece) => running?.onOutput?.('stdout', piece),
    onTooLarge: (bytes) => {
      if (running === undefined || running.onOutput !== undefined) return;
      giveAnswer(running, { kind: 'too-large', bytes });
      endCommand(running);
    },
    onNoise: (bytes) => {
      noiseBytes += bytes.length;
      if (noise.length < NOISE_WORDS_BYTES)
        noise = Buffer.concat([noise, bytes.subarray(0, NOISE_WORDS_BYTES - noise.length)]);
      if (noiseBytes > NOISE_LIMIT_BYTES) onFlood?.();
    },
  });
  const stderr = createFrameParser({
    nonce,
    stream: 'stderr',
    limitBytes: STDERR_LIMIT_BYTES,
    onPiece: (piece) => running?.onOutput?.('stderr', piece),
    onSection: (section) => {
      if (running?.seq !== section.seq) return;
      running.stderr = section.payload;
      finishIfComplete(running);
    },
  });

  const giveAnswer = (one: Running, answer: SectionAnswer): void => {
    const { answer: give } = one;
    one.answer = undefined;
    give?.(answer);
  };

  const release = (): void => {
    clock.clearTimeout(running?.timer);
    running = undefined;
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };

  const finishIfComplete = (one: Running): void => {
    if (one.section === undefined || one.stderr === undefined) return;
    const { code, payload, bytes } = one.section;
    const isTooLarge = bytes > SECTION_LIMIT_BYTES;
    giveAnswer(
      one,
      isTooLarge
        ? { kind: 'too-large', bytes }
        : { kind: 'done', code: exitCode(code), stdout: payload, stderr: one.stderr },
    );
    release();
  };

  const fromOutside = (name: 'TERM' | 'KILL'): void => {
    if (processGroup !== undefined) options.killGroup(name, processGroup);
  };

  /** TERM, then KILL, each in both ways; then the channel is given up. */
  const endCommand = (one: Running): void => {
    if (one.isEnding || isClosed) return;
    one.isEnding = true;
    const steps: readonly (readonly [() => void, number])[] = [
      [() => channel.signal('TERM'), SIGNAL_LIMIT_MS],
      [() => fromOutside('TERM'), TERM_LIMIT_MS - SIGNAL_LIMIT_MS],
      [() => channel.signal('KILL'), KILL_LIMIT_MS],
      [() => fromOutside('KILL'), KILL_LIMIT_MS],
      [() => channel.close(), KILL_LIMIT_MS],
    ];
    const take = (index: number): void => {
      clock.clearTimeout(one.timer);
      if (isClosed || running !== one) return;
      const step = steps[index];
      if (step === undefined) {
        onClosed();
        return;
      }
      one.timer = clock.setTimeout(() => take(index + 1), step[1]);
      step[0]();
    };
    take(0);
  };

  const onClosed = (): void => {
    if (isClosed) return;
    isClosed = true;
    if (running !== undefined) giveAnswer(running, { kind: 'closed' });
    release();
  };

  const ask = (
    command: string,
    { timeoutMs, signal, onOutput }: SectionOptions,
  ): Promise<SectionAnswer> =>
    new Promise((resolve) => {
      if (isClosed || running !== undefined) {
        resolve({ kind: 'closed' });
        return;
      }
      if (signal?.aborted === true) {
        resolve({ kind: 'aborted' });
        return;
      }
      seq++;
      const onAbort = (): void => {
        giveAnswer(one, { kind: 'aborted' });
        endCommand(one);
      };
      const one: Running = {
        seq,
        answer: (answer) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(answer);
        },
        section: undefined,
        stderr: undefined,
        timer: undefined,
        isEnding: false,
        onOutput,
      };
      running = one;
      one.timer = clock.setTimeout(() => {
        giveAnswer(one, { kind: 'timeout', stderr: one.stderr ?? stderr.partial() });
        endCommand(one);
      }, timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      channel.write(requestLine(one.seq, command));
    });

  const settled = (): Promise<boolean> =>
    new Promise((resolve) => {
      if (isClosed || running === undefined) resolve(!isClosed);
      else waiting = [...waiting, () => resolve(!isClosed)];
    });

  const close = (): void => {
    if (isClosed) return;
    channel.close();
    onClosed();
  };

  const end = async (): Promise<void> => {
    if (running !== undefined && !isClosed) {
      giveAnswer(running, { kind: 'closed' });
      endCommand(running);
      await Promise.race([settled(), pause(END_LIMIT_MS)]);
    }
    close();
  };

  const bootstrap = async (): Promise<Bootstrap> => {
    const flooded = new Promise<'flood'>((resolve) => {
      onFlood = () => resolve('flood');
    });
    const asked = ask(PROCESS_GROUP, { timeoutMs: BOOTSTRAP_LIMIT_MS });
    const answer = await Promise.race([asked, flooded]);
    onFlood = undefined;
    if (answer !== 'flood' && answer.kind === 'done') {
      const group = Number(answer.stdout.toString('latin1').trim());
      if (Number.isInteger(group) && group > 1) processGroup = group;
      return { kind: 'ready' };
    }
    const words = noise.toString('utf8');
    if (answer !== 'flood' && answer.kind === 'timeout' && words === '') return { kind: 'silent' };
    const complaint =
      answer !== 'flood' && answer.kind === 'timeout' ? answer.stderr : stderr.partial();
    close();
    return { kind: 'shell', words: words === '' ? complaint.toString('utf8') : words };
  };

  channel.onStdout(stdout.push);
  channel.onStderr(stderr.push);
  channel.onClose(onClosed);
  channel.write(samplerPreamble(nonce));
  return { bootstrap: bootstrap(), ask, settled, isBusy: () => running !== undefined, close, end };
}

/** Real time: whoever ends the console waits for it, whatever clock a test has given us. */
const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs).unref();
  });

/** ksh93 reports a death by signal as 256 + n, other shells as 128 + n. */
const exitCode = (code: number): number => (code > 256 ? code - 128 : code);
