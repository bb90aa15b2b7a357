/** The watch layer of labtop while replicas multiply: what it keeps of them. */
import { spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClusterSource } from '../../src/collect/kube/cluster-source.ts';
import { emptyInventory } from '../../src/domain/empty.ts';
import { lastKnown } from '../../src/domain/feed.ts';
import type { ClusterInventory } from '../../src/domain/inventory.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { ClusterWatch } from '../../src/domain/watch.ts';
import { clusterWatches } from '../../src/registry.ts';
import { podsWatch } from '../../src/resources/pod/pods.watch.ts';
import { applyCluster } from '../../src/store/apply.ts';
import { clusterSettings } from '../../test/support/cluster-settings.ts';
import { setUpAsShipped } from './as-shipped.ts';
import { give, RESULT } from './measure.ts';

export type StormFigures = {
  readonly objects: number;
  readonly rssMb: number;
  readonly addedRssMb: number;
  readonly addedHeapMb: number;
  /** How late the event loop came, p99 and at most. */
  readonly delayMs: readonly [p99: number, most: number];
};

setUpAsShipped();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const LIMIT_MS = 180_000;
const OBJECTS = 200_000;
const PER_SECOND = 20_000;
const NAME = 'replicas.longhorn.io';
/** A view of a few replicas; in a feed that the storm leaves alone. */
const replicas: ClusterWatch<'pods'> = {
  ...podsWatch,
  group: 'longhorn.io',
  versions: ['v1beta2'],
  resource: 'replicas',
  maxObjects: 2_000,
};
const [server = '', folder = ''] = process.argv.slice(2);
const lab = spawn(
  process.execPath,
  ['--import', 'tsx', server, folder, String(OBJECTS), String(PER_SECOND)],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
let output = '';
const kubeconfig = await new Promise<string>((resolve) => {
  lab.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const [, line] = output.split(RESULT);
    if (line?.endsWith('\n') === true)
      resolve((JSON.parse(line) as { readonly kubeconfig: string }).kubeconfig);
  });
});
const settings = clusterSettings('bench', kubeconfig);
let inventory = emptyInventory(
  {
    hosts: [],
    clusters: [settings],
    groups: [],
    vlanNames: new Map(),
  } as Partial<Settings> as Settings,
  Date.now(),
);
const cluster = (): ClusterInventory | undefined => inventory.clusters[0];
const source = createClusterSource(settings, {
  watches: [...clusterWatches.filter(({ feed }) => feed !== 'pods'), replicas],
  onChange: (patch) => {
    inventory = applyCluster(inventory, 'bench', patch);
  },
});
const counted = (): number => {
  const feed = cluster()?.feeds.objects;
  return (feed && lastKnown(feed)?.value.byKey.get(NAME)?.count) ?? 0;
};
const memory = async (): Promise<{ readonly rss: number; readonly heap: number }> => {
  for (let round = 0; round < 5; round += 1) {
    collect();
    await sleep(300);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
};

setTimeout(() => {
  throw new Error('the replicas were not counted in time');
}, LIMIT_MS).unref();
source.start();
while (cluster()?.feeds.pods.status !== 'ok' || counted() === 0) await sleep(20);
// A second round of counts, so that its buffers are there before the storm.
await sleep(15_000);
const before = await memory();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
lab.stdin.write('go\n');
while (counted() < OBJECTS) await sleep(50);
delay.disable();
const after = await memory();
const MB = 1024 * 1024;
give({
  objects: counted(),
  rssMb: before.rss / MB,
  addedRssMb: (after.rss - before.rss) / MB,
  addedHeapMb: (after.heap - before.heap) / MB,
  delayMs: [delay.percentile(99) / 1e6, delay.max / 1e6],
} satisfies StormFigures);
lab.stdin.end();
process.exit();
