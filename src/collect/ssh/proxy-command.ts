import { spawn } from 'node:child_process';
import { carriedStream } from './carried-stream.ts';
import { failure, remoteWords } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { userShell } from './local-user.ts';
import type { Target } from './target.ts';
import type { Wire } from './wire.ts';

const KILL_AFTER_MS = 2_000;
const STDERR_BYTES = 2_048;

/**
 * ssh_config(5), ProxyCommand: a program whose standard streams carry the connection, run by the user's shell with
 * `exec` as ssh does. It has no terminal, so that it cannot write into the console, and goes with the connection.
 */
export function openProxyCommand(target: Target, command: string, env: NodeJS.ProcessEnv): Wire {
  const child = spawn(userShell(env), ['-c', `exec ${command}`], {
    env,
    // A session of its own: no terminal, and one signal reaches a whole pipeline.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { stdin, stdout, stderr } = child;
  let words = Buffer.alloc(0);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code ?? '?'}`));
  });

  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It is gone already.
    }
  };

  const carried = carriedStream(stdout, stdin, () => {
    kill('SIGHUP');
    const timer = setTimeout(() => kill('SIGKILL'), KILL_AFTER_MS);
    timer.unref();
    void exited.then(() => clearTimeout(timer));
  });
  stderr.on('data', (chunk: Buffer) => {
    if (words.length < STDERR_BYTES)
      words = Buffer.concat([words, chunk]).subarray(0, STDERR_BYTES);
  });
  child.once('error', (error) => carried.stream.destroy(error));

  const reason = async (): Promise<LinkFailure | undefined> => {
    // It works still, and is about to be ended by ourselves: it has nothing to tell.
    if (!carried.stream.destroyed && !stdout.readableEnded && words.length === 0) return undefined;
    const how = await exited;
    const said = remoteWords(words.toString('utf8'));
    return failure({
      code: 'jump:command',
      message: `via ProxyCommand of ${target.name}: ${said === '' ? how : `«${said}» (${how})`}`,
      hint: `run it by hand to see what it needs; it has no terminal to ask on`,
    });
  };
  return { ...carried, reason };
}
