import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthContext } from 'ssh2';
import { afterEach, describe, expect, test } from 'vitest';
import { createCommons } from '../../../src/collect/ssh/commons.ts';
import { linesFor, parseKnownHosts } from '../../../src/collect/ssh/known-hosts.ts';
import type { LinkQuestion } from '../../../src/domain/link-question.ts';
import type { HostSettings } from '../../../src/domain/settings.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import type { FakeSshd, FakeSshdOptions } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { elapse, until, untilState } from './support/wait.ts';

const hostKey = newKey();
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

function settingsFor(port: number, more: Partial<HostSettings> = {}): HostSettings {
  const folder = temporaryFolder();
  return settingsOf(port, {
    identityFiles: [writePrivate(folder, 'id', userKey.privateText)],
    knownHostsFiles: [writePrivate(folder, 'known_hosts', knownHostsText(port, hostKey))],
    ...more,
  });
}

const started = (...[settings, deps]: Parameters<typeof linkTo>): HostLink => {
  const link = linkTo(settings, { canAsk: true, ...deps });
  endings.push(link.close);
  link.start();
  return link;
};

/** The home of a user with this ssh configuration. */
function homeWith(config: string): string {
  const home = temporaryFolder();
  mkdirSync(join(home, '.ssh'));
  writePrivate(join(home, '.ssh'), 'config', config);
  return home;
}

/** Waits for a question of that kind, other than the one known. */
async function question<K extends LinkQuestion['kind']>(
  link: HostLink,
  kind: K,
  but?: LinkQuestion,
): Promise<Extract<LinkQuestion, { kind: K }>> {
  await until(() => {
    const asked = link.status().question;
    return asked?.kind === kind && asked.id !== but?.id;
  });
  return link.status().question as Extract<LinkQuestion, { kind: K }>;
}

describe('an unknown host key', () => {
  test('is asked for; a yes notes it in one line, and the host comes up', async () => {
    const sshd = await server();
    const folder = join(temporaryFolder(), 'ssh');
    const file = join(folder, 'known_hosts');
    const link = started(settingsFor(sshd.port, { knownHostsFiles: [file] }), {
      env: { HOME: homeWith('HashKnownHosts no\n') },
    });
    const asked = await question(link, 'host-key');
    expect(asked).toMatchObject({
      place: `127.0.0.1:${sshd.port}`,
      knownHostsName: `[127.0.0.1]:${sshd.port}`,
      keyType: 'ssh-ed25519',
      fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
      file,
      authority: false,
    });
    expect(asked.randomart).toHaveLength(11);
    expect(link.status()).toMatchObject({
      state: 'hostkey-unknown',
      error: { code: 'key-unknown' },
    });
    expect(sshd.authentications).toEqual([]);

    link.reply({ id: asked.id, kind: 'yes' });
    await untilState(link, 'up');
    expect(link.status().question).toBeNull();
    expect(readFileSync(file, 'utf8')).toBe(
      `[127.0.0.1]:${sshd.port} ssh-ed25519 ${hostKey.blob.toString('base64')}\n`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('stays held after a no, and is asked for again when a person tries again', async () => {
    const sshd = await server();
    const link = started(
      settingsFor(sshd.port, { knownHostsFiles: [join(temporaryFolder(), 'k')] }),
    );
    const asked = await question(link, 'host-key');
    link.reply({ id: asked.id, kind: 'no' });
    await until(() => link.status().question === null);
    expect(link.status()).toMatchObject({ state: 'hostkey-unknown', nextAttemptAt: null });
    link.reply({ id: asked.id, kind: 'yes' });
    expect(link.status().state).toBe('hostkey-unknown');
    link.retryNow();
    await question(link, 'host-key', asked);
    expect(sshd.authentications).toEqual([]);
  });

  test('is noted behind a last line without an end, hashed where the configuration wants it', async () => {
    const sshd = await server();
    const home = homeWith('HashKnownHosts yes\n');
    const file = writePrivate(join(home, '.ssh'), 'known_hosts', 'other ssh-ed25519 AAAA');
    const link = started(settingsFor(sshd.port, { knownHostsFiles: [] }), {
      env: { HOME: home },
    });
    link.reply({ id: (await question(link, 'host-key')).id, kind: 'yes' });
    await untilState(link, 'up');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^other ssh-ed25519 AAAA\n\|1\|\S+ ssh-ed25519 \S+\n$/);
    const [line] = linesFor(parseKnownHosts(text, file), `[127.0.0.1]:${sshd.port}`);
    expect(line).toMatchObject({ line: 2, key: hostKey.blob });
  });

  test('that cannot be noted is said, and the host stays held', async () => {
    const sshd = await server();
    const file = join(writePrivate(temporaryFolder(), 'file', ''), 'known_hosts');
    const link = started(settingsFor(sshd.port, { knownHostsFiles: [file] }));
    link.reply({ id: (await question(link, 'host-key')).id, kind: 'yes' });
    await until(() => link.status().error?.code === 'config');
    expect(link.status()).toMatchObject({
      question: null,
      error: { message: expect.stringContaining(`cannot be noted in ${file}`) },
    });
    expect(sshd.authentications).toEqual([]);
  });

  test('holds for this run where the file keeps nothing', async () => {
    const sshd = await server();
    const link = started(settingsFor(sshd.port, { knownHostsFiles: ['/dev/null'] }));
    link.reply({ id: (await question(link, 'host-key')).id, kind: 'yes' });
    await untilState(link, 'up');
    sshd.cut();
    await until(() => sshd.connections() === 3);
    await untilState(link, 'up');
    expect(link.status().error).toBeNull();
  });

  test.for<[string, boolean, string]>([
    ['StrictHostKeyChecking yes\n', true, 'StrictHostKeyChecking is yes'],
    ['BatchMode yes\n', true, 'accept it in labtop'],
    ['', false, 'accept it in labtop'],
    ['UserKnownHostsFile none\n', true, 'accept it'],
  ])('is not asked for with «%s», somebody there: %s', async ([config, canAsk, hint]) => {
    const sshd = await server();
    const home = homeWith(config);
    const link = started(settingsFor(sshd.port, { knownHostsFiles: [] }), {
      env: { HOME: home },
      canAsk,
    });
    await untilState(link, 'hostkey-unknown');
    expect(link.status()).toMatchObject({
      question: null,
      error: { code: 'key-unknown', hint: expect.stringContaining(hint) },
    });
    expect(existsSync(join(home, '.ssh', 'known_hosts'))).toBe(false);
  });

  test('noted by somebody else in the meantime, the host comes up by itself', async () => {
    const clock = createFakeClock();
    const sshd = await server();
    const file = writePrivate(temporaryFolder(), 'known_hosts', '');
    const link = started(settingsFor(sshd.port, { knownHostsFiles: [file] }), { clock });
    await question(link, 'host-key');
    const connections = sshd.connections();
    const steps = { clock, link, stepMs: 1_000 };
    // What does not concern it makes no connection.
    let looks = 0;
    await elapse(steps, () => ++looks > 20);
    writeFileSync(file, 'elsewhere ssh-ed25519 AAAA\n');
    looks = 0;
    await elapse(steps, () => ++looks > 40);
    expect(sshd.connections()).toBe(connections);
    writeFileSync(file, `elsewhere ssh-ed25519 AAAA\n${knownHostsText(sshd.port, hostKey)}`);
    await elapse(steps, () => link.status().state === 'up');
  });
});

describe('a key file with a passphrase', () => {
  const locked = newKey({ passphrase: 'correct horse' });
  const lockedSettings = (port: number, file: string): HostSettings =>
    settingsFor(port, { identityFiles: [file] });

  test('is asked for once for all hosts that use it, again after a wrong answer', async () => {
    const commons = createCommons({ canAsk: true });
    endings.push(commons.close);
    const file = writePrivate(temporaryFolder(), 'id', locked.privateText);
    const sshds = await Promise.all([1, 2, 3].map(() => server({ authorized: [locked] })));
    const links = sshds.map(({ port }) => started(lockedSettings(port, file), { commons }));
    const [first, second, third] = links;
    if (!first || !second || !third) throw new Error('no links');
    const asked = await question(first, 'passphrase');
    expect(asked).toMatchObject({
      path: file,
      fingerprint: expect.stringMatching(/^SHA256:/),
      wrong: false,
    });
    expect(first.status()).toMatchObject({
      state: 'auth-failed',
      error: { code: 'passphrase', hint: expect.stringContaining(`ssh-add ${file}`) },
    });
    await until(() => links.every((link) => link.status().question?.id === asked.id));

    second.reply({ id: asked.id, kind: 'texts', texts: ['wrong horse'] });
    const again = await question(first, 'passphrase', asked);
    expect(again).toMatchObject({ path: file, wrong: true });
    await until(() => links.every((link) => link.status().question?.id === again.id));

    third.reply({ id: again.id, kind: 'texts', texts: ['correct horse'] });
    await Promise.all(links.map((link) => untilState(link, 'up')));
    // `none` and one question about the key in the attempt that asked, the signature as well in the other.
    for (const sshd of sshds)
      expect(sshd.authentications).toEqual(['none', 'publickey', 'none', 'publickey', 'publickey']);
  });

  test.each([
    ['wrong horse', 'is said to be wrong'],
    ['correct horse', 'opens it'],
  ])('«%s», while another attempt begins, %s', async (answer) => {
    const sshd = await server({ authorized: [locked] });
    const file = writePrivate(temporaryFolder(), 'id', locked.privateText);
    const link = started(lockedSettings(sshd.port, file));
    const asked = await question(link, 'passphrase');
    link.reply({ id: asked.id, kind: 'texts', texts: [answer] });
    // The passphrase takes its time to be tried.
    link.retryNow();
    const isSaidToBeWrong = (): boolean => {
      const now = link.status().question;
      return now?.kind === 'passphrase' && now.wrong;
    };
    await until(() => link.status().state === 'up' || isSaidToBeWrong());
    expect(isSaidToBeWrong()).toBe(answer === 'wrong horse');
  });

  test('is not asked for when the server would not take the key', async () => {
    const sshd = await server({ authorized: [newKey()] });
    const file = writePrivate(temporaryFolder(), 'id', locked.privateText);
    const link = started(lockedSettings(sshd.port, file));
    await untilState(link, 'auth-failed');
    expect(link.status()).toMatchObject({ question: null, error: { code: 'auth' } });
    expect(sshd.authentications).toEqual(['none', 'publickey']);
  });

  test('declined, the host stays held', async () => {
    const sshd = await server({ authorized: [locked] });
    const file = writePrivate(temporaryFolder(), 'id', locked.privateText);
    const link = started(lockedSettings(sshd.port, file));
    const asked = await question(link, 'passphrase');
    link.reply({ id: asked.id, kind: 'no' });
    await until(() => link.status().question === null);
    expect(link.status()).toMatchObject({ state: 'auth-failed', nextAttemptAt: null });
    expect(sshd.connections()).toBe(1);
  });

  test('changed on the disk, it is not opened by what was kept', async () => {
    const sshd = await server({ authorized: [locked] });
    const folder = temporaryFolder();
    const file = writePrivate(folder, 'id', locked.privateText);
    const link = started(lockedSettings(sshd.port, file));
    const asked = await question(link, 'passphrase');
    link.reply({ id: asked.id, kind: 'texts', texts: ['correct horse'] });
    await untilState(link, 'up');
    writePrivate(folder, 'id', newKey({ passphrase: 'other' }).privateText);
    sshd.cut();
    await untilState(link, 'auth-failed');
    expect(link.status().error?.code).toBe('auth');
  });

  test('with nobody there it is an error that says how to give it', async () => {
    const sshd = await server({ authorized: [locked] });
    const file = writePrivate(temporaryFolder(), 'id', locked.privateText);
    const link = started(lockedSettings(sshd.port, file), { canAsk: false });
    await untilState(link, 'auth-failed');
    expect(link.status()).toMatchObject({
      question: null,
      error: {
        message: expect.stringContaining('has a passphrase'),
        hint: expect.stringContaining('ssh-add'),
      },
    });
    expect(sshd.connections()).toBe(0);
  });
});

/** A server that asks for a password, then a code, by keyboard-interactive. */
const asking =
  (right: readonly string[], log: string[] = []) =>
  (context: AuthContext): void => {
    if (context.method !== 'keyboard-interactive') {
      context.reject(['keyboard-interactive']);
      return;
    }
    context.prompt(
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Code\u001B[2J: ', echo: true },
      ],
      'Login to omni1',
      'Touch\u0007 your token',
      (answers) => {
        log.push(answers.join('/'));
        if (answers.join('/') === right.join('/')) context.accept();
        else context.reject(['keyboard-interactive']);
      },
    );
  };

describe('what the server asks', () => {
  const noKey = { identityFiles: ['/nonexistent/id'] };

  test('is asked of the person while the server waits', async () => {
    const sshd = await server({
      methods: ['keyboard-interactive'],
      onAuthentication: asking(['secret', '123456']),
    });
    const link = started(settingsFor(sshd.port, noKey));
    const asked = await question(link, 'prompts');
    expect(asked).toMatchObject({
      place: `127.0.0.1:${sshd.port}`,
      name: 'Login to omni1',
      instructions: 'Touch· your token',
      prompts: [
        { text: 'Password: ', echo: false },
        { text: 'Code: ', echo: true },
      ],
    });
    expect(link.status()).toMatchObject({ state: 'auth-failed', error: { code: 'prompt' } });
    link.reply({ id: asked.id, kind: 'texts', texts: ['secret', '123456'] });
    await untilState(link, 'up');
    expect(link.status()).toMatchObject({ question: null, error: null });
    expect(sshd.connections()).toBe(1);
  });

  test('answered wrongly is refused, and not asked again before a person wants it', async () => {
    const log: string[] = [];
    const sshd = await server({
      methods: ['keyboard-interactive'],
      onAuthentication: asking(['secret', '1'], log),
    });
    const link = started(settingsFor(sshd.port, noKey));
    const asked = await question(link, 'prompts');
    link.reply({ id: asked.id, kind: 'texts', texts: ['guess'] });
    await until(() => link.status().error?.code === 'auth');
    expect(link.status()).toMatchObject({ state: 'auth-failed', question: null });
    expect(link.status().error?.message).toContain('tried keyboard-interactive');
    expect(link.status().error?.message).not.toContain('guess');
    expect(log).toEqual(['guess/']);
    expect(sshd.connections()).toBe(1);
    link.retryNow();
    const again = await question(link, 'prompts', asked);
    link.reply({ id: again.id, kind: 'texts', texts: ['secret', '1'] });
    await untilState(link, 'up');
  });

  test('declined ends the attempt', async () => {
    const sshd = await server({
      methods: ['keyboard-interactive'],
      onAuthentication: asking(['secret', '1']),
    });
    const link = started(settingsFor(sshd.port, noKey));
    const asked = await question(link, 'prompts');
    link.reply({ id: asked.id, kind: 'no' });
    await until(() => link.status().question === null);
    await untilState(link, 'auth-failed');
    expect(link.status()).toMatchObject({
      nextAttemptAt: null,
      error: { code: 'prompt', message: expect.stringContaining('was not answered') },
    });
  });

  test('an answer that comes within a minute counts for this connection', async () => {
    const clock = createFakeClock();
    const sshd = await server({
      methods: ['keyboard-interactive'],
      onAuthentication: asking(['secret', '1']),
    });
    const link = started(settingsFor(sshd.port, noKey), { clock });
    const asked = await question(link, 'prompts');
    clock.advance(55_000);
    link.reply({ id: asked.id, kind: 'texts', texts: ['secret', '1'] });
    await untilState(link, 'up');
    expect(sshd.connections()).toBe(1);
  });

  test('an answer that comes after a minute counts for a new connection', async () => {
    const clock = createFakeClock();
    const sshd = await server({
      methods: ['keyboard-interactive'],
      onAuthentication: asking(['secret', '1']),
    });
    const link = started(settingsFor(sshd.port, noKey), { clock });
    const asked = await question(link, 'prompts');
    clock.advance(59_000);
    expect(link.status().question?.id).toBe(asked.id);
    clock.advance(2_000);
    await until(() => link.status().nextAttemptAt === null && sshd.open() === 0);
    expect(link.status()).toMatchObject({ state: 'auth-failed', question: { id: asked.id } });
    link.reply({ id: asked.id, kind: 'texts', texts: ['secret', '1'] });
    await untilState(link, 'up');
    expect(sshd.connections()).toBe(2);
  });

  test('a connection that waits for a person keeps no other host from connecting', async () => {
    const commons = createCommons({ canAsk: true });
    endings.push(commons.close);
    const asker = await server({
      methods: ['keyboard-interactive'],
      onAuthentication: asking(['secret', '1']),
    });
    const links = Array.from({ length: 9 }, () =>
      started(settingsFor(asker.port, noKey), { commons }),
    );
    await Promise.all(links.map((link) => question(link, 'prompts')));
    const good = await server();
    await untilState(started(settingsFor(good.port), { commons }), 'up');
    expect(commons.limiter.taken()).toBe(0);
  });

  test('a password is asked for only where keys and the dialogue are not offered, in that order', async () => {
    const passwords: string[] = [];
    const sshd = await server({
      methods: ['publickey', 'password'],
      onAuthentication: (context, byKey) => {
        if (context.method !== 'password') {
          byKey();
          return;
        }
        passwords.push(context.password);
        if (context.password === 'right') context.accept();
        else context.reject(['publickey', 'password']);
      },
      authorized: [],
    });
    const link = started(settingsFor(sshd.port));
    const asked = await question(link, 'prompts');
    expect(asked.prompts).toEqual([{ text: `watcher@127.0.0.1's password:`, echo: false }]);
    expect(sshd.authentications).toEqual(['none', 'publickey']);
    link.reply({ id: asked.id, kind: 'texts', texts: ['wrong'] });
    await until(() => link.status().error?.code === 'auth');
    link.retryNow();
    const again = await question(link, 'prompts', asked);
    link.reply({ id: again.id, kind: 'texts', texts: ['right'] });
    await untilState(link, 'up');
    expect(passwords).toEqual(['wrong', 'right']);
  });

  test.for(['PasswordAuthentication no', 'PreferredAuthentications publickey', 'BatchMode yes'])(
    'no password is asked for with %s',
    async (config) => {
      const sshd = await server({ methods: ['publickey', 'password'], authorized: [] });
      const home = homeWith(`${config}\n`);
      const link = started(settingsFor(sshd.port), { env: { HOME: home } });
      await untilState(link, 'auth-failed');
      expect(link.status()).toMatchObject({ question: null, error: { code: 'auth' } });
      expect(sshd.authentications).toEqual(['none', 'publickey']);
    },
  );
});
