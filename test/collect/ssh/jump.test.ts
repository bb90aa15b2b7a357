import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createCommons } from '../../../src/collect/ssh/commons.ts';
import type { CommonsOptions, SharedCommons } from '../../../src/collect/ssh/commons.ts';
import type { HostSettings } from '../../../src/domain/settings.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { closedPort } from '../../support/closed-port.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import type { FakeSshd, FakeSshdOptions } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { elapse, until, untilState } from './support/wait.ts';

const hostKey = newKey();
const hopKey = newKey();
const userKey = newKey();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const server = async (options: Partial<FakeSshdOptions> = {}): Promise<FakeSshd> => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey], ...options });
  endings.push(sshd.close);
  return sshd;
};
const bastion = (options: Partial<FakeSshdOptions> = {}): Promise<FakeSshd> =>
  server({ hostKeys: [hopKey], forwards: 'all', ...options });

const folder = temporaryFolder();
const id = writePrivate(folder, 'id', userKey.privateText);
const settingsFor = (name: string, port: number, more: Partial<HostSettings> = {}): HostSettings =>
  settingsOf(port, {
    name,
    identityFiles: [id],
    knownHostsFiles: [
      writePrivate(
        folder,
        `known-${name}-${port}`,
        knownHostsText(port, name.startsWith('hop') ? hopKey : hostKey),
      ),
    ],
    ...more,
  });

const commonsOf = (options: Partial<CommonsOptions> = {}): SharedCommons => {
  const commons = createCommons({ canAsk: true, random: () => 0.5, ...options });
  endings.push(commons.close);
  return commons;
};

/** A link that knows the hops by their settings. */
const through = (
  hops: readonly HostSettings[],
  settings: HostSettings,
  deps: Parameters<typeof linkTo>[1] = {},
): HostLink => {
  const link = linkTo(settings, {
    canAsk: true,
    hostNamed: (name) => hops.find((hop) => hop.name === name),
    ...deps,
  });
  endings.push(link.close);
  link.start();
  return link;
};

const echo = (link: HostLink, text: string) => link.ask([['echo', text]], { timeoutSeconds: 60 });

test('a host behind a jump host: both keys are verified, both logins are made', async () => {
  const [gate, host] = [await bastion(), await server()];
  const link = through(
    [settingsFor('hop', gate.port)],
    settingsFor('omni1', host.port, { jump: 'hop' }),
  );
  await untilState(link, 'up');
  expect(await echo(link, 'there')).toMatchObject({ stdout: 'there\n' });
  expect(gate.forwarded).toEqual([`127.0.0.1:${host.port}`]);
  expect(gate.authentications).toContain('publickey');
  expect(gate.commands).toEqual([]);
  expect(host.commands).toHaveLength(1);
});

test('jump hosts behind jump hosts', async () => {
  const [first, second, host] = [await bastion(), await bastion(), await server()];
  const hops = [settingsFor('hop1', first.port), settingsFor('hop2', second.port)];
  const link = through(hops, settingsFor('omni1', host.port, { jump: 'hop1,hop2' }));
  await untilState(link, 'up');
  expect(first.forwarded).toEqual([`127.0.0.1:${second.port}`]);
  expect(second.forwarded).toEqual([`127.0.0.1:${host.port}`]);
  const passed = ['hop1', 'hop2'].map((name) => ({ name, addresses: ['127.0.0.1'] }));
  await expect.poll(() => link.status().hops).toEqual(passed);
});

test('many hosts share one connection to their jump host; it ends when the last is gone', async () => {
  const clock = createFakeClock();
  const commons = commonsOf({ clock });
  const gate = await bastion();
  const hop = settingsFor('hop', gate.port);
  const hosts = await Promise.all(Array.from({ length: 6 }, () => server()));
  const links = hosts.map(({ port }, index) =>
    through([hop], settingsFor(`omni${index}`, port, { jump: 'hop' }), { commons, clock }),
  );
  await Promise.all(links.map((link) => untilState(link, 'up')));
  expect(gate.connections()).toBe(1);
  expect(gate.forwarded).toHaveLength(6);
  await Promise.all(links.slice(1).map((link) => link.close()));
  clock.advance(3_000);
  expect(await echo(links[0] as HostLink, 'still')).toMatchObject({ stdout: 'still\n' });
  await links[0]?.close();
  expect(gate.open()).toBe(1);
  clock.advance(3_000);
  await until(() => gate.open() === 0);
});

test('the unknown key of a jump host is asked for once, as the jump host`s own', async () => {
  const commons = commonsOf();
  const gate = await bastion();
  const file = join(temporaryFolder(), 'known_hosts');
  const hop = settingsFor('hop', gate.port, { knownHostsFiles: [file] });
  const hosts = await Promise.all([server(), server()]);
  const links = hosts.map(({ port }, index) =>
    through([hop], settingsFor(`omni${index}`, port, { jump: 'hop' }), { commons }),
  );
  await Promise.all(links.map((link) => untilState(link, 'hostkey-unknown')));
  const [asked, other] = links.map((link) => link.status().question);
  expect(asked).toMatchObject({
    kind: 'host-key',
    place: `bastion: 127.0.0.1:${gate.port}`,
    file,
  });
  expect(other?.id).toBe(asked?.id);
  expect(links[0]?.status().error).toMatchObject({
    code: 'jump:key-unknown',
    message: expect.stringMatching(/^via hop: host key of hop .* is not known/),
  });
  expect(gate.connections()).toBe(1);
  links[1]?.reply({ id: asked?.id ?? '', kind: 'yes' });
  await Promise.all(links.map((link) => untilState(link, 'up')));
});

test('what the jump host asks is shown for each host that waits, while it waits', async () => {
  const commons = commonsOf();
  const gate = await bastion({
    methods: ['keyboard-interactive'],
    onAuthentication: (context) => {
      if (context.method !== 'keyboard-interactive') context.reject(['keyboard-interactive']);
      else
        context.prompt([{ prompt: 'Code: ', echo: true }], ([code]) => {
          if (code === '42') context.accept();
          else context.reject([]);
        });
    },
  });
  const hop = settingsFor('hop', gate.port, { identityFiles: ['/nonexistent/id'] });
  const hosts = await Promise.all([server(), server()]);
  const links = hosts.map(({ port }, index) =>
    through([hop], settingsFor(`omni${index}`, port, { jump: 'hop' }), { commons }),
  );
  await until(() => links.every((link) => link.status().question?.kind === 'prompts'));
  const asked = links[0]?.status().question;
  expect(asked).toMatchObject({ place: `bastion: 127.0.0.1:${gate.port}` });
  links[0]?.reply({ id: asked?.id ?? '', kind: 'texts', texts: ['42'] });
  await Promise.all(links.map((link) => untilState(link, 'up')));
  expect(gate.connections()).toBe(1);
});

test('a jump host that refuses the login is tried once for all, and again when a person asks', async () => {
  const commons = commonsOf();
  const authorized = [newKey()];
  const gate = await bastion({ authorized });
  const hop = settingsFor('hop', gate.port);
  const links = Array.from({ length: 5 }, (_, index) =>
    through([hop], settingsFor(`omni${index}`, 1, { jump: 'hop' }), { commons }),
  );
  await Promise.all(links.map((link) => untilState(link, 'auth-failed')));
  const late = through([hop], settingsFor('late', 1, { jump: 'hop' }), { commons });
  await untilState(late, 'auth-failed');
  expect(late.status().error).toMatchObject({
    code: 'jump:auth',
    message: expect.stringMatching(/^via hop: login refused for watcher@/),
  });
  expect(gate.connections()).toBe(1);
  for (const link of links) link.retryNow();
  await until(() => gate.connections() === 2);
  await Promise.all(links.map((link) => untilState(link, 'auth-failed')));
  expect(gate.connections()).toBe(2);
  const host = await server();
  authorized.push(userKey);
  const good = through([hop], settingsFor('good', host.port, { jump: 'hop' }), { commons });
  await untilState(good, 'auth-failed');
  good.retryNow();
  await untilState(good, 'up');
});

test('a jump host that is not there', async () => {
  const port = await closedPort();
  const link = through([settingsFor('hop', port)], settingsFor('omni1', 1, { jump: 'hop' }));
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'jump:refused',
    message: `via hop: port closed: 127.0.0.1:${port}`,
  });
  expect(link.status().nextAttemptAt).not.toBeNull();
});

test('a jump host that does not forward', async () => {
  const gate = await bastion({ forwards: 'none' });
  const link = through([settingsFor('hop', gate.port)], settingsFor('omni1', 1, { jump: 'hop' }));
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'jump:forward',
    message: expect.stringMatching(/^via hop: .*127\.0\.0\.1:1/),
  });
});

test('a jump host that dies takes its hosts with it, is named, and all come back', async () => {
  const commons = commonsOf({ random: () => 0 });
  const gate = await bastion();
  const hop = settingsFor('hop', gate.port);
  const hosts = await Promise.all([server(), server()]);
  const links = hosts.map(({ port }, index) =>
    through([hop], settingsFor(`omni${index}`, port, { jump: 'hop' }), {
      commons,
      random: () => 0,
    }),
  );
  await Promise.all(links.map((link) => untilState(link, 'up')));
  const codes: (string | undefined)[] = [];
  for (const link of links)
    link.onStatus(({ error }) => void (error !== null && codes.push(error.code)));
  gate.cut();
  await until(() => codes.length >= 2);
  expect(codes[0]).toBe('jump:lost');
  await Promise.all(links.map((link) => untilState(link, 'up')));
  expect(gate.connections()).toBe(2);
});

test('fifty hosts behind a jump host that dies: all say of whom, and come back over one login', async () => {
  const commons = commonsOf({ random: Math.random });
  const port = await closedPort();
  const gate = await bastion({ port });
  const host = await server();
  const links = Array.from({ length: 50 }, (_, index) =>
    through([settingsFor('hop', port)], settingsFor(`omni${index}`, host.port, { jump: 'hop' }), {
      commons,
      random: Math.random,
    }),
  );
  await Promise.all(links.map((link) => untilState(link, 'up')));
  await gate.close();
  await until(() => links.every((link) => link.status().state === 'down'));
  // All say the same, and of whom.
  for (const link of links)
    expect(link.status().error).toMatchObject({ code: 'jump:refused', jump: 'hop' });
  const again = await bastion({ port });
  for (const link of links) link.wake();
  await Promise.all(links.map((link) => untilState(link, 'up')));
  expect(again.connections()).toBe(1);
});

test('a jump host that freezes is found out by the next attempt, and replaced', async () => {
  const clock = createFakeClock();
  const commons = commonsOf({ clock });
  const gate = await bastion();
  const host = await server();
  const link = through(
    [settingsFor('hop', gate.port)],
    settingsFor('omni1', host.port, { jump: 'hop' }),
    { commons, clock },
  );
  await untilState(link, 'up');
  gate.freeze();
  // Nothing answers: whatever is tried takes its time.
  const pass = (condition: () => boolean): Promise<void> =>
    until(() => {
      if (condition()) return true;
      clock.advance(1_000);
      return false;
    });
  await pass(() => link.status().state === 'frozen');
  await pass(() => /^jump:(?:frozen|handshake-timeout)$/.test(link.status().error?.code ?? ''));
  gate.thaw();
  await elapse({ clock, link, stepMs: 1_000 }, () => link.status().state === 'up');
  expect(gate.connections()).toBeGreaterThanOrEqual(2);
});

test('a host that does not answer is told from a jump host that does not', async () => {
  const clock = createFakeClock();
  const gate = await bastion({ forwards: 'silent' });
  const link = through([settingsFor('hop', gate.port)], settingsFor('omni1', 1, { jump: 'hop' }), {
    clock,
    commons: commonsOf({ clock }),
  });
  await until(() => gate.forwarded.length === 1);
  clock.advance(5_000);
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'tcp-timeout',
    message: 'no answer from 127.0.0.1:1 (seen from hop)',
  });
  expect(gate.open()).toBe(1);
});

test('hundreds of hosts behind one jump host take four handshakes at a time', async () => {
  const commons = commonsOf();
  const gate = await bastion();
  let most = 0;
  let now = 0;
  const host = await server({
    onAuthentication: (context, byKey) => {
      if (context.method === 'none') most = Math.max(most, ++now);
      setTimeout(() => {
        if (context.method !== 'none' && context.method === 'publickey' && context.signature) now--;
        byKey();
      }, 5);
    },
  });
  const links = Array.from({ length: 20 }, (_, index) =>
    through(
      [settingsFor('hop', gate.port)],
      settingsFor(`omni${index}`, host.port, { jump: 'hop' }),
      { commons },
    ),
  );
  await Promise.all(links.map((link) => untilState(link, 'up')));
  expect(most).toBeLessThanOrEqual(4);
  expect(gate.connections()).toBe(1);
});

test('closed while it connects, nothing is left of the jump host', async () => {
  const gate = await bastion({ onAuthentication: () => {} });
  const link = through([settingsFor('hop', gate.port)], settingsFor('omni1', 1, { jump: 'hop' }));
  await until(() => gate.authentications.length === 1);
  await link.close();
  await until(() => gate.open() === 0);
  expect(gate.connections()).toBe(1);
});

test('ProxyJump of the ssh configuration is followed', async () => {
  const [gate, host] = [await bastion(), await server()];
  const home = temporaryFolder();
  mkdirSync(join(home, '.ssh'));
  writePrivate(
    join(home, '.ssh'),
    'config',
    `Host omni1\n ProxyJump watcher@127.0.0.1:${gate.port}\nHost *\n IdentityFile ${id}\n IdentitiesOnly yes\n`,
  );
  writePrivate(join(home, '.ssh'), 'known_hosts', knownHostsText(gate.port, hopKey));
  const link = through([], settingsFor('omni1', host.port), { env: { HOME: home } });
  await untilState(link, 'up');
  expect(gate.forwarded).toEqual([`127.0.0.1:${host.port}`]);
});
