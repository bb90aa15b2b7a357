/**
 * Measures what the console promises and prints it as a table: each figure with its budget and with a floor or a peer
 * that is measured in the same run, because machines differ. It takes about fourteen minutes and never fails by a figure.
 *
 *     npm run build && tsx scripts/bench.ts [frame|keys|rest|large|start|ssh|kube|storm ...]
 */
import {
  isBuilt,
  measureIdleNode,
  measureRest,
  measureStart,
  measureTop,
} from './bench/console.ts';
import type { FrameResult } from './bench/frame.ts';
import type { KeysResult } from './bench/keys.ts';
import { kubeGroups } from './bench/kube.ts';
import type { Spread } from './bench/measure.ts';
import { runBuiltPart } from './bench/part.ts';
import { sshGroups } from './bench/ssh.ts';
import { measureStorm } from './bench/storm.ts';
import { megabytes, ms, print, within } from './bench/table.ts';
import type { Group } from './bench/table.ts';

const REST_SECONDS = 30;
const WARM_UP_SECONDS = 8;
const STARTS = 6;
/** 150 hosts, which answer what is asked rarely within this time. */
const LARGE_SCALE = 50;
const LARGE_WARM_UP_SECONDS = 60;

const both = ({ p50, p95 }: Spread): string => `${ms(p50)} / ${ms(p95)}`;
const bytes = ({ p50 }: Spread): string => `${Math.round(p50)} B`;
const times = (value: number): string => `x${value < 10 ? value.toFixed(1) : value.toFixed(0)}`;
const percent = (value: number | null): string => (value === null ? '┄' : `${value.toFixed(2)} %`);

async function frameGroups(): Promise<readonly Group[]> {
  const results = await runBuiltPart<readonly FrameResult[]>('frame.ts');
  return results.map((result) => {
    const { cols, rows, console: own, differ, ink, tick, tableDiffer, tableInk } = result;
    const wide = cols === 200;
    const budget = wide ? 300 : 150;
    const share = ((result.changed / (cols * rows)) * 100).toFixed(1);
    const peers = (cost: 'ms' | 'bytes') =>
      cost === 'ms'
        ? `differ ${ms(differ.ms.p50)}, stock Ink ${both(ink.ms)}`
        : `differ ${bytes(differ.bytes)}, stock Ink ${bytes(ink.bytes)}`;
    return {
      title: `a data frame at ${cols}x${rows}`,
      lines: [
        {
          figure: `one host answered (${result.changed} cells, ${share} %)`,
          measured: both(own.ms),
          floor: peers('ms'),
          budget: wide ? '0.3 / 1 ms' : '',
          verdict: wide ? within(own.ms.p50 <= 0.3 && own.ms.p95 <= 1) : '',
        },
        {
          figure: '  against stock Ink',
          measured: `1/${(ink.ms.p50 / own.ms.p50).toFixed(0)}`,
          floor: '',
          budget: wide ? '1/20' : '',
          verdict: wide ? within(own.ms.p50 * 20 <= ink.ms.p50) : '',
        },
        {
          figure: '  its bytes',
          measured: `${bytes(own.bytes)} (p95 ${Math.round(own.bytes.p95)})`,
          floor: peers('bytes'),
          budget: `${budget} B for 1 %`,
          verdict: within((own.bytes.p50 / result.changed) * cols * rows <= budget * 100),
        },
        {
          figure: 'a second without an answer',
          measured: `${both(tick.ms)}, ${bytes(tick.bytes)}`,
          floor: '',
          budget: '',
          verdict: '',
        },
        {
          figure: 'the differ: a table, 1 % of its cells changed',
          measured: `${both(tableDiffer.ms)}, ${bytes(tableDiffer.bytes)}`,
          floor: `stock Ink ${both(tableInk.ms)}, ${bytes(tableInk.bytes)}`,
          budget: `${budget} B`,
          verdict: within(tableDiffer.bytes.p50 <= budget),
        },
      ],
    };
  });
}

async function keysGroup(): Promise<Group> {
  const { console: own, calm, ink } = await runBuiltPart<KeysResult>('keys.ts');
  const edges = ({ p50, p99 }: Spread): string => `${ms(p50)} / ${ms(p99)}`;
  return {
    title: 'from a key to its bytes, p50 / p99',
    lines: [
      {
        figure: '100,000 rows, 5,000 updates a second',
        measured: edges(own),
        floor: `stock Ink, its window only ${edges(ink)}`,
        budget: '1 / 8 ms',
        verdict: within(own.p50 <= 1 && own.p99 <= 8),
      },
      {
        figure: '10 rows, no updates',
        measured: edges(calm),
        floor: '',
        budget: '',
        verdict: '',
      },
    ],
  };
}

async function restGroup(): Promise<Group> {
  const own = await measureRest({ warmUpSeconds: WARM_UP_SECONDS, seconds: REST_SECONDS });
  const [top, idle] = [await measureTop(8), await measureIdleNode(4)];
  return {
    title: `the built console left alone on the calm lab for ${REST_SECONDS} s at 120x40`,
    lines: [
      {
        figure: 'bytes a second',
        measured: `${Math.round(own.bytesPerSecond)} B/s`,
        floor: top === null ? '' : `top -d 2 ${Math.round(top.bytesPerSecond)} B/s`,
        budget: '600 B/s',
        verdict: within(own.bytesPerSecond <= 600),
      },
      {
        figure: 'CPU of all of it: SSH, watches, rules, screen',
        measured: percent(own.cpuPercent),
        floor: `idle node ${percent(idle.cpuPercent)}${top === null ? '' : `, top -d 2 ${percent(top.cpuPercent)}`}`,
        budget: '1.5 %',
        verdict: own.cpuPercent === null ? '' : within(own.cpuPercent <= 1.5),
      },
      {
        figure: 'resident memory',
        measured: megabytes(own.rssMb),
        floor: `idle node ${megabytes(idle.rssMb)}`,
        budget: '120 MB',
        verdict: own.rssMb === null ? '' : within(own.rssMb <= 120),
      },
    ],
  };
}

async function largeGroup(): Promise<Group> {
  const own = await measureRest({
    warmUpSeconds: LARGE_WARM_UP_SECONDS,
    seconds: REST_SECONDS,
    scale: LARGE_SCALE,
  });
  const idle = await measureIdleNode(4);
  return {
    title: `the same on the lab at scale ${LARGE_SCALE}: ${own.place}`,
    lines: [
      {
        figure: 'bytes a second',
        measured: `${Math.round(own.bytesPerSecond)} B/s`,
        floor: '',
        budget: '',
        verdict: '',
      },
      {
        figure: 'CPU of all of it',
        measured: percent(own.cpuPercent),
        floor: `idle node ${percent(idle.cpuPercent)}`,
        budget: '',
        verdict: '',
      },
      {
        figure: 'resident memory',
        measured: megabytes(own.rssMb),
        floor: `idle node ${megabytes(idle.rssMb)}`,
        budget: '250 MB',
        verdict: own.rssMb === null ? '' : within(own.rssMb <= 250),
      },
    ],
  };
}

async function startGroup(): Promise<Group> {
  const { firstFrame, firstData, allData, emptyNode } = await measureStart(STARTS);
  const floor = `empty node ${ms(emptyNode)}`;
  return {
    title: `start of the built console, median of ${STARTS}`,
    lines: [
      {
        figure: 'to the first frame',
        measured: `${ms(firstFrame)}, ${times(firstFrame / emptyNode)}`,
        floor,
        budget: 'x3.5 (130 ms)',
        verdict: within(firstFrame <= 3.5 * emptyNode),
      },
      {
        figure: 'to the first data of a host on loopback',
        measured: `${ms(firstData)}, ${times(firstData / emptyNode)}`,
        floor,
        budget: 'x13.5 (500 ms)',
        verdict: within(firstData <= 13.5 * emptyNode),
      },
      {
        figure: 'to the data of all three hosts and the cluster',
        measured: `${ms(allData)}, ${times(allData / emptyNode)}`,
        floor,
        budget: '',
        verdict: '',
      },
    ],
  };
}

async function stormGroup(): Promise<Group> {
  const own = await measureStorm();
  const added = own.rssMb - own.calmRssMb;
  const edges = ({ p50, p99 }: Spread): string => `${ms(p50)} / ${ms(p99)}`;
  return {
    title: `the built console while ${own.replicas} replicas come, beside one on the calm lab at the same time`,
    lines: [
      {
        figure: 'resident memory, and what the storm adds',
        measured: `${megabytes(own.rssMb)}, ${added < 0 ? '' : '+'}${added.toFixed(1)} MB`,
        floor: `calm ${megabytes(own.calmRssMb)}`,
        budget: '10 MB',
        verdict: Number.isNaN(added) ? '' : within(added <= 10),
      },
      {
        figure: 'from a key to bytes at the terminal, p50 / p99',
        measured: edges(own.keys),
        floor: `calm ${edges(own.calmKeys)}, echo ${edges(own.echo)}`,
        budget: '1 / 8 ms',
        verdict: within(own.keys.p50 <= 1 && own.keys.p99 <= 8),
      },
    ],
  };
}

const PARTS = {
  frame: frameGroups,
  keys: async () => [await keysGroup()],
  rest: async () => [await restGroup()],
  large: async () => [await largeGroup()],
  start: async () => [await startGroup()],
  ssh: sshGroups,
  kube: kubeGroups,
  storm: async () => [await stormGroup()],
} as const;
type Part = keyof typeof PARTS;

const isPart = (name: string): name is Part => name in PARTS;
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !isPart(name));
if (unknown !== undefined) {
  console.error(`bench: no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const needsBuild = (name: string): boolean => ['rest', 'large', 'start', 'storm'].includes(name);
if ((wanted.length === 0 || wanted.some(needsBuild)) && !isBuilt()) {
  console.error('bench: dist/main.js is missing: npm run build');
  process.exit(2);
}
console.log(
  `node ${process.version} on ${process.platform} ${process.arch}; p50 / p95 where there are two figures; the columns: figure, measured, budget, floor or peer`,
);
for (const name of Object.keys(PARTS).filter(isPart))
  if (wanted.length === 0 || wanted.includes(name))
    for await (const group of await PARTS[name]()) print(group);
process.exit();
