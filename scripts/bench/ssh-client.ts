/**
 * One client of the SSH figures in a process of its own, so that its CPU and memory are its own: brings all hosts from
 * cold to all values, then takes samples at a pace. A child of scripts/bench/ssh.ts.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from '../../test/support/processes.ts';
import { give, spread } from './measure.ts';
import type { Spread } from './measure.ts';
import { cpuTime } from './proc.ts';
import { openTransport } from './ssh-transports.ts';
import type { TransportJob } from './ssh-transports.ts';

/** As the hosts see it, over all of them, since they began; null: not counted there. */
export type HostTotals = {
  /** Both directions, above TCP. */
  readonly bytes: number | null;
  readonly connections: number | null;
  readonly cpuMs: number | null;
};

export type ClientJob = TransportJob & {
  readonly payloadBytes: number;
  /** The port that tells {@link HostTotals}. */
  readonly control: number;
  /** Samples to take, over all hosts. */
  readonly samples: number;
  /** Between two of them; 0: one after another. */
  readonly everyMs: number;
};

export type ClientResult = {
  /** From nothing to the values of all hosts. */
  readonly coldMs: number;
  /** Attempts that came to nothing. */
  readonly refused: number;
  readonly connections: number | null;
  /** Of one sample, the programs that this one started among it. */
  readonly cpuMs: number;
  /** Of one sample, above TCP; null where nobody counted. */
  readonly bytes: number | null;
  /** CPU of the hosts for one sample. */
  readonly hostCpuMs: number | null;
  /** From the request of a sample to its last byte. */
  readonly latency: Spread;
  readonly rssMb: number;
  /** Before the first connection. */
  readonly emptyRssMb: number;
};

const WARM_UP_SHARE = 0.25;
const MB = 2 ** 20;

/** CPU of this process and of all that it has started. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  const living = childrenOf(process.pid).map((pid) => cpuTime(pid)?.own ?? 0);
  // Without /proc a client that starts programs looks cheaper than it is.
  const ended = cpuTime(process.pid)?.ended ?? 0;
  return (user + system) / 1000 + living.reduce((sum, own) => sum + own, ended);
}

async function totals(control: number): Promise<HostTotals> {
  let text = '';
  for await (const chunk of connect(control, '127.0.0.1').setEncoding('utf8')) text += chunk;
  return JSON.parse(text) as HostTotals;
}

async function run(job: ClientJob): Promise<ClientResult> {
  const emptyRssMb = process.memoryUsage.rss() / MB;
  const begun = performance.now();
  const transport = await openTransport(job);
  const coldMs = performance.now() - begun;

  const hosts = job.ports.length;
  const latencies: number[] = [];
  const take = async (index: number): Promise<void> => {
    const askedAt = performance.now();
    const bytes = await transport.sample(index % hosts);
    if (bytes !== job.payloadBytes) throw new Error(`a sample of ${bytes} bytes`);
    latencies.push(performance.now() - askedAt);
  };
  const takeAll = async (count: number): Promise<void> => {
    const running: Promise<void>[] = [];
    const startedAt = performance.now();
    for (let index = 0; index < count; index += 1) {
      if (job.everyMs === 0) await take(index);
      else {
        await sleep(Math.max(0, startedAt + index * job.everyMs - performance.now()));
        running.push(take(index));
      }
    }
    await Promise.all(running);
  };

  await takeAll(Math.floor(job.samples * WARM_UP_SHARE));
  latencies.length = 0;
  const [before, cpuBefore] = [await totals(job.control), cpuMs()];
  await takeAll(job.samples);
  const [cpuAfter, after] = [cpuMs(), await totals(job.control)];
  const rssMb = process.memoryUsage.rss() / MB;
  await transport.close();
  const each = (end: number | null, begin: number | null): number | null =>
    end === null || begin === null ? null : (end - begin) / job.samples;
  return {
    coldMs,
    refused: transport.refused(),
    cpuMs: (cpuAfter - cpuBefore) / job.samples,
    connections: before.connections,
    bytes: each(after.bytes, before.bytes),
    hostCpuMs: each(after.cpuMs, before.cpuMs),
    latency: spread(latencies),
    rssMb,
    emptyRssMb,
  };
}

give(await run(JSON.parse(process.argv[2] ?? '') as ClientJob));
process.exit();
