import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import ssh2 from 'ssh2';
import { afterAll, expect, test } from 'vitest';
import { createHandshakeLimiter } from '../../../src/collect/ssh/handshake-limiter.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { systemClock } from '../../../src/lab/clock.ts';
import { createMachine } from '../../../src/lab/create-machine.ts';
import { keepPort } from '../../../src/lab/listener.ts';
import type { KeptPort } from '../../../src/lab/listener.ts';
import { createRandom } from '../../../src/lab/random.ts';
import { serveSession } from '../../../src/lab/ssh-session.ts';
import type { LoginFaults } from '../../../src/lab/ssh-session.ts';
import { createWorld } from '../../../src/lab/world.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';

const HOSTS = 200;
const hostKey = newKey();
const userKey = newKey();
const folder = temporaryFolder();
const identity = writePrivate(folder, 'id', userKey.privateText);

/** Over all servers, as they see it. */
const load = { handshakes: 0, mostHandshakes: 0, logins: 0 };
const sockets = new Set<Socket>();

/** What answers behind all servers: one machine of the lab. */
const machine = createMachine(createWorld({ seed: 1, clock: systemClock }), 'omni1');
const NO_FAULTS: LoginFaults = { noise: () => null, takeCut: () => false, cut: () => undefined };

/** A server that lets everybody in. */
function serve(socket: Socket): void {
  let isHandshake = true;
  load.handshakes++;
  load.mostHandshakes = Math.max(load.mostHandshakes, load.handshakes);
  const done = (): void => {
    if (isHandshake) load.handshakes--;
    isHandshake = false;
  };
  sockets.add(socket);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.once('close', () => {
    sockets.delete(socket);
    done();
  });
  const server = new ssh2.Server({ hostKeys: [hostKey.privateText] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      if (context.method === 'none') context.reject(['publickey']);
      else context.accept();
    });
    client.once('ready', () => {
      load.logins++;
      done();
    });
    client.on('session', (accept) => serveSession(accept(), machine, NO_FAULTS));
  });
  server.injectSocket(socket);
}

type Host = {
  readonly link: HostLink;
  readonly server: Server;
  readonly kept: KeptPort;
  /** When a connection was opened, and the time planned for it. */
  readonly attempts: { readonly at: number; readonly planned: number | null }[];
};

const hosts: Host[] = [];
afterAll(async () => {
  await Promise.all(hosts.map(({ link }) => link.close()));
  for (const socket of sockets) socket.destroy();
  for (const { server } of hosts) server.close();
  await Promise.all(hosts.map(({ kept }) => kept.release()));
});

async function addHost(
  index: number,
  limiter: ReturnType<typeof createHandshakeLimiter>,
): Promise<void> {
  const server = createServer(serve);
  const kept = await keepPort();
  const { port } = kept;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const attempts: Host['attempts'] = [];
  let planned: number | null = null;
  const link = linkTo(
    settingsOf(port, {
      name: `host${index}`,
      identityFiles: [identity],
      knownHostsFiles: [writePrivate(folder, `known-${port}`, knownHostsText(port, hostKey))],
    }),
    {
      limiter,
      random: createRandom(`storm/${index}`),
      openSocket: (place) => {
        attempts.push({ at: Date.now(), planned });
        planned = null;
        return connect(place);
      },
    },
  );
  link.onStatus(({ nextAttemptAt }) => {
    planned = nextAttemptAt ?? planned;
  });
  hosts.push({ link, server, kept, attempts });
}

const allUp = async () => {
  await expect.poll(upCount, { timeout: 500_000 }).toBe(HOSTS);
};
const upCount = (): number => hosts.filter(({ link }) => link.status().state === 'up').length;

test('200 hosts lost at once come back with at most 8 handshakes in flight and one attempt for each step of back-off', async () => {
  const limiter = createHandshakeLimiter({ total: 8, perAddress: 4 });
  for (let index = 0; index < HOSTS; index++) await addHost(index, limiter);
  for (const { link } of hosts) link.start();
  await allUp();
  expect(load).toEqual({ handshakes: 0, mostHandshakes: 8, logins: HOSTS });

  // All is lost, and nothing listens for a while.
  for (const { server } of hosts) server.close();
  for (const socket of sockets) socket.destroy();
  await expect
    .poll(() => Math.min(...hosts.map(({ link }) => link.status().attempt)))
    .toBeGreaterThan(2);
  for (const { attempts } of hosts) {
    // The first one of all was not planned.
    const [, ...again] = attempts;
    for (const { at, planned } of again) {
      expect(planned).not.toBeNull();
      expect(at).toBeGreaterThanOrEqual((planned ?? Infinity) - 50);
    }
  }
  load.mostHandshakes = 0;
  load.logins = 0;
  // The network is back, and somebody looks at the console: all want to connect at once.
  for (const { server, kept } of hosts) server.listen(kept.port, '127.0.0.1');
  for (const { link } of hosts) link.wake();
  await allUp();
  expect(load).toEqual({ handshakes: 0, mostHandshakes: 8, logins: HOSTS });
  expect(limiter.taken()).toBe(0);
  for (const { link } of hosts)
    expect(await link.ask([['true']], { timeoutSeconds: 60 })).toMatchObject({ code: 0 });
});
