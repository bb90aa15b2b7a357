import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KubeError } from '../../../src/collect/kube/kube-error.ts';
import { dialThrough } from '../../../src/collect/kube/proxy-dial.ts';
import { closedPort } from '../../support/closed-port.ts';
import { startHttpProxy, startSocksProxy } from './proxies.ts';
import type { TestProxy } from './proxies.ts';

let target: Server;
let port: number;
const proxies: TestProxy[] = [];
beforeEach(async () => {
  target = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => socket.write(`echo ${bytes.toString()}`));
  }).listen(0, '127.0.0.1');
  await once(target, 'listening');
  port = (target.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
  target.close();
});
const by = async (starting: Promise<TestProxy>): Promise<TestProxy> => {
  const proxy = await starting;
  proxies.push(proxy);
  return proxy;
};
const failureOf = async (dialing: Promise<unknown>) => {
  const error = await dialing.catch((cause: unknown) => cause);
  return error instanceof KubeError ? error.failure : error;
};
/** What the target answers through the proxy. */
async function talk(proxyUrl: string, host = '127.0.0.1'): Promise<string> {
  const socket = await dialThrough(proxyUrl, host, port, 60_000);
  socket.write('hello');
  socket.resume();
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.toString();
}

test('an HTTP proxy connects, and is told who asks', async () => {
  const proxy = await by(startHttpProxy());
  expect(await talk(`http://127.0.0.1:${proxy.port}`)).toBe('echo hello');
  expect(await talk(`http://me:p%40ss@127.0.0.1:${proxy.port}`)).toBe('echo hello');
  expect(proxy.asked).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
  expect(proxy.users).toEqual([null, 'me:p@ss']);
});

test('a SOCKS5 proxy connects, resolves names, and asks who it is', async () => {
  const open = await by(startSocksProxy(null));
  expect(await talk(`socks5://127.0.0.1:${open.port}`)).toBe('echo hello');
  expect(await talk(`socks5://127.0.0.1:${open.port}`, 'localhost')).toBe('echo hello');
  expect(open.asked).toEqual([`127.0.0.1:${port}`, `localhost:${port}`]);
  const closed = await by(startSocksProxy('me:p@ss'));
  expect(await talk(`socks5://me:p%40ss@127.0.0.1:${closed.port}`)).toBe('echo hello');
  expect(closed.users).toEqual(['me:p@ss']);
});

test('the limit is that of the way, not of what goes over it', async () => {
  for (const url of [
    `http://127.0.0.1:${(await by(startHttpProxy())).port}`,
    `socks5://127.0.0.1:${(await by(startSocksProxy(null))).port}`,
  ]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = await dialThrough(url, '127.0.0.1', port, 5000);
    vi.advanceTimersByTime(3_600_000);
    vi.useRealTimers();
    socket.write('hello');
    socket.resume();
    expect(String((await once(socket, 'data'))[0])).toBe('echo hello');
    socket.destroy();
  }
});

test.for<[string, () => Promise<string>, string, RegExp]>([
  [
    'does not let through',
    async () => `http://127.0.0.1:${(await by(startHttpProxy(() => 403))).port}`,
    'proxy',
    /does not let through to .*: 403/,
  ],
  [
    'finds no way',
    async () => `http://127.0.0.1:${(await by(startHttpProxy(() => 504))).port}`,
    'unreachable',
    /finds no way to .*: 504/,
  ],
  [
    'wants a password that nobody has',
    async () => `socks5://127.0.0.1:${(await by(startSocksProxy('me:secret'))).port}`,
    'proxy',
    /wants to know who asks/,
  ],
  [
    'wants another password',
    async () => `socks5://me:wrong@127.0.0.1:${(await by(startSocksProxy('me:secret'))).port}`,
    'proxy',
    /wrong user or password/,
  ],
  [
    'of SOCKS finds no way',
    async () => `socks5://127.0.0.1:${(await by(startSocksProxy(null, 5))).port}`,
    'unreachable',
    /connection refused/,
  ],
  [
    'of SOCKS does not let through',
    async () => `socks5://127.0.0.1:${(await by(startSocksProxy(null, 2))).port}`,
    'proxy',
    /SOCKS reply 2/,
  ],
  ['is of another kind', () => Promise.resolve('ftp://127.0.0.1:1'), 'proxy', /of the kind ftp:/],
  [
    'is not there',
    async () => `http://127.0.0.1:${await closedPort()}`,
    'proxy',
    /does not answer: .*ECONNREFUSED/,
  ],
])('a proxy that %s', async ([, start, code, message]) => {
  const failure = await failureOf(dialThrough(await start(), '127.0.0.1', port, 60_000));
  expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test('a proxy that says nothing is given up in time', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const proxy = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  for (const url of [`http://${proxy}`, `socks5://${proxy}`])
    expect(await failureOf(dialThrough(url, '127.0.0.1', port, 100))).toMatchObject({
      code: 'proxy',
      message: expect.stringContaining('no answer in 0.1 s') as string,
    });
  silent.close();
});
