import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createCommons } from '../../../src/collect/ssh/commons.ts';
import type { SharedCommons } from '../../../src/collect/ssh/commons.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { until, untilState } from './support/wait.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const hostKey = newKey();
const userKey = newKey();
const DEAD_PORT = 1;
const DEAD = 40;

/** Many hosts that do not get far, then one that is sound, all with one limiter and a clock that stands. */
async function queueBehind(deadPort: number) {
  const folder = temporaryFolder();
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
  endings.push(sshd.close);
  const clock = createFakeClock();
  const sockets = { open: 0 };
  const commons = createCommons({ canAsk: false, clock });
  endings.push(commons.close);
  const start = (name: string, port: number): HostLink => {
    const link = linkTo(
      settingsOf(port, {
        name,
        // The limiter tells hosts apart by their addresses.
        address: `127.0.0.${port === deadPort ? 2 + Number(name) : 1}`,
        identityFiles: [writePrivate(folder, `id-${name}`, userKey.privateText)],
        knownHostsFiles: [writePrivate(folder, `known-${name}`, knownHostsText(port, hostKey))],
      }),
      {
        commons,
        clock,
        openSocket: (place) => {
          sockets.open++;
          // A network that drops what is sent to it, without a wait for TCP.
          return place.port === DEAD_PORT ? new Socket() : connect({ ...place, host: '127.0.0.1' });
        },
      },
    );
    endings.push(link.close);
    link.start();
    return link;
  };
  const dead = Array.from({ length: DEAD }, (_, index) => start(String(index), deadPort));
  // They read their keys first, each at its own pace.
  await until(() => dead.every((link) => /turn|tcp|kex/.test(link.status().phase ?? '')));
  const sound = start('sound', sshd.port);
  return { clock, commons, dead, sound, sockets };
}

const inFlight = (commons: SharedCommons): number => commons.limiter.taken();

test('hosts that take no connection hold up the next one for half a second each, eight at a time', async () => {
  const { clock, commons, dead, sound, sockets } = await queueBehind(DEAD_PORT);
  for (let turn = 1; turn <= DEAD / 8; turn++) {
    await until(() => sockets.open >= 8 * turn);
    expect(sockets.open).toBe(8 * turn);
    expect(inFlight(commons)).toBe(8);
    clock.advance(500);
  }
  await untilState(sound, 'up');
  // Not one of them has been given up yet.
  expect(dead.map((link) => link.status().phase)).toEqual(dead.map(() => 'tcp'));
  expect(inFlight(commons)).toBe(0);
});

test('hosts that take the connection and say nothing hold it up for two seconds each', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    endings.push(() => void socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => void server.close());
  const { clock, dead, sound, sockets } = await queueBehind((server.address() as AddressInfo).port);
  const kex = (): number => dead.filter((link) => link.status().phase === 'kex').length;
  for (let turn = 1; turn <= DEAD / 8; turn++) {
    await until(() => kex() >= 8 * turn);
    expect(sockets.open).toBe(8 * turn);
    clock.advance(2_000);
  }
  await untilState(sound, 'up');
  expect(kex()).toBe(DEAD);
});
