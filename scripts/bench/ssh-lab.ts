/**
 * The hosts of the SSH figures, in a process apart from the client: lab hosts, each of which answers eight programs
 * with the same size. A child of scripts/bench/ssh.ts; ends when its stdin does.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { Argv } from '../../src/domain/command.ts';
import { systemClock } from '../../src/lab/clock.ts';
import { PROGRAMS } from '../../src/lab/commands/registry.ts';
import { createMachine, LAB_USER } from '../../src/lab/create-machine.ts';
import { createKeyPair } from '../../src/lab/key-pair.ts';
import { startSshHost } from '../../src/lab/ssh-host.ts';
import { createWorld } from '../../src/lab/world.ts';
import { give } from './measure.ts';
import type { HostTotals } from './ssh-client.ts';

/** What a client has to know of the hosts. */
export type LabHosts = {
  readonly user: string;
  readonly ports: readonly number[];
  readonly identity: string;
  readonly knownHosts: string;
  /** One program each: together they are one sample. */
  readonly commands: readonly Argv[];
  /** Of one sample. */
  readonly payloadBytes: number;
  /** Connect to it for one line of {@link HostTotals}. */
  readonly control: number;
};

const SECTION_BYTES = 4192;
const NAMES = ['zoneadm', 'kstat', 'dladm', 'zpool', 'zfs', 'svcs', 'fmadm', 'ipadm'];

const listen = async (accept: (socket: Socket) => void): Promise<number> => {
  const server = createServer({ allowHalfOpen: true }, accept).listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  return (server.address() as AddressInfo).port;
};

const text = (name: string): string => {
  const line = `${name} 0123456789 abcdefghijklmnopqrstuvwxyz\n`;
  return line
    .repeat(SECTION_BYTES / line.length)
    .padEnd(SECTION_BYTES - 1, '.')
    .concat('\n');
};

const [folder = '.', count = '1'] = process.argv.slice(2);
const world = createWorld({ seed: 1, clock: systemClock });
const clientKey = createKeyPair();
const sockets = new Set<Socket>();
let [past, connections] = [0, 0];
const ports: number[] = [];
let knownHosts = '';
for (let index = 0; index < Number(count); index += 1) {
  const machine = createMachine(world, 'omni1');
  for (const name of NAMES) machine.faults.garbage.set(name, text(name));
  const host = await startSshHost({ machine, name: 'omni1', authorizedKey: clientKey.publicKey });
  // In front of the host's own port, to count.
  const port = await listen((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      past += socket.bytesRead + socket.bytesWritten;
    });
    host.accept(socket);
  });
  ports.push(port);
  knownHosts += `[127.0.0.1]:${port} ${host.hostKey()}\n`;
}
const control = await listen((socket) => {
  socket.on('error', () => undefined);
  const bytes = [...sockets].reduce((sum, one) => sum + one.bytesRead + one.bytesWritten, past);
  socket.end(JSON.stringify({ bytes, connections, cpuMs: null } satisfies HostTotals));
});

mkdirSync(folder, { recursive: true });
const hosts: LabHosts = {
  user: LAB_USER,
  ports,
  identity: join(folder, 'id'),
  knownHosts: join(folder, 'known_hosts'),
  commands: NAMES.map((name): Argv => [`${PROGRAMS.get(name)?.directory ?? ''}/${name}`]),
  payloadBytes: SECTION_BYTES * NAMES.length,
  control,
};
writeFileSync(hosts.identity, clientKey.privateKey, { mode: 0o600 });
writeFileSync(hosts.knownHosts, knownHosts);
give(hosts);
process.stdin.resume().once('end', () => process.exit());
