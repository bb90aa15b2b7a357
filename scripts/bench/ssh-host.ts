import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseShellTimes } from '../../src/collect/ssh/framing.ts';
import { quoteArgv } from '../../src/collect/ssh/quote-argv.ts';
import type { Argv } from '../../src/domain/command.ts';
import { createKeyPair } from '../../src/lab/key-pair.ts';
import { descendants } from '../../test/support/processes.ts';
import { writeCountedPrograms } from '../../test/support/programs.ts';
import { startRealSshd } from '../../test/support/real-sshd.ts';
import { runPart } from './part.ts';
import { cpuTime } from './proc.ts';
import type { ClientJob, ClientResult, HostTotals } from './ssh-client.ts';
import type { TransportName } from './ssh-transports.ts';

/** What a real host pays for one sample. */
export type HostCost = {
  /** sshd, the shells and the programs; null where the system has no /proc. */
  readonly cpuMs: number | null;
  /** Processes, those of sshd itself not counted. */
  readonly forks: number;
  readonly client: ClientResult;
};
export type HostCosts = {
  readonly sections: number;
  readonly transports: ReadonlyMap<TransportName, HostCost>;
  /** The same programs run by one shell of this machine without SSH, CPU of one sample. */
  readonly shellCpuMs: number;
};

const SECTIONS = 8;
const SECTION_BYTES = 4192;
const PACE = { samples: 160, everyMs: 20 };
const RUNS: readonly (readonly [TransportName, Pick<ClientJob, 'samples' | 'everyMs'>])[] = [
  ['labtop', PACE],
  ['openssh', PACE],
  ['exec', PACE],
  ['ssh', { samples: 8, everyMs: 0 }],
];
const COUNTED = { samples: 10, everyMs: 0 };

/** CPU of a process and of everything below it, those that have ended among them. */
function cpuOfTree(root: number): number | null {
  let sum = 0;
  for (const pid of descendants(root)) {
    const time = cpuTime(pid);
    if (time === null && pid === root) return null;
    sum += time === null ? 0 : time.own + time.ended;
  }
  return sum;
}

async function tellTotals(totals: () => HostTotals): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(JSON.stringify(totals()));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  return server;
}

/** Asks the real sshd of this machine, whose programs are cat(1) of a file each. */
export async function measureHost(folder: string): Promise<HostCosts> {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const files = Array.from({ length: SECTIONS }, (_, index) =>
    write(`section-${index}`, `${'x'.repeat(SECTION_BYTES - 1)}\n`),
  );
  const commands = files.map((file): Argv => ['/bin/cat', file]);
  const [hostKey, clientKey] = [createKeyPair(), createKeyPair()];
  const sshd = await startRealSshd({
    folder,
    hostKey: hostKey.privateKey,
    authorized: [clientKey.publicKey],
    // What a profile of this machine does at the start of each login shell is none of it.
    config: [`SetEnv HOME=${folder}`],
  });
  const server = await tellTotals(() => ({
    bytes: null,
    connections: null,
    cpuMs: cpuOfTree(sshd.pid),
  }));
  const job: Omit<ClientJob, 'transport' | 'samples' | 'everyMs'> = {
    user: userInfo().username,
    ports: [sshd.port],
    identity: write('id', clientKey.privateKey),
    knownHosts: write('known_hosts', `[127.0.0.1]:${sshd.port} ${hostKey.publicKey}\n`),
    commands,
    payloadBytes: SECTIONS * SECTION_BYTES,
    control: (server.address() as AddressInfo).port,
  };
  const transports = new Map<TransportName, HostCost>();
  try {
    for (const [transport, pace] of RUNS) {
      const client = await runPart<ClientResult>('ssh-client.ts', [
        JSON.stringify({ ...job, transport, ...pace } satisfies ClientJob),
      ]);
      const forks = await countForks(join(folder, transport), { ...job, transport, ...COUNTED });
      transports.set(transport, { cpuMs: client.hostCpuMs, forks, client });
    }
  } finally {
    server.close();
    await sshd.kill();
  }
  return { sections: SECTIONS, transports, shellCpuMs: await shellCpuMs(commands) };
}

/** Runs it with programs that count; the shell of the connection is none of a sample. */
async function countForks(folder: string, job: ClientJob): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const names = job.commands.map((_, index) => `program${index}`);
  const log = writeCountedPrograms(
    folder,
    Object.fromEntries(
      job.commands.map((argv, index) => [names[index], `exec ${quoteArgv(argv)}`]),
    ),
  );
  await runPart('ssh-client.ts', [
    JSON.stringify({ ...job, commands: names.map((name) => [join(log.bin, name)]) }),
  ]);
  const samples = (log.starts().get(names[0] ?? '') ?? 0) || 1;
  return Math.floor(log.processes().size / samples);
}

/** As the shell on a host runs them, without the marks. */
async function shellCpuMs(commands: readonly Argv[]): Promise<number> {
  const sample = commands.map((argv) => `(exec ${quoteArgv(argv)})`).join('; ');
  const script = `i=0; while [ $i -lt ${PACE.samples} ]; do ${sample}; i=$((i+1)); done; times >&2`;
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let times = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    times += text;
  });
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  return ((parseShellTimes(times) ?? Number.NaN) * 1000) / PACE.samples;
}
