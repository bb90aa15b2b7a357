import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { privateHome, startConsole } from '../../test/support/console-driver.ts';
import type { Driver } from '../../test/support/console-driver.ts';
import { startLabProcess } from '../../test/support/labtop.ts';
import { spread } from './measure.ts';
import { cpuTime } from './proc.ts';

/** What a program costs that is left alone. */
export type Rest = {
  readonly bytesPerSecond: number;
  /** Percent of a core; null where the system has no /proc. */
  readonly cpuPercent: number | null;
  readonly rssMb: number | null;
};

export type Start = {
  /** Milliseconds from the start of the process, as the median. */
  readonly firstFrame: number;
  readonly firstData: number;
  readonly allData: number;
  readonly emptyNode: number;
};

/** Resident memory in MB, by ps(1). */
export function rssMb(pid: number): number | null {
  try {
    const text = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return Number(text) / 1024;
  } catch {
    return null;
  }
}

/** Leaves a program alone for so long and looks at what it does. */
async function watch(driver: Pick<Driver, 'pid' | 'bytes'>, seconds: number): Promise<Rest> {
  const [bytes, cpu, start] = [driver.bytes(), cpuTime(driver.pid), performance.now()];
  await sleep(seconds * 1000);
  const elapsed = (performance.now() - start) / 1000;
  const used = cpuTime(driver.pid);
  return {
    bytesPerSecond: (driver.bytes() - bytes) / elapsed,
    cpuPercent: used === null || cpu === null ? null : (used.own - cpu.own) / 10 / elapsed,
    rssMb: rssMb(driver.pid),
  };
}

const isLive = (screen: string): boolean => screen.includes('3/3 up') && screen.includes('● live');

export type RestOptions = {
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Of the lab: so many times its three hosts; default 1. */
  readonly scale?: number;
};

/** How long the hosts of a large lab may take to answer: the lab runs on the same machine. */
const LARGE_LIMIT_MS = 240_000;

/** The built console on the calm embedded lab at 120x40, after its first full data. */
export async function measureRest(
  options: RestOptions,
): Promise<Rest & { readonly place: string }> {
  const { warmUpSeconds, seconds, scale = 1 } = options;
  const home = privateHome();
  const args = ['demo', ...(scale === 1 ? [] : ['--scale', String(scale)])];
  const driver = startConsole({ cols: 120, rows: 40, args, env: home.env });
  const hosts = 3 * scale;
  try {
    await driver.waitFor(
      `${hosts} hosts and the cluster of the lab`,
      (screen) => screen.includes(`${hosts}/${hosts} up`) && screen.includes('● live'),
      scale === 1 ? undefined : LARGE_LIMIT_MS,
    );
    await sleep(warmUpSeconds * 1000);
    const rest = await watch(driver, seconds);
    const [first = ''] = driver.screen().split('\n');
    return { ...rest, place: /\d+ hosts · \d+ zones · \d+ VMs/.exec(first)?.[0] ?? '' };
  } finally {
    driver.kill('SIGTERM');
    await driver.exited;
    driver.dispose();
    home.remove();
  }
}

/** top(1) in the same terminal, every two seconds; null where it is not installed or knows no `-d`. */
export async function measureTop(seconds: number): Promise<Rest | null> {
  const driver = startConsole({ cols: 120, rows: 40, shell: 'exec top -d 2' });
  try {
    await driver.waitFor('top', (screen) => /load average/.test(screen), 5000);
    await sleep(1000);
    return await watch(driver, seconds);
  } catch {
    return null;
  } finally {
    driver.dispose();
  }
}

/** A node process that does nothing but wake up once a second. */
export async function measureIdleNode(seconds: number): Promise<Rest> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    await sleep(500);
    return await watch({ pid: child.pid ?? 0, bytes: () => 0 }, seconds);
  } finally {
    child.kill();
  }
}

const emptyNode = (): Promise<number> =>
  new Promise((resolve) => {
    const start = performance.now();
    spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).once('exit', () =>
      resolve(performance.now() - start),
    );
  });

/** Starts the built console again and again against a lab that runs already. The first start, with cold caches, does not count. */
export async function measureStart(runs: number): Promise<Start> {
  const home = privateHome();
  const config = join(home.folder, 'lab', 'config.yaml');
  const lab = await startLabProcess(['--write-config', config], home.env);
  const [frames, first, all, empty]: [number[], number[], number[], number[]] = [[], [], [], []];
  try {
    for (let run = 0; run <= runs; run += 1) {
      const nothing = await emptyNode();
      const start = performance.now();
      const driver = startConsole({
        cols: 120,
        rows: 40,
        args: ['--config', config],
        env: home.env,
      });
      const times: number[] = [];
      for (const [what, seen] of [
        ['the first frame', (screen: string) => screen.includes('1 Hosts')],
        ['the data of a host', (screen: string) => /[1-3]\/3 up/.test(screen)],
        ['the data of all hosts', isLive],
      ] as const) {
        await driver.waitFor(what, seen, 30_000);
        times.push(performance.now() - start);
      }
      driver.kill('SIGTERM');
      await driver.exited;
      driver.dispose();
      if (run === 0) continue;
      const [frame = 0, data = 0, allData = 0] = times;
      frames.push(frame);
      first.push(data);
      all.push(allData);
      empty.push(nothing);
    }
  } finally {
    await lab.end();
    home.remove();
  }
  return {
    firstFrame: spread(frames).p50,
    firstData: spread(first).p50,
    allData: spread(all).p50,
    emptyNode: spread(empty).p50,
  };
}

/** Whether there is a build to measure. */
export const isBuilt = (): boolean =>
  existsSync(join(import.meta.dirname, '..', '..', 'dist', 'main.js'));
