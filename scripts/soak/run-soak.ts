import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { startSources } from '../../src/sources.ts';
import type { Sources } from '../../src/sources.ts';
import { privateHome } from '../../test/support/console-driver.ts';
import { keptBytes } from '../../test/support/heap.ts';
import { startLabProcess } from '../../test/support/labtop.ts';
import { childrenOf } from '../../test/support/processes.ts';
import { grown } from './verdict.ts';
import type { Reading } from './verdict.ts';

export type SoakOptions = {
  readonly seed: number;
  readonly seconds: number;
  /** Between two readings. */
  readonly everySeconds: number;
  /** One host by a child of the ssh program. */
  readonly hasSsh: boolean;
  readonly onReading?: (reading: Reading, sources: Sources) => void;
};
export type SoakResult = {
  readonly readings: readonly Reading[];
  /** What has grown, and what was left behind; empty: nothing. */
  readonly complaints: readonly string[];
  /** How often a host was connected anew, and answers that came, over all hosts. */
  readonly reconnects: number;
  readonly receivedBytes: number;
};

/** Faster than any console is set up, for more happens in the same time. */
const INTERVALS: Settings['intervals'] = { fast: 1, slow: 3, inventory: 10 };
const LEFT_LIMIT_MS = 15_000;
const MB = 2 ** 20;

/** What a console runs on, for so long against the embedded lab's random faults, and what it holds meanwhile. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const home = privateHome();
  const config = join(home.folder, 'lab', 'config.yaml');
  const lab = await startLabProcess(
    ['--scenario', 'chaos', '--seed', String(options.seed), '--write-config', config],
    home.env,
  );
  try {
    const loaded = loadConfig(config);
    if ('issues' in loaded) throw new Error(JSON.stringify(loaded.issues));
    const [, second] = loaded.settings.hosts;
    const settings: Settings = {
      ...loaded.settings,
      hosts: loaded.settings.hosts.map((host) =>
        host === second && options.hasSsh ? { ...host, via: 'openssh' } : host,
      ),
      intervals: INTERVALS,
    };
    const result = await watch(settings, options);
    const isOver = lab.child.exitCode !== null || lab.child.signalCode !== null;
    // Hosts that are all gone prove nothing.
    return isOver
      ? { ...result, complaints: [...result.complaints, 'the lab ended before its time'] }
      : result;
  } finally {
    await lab.end();
    home.remove();
  }
}

async function watch(settings: Settings, options: SoakOptions): Promise<SoakResult> {
  const empty = held();
  const sources = startSources(settings);
  const links = settings.hosts.flatMap(({ name }) => sources.link(name) ?? []);
  const sum = (pick: (link: (typeof links)[number]) => number): number =>
    links.reduce((total, link) => total + pick(link), 0);
  const readings: Reading[] = [];
  const begun = performance.now();
  const elapsed = (): number => (performance.now() - begun) / 1000;
  while (elapsed() < options.seconds) {
    const next = Math.min(options.seconds, (readings.length + 1) * options.everySeconds);
    await sleep((next - elapsed()) * 1000);
    const reading: Reading = {
      at: Math.round(elapsed()),
      ...held(),
      historyMb: sources.history.bytes() / MB,
      channels: sum((link) => link.cost().channels),
    };
    readings.push(reading);
    options.onReading?.(reading, sources);
  }
  const reconnects = sum((link) => link.cost().reconnects);
  const receivedBytes = sum((link) => link.cost().receivedBytes);
  await sources.close();
  const left = await leftBehind(empty, () => sum((link) => link.cost().channels));
  return { readings, complaints: [...grown(readings), ...left], reconnects, receivedBytes };
}

type Held = Omit<Reading, 'at' | 'historyMb' | 'channels'>;

const held = (): Held => {
  return {
    heapMb: keptBytes() / MB,
    rssMb: process.memoryUsage.rss() / MB,
    processes: childrenOf(process.pid).length,
    files: existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : null,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
  };
};

/** What is there at the end that was not at the begin; what is ending has some seconds for it. */
async function leftBehind(empty: Held, channels: () => number): Promise<readonly string[]> {
  const limit = performance.now() + LEFT_LIMIT_MS;
  for (;;) {
    const now = held();
    const left = (
      [
        ['channels', channels(), 0],
        ['processes', now.processes, empty.processes],
        ['open files', now.files ?? 0, empty.files ?? 0],
        ['timers', now.timers, empty.timers],
      ] as const
    ).flatMap(([what, count, before]) =>
      count > before ? [`${what} left behind: ${count} where there were ${before}`] : [],
    );
    if (left.length === 0 || performance.now() > limit) return left;
    await sleep(200);
  }
}
