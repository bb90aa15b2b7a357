import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { give } from './measure.ts';

/** What a client of the bench is told. */
export type KubeJob = {
  readonly kubeconfig: string;
  readonly nodes: number;
  readonly pods: number;
  readonly changesPerSecond: number;
  readonly steadySeconds: number;
};
/** What one client measured of itself. */
export type KubeFigures = {
  readonly fullMs: number;
  /** CPU until then. */
  readonly fullCpuMs: number;
  readonly addedRssMb: number;
  readonly addedHeapMb: number;
  readonly rssMb: number;
  readonly peakRssMb: number;
  /** Of one core, while so many pods change in a second. */
  readonly cpuPercent: number;
  /** Changes that it has seen meanwhile. */
  readonly changes: number;
};

/** A way to keep all nodes and pods. */
export type KubeClient = {
  /** Loads what it needs and talks to the server once, so that only the objects are measured. */
  readonly warm: () => Promise<void>;
  readonly start: () => void;
  /** Objects that it has, and changes since the start. */
  readonly seen: () => { readonly nodes: number; readonly pods: number; readonly changes: number };
  readonly ask: (path: string) => Promise<unknown>;
};

const MB = 1024 * 1024;
const LOOK_MS = 2;
/** So long a client may take for all of it. */
const LIMIT_MS = 120_000;
/** Memory is given back some time after it is free. */
const SETTLE_MS = 1_000;

/** Measures a client; the result goes to the parent. */
export async function measureKube(create: (job: KubeJob) => Promise<KubeClient>): Promise<void> {
  const limit = setTimeout(() => {
    throw new Error('the objects did not come in time');
  }, LIMIT_MS);
  const job = JSON.parse(process.argv[2] ?? '{}') as KubeJob;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = async (): Promise<{ readonly rss: number; readonly heap: number }> => {
    for (let round = 0; round < 3; round += 1) {
      collect();
      await sleep(SETTLE_MS / 3);
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heap: heapUsed + external };
  };
  const client = await create(job);
  await client.warm();
  const before = await memory();
  const filling = process.cpuUsage();
  const began = performance.now();
  client.start();
  while (client.seen().nodes < job.nodes || client.seen().pods < job.pods) await sleep(LOOK_MS);
  const fullMs = performance.now() - began;
  const filled = process.cpuUsage(filling);
  const after = await memory();
  await client.ask(`/bench/changes?perSecond=${job.changesPerSecond}`);
  // The first of them come before the measure begins.
  await sleep(SETTLE_MS);
  const { changes } = client.seen();
  const cpu = process.cpuUsage();
  const from = performance.now();
  await sleep(job.steadySeconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const spentMs = performance.now() - from;
  await client.ask('/bench/changes?perSecond=0');
  clearTimeout(limit);
  give({
    fullMs,
    fullCpuMs: (filled.user + filled.system) / 1000,
    addedRssMb: (after.rss - before.rss) / MB,
    addedHeapMb: (after.heap - before.heap) / MB,
    rssMb: process.memoryUsage().rss / MB,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    cpuPercent: ((user + system) / 1000 / spentMs) * 100,
    changes: client.seen().changes - changes,
  } satisfies KubeFigures);
  process.exit();
}
