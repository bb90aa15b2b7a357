import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { LABTOP } from './console-driver.ts';

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the built program to its end, without a terminal. */
export const labtop = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limitMs = 400_000,
): Promise<Ended> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      [LABTOP, ...args],
      { env: { ...process.env, ...env }, timeout: limitMs, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        done({ code, stdout, stderr });
      },
    );
  });

/** `labtop lab` as a process, until it is ended. */
export type LabProcess = {
  readonly child: ChildProcess;
  readonly end: () => Promise<void>;
  readonly output: () => string;
};

/** Starts the lab and waits until it says how to reach it. */
export async function startLabProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<LabProcess> {
  const child = spawn(process.execPath, [LABTOP, 'lab', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const gone = new Promise<void>((done) => {
    child.once('exit', () => done());
  });
  const ready = new Promise<void>((done) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('kubectl --kubeconfig')) done();
    });
  });
  await Promise.race([
    ready,
    gone.then(() => {
      throw new Error(`the lab ended before it was ready:\n${output}`);
    }),
  ]);
  return {
    child,
    output: () => output,
    end: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
