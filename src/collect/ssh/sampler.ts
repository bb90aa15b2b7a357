import { randomBytes } from 'node:crypto';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock, Timer } from '../clock.ts';
import {
  createFrameParser,
  parseShellTimes,
  requestLine,
  samplerPreamble,
  SECTION_LIMIT_BYTES,
  timesLine,
} from './framing.ts';
import type { Section } from './framing.ts';

/** A shell that was started and reads its stdin. */
export type ShellChannel = {
  readonly write: (text: string) => void;
  /** To the whole process group of the shell; null when the transport cannot. */
  readonly signal: ((name: 'TERM' | 'KILL') => void) | null;
  readonly close: () => void;
  /** Held, neither output is read, and whoever writes there has to wait once what is on its way has filled. */
  readonly hold: (isHeld: boolean) => void;
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
      /** When its first mark came. */
      readonly beganAt: EpochMs;
      /** From its first mark to its last. */
      readonly durationMs: number;
    }
  | {
      readonly kind: 'timeout';
      readonly stderr: Buffer;
      readonly hasBegun: boolean;
      readonly afterMs: number;
    }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'aborted' }
  /** The shell went, or was given up, before the section ended. */
  | { readonly kind: 'closed'; readonly hasBegun: boolean };

export type Bootstrap =
  | { readonly kind: 'ready' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'shell'; readonly words: string };

export type Sampler = {
  /** Resolves when the shell has answered its first section, or is known not to. */
  readonly bootstrap: Promise<Bootstrap>;
  /** Asks for a section behind those that were asked before; those of one turn leave in one write. */
  readonly ask: (command: string, options: SectionOptions) => Promise<SectionAnswer>;
  /** Seconds of CPU that the shell and what it ran has used; null when it does not say. Starts no process. */
  readonly cpuSeconds: () => Promise<number | null>;
  /** Sections that were asked for and have not ended. */
  readonly pending: () => number;
  /**
   * For how long the host has been in the present section, or since that one was told to end; 0 when in
   * none, or when none is known to have begun.
   */
  readonly inSectionMs: () => number;
  /** Whether it takes further sections. */
  readonly isSound: () => boolean;
  /** Resolves when nothing runs any more, to whether it takes another section. */
  readonly settled: () => Promise<boolean>;
  /** Gives back what has not begun, lets the present section end, then closes. */
  readonly retire: () => void;
  /** Gives the shell up at once. */
  readonly close: () => void;
  /** Ends the running command, at most for a second, then the shell. */
  readonly end: () => Promise<void>;
};

export type SectionOptions = {
  /** Counted from when the section before it has ended; null: none. */
  readonly timeoutMs: number | null;
  /** While its output comes it has time up to this: what hangs is silent, what comes slowly is a slow line. */
  readonly mostMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Output as it comes. With it a section that is too large is not ended, only not kept. */
  readonly onOutput?: ((from: 'stdout' | 'stderr', piece: Buffer) => void) | undefined;
};

export type SamplerOptions = {
  readonly channel: ShellChannel;
  readonly clock: Clock;
  /**
   * The second way to signal the process group: sshd refuses the first for keys with a forced command
   * and, in many versions, for root.
   */
  readonly killGroup: (name: 'TERM' | 'KILL', processGroup: number) => void;
  /** How long the first mark of a section took that was asked for while nothing else ran. */
  readonly onRoundTrip?: (milliseconds: number) => void;
  /** What is kept of one section. */
  readonly limitBytes?: number;
  /** 16 hex digits. */
  readonly nonce?: string;
};

type Running = {
  readonly seq: number;
  readonly timeoutMs: number | null;
  readonly mostMs: number;
  readonly onOutput: SectionOptions['onOutput'];
  /** Of what has come since its turn. */
  heardBytes: number;
  answer: ((answer: SectionAnswer) => void) | undefined;
  section: Section | undefined;
  stderr: Buffer | undefined;
  timer: Timer | undefined;
  /** Monotonic: when it was told to end; null while it was not. */
  endingSince: number | null;
  /** Monotonic: when it was written to an idle shell; null when others were before it. */
  writtenAt: number | null;
  /** Monotonic; null until its first mark. */
  beganAt: number | null;
  beganAtTime: EpochMs;
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
/** What may be on its way when a command ends: the window of a channel, and what sshd and pipes hold. */
const ON_THE_WAY_BYTES = 2.25 * 1024 * 1024;
const CPU_LIMIT_MS = 20_000;
/** What the shell reports for a death by TERM. */
const KILLED_BY_TERM = 128 + 15;

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
  const limitBytes = options.limitBytes ?? SECTION_LIMIT_BYTES;
  let seq = 0;
  /** In the order in which the shell runs them. */
  let running: readonly Running[] = [];
  let outgoing = '';
  let isClosed = false;
  let isRetired = false;
  /** The section that TERM was last sent for. */
  let termFor: number | undefined;
  let processGroup: number | undefined;
  let noise = Buffer.alloc(0);
  let noiseBytes = 0;
  let onFlood: (() => void) | undefined;
  let waiting: readonly (() => void)[] = [];
  /** Since a command was last told to end. */
  let uselessBytes = 0;
  /** Of the section whose stderr is open. */
  let stderrBytes = 0;
  let isHeld = false;

  const hold = (held: boolean): void => {
    if (held !== isHeld) channel.hold(held);
    isHeld = held;
  };

  /** A command that goes on writing although it was told to end is kept from it until the next way to end it. */
  const count = (chunk: Buffer): void => {
    const one = running[0];
    if (one === undefined || one.endingSince === null) return;
    uselessBytes += chunk.length;
    if (uselessBytes > ON_THE_WAY_BYTES) hold(true);
  };
  const takeStdout = (chunk: Buffer): void => {
    stdout.push(chunk);
    count(chunk);
  };
  /** Most of it is not kept, and does no harm; without end it would. */
  const takeStderr = (chunk: Buffer): void => {
    stderrBytes += chunk.length;
    stderr.push(chunk);
    if (stderrBytes > limitBytes) refuseTooLarge(onStderr(), stderrBytes);
    count(chunk);
  };

  /** A section ends on its two outputs at two moments: between them, one has what the next section says already. */
  const onStdout = (): Running | undefined => running.find(({ section }) => section === undefined);
  const onStderr = (): Running | undefined => running.find((one) => one.stderr === undefined);
  const find = (wanted: number): Running | undefined => running.find((one) => one.seq === wanted);

  const stdout = createFrameParser({
    nonce,
    stream: 'stdout',
    limitBytes,
    onBegin: (begun) => {
      const one = find(begun);
      if (one === undefined) return;
      one.beganAt = clock.monotonic();
      one.beganAtTime = clock.now();
      if (one.writtenAt !== null) options.onRoundTrip?.(one.beganAt - one.writtenAt);
    },
    onSection: (section) => {
      const one = find(section.seq);
      if (one === undefined) return;
      one.section = section;
      finishIfComplete(one);
    },
    onPiece: (piece) => hear(onStdout(), 'stdout', piece),
    onTooLarge: (bytes) => {
      refuseTooLarge(onStdout(), bytes);
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
    onPiece: (piece) => hear(onStderr(), 'stderr', piece),
    onSection: (section) => {
      stderrBytes = 0;
      const one = find(section.seq);
      if (one === undefined) return;
      one.stderr = section.payload;
      finishIfComplete(one);
    },
  });

  const hear = (one: Running | undefined, from: 'stdout' | 'stderr', piece: Buffer): void => {
    if (one === undefined) return;
    one.heardBytes += piece.length;
    one.onOutput?.(from, piece);
  };

  const refuseTooLarge = (one: Running | undefined, bytes: number): void => {
    if (one === undefined || one.onOutput !== undefined) return;
    giveAnswer(one, { kind: 'too-large', bytes });
    endCommand(one);
  };

  const giveAnswer = (one: Running, answer: SectionAnswer): void => {
    const { answer: give } = one;
    one.answer = undefined;
    give?.(answer);
  };

  const finishIfComplete = (one: Running): void => {
    if (one.section === undefined || one.stderr === undefined) return;
    giveAnswer(one, answerOf(one, one.section, one.stderr));
    clock.clearTimeout(one.timer);
    running = running.filter((other) => other !== one);
    const [next] = running;
    if (next !== undefined) watch(next);
    else if (isRetired) close();
    else wakeAll();
  };

  const answerOf = (one: Running, section: Section, errors: Buffer): SectionAnswer => {
    const { payload, bytes } = section;
    const code = exitCode(section.code);
    // TERM was meant for the section before, which had just ended by itself.
    if (code === KILLED_BY_TERM && termFor !== undefined && termFor < one.seq) {
      termFor = undefined;
      return { kind: 'closed', hasBegun: true };
    }
    if (bytes > limitBytes) return { kind: 'too-large', bytes };
    return {
      kind: 'done',
      code,
      stdout: payload,
      stderr: errors,
      beganAt: one.beganAtTime,
      durationMs: clock.monotonic() - (one.beganAt ?? clock.monotonic()),
    };
  };

  /** It is its turn: the time limit counts from now. */
  const watch = (one: Running): void => {
    const { timeoutMs } = one;
    if (one.timer !== undefined || timeoutMs === null) return;
    one.heardBytes = 0;
    limit(one, timeoutMs, timeoutMs);
  };

  const limit = (one: Running, delayMs: number, elapsedMs: number): void => {
    const heardBefore = one.heardBytes;
    one.timer = clock.setTimeout(() => {
      const moreMs = Math.min(one.timeoutMs ?? 0, one.mostMs - elapsedMs);
      if (one.heardBytes > heardBefore && moreMs > 0) {
        limit(one, moreMs, elapsedMs + moreMs);
        return;
      }
      giveAnswer(one, {
        kind: 'timeout',
        stderr: one.stderr ?? stderr.partial(),
        hasBegun: one.beganAt !== null,
        afterMs: elapsedMs,
      });
      endCommand(one);
    }, delayMs);
  };

  const wakeAll = (): void => {
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };

  const fromOutside = (name: 'TERM' | 'KILL'): void => {
    if (processGroup !== undefined) options.killGroup(name, processGroup);
  };

  /** TERM, then KILL, each in both ways; then the channel is given up. Only for the section whose turn it is. */
  const endCommand = (one: Running): void => {
    if (one.endingSince !== null || isClosed || running[0] !== one) return;
    one.endingSince = clock.monotonic();
    termFor = one.seq;
    const { signal } = channel;
    const steps: readonly (readonly [() => void, number])[] = [
      ...(signal === null ? [] : [[() => signal('TERM'), SIGNAL_LIMIT_MS] as const]),
      [() => fromOutside('TERM'), TERM_LIMIT_MS - (signal === null ? 0 : SIGNAL_LIMIT_MS)],
      ...(signal === null ? [] : [[() => signal('KILL'), KILL_LIMIT_MS] as const]),
      [() => fromOutside('KILL'), KILL_LIMIT_MS],
      [() => channel.close(), KILL_LIMIT_MS],
    ];
    const take = (index: number): void => {
      clock.clearTimeout(one.timer);
      if (isClosed || !running.includes(one)) return;
      const step = steps[index];
      if (step === undefined) {
        onClosed();
        return;
      }
      one.timer = clock.setTimeout(() => take(index + 1), step[1]);
      step[0]();
      uselessBytes = 0;
      hold(false);
    };
    take(0);
  };

  const onClosed = (): void => {
    if (isClosed) return;
    isClosed = true;
    const lost = running;
    running = [];
    for (const [index, one] of lost.entries()) {
      clock.clearTimeout(one.timer);
      giveAnswer(one, { kind: 'closed', hasBegun: index === 0 });
    }
    wakeAll();
  };

  const write = (line: string): void => {
    if (outgoing === '')
      queueMicrotask(() => {
        const lines = outgoing;
        outgoing = '';
        if (!isClosed) channel.write(lines);
      });
    outgoing += line;
  };

  const enqueue = (
    lineOf: (seq: number) => string,
    { timeoutMs, mostMs = 0, signal, onOutput }: SectionOptions,
  ): Promise<SectionAnswer> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve({ kind: 'aborted' });
        return;
      }
      if (isClosed || isRetired) {
        resolve({ kind: 'closed', hasBegun: false });
        return;
      }
      seq++;
      const onAbort = (): void => {
        giveAnswer(one, { kind: 'aborted' });
        endCommand(one);
      };
      const one: Running = {
        seq,
        timeoutMs,
        mostMs,
        onOutput,
        heardBytes: 0,
        answer: (answer) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(answer);
        },
        section: undefined,
        stderr: undefined,
        timer: undefined,
        endingSince: null,
        writtenAt: running.length === 0 ? clock.monotonic() : null,
        beganAt: null,
        beganAtTime: clock.now(),
      };
      running = [...running, one];
      if (running.length === 1) watch(one);
      signal?.addEventListener('abort', onAbort, { once: true });
      write(lineOf(one.seq));
    });

  const ask: Sampler['ask'] = (command, asked) =>
    enqueue((own) => requestLine(own, command), asked);

  const cpuSeconds = async (): Promise<number | null> => {
    const answer = await enqueue(timesLine, { timeoutMs: CPU_LIMIT_MS });
    return answer.kind === 'done' ? parseShellTimes(answer.stdout.toString('latin1')) : null;
  };

  const settled = (): Promise<boolean> =>
    new Promise((resolve) => {
      if (isClosed || running.length === 0) resolve(!isClosed);
      else waiting = [...waiting, () => resolve(!isClosed)];
    });

  const close = (): void => {
    if (isClosed) return;
    channel.close();
    // Its end stands behind what was not read.
    hold(false);
    onClosed();
  };

  const retire = (): void => {
    if (isClosed || isRetired) return;
    isRetired = true;
    const [present, ...behind] = running;
    running = present === undefined ? [] : [present];
    for (const one of behind) giveAnswer(one, { kind: 'closed', hasBegun: false });
    if (present === undefined) close();
  };

  const end = async (): Promise<void> => {
    const [present] = running;
    if (present !== undefined && !isClosed) {
      retire();
      giveAnswer(present, { kind: 'closed', hasBegun: true });
      endCommand(present);
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

  channel.onStdout(takeStdout);
  channel.onStderr(takeStderr);
  channel.onClose(onClosed);
  write(samplerPreamble(nonce));
  return {
    bootstrap: bootstrap(),
    ask,
    cpuSeconds,
    pending: () => running.length,
    inSectionMs: () => {
      const since = running[0]?.endingSince ?? running[0]?.beganAt ?? null;
      return since === null ? 0 : clock.monotonic() - since;
    },
    isSound: () => !isClosed && !isRetired,
    settled,
    retire,
    close,
    end,
  };
}

/** Real time: whoever ends the console waits for it, whatever clock a test has given us. */
const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs).unref();
  });

/** ksh93 reports a death by signal as 256 + n, other shells as 128 + n. */
const exitCode = (code: number): number => (code > 256 ? code - 128 : code);
