import { execFile, spawn } from 'node:child_process';
import { basename, resolve as resolvePath } from 'node:path';
import { promisify } from 'node:util';
import { RESULT } from './measure.ts';

const ROOT = resolvePath(import.meta.dirname, '../..');

/**
 * Runs a part in a process of its own, as production and with colours, and takes its result. `args` are given to a part
 * that node runs without help, so that its memory is that of the product.
 */
export function runPart<T>(file: string, args?: readonly string[]): Promise<T> {
  const loader =
    args === undefined ? ['--import', 'tsx'] : ['--disable-warning=ExperimentalWarning'];
  return takeResult(file, [...loader, resolvePath(import.meta.dirname, file), ...(args ?? [])]);
}

/**
 * The same with the code as it is shipped: built by the project's own build, because a loader of TypeScript names every
 * inner function each time it is made, which costs a frame a seventh of its time.
 */
export async function runBuiltPart<T>(file: string): Promise<T> {
  const outdir = resolvePath(ROOT, 'node_modules/.cache/labtop-bench', basename(file, '.ts'));
  const entry = resolvePath(import.meta.dirname, file);
  const script = resolvePath(ROOT, 'scripts/build.ts');
  await promisify(execFile)(process.execPath, [script, '--entry', entry, '--outdir', outdir]);
  return takeResult(file, [resolvePath(outdir, 'main.js')]);
}

function takeResult<T>(file: string, args: readonly string[]): Promise<T> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_ENV: 'production', FORCE_COLOR: '3', TZ: 'UTC', CI: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
