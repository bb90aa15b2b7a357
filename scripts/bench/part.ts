import { spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { RESULT } from './measure.ts';

/**
 * Runs a part in a process of its own, as production and with colours, and takes its result. `args` are given to a part
 * that node runs without help, so that its memory is that of the product.
 */
export function runPart<T>(file: string, args?: readonly string[]): Promise<T> {
  const loader =
    args === undefined ? ['--import', 'tsx'] : ['--disable-warning=ExperimentalWarning'];
  const child = spawn(
    process.execPath,
    [...loader, resolvePath(import.meta.dirname, file), ...(args ?? [])],
    {
      env: { ...process.env, NODE_ENV: 'production', FORCE_COLOR: '3', TZ: 'UTC', CI: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const line = output.slice(output.lastIndexOf(RESULT) + 1).split('\n')[0];
      if (code === 0 && output.includes(RESULT) && line) resolve(JSON.parse(line) as T);
      else reject(new Error(`${file} ended with ${code} and no result\n${complaints}`));
    });
  });
}

/** A server of the bench that runs in a process of its own. */
export type Started<T> = {
  /** What it told when it was ready. */
  readonly ready: T;
  /** Lets it end by itself, and waits until it is gone. */
  readonly end: () => Promise<void>;
};

/** Starts a server of the bench: it gives one result when it is ready, and ends with its standard input. */
export async function startPart<T>(file: string, args: readonly string[]): Promise<Started<T>> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', resolvePath(import.meta.dirname, file), ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  let output = '';
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const [, result] = output.split(RESULT);
      if (result?.endsWith('\n') === true) resolve(result);
    });
    child.once('exit', () => reject(new Error(`${file} ended before it was ready`)));
  });
  return {
    ready: JSON.parse(line) as T,
    end: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
