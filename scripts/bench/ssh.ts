import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasSshd } from '../../test/support/real-sshd.ts';
import { runPart, startPart } from './part.ts';
import type { Started } from './part.ts';
import type { ClientJob, ClientResult } from './ssh-client.ts';
import { measureHost } from './ssh-host.ts';
import type { LabHosts } from './ssh-lab.ts';
import type { TransportName } from './ssh-transports.ts';
import { megabytes, ms, within } from './table.ts';
import type { Group, Line } from './table.ts';

type Pace = Pick<ClientJob, 'samples' | 'everyMs'>;
/** null: not run with so many hosts. */
type Size = {
  readonly hosts: number;
  readonly labtop: Pace;
  readonly exec: Pace;
  readonly openssh: Pace | null;
  /** Eight runs of the program each. */
  readonly ssh: Pace | null;
};

/** As many samples a second as the hosts give at 5 s each, or enough to be measured. */
const SIZES: readonly Size[] = [1, 10, 50, 200].map((hosts) => {
  const pace = { samples: hosts === 1 ? 100 : 320, everyMs: hosts === 1 ? 50 : 25 };
  return {
    hosts,
    labtop: pace,
    exec: pace,
    // A process for each host: 200 of them are a figure of the machine's memory.
    openssh: hosts <= 50 ? pace : null,
    // A login for each command: with 50 hosts the first values alone take half a minute of two cores.
    ssh: hosts <= 10 ? { samples: 10, everyMs: 0 } : null,
  };
});
const PEERS = `SSH beside its peers: exec = a channel of ssh2 for each command; ssh = a run of ssh(1) for each command, up to 10 hosts; openssh = labtop by one child of ssh(1) for each host, up to 50`;
const BUDGETS = { cpuMs: 3, bytes: 1.15, coldMs: 5000, overheadMs: 0.3 };

/** The figures of SSH, group by group as they are measured. */
export async function* sshGroups(): AsyncGenerator<Group> {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-bench-'));
  try {
    yield { title: PEERS, lines: [] };
    for (const size of SIZES) yield await clientGroup(join(folder, String(size.hosts)), size);
    if (hasSshd) yield await hostGroup(join(folder, 'sshd'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hasSsh = (): boolean => spawnSync('ssh', ['-V']).status === 0;

/** Starts the hosts of the lab in a process of their own. */
const startHosts = (folder: string, count: number): Promise<Started<LabHosts>> =>
  startPart('ssh-lab.ts', [folder, String(count)]);

async function clientGroup(folder: string, size: Size): Promise<Group> {
  const lab = await startHosts(folder, size.hosts);
  const run = async (transport: TransportName, pace: Pace | null): Promise<ClientResult | null> =>
    pace &&
    (await runPart<ClientResult>('ssh-client.ts', [
      JSON.stringify({ ...lab.ready, transport, ...pace } satisfies ClientJob),
    ]));
  try {
    const own = await run('labtop', size.labtop);
    const exec = await run('exec', size.exec);
    const login = await run('login', { samples: 0, everyMs: 0 });
    const openssh = hasSsh() ? await run('openssh', size.openssh) : null;
    const ssh = hasSsh() ? await run('ssh', size.ssh) : null;
    if (own === null || login === null) throw new Error('no result');
    return {
      title: `SSH, ${size.hosts} lab host${size.hosts === 1 ? '' : 's'}: samples of ${lab.ready.commands.length} programs, ${lab.ready.payloadBytes} bytes`,
      lines: linesOf({ own, login, peers: { exec, ssh, openssh } }, size.hosts, lab.ready),
    };
  } finally {
    await lab.end();
  }
}

type Peers = Readonly<Record<'exec' | 'ssh' | 'openssh', ClientResult | null>>;

const peersBy = (peers: Peers, say: (result: ClientResult) => string): string =>
  Object.entries(peers)
    .flatMap(([name, result]) => (result === null ? [] : [`${name} ${say(result)}`]))
    .join(', ');

function linesOf(
  { own, login, peers }: { own: ClientResult; login: ClientResult; peers: Peers },
  hosts: number,
  { payloadBytes }: LabHosts,
): readonly Line[] {
  const share = ({ bytes }: ClientResult): string =>
    bytes === null ? '┄' : `${Math.round(bytes)} B, x${(bytes / payloadBytes).toFixed(2)}`;
  const added = ({ rssMb, emptyRssMb }: ClientResult): number => rssMb - emptyRssMb;
  const most = hosts === 200;
  return [
    {
      figure: 'CPU of the client for a sample',
      measured: ms(own.cpuMs),
      floor: peersBy(peers, ({ cpuMs }) => ms(cpuMs)),
      budget: ms(BUDGETS.cpuMs),
      verdict: within(own.cpuMs <= BUDGETS.cpuMs),
    },
    {
      figure: 'bytes of a sample, above TCP',
      measured: share(own),
      floor: peersBy(peers, share),
      budget: `x${BUDGETS.bytes}`,
      verdict: own.bytes === null ? '' : within(own.bytes <= payloadBytes * BUDGETS.bytes),
    },
    {
      figure: 'a whole sample, p50 / p99',
      measured: edges(own),
      floor: peersBy(peers, edges),
      budget: '',
      verdict: '',
    },
    {
      figure: `from cold to the values of ${hosts === 1 ? 'the host' : `all ${hosts}`}`,
      measured: ms(own.coldMs),
      floor: `logins alone by ssh2 ${ms(login.coldMs)}, ${peersBy(peers, ({ coldMs }) => ms(coldMs))}`,
      budget: most ? ms(BUDGETS.coldMs) : '',
      verdict: most ? within(own.coldMs <= BUDGETS.coldMs) : '',
    },
    {
      figure: 'attempts that failed, of all',
      measured: `${own.refused} of ${own.connections ?? '┄'}`,
      floor: peersBy(peers, ({ refused }) => String(refused)),
      budget: '0',
      verdict: within(own.refused === 0),
    },
    {
      figure: 'resident memory, and what the hosts add to it',
      measured: `${megabytes(own.rssMb)}, +${megabytes(added(own))}`,
      floor: peersBy(peers, (result) => `+${megabytes(added(result))}`),
      budget: '',
      verdict: '',
    },
  ];
}

const edges = ({ latency }: ClientResult): string => `${ms(latency.p50)} / ${ms(latency.p99)}`;

async function hostGroup(folder: string): Promise<Group> {
  const { sections, transports, shellCpuMs } = await measureHost(folder);
  const own = transports.get('labtop');
  const overhead = (cpuMs: number | null | undefined): number | null =>
    cpuMs === null || cpuMs === undefined ? null : (cpuMs - shellCpuMs) / sections;
  const peers = (say: (name: TransportName) => string): string =>
    [...transports.keys()]
      .filter((name) => name !== 'labtop')
      .map((name) => `${name} ${say(name)}`)
      .join(', ');
  const figure = (value: number | null | undefined): string =>
    value === null || value === undefined ? '┄' : ms(value);
  const ownOverhead = overhead(own?.cpuMs);
  return {
    title: `SSH, what the host pays: the real sshd, ${sections} programs a sample`,
    lines: [
      {
        figure: 'CPU for a sample: sshd, shell, programs',
        measured: figure(own?.cpuMs),
        floor: `the same by a shell without SSH ${ms(shellCpuMs)}; ${peers((name) => figure(transports.get(name)?.cpuMs))}`,
        budget: '',
        verdict: '',
      },
      {
        figure: '  above that shell, for each section',
        measured: figure(ownOverhead),
        floor: peers((name) => figure(overhead(transports.get(name)?.cpuMs))),
        budget: ms(BUDGETS.overheadMs),
        verdict: ownOverhead === null ? '' : within(ownOverhead <= BUDGETS.overheadMs),
      },
      {
        figure: 'processes for a sample, without those of sshd',
        measured: String(own?.forks ?? '┄'),
        floor: `the programs ${sections}; ${peers((name) => String(transports.get(name)?.forks ?? '┄'))}`,
        budget: String(sections),
        verdict: own === undefined ? '' : within(own.forks <= sections),
      },
    ],
  };
}
