import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import {
  parseNeighbours,
  parseRoutes,
  parseSshSession,
  sshSession,
} from '../../../src/resources/host/ssh-session.command.ts';
import { readFixture } from '../read-fixture.ts';

const OMNIOS = readFixture('host/ssh-session/omnios.txt');
const parse = (text: string) => parseSshSession(text).value;
/** The answer of a host that is asked from that address, with those routes. */
const from = (client: string, ...routes: readonly string[]): string =>
  [
    '=== labtop: routes',
    ...routes.map((route) => `${route} 1 0`),
    '=== labtop: session',
    `${client} 51022 10.0.20.2 22`,
    '',
  ].join('\n');

test('asks what any user may, and the shell for what only it knows', () => {
  expect(sshSession.question(emptyHost('omni1', 0))).toEqual([
    ['arp', '-an'],
    ['echo', '=== labtop: routes'],
    ['netstat', '-rn'],
    ['echo', '=== labtop: session'],
    ['eval', 'echo "$SSH_CONNECTION"'],
  ]);
  expect(sshSession.grant).toBeUndefined();
});

test('reads where the session comes from, and by which router it is answered', () => {
  expect(parseSshSession(OMNIOS)).toEqual({
    value: {
      client: { address: '10.0.45.15', macAddress: null },
      server: '10.0.20.2',
      router: { address: '10.0.20.1', macAddress: '02:08:20:53:85:63' },
      defaultRouter: { address: '10.0.20.1', macAddress: '02:08:20:53:85:63' },
    },
    complaints: [],
  });
});

test('a client on the network of the host has a hardware address where the host knows it', () => {
  expect(parse(OMNIOS.replace('10.0.45.15 51022', '10.0.20.1 51022'))?.client).toEqual({
    address: '10.0.20.1',
    macAddress: '02:08:20:53:85:63',
  });
  expect(parse(OMNIOS.replace('10.0.45.15 51022', '10.0.20.9 51022'))?.client).toEqual({
    address: '10.0.20.9',
    macAddress: null,
  });
});

test.for<[string, string, readonly string[], string | null]>([
  ['the default', '10.9.0.5', ['default 10.0.20.1 UG'], '10.0.20.1'],
  ['no route', '10.9.0.5', ['10.0.20.0 10.0.20.2 U'], null],
  ['two defaults', '10.9.0.5', ['default 10.0.20.1 UG', 'default 10.0.20.3 UG'], null],
  [
    'the same default twice',
    '10.9.0.5',
    ['default 10.0.20.1 UG', 'default 10.0.20.1 UGS'],
    '10.0.20.1',
  ],
  [
    'a host route, which decides',
    '10.9.0.5',
    ['default 10.0.20.1 UG', '10.9.0.5 10.0.20.7 UGH', '10.9.0.0 10.0.20.8 UG'],
    '10.0.20.7',
  ],
  [
    'a network that may hold it and has another router: its mask is not told',
    '10.9.0.5',
    ['default 10.0.20.1 UG', '10.8.0.0 10.0.20.7 UG'],
    null,
  ],
  [
    'a network that cannot hold it',
    '10.9.0.5',
    ['default 10.0.20.1 UG', '10.112.0.0 10.0.20.7 UG'],
    '10.0.20.1',
  ],
  [
    'a network of IPv6 for an IPv6 client: nothing is concluded',
    'fd00::5',
    ['default fe80::1 UG', 'fd00::/8 fe80::2 UG'],
    null,
  ],
  [
    'the default of its own family',
    'fd00::5',
    ['default 10.0.20.1 UG', 'default fe80::1 UG'],
    'fe80::1',
  ],
])('finds the router by %s', ([, client, routes, router]) => {
  expect(parse(from(client, ...routes))?.router?.address ?? null).toBe(router);
});

test.for<readonly [string, string]>([
  ['nothing', ''],
  ['no login over SSH', '=== labtop: session\n\n'],
  ['a login without the variable', '=== labtop: routes\n=== labtop: session\n'],
])('%s tells nothing, and is no fault', ([, text]) => {
  expect(parseSshSession(text)).toEqual({ value: null, complaints: [] });
});

test.for([
  'undefined',
  '10.0.45.15 51022 10.0.20.2',
  'jump 51022 10.0.20.2 22',
  '10.0.45.15 51022 10.0.20.2 22 more',
  '10.0.45.15 x 10.0.20.2 22',
])('%s is no SSH_CONNECTION', (text) => {
  const { value, complaints } = parseSshSession(`=== labtop: session\n${text}\n`);
  expect(value).toBeNull();
  expect(complaints).toMatchObject([{ text, reason: 'not a value of SSH_CONNECTION' }]);
});

test('an IPv6 address goes without its interface', () => {
  expect(parse('=== labtop: session\nfe80::1%net0 51022 fe80::2%net0 22\n')).toMatchObject({
    client: { address: 'fe80::1' },
    server: 'fe80::2',
  });
});

test('a line of neither table is a complaint', () => {
  const text = 'arp: something else\n=== labtop: routes\nnetstat: nothing\n=== labtop: session\n\n';
  expect(parseSshSession(text).complaints).toHaveLength(2);
});

test('a table of neighbours or routes alone is read row by row', () => {
  const [neighbours = '', rest = ''] = OMNIOS.split('=== labtop: routes\n');
  const [routes = ''] = rest.split('=== labtop: session\n');
  expect(parseNeighbours(neighbours).complaints).toEqual([]);
  expect(parseNeighbours(neighbours).value).toContainEqual({
    address: '10.0.20.1',
    macAddress: '02:08:20:53:85:63',
  });
  expect(parseRoutes(routes).complaints).toEqual([]);
  expect(parseRoutes(routes).value).toContainEqual({
    to: 'default',
    gateway: '10.0.20.1',
    isByRouter: true,
  });
  expect(parseRoutes('10.0.20.0 10.0.20.2 U 3 4 net0\n').value).toEqual([
    { to: '10.0.20.0', gateway: '10.0.20.2', isByRouter: false },
  ]);
});

test('a neighbour on two devices has the address of the one that it answered on', () => {
  const both = OMNIOS.replace(
    /^(core0 +10\.0\.20\.1 .*)$/m,
    '$1\nnet1 10.0.20.1 255.255.255.255 o',
  );
  expect(both).not.toBe(OMNIOS);
  expect(parse(both)?.router?.macAddress).toBe('02:08:20:53:85:63');
});
