import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { afterEach, expect, test, vi } from 'vitest';
import { createAuthentication } from '../../../src/collect/ssh/auth.ts';
import type { Identities } from '../../../src/collect/ssh/identity.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { startAgent } from './support/agent.ts';
import { startFakeSshd, tellUser } from './support/fake-sshd.ts';
import type { FakeSshd, FakeSshdOptions } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf, targetOf } from './support/link.ts';
import { until, untilState } from './support/wait.ts';

const hostKey = newKey();
const userKey = newKey();
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function start(
  options: Partial<FakeSshdOptions>,
  by: 'agent' | 'file',
  canAsk = true,
): Promise<{ readonly sshd: FakeSshd; readonly link: HostLink }> {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey], ...options });
  endings.push(sshd.close);
  const folder = temporaryFolder();
  const agent = await startAgent([userKey]);
  endings.push(agent.close);
  const link = linkTo(
    settingsOf(sshd.port, {
      ...(by === 'agent'
        ? { agent: agent.path }
        : { identityFiles: [writePrivate(folder, 'id', userKey.privateText)] }),
      knownHostsFiles: [writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey))],
    }),
    { canAsk },
  );
  endings.push(link.close);
  link.start();
  return { sshd, link };
}

/** AuthenticationMethods publickey,keyboard-interactive. */
const keyThenCode = (): Pick<FakeSshdOptions, 'onAuthentication'> => {
  let hasKey = false;
  return {
    onAuthentication: (context, byKey) => {
      if (context.method === 'keyboard-interactive' && hasKey)
        context.prompt([{ prompt: 'Code: ', echo: true }], ([code]) => {
          if (code === '42') context.accept();
          else context.reject(['keyboard-interactive']);
        });
      else if (context.method === 'publickey' && context.signature !== undefined) {
        hasKey = true;
        context.reject(['keyboard-interactive'], true);
      } else if (context.method === 'publickey') byKey();
      else context.reject([hasKey ? 'keyboard-interactive' : 'publickey']);
    },
  };
};

// ssh2 1.17 tells nothing of a partial success when the key came from an agent.
test.for(['agent', 'file'] as const)('a key and then a code, the key from the %s', async (by) => {
  const { sshd, link } = await start(keyThenCode(), by);
  await until(() => link.status().question !== null);
  expect(link.status().question).toMatchObject({ kind: 'prompts', prompts: [{ text: 'Code: ' }] });
  link.reply({ id: link.status().question?.id ?? '', kind: 'texts', texts: ['42'] });
  await untilState(link, 'up');
  expect(sshd.connections()).toBe(1);
});

test('a key that is right but not enough is said so', async () => {
  const { link } = await start(keyThenCode(), 'agent', false);
  await untilState(link, 'auth-failed');
  expect(link.status().error).toMatchObject({
    code: 'auth',
    message: expect.stringMatching(/accepted agent .*, which is not enough/),
    hint: expect.stringContaining('open labtop'),
  });
});

test('a server for what only the ssh program can do is said so', async () => {
  const { link } = await start(
    { onAuthentication: (context) => context.reject(['gssapi-with-mic' as 'password']) },
    'file',
  );
  await untilState(link, 'auth-failed');
  expect(link.status().error).toMatchObject({
    message: expect.stringContaining('the server offers gssapi-with-mic'),
    hint: expect.stringContaining('via: openssh'),
  });
});

/** PAM tells why, and sshd ends the connection instead of an answer to the right key. */
test.for<[string | null, string, string, RegExp, RegExp]>([
  [
    'Your account has expired; please contact your system administrator.\n',
    'auth',
    'auth-failed',
    /login ended by .*: «Your account has expired; please/,
    /log of sshd/,
  ],
  [null, 'login-ended', 'down', /ended the connection during the login$/, /RefuseConnection/],
])(
  'a server that ends the login after the key, saying %j, is left alone for 30 s',
  async ([said, code, state, message, hint]) => {
    let sshd: FakeSshd | undefined;
    const started = await start(
      {
        onAuthentication: (context, byKey) => {
          if (context.method !== 'publickey' || context.signature === undefined) {
            byKey();
            return;
          }
          if (said !== null) tellUser(context, said);
          setTimeout(() => sshd?.cut(), 50);
        },
      },
      'file',
      false,
    );
    ({ sshd } = started);
    const { link } = started;
    await until(() => link.status().nextAttemptAt !== null);
    const status = link.status();
    expect(status).toMatchObject({
      state,
      error: { code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    });
    expect((status.nextAttemptAt ?? 0) - status.since).toBeGreaterThanOrEqual(30_000);
    link.wake();
    expect(link.status().attempt).toBe(1);
  },
);

test('a server that refuses before any key was offered is left alone as well', async () => {
  let sshd: FakeSshd | undefined;
  const started = await start({ onAuthentication: () => sshd?.cut() }, 'file', false);
  ({ sshd } = started);
  const { link } = started;
  await untilState(link, 'down');
  expect(link.status().error?.code).toBe('login-ended');
  expect((link.status().nextAttemptAt ?? 0) - link.status().since).toBeGreaterThanOrEqual(30_000);
});

const none: Identities = { identities: [], unusable: [], needsOpenSsh: false, agentPath: null };
const nobody = { canAsk: false, ask: () => new Promise<never>(() => {}), unlock: () => {} };

test.for<[Partial<Identities>, readonly string[], string, RegExp]>([
  [{}, ['publickey'], 'Too many authentication failures', /IdentitiesOnly yes/],
  [{ needsOpenSsh: true }, ['publickey'], '', /via: openssh/],
  [{}, ['publickey', 'password'], '', /authorized_keys of watcher/],
  [{}, ['password'], '', /open labtop/],
  [{}, ['hostbased'], '', /via: openssh/],
])('%j, refused by a server for %j with «%s», is told %s', ([more, methods, words, hint]) => {
  const authentication = createAuthentication(targetOf(), { ...none, ...more }, nobody);
  authentication.next(null, false, () => {});
  expect(authentication.next(methods, false, () => {})).toBe(false);
  expect(authentication.failure(words)).toMatchObject({
    retry: 'rare',
    state: 'auth-failed',
    error: { code: 'auth', hint: expect.stringMatching(hint) },
  });
});

test('PreferredAuthentications gives the order', async () => {
  const asked: string[] = [];
  const authentication = createAuthentication(
    targetOf({ methods: ['password', 'publickey'] }),
    none,
    {
      ...nobody,
      canAsk: true,
      ask: ({ prompts }) => {
        asked.push(...prompts.map(({ text }) => text));
        return Promise.resolve(['p']);
      },
    },
  );
  authentication.next(null, false, () => {});
  const given = await new Promise((resolve) => {
    expect(
      authentication.next(['publickey', 'keyboard-interactive', 'password'], false, resolve),
    ).toBeUndefined();
  });
  expect(given).toEqual({ type: 'password', username: 'watcher', password: 'p' });
  expect(asked).toEqual([`watcher@omni1.lan's password:`]);
  // Refused, nothing else is asked.
  expect(authentication.next(['keyboard-interactive', 'password'], false, () => {})).toBe(false);
});

test('once logged in, nothing holds the private half of a key from a file', async () => {
  const parse = vi.spyOn(ssh2.utils, 'parseKey');
  endings.push(() => parse.mockRestore());
  const { link } = await start({}, 'file');
  await untilState(link, 'up');
  const keys = parse.mock.results
    .flatMap(({ value }): unknown => value)
    .filter((each): each is ParsedKey => !(each instanceof Error));
  const blob = userKey.blob.toString('base64');
  const own = keys.filter((key) => key.getPublicSSH().toString('base64') === blob);
  expect(own.length).toBeGreaterThan(0);
  expect(own.map((key) => key.isPrivateKey())).toEqual(own.map(() => false));
});
