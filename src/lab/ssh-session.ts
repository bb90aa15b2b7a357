import type { ServerChannel, Session } from 'ssh2';
import type { Machine } from './machine.ts';
import { createOrderedOutput, type OrderedOutput } from './ordered-output.ts';
import { createShell, type Shell, type ShellExit } from './shell/shell.ts';
import { createInput, type Chunk } from './shell/streams.ts';
import { createTerminal, type TerminalSize } from './terminal.ts';

const NO_SIZE: TerminalSize = { cols: 80, rows: 24 };

type Request = { readonly kind: 'exec'; readonly command: string } | { readonly kind: 'shell' };

/** What goes wrong with the login shells of a host; asked anew for each channel and each output. */
export type LoginFaults = {
  /** Printed before anything else; null: nothing. */
  readonly noise: () => string | null;
  /** Whether the present output is the one to be cut; true once. */
  readonly takeCut: () => boolean;
  /** Breaks the connection after what was sent. */
  readonly cut: () => void;
};

/** Shorter output has no middle of a line worth the name. */
const CUT_FROM_BYTES = 64;

/** Answers the requests of one session channel: pty, env, window-change, signal, exec and shell. */
export function serveSession(session: Session, machine: Machine, faults: LoginFaults): void {
  const environment: Record<string, string> = {};
  let size: TerminalSize | null = null;
  let shell: Shell | null = null;
  session.on('pty', (accept, _reject, info) => {
    size = info;
    environment['TERM'] = (info as { term?: string }).term ?? 'dumb';
    confirm(accept);
  });
  session.on('window-change', (accept, _reject, info) => {
    size = info;
    confirm(accept);
  });
  session.on('env', (accept, _reject, info) => {
    // sshd_config(5) AcceptEnv of OmniOS: LANG and LC_* only.
    if (/^(LANG|LC_.*)$/.test(info.key))
      environment[info.key] = (info as { val?: string }).val ?? '';
    confirm(accept);
  });
  session.on('signal', (accept, _reject, info) => {
    shell?.signal(info.name);
    confirm(accept);
  });
  const start = (channel: ServerChannel, request: Request) => {
    shell = serveChannel(channel, {
      machine,
      faults,
      request,
      size: size && (() => size ?? NO_SIZE),
      environment,
    });
  };
  session.on('exec', (accept, _reject, info) => {
    start(accept(), { kind: 'exec', command: info.command });
  });
  session.on('shell', (accept) => {
    start(accept(), { kind: 'shell' });
  });
}

/** A request that wants no reply comes without the function. */
function confirm(accept: (() => unknown) | undefined): void {
  accept?.();
}

type Job = {
  readonly machine: Machine;
  readonly faults: LoginFaults;
  readonly request: Request;
  /** null: no pty was asked for. */
  readonly size: (() => TerminalSize) | null;
  readonly environment: Readonly<Record<string, string>>;
};

function serveChannel(
  channel: ServerChannel,
  { machine, faults, request, size, environment }: Job,
): Shell {
  const output = createOrderedOutput();
  const writeTo = (stream: Parameters<OrderedOutput['write']>[0]) => (chunk: Chunk) => {
    if (!channel.writable) return;
    const bytes = Buffer.from(chunk as Uint8Array);
    if (bytes.length < CUT_FROM_BYTES || !faults.takeCut()) {
      output.write(stream, bytes);
      return;
    }
    output.write(stream, bytes.subarray(0, middleOfLine(bytes)));
    output.afterAll(faults.cut);
  };
  const terminal =
    size === null
      ? null
      : createTerminal({
          write: writeTo(channel),
          interrupt: () => shell.signal('INT'),
          size,
        });
  const input = createInput();
  const stdout = terminal?.output ?? { write: writeTo(channel) };
  const stderr = terminal?.output ?? { write: writeTo(channel.stderr) };
  const shell = createShell({
    machine,
    environment,
    terminal,
    streams: { stdin: terminal?.input ?? input, stdout, stderr },
  });
  channel.on('data', (bytes: Buffer) => {
    if (terminal) terminal.type(bytes);
    else input.push(bytes);
  });
  channel.on('end', () => {
    terminal?.hangUp();
    input.end();
  });
  channel.on('close', () => shell.signal('HUP'));
  channel.on('error', () => shell.signal('HUP'));
  const noise = faults.noise();
  if (noise !== null) stdout.write(noise);
  const prompt = `${machine.user}@${machine.host().plan.name}:~$ `;
  const run =
    request.kind === 'exec'
      ? shell.runCommand(request.command)
      : shell.runInput(terminal ? prompt : undefined);
  void run.then(
    (exit) => output.afterAll(() => finish(channel, exit)),
    (error: unknown) => {
      writeTo(channel.stderr)(`sh: ${String(error)}\n`);
      output.afterAll(() => finish(channel, { kind: 'code', code: 70 }));
    },
  );
  return shell;
}

/** About the half, but not between two lines. */
function middleOfLine(bytes: Buffer): number {
  const half = Math.floor(bytes.length / 2);
  return bytes[half - 1] === 0x0a ? half + 1 : half;
}

/** Sends the exit status after all output, then closes. */
function finish(channel: ServerChannel, exit: ShellExit): void {
  if (!channel.writable) return;
  if (channel.writableLength > 0) {
    channel.once('drain', () => finish(channel, exit));
    return;
  }
  if (exit.kind === 'code') channel.exit(exit.code);
  else channel.exit(exit.name);
  channel.end();
}
