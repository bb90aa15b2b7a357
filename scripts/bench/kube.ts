import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeFigures, KubeJob } from './kube-client.ts';
import type { KubeServer } from './kube-server.ts';
import type { StormFigures } from './kube-storm.ts';
import { runPart, startPart } from './part.ts';
import type { Started } from './part.ts';
import { megabytes, ms, within } from './table.ts';
import type { Group } from './table.ts';

const NODES = 500;
const PODS = 10_000;
const CHANGES_PER_SECOND = 200;
const STEADY_SECONDS = 10;
/** Each is run so often; the median counts. */
const RUNS = 3;
const BUDGETS = { memory: 1 / 5, time: 2 / 3, stormMb: 10 };

/** The figures of the watch layer, beside client-node's informers on the same server in the same run. */
export async function* kubeGroups(): AsyncGenerator<Group> {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-bench-'));
  try {
    yield await tableGroup(folder);
    yield await stormGroup(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bundles a part as the program is bundled: what is loaded is a part of what is measured. */
function built(file: string, folder: string): string {
  const outdir = join(folder, file);
  const script = join(import.meta.dirname, '..', 'build.ts');
  const entry = join(import.meta.dirname, file);
  const { status, stderr } = spawnSync(
    process.execPath,
    [script, '--entry', entry, '--outdir', outdir],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${file} cannot be built: ${stderr}`);
  return join(outdir, 'main.js');
}

const startServer = (folder: string): Promise<Started<KubeServer>> =>
  startPart('kube-server.ts', [folder, String(NODES), String(PODS)]);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** One after the other in turn, so that a machine that is busy for a while is so for all. */
async function measured<const T extends readonly string[]>(
  files: T,
  job: KubeJob,
): Promise<{ readonly [K in keyof T]: KubeFigures }> {
  const runs: KubeFigures[][] = files.map(() => []);
  for (let run = 0; run < RUNS; run += 1)
    for (const [index, file] of files.entries())
      runs[index]?.push(await runPart<KubeFigures>(file, [JSON.stringify(job)]));
  return runs.map(medians) as { [K in keyof T]: KubeFigures };
}

function medians(runs: readonly KubeFigures[]): KubeFigures {
  const of = (pick: (figures: KubeFigures) => number): number => median(runs.map(pick));
  return {
    fullMs: of(({ fullMs }) => fullMs),
    fullCpuMs: of(({ fullCpuMs }) => fullCpuMs),
    addedRssMb: of(({ addedRssMb }) => addedRssMb),
    addedHeapMb: of(({ addedHeapMb }) => addedHeapMb),
    rssMb: of(({ rssMb }) => rssMb),
    peakRssMb: of(({ peakRssMb }) => peakRssMb),
    cpuPercent: of(({ cpuPercent }) => cpuPercent),
    changes: of(({ changes }) => changes),
  };
}

async function tableGroup(folder: string): Promise<Group> {
  const { ready: server, end } = await startServer(folder);
  try {
    const { kubeconfig, nodes, pods, listBytes } = server;
    const job = {
      kubeconfig,
      nodes,
      pods,
      changesPerSecond: CHANGES_PER_SECOND,
      steadySeconds: STEADY_SECONDS,
    };
    // The informers unbundled, as their users run them: a bundle leaves out what labtop does not call.
    const files = [built('kube-labtop.ts', folder), 'kube-informer.ts'] as const;
    const [own, peer] = await measured(files, job);
    const mb = (value: number): string => `+${megabytes(value)}`;
    return {
      title: `Kubernetes, ${pods} pods and ${nodes} nodes (${megabytes(listBytes / 2 ** 20)} of JSON), beside client-node's informers, median of ${RUNS}`,
      lines: [
        {
          figure: 'from the start to the full table',
          measured: `${ms(own.fullMs)}, x${(own.fullMs / peer.fullMs).toFixed(2)}`,
          floor: ms(peer.fullMs),
          budget: 'x0.67',
          verdict: within(own.fullMs <= peer.fullMs * BUDGETS.time),
        },
        {
          figure: '  CPU until then',
          measured: `${ms(own.fullCpuMs)}, x${(own.fullCpuMs / peer.fullCpuMs).toFixed(2)}`,
          floor: ms(peer.fullCpuMs),
          budget: '',
          verdict: '',
        },
        {
          figure: 'resident memory that the objects add',
          measured: `${mb(own.addedRssMb)}, x${(own.addedRssMb / peer.addedRssMb).toFixed(2)}`,
          floor: mb(peer.addedRssMb),
          budget: 'x0.20',
          verdict: within(own.addedRssMb <= peer.addedRssMb * BUDGETS.memory),
        },
        {
          figure: '  of it heap in use',
          measured: mb(own.addedHeapMb),
          floor: mb(peer.addedHeapMb),
          budget: '',
          verdict: '',
        },
        {
          figure: 'resident memory, its peak',
          measured: `${megabytes(own.rssMb)}, ${megabytes(own.peakRssMb)}`,
          floor: `${megabytes(peer.rssMb)}, ${megabytes(peer.peakRssMb)}`,
          budget: '',
          verdict: '',
        },
        {
          figure: `CPU while ${CHANGES_PER_SECOND} pods change in a second`,
          measured: `${own.cpuPercent.toFixed(1)} % (${Math.round(own.changes / STEADY_SECONDS)}/s seen)`,
          floor: `${peer.cpuPercent.toFixed(1)} % (${Math.round(peer.changes / STEADY_SECONDS)}/s seen)`,
          budget: '',
          verdict: '',
        },
      ],
    };
  } finally {
    await end();
  }
}

async function stormGroup(folder: string): Promise<Group> {
  const storm = await runPart<StormFigures>(built('kube-storm.ts', folder), [
    join(import.meta.dirname, 'kube-storm-server.ts'),
    folder,
  ]);
  return {
    title: `Kubernetes, a storm of ${storm.objects} replicas, of which a watch is open as long as they are few`,
    lines: [
      {
        figure: 'resident memory that the storm adds',
        measured: `+${storm.addedRssMb.toFixed(1)} MB`,
        floor: `${megabytes(storm.rssMb)} before it`,
        budget: `${BUDGETS.stormMb} MB`,
        verdict: within(storm.addedRssMb <= BUDGETS.stormMb),
      },
      {
        figure: '  of it heap in use',
        measured: `${storm.addedHeapMb.toFixed(1)} MB`,
        floor: '',
        budget: '',
        verdict: '',
      },
      {
        figure: 'delay of the event loop meanwhile, p99 / most',
        measured: storm.delayMs.map(ms).join(' / '),
        floor: '',
        budget: '',
        verdict: '',
      },
    ],
  };
}
