import type { ServerChannel, Session } from 'ssh2';
import type { Machine } from './machine.ts';
import { createShell, type Shell, type ShellExit } from './shell/shell.ts';
import { createInput, type Chunk } from './shell/streams.ts';
import { createTerminal } from './terminal.ts';

type Request = { readonly kind: 'exec'; readonly command: string } | { readonly kind: 'shell' };

/** Answers the requests of one session channel: pty, env, window-change, signal, exec and shell. */
export function serveSession(session: Session, machine: Machine): void {
  const environment: Record<string, string> = {};
  let hasTerminal = false;
  let shell: Shell | null = null;
  session.on('pty', (accept, _reject, info) => {
    hasTerminal = true;
    environment['TERM'] = (info as { term?: string }).term ?? 'dumb';
    confirm(accept);
  });
  session.on('window-change', confirm);
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
    shell = serveChannel(channel, machine, request, hasTerminal, environment);
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

function serveChannel(
  channel: ServerChannel,
  machine: Machine,
  request: Request,
  hasTerminal: boolean,
  environment: Readonly<Record<string, string>>,
): Shell {
  const writeTo = (stream: { write: (bytes: Buffer) => unknown }) => (chunk: Chunk) => {
    if (channel.writable) stream.write(Buffer.from(chunk as Uint8Array));
  };
  const terminal = hasTerminal
    ? createTerminal(writeTo(channel), () => shell.signal('INT'))
    : undefined;
  const input = createInput();
  const stdout = terminal?.output ?? { write: writeTo(channel) };
  const stderr = terminal?.output ?? { write: writeTo(channel.stderr) };
  const shell = createShell({
    machine,
    environment,
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
  const prompt = `${machine.user}@${machine.host().plan.name}:~$ `;
  const run =
    request.kind === 'exec'
      ? shell.runCommand(request.command)
      : shell.runInput(hasTerminal ? prompt : undefined);
  void run.then(
    (exit) => finish(channel, exit),
    (error: unknown) => {
      writeTo(channel.stderr)(`sh: ${String(error)}\n`);
      finish(channel, { kind: 'code', code: 70 });
    },
  );
  return shell;
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
