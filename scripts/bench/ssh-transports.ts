import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import { createCommons } from '../../src/collect/ssh/commons.ts';
import { createHandshakeLimiter } from '../../src/collect/ssh/handshake-limiter.ts';
import { createHostLink } from '../../src/collect/ssh/host-link.ts';
import type { Argv } from '../../src/domain/command.ts';
import type { HostSettings } from '../../src/domain/settings.ts';
import type { HostLink } from '../../src/domain/transport.ts';

/** Ways to ask hosts the same. */
export const TRANSPORTS = [
  /** labtop's: one connection and one shell for each host. */
  'labtop',
  /** The same shell, the connection by a child of the ssh program. */
  'openssh',
  /** One connection for each host by ssh2, one exec channel for each command. */
  'exec',
  /** One run of the ssh program for each command. */
  'ssh',
  /** Logs in by ssh2 and asks nothing. */
  'login',
] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export type TransportJob = {
  readonly transport: TransportName;
  readonly user: string;
  readonly ports: readonly number[];
  readonly identity: string;
  readonly knownHosts: string;
  readonly commands: readonly Argv[];
};

export type Transport = {
  /** Asks one host everything; gives the bytes of the answers. */
  readonly sample: (host: number) => Promise<number>;
  /** Attempts that came to nothing so far. */
  readonly refused: () => number;
  readonly close: () => Promise<void>;
};

/** As labtop's own: so many at a time. */
const HANDSHAKES = { total: 8, perAddress: 4 };
/** At a time: sshd takes ten, and counts one for a while after its end. */
const CHANNELS = 4;
const TIMEOUT_SECONDS = 30;

/** Connects to all hosts and takes a first sample of each. */
export async function openTransport(job: TransportJob): Promise<Transport> {
  switch (job.transport) {
    case 'labtop':
      return await openLinks(job, 'ssh2');
    case 'openssh':
      return await openLinks(job, 'openssh');
    case 'exec':
      return await openClients(job, true);
    case 'login':
      return await openClients(job, false);
    case 'ssh':
      return await runPrograms(job);
  }
}

async function openLinks(job: TransportJob, via: HostSettings['via']): Promise<Transport> {
  const commons = createCommons({ canAsk: false });
  let refused = 0;
  const sampleOf = async (link: HostLink): Promise<number> => {
    const answers = await Promise.all(
      job.commands.map((argv) =>
        link.ask([argv], { timeoutSeconds: TIMEOUT_SECONDS, usualMs: null, canWait: true }),
      ),
    );
    return answers.reduce((sum, answer) => {
      if (answer.kind !== 'done') throw new Error(JSON.stringify(answer));
      return sum + Buffer.byteLength(answer.stdout);
    }, 0);
  };
  const links = await Promise.all(
    job.ports.map(async (port, index) => {
      const link = createHostLink(
        {
          name: `host${index}`,
          address: '127.0.0.1',
          port,
          user: job.user,
          jump: null,
          identityFiles: [job.identity],
          knownHostsFiles: [job.knownHosts],
          agent: 'none',
          via,
        },
        { commons },
      );
      const { promise: isUp, resolve } = Promise.withResolvers<void>();
      link.onStatus(({ state, error }) => {
        if (error !== null) refused += 1;
        if (state === 'up') resolve();
      });
      link.start();
      await isUp;
      await sampleOf(link);
      return link;
    }),
  );
  return {
    sample: (host) => sampleOf(at(links, host)),
    refused: () => refused,
    close: async () => {
      await Promise.all(links.map((link) => link.close()));
      await commons.close();
    },
  };
}

async function openClients(job: TransportJob, isAsking: boolean): Promise<Transport> {
  const limiter = createHandshakeLimiter(HANDSHAKES);
  const privateKey = readFileSync(job.identity);
  const known = readFileSync(job.knownHosts, 'utf8');
  let refused = 0;
  const login = async (port: number): Promise<ssh2.Client> => {
    const { release } = await limiter.acquire(String(port));
    try {
      return await new Promise((resolve, reject) => {
        const client = new ssh2.Client();
        client.on('error', (error) => {
          refused += 1;
          reject(error);
        });
        client.once('ready', () => resolve(client));
        client.connect({
          host: '127.0.0.1',
          port,
          username: job.user,
          privateKey,
          hostVerifier: (key: Buffer) =>
            known.includes(`[127.0.0.1]:${port} ssh-ed25519 ${key.toString('base64')}`),
        });
        client.setNoDelay(true);
      });
    } finally {
      release();
    }
  };
  const run = (client: ssh2.Client, argv: readonly string[]): Promise<number> =>
    new Promise((resolve, reject) => {
      client.exec(argv.join(' '), (error, channel) => {
        if (error) {
          reject(error);
          return;
        }
        const chunks: Buffer[] = [];
        channel.on('data', (chunk: Buffer) => chunks.push(chunk));
        channel.stderr.resume();
        channel.once('close', () =>
          resolve(Buffer.byteLength(Buffer.concat(chunks).toString('utf8'))),
        );
      });
    });
  const sampleOf = async (client: ssh2.Client): Promise<number> => {
    let sum = 0;
    for (let begin = 0; begin < job.commands.length; begin += CHANNELS)
      for (const size of await Promise.all(
        job.commands.slice(begin, begin + CHANNELS).map((argv) => run(client, argv)),
      ))
        sum += size;
    return sum;
  };
  const clients = await Promise.all(
    job.ports.map(async (port) => {
      const client = await login(port);
      if (isAsking) await sampleOf(client);
      return client;
    }),
  );
  /** One sample of a host after another. */
  const last = new Map<number, Promise<unknown>>();
  return {
    sample: (host) => {
      const own = (last.get(host) ?? Promise.resolve()).then(() => sampleOf(at(clients, host)));
      last.set(host, own);
      return own;
    },
    refused: () => refused,
    close: () => {
      for (const client of clients) client.destroy();
      return Promise.resolve();
    },
  };
}

/** No more at a time than labtop makes handshakes. */
async function runPrograms(job: TransportJob): Promise<Transport> {
  const limiter = createHandshakeLimiter({ total: HANDSHAKES.total, perAddress: HANDSHAKES.total });
  let refused = 0;
  const run = async (port: number, argv: readonly string[]): Promise<number> => {
    const { release } = await limiter.acquire(String(port));
    const options = [
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      `UserKnownHostsFile=${job.knownHosts}`,
    ].flatMap((option) => ['-o', option]);
    const place = ['-p', String(port), '-l', job.user, '-i', job.identity, '--', '127.0.0.1'];
    try {
      return await new Promise((resolve, reject) => {
        execFile(
          'ssh',
          ['-F', 'none', '-T', ...options, ...place, argv.join(' ')],
          (error, stdout) => {
            if (error === null) resolve(Buffer.byteLength(stdout));
            else {
              refused += 1;
              reject(error);
            }
          },
        );
      });
    } finally {
      release();
    }
  };
  const sample = async (host: number): Promise<number> => {
    const sizes = await Promise.all(job.commands.map((argv) => run(at(job.ports, host), argv)));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  await Promise.all(job.ports.map((_, host) => sample(host)));
  return { sample, refused: () => refused, close: () => Promise.resolve() };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no host ${index}`);
  return found;
}
