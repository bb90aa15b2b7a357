import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { createAuthority } from './certificates.ts';
import { createTestLab } from './lab.ts';
import { podNames } from './observed-cluster.ts';
import { refuse } from './scripted-api.ts';
import type { ScriptedApi } from './scripted-api.ts';

const lab = createTestLab();
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

const HOUR_MS = 3_600_000;

async function simulator(): Promise<KubeApi> {
  const api = await startKubeApi({ seed: 1, paceMs: 50 });
  ended.push(api.close);
  return api;
}
const written = (name: string, text: string): string => {
  const path = lab.file(name);
  writeFileSync(path, text);
  return path;
};
const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ended.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
};
/** Lets in who has this token. */
const onlyWith = (api: ScriptedApi, token: () => string): void => {
  api.intercept = ({ headers }, response) =>
    headers['authorization'] !== `Bearer ${token()}` &&
    refuse(response, 401, 'Unauthorized', 'Unauthorized');
};

test('a client certificate lets in; one that is over, and one of another authority, are told apart', async () => {
  const api = await simulator();
  const good = lab.watchWith(written('good', api.kubeconfig()));
  await good.until('up', (now) => now.source.state === 'up');

  const past = { notBeforeMs: Date.now() - 2 * HOUR_MS, notAfterMs: Date.now() - HOUR_MS };
  const over = lab.watchWith(written('over', api.kubeconfig({ validity: past })));
  const { source } = await over.until('held', (now) => now.source.state === 'auth-failed');
  expect(source.error).toMatchObject({
    code: 'tls-expired',
    message: `the own client certificate expired on ${new Date(Math.floor(past.notAfterMs / 1000) * 1000).toISOString()}`,
    hint: 'renew the client certificate of the kubeconfig',
  });

  const stranger = createAuthority('stranger').issueClient('viewer', 'system:masters');
  const foreign = lab.watchWith(
    lab.kubeconfig({ server: api.url, ca: api.authority, ...stranger }),
  );
  const refused = await foreign.until('held', (now) => now.source.state === 'auth-failed');
  expect(refused.source.error).toMatchObject({ code: 'unauthorized' });
});

test('a server that ends the handshake with an expired client certificate without a word', async () => {
  const { cert, key } = lab.serverCertificate();
  const strict = createSecureServer({
    cert,
    key,
    ca: lab.authority().cert,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const own = lab.authority().issueClient('viewer', 'viewers', new Date(Date.now() - HOUR_MS));
  const path = lab.kubeconfig({
    server: `https://127.0.0.1:${await listening(strict)}`,
    ca: lab.authority().cert,
    ...own,
  });
  const { source } = await lab.watchWith(path).until('down', (now) => now.source.error !== null);
  expect(source.error).toMatchObject({ code: 'tls-expired' });
  expect(source.error?.message).toContain('own client certificate');
});

test('a token file is read anew when its token is replaced, without a refusal', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  let token = 'first';
  onlyWith(api, () => token);
  const tokenFile = written('token', 'first\n');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: api.url,
          'certificate-authority-data': Buffer.from(lab.authority().cert).toString('base64'),
        },
      },
    ],
    // Relative to the kubeconfig, and before a token that stands in it.
    users: [{ name: 'viewer', user: { tokenFile: 'token', token: 'old' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'viewer' } }],
  };
  const observed = lab.watchWith(written('with-token-file', JSON.stringify(config)));
  await observed.until('live', (now) => podNames(now).join() === 'a');
  token = 'second';
  writeFileSync(tokenFile, 'second');
  api.cut();
  api.put('pods', 'b');
  await observed.until('live again', (now) => podNames(now).join() === 'a,b');
  expect(observed.sourceStates).not.toContain('auth-failed');
});

test('a token file that is missing is told with what to do', async () => {
  const text = `{"clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:1"}}],"users":[{"name":"u","user":{"tokenFile":"nowhere"}}],"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"current-context":"x"}`;
  const { source } = await lab
    .watchWith(written('without-token-file', text))
    .until('down', (now) => now.source.state === 'down');
  expect(source.error).toMatchObject({ code: 'token-file' });
  expect(source.error?.message).toContain('nowhere');
  expect(source.error?.hint).not.toBe('');
});

test('a credential plugin gives a token, and is asked again when that is refused', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  let token = 'one';
  onlyWith(api, () => token);
  const said = written('said', 'one');
  const plugin = written(
    'plugin',
    `#!/bin/sh\nprintf '{"kind":"ExecCredential","status":{"token":"%s"}}' "$(cat ${said})"\n`,
  );
  chmodSync(plugin, 0o755);
  const observed = lab.watchWith(
    lab.kubeconfig({
      server: api.url,
      ca: lab.authority().cert,
      exec: { command: plugin, args: [] },
    }),
  );
  await observed.until('live', (now) => podNames(now).join() === 'a');
  token = 'two';
  writeFileSync(said, 'two');
  api.cut();
  api.put('pods', 'b');
  await observed.until('live again', (now) => podNames(now).join() === 'a,b');
  expect(observed.sourceStates).not.toContain('auth-failed');
});

test.for([
  ['hangs', 'exec sleep 3', /did not answer in 0\.3 s/],
  ['is not there', null, /credential plugin .* failed/],
  ['says something else', 'echo hello', /credential plugin .* failed/],
] as const)(
  'a credential plugin that %s is told as the plugin, with a hint',
  async ([what, script, words]) => {
    const plugin = lab.file(`plugin-that-${what.replaceAll(' ', '-')}`);
    if (script !== null) {
      writeFileSync(plugin, `#!/bin/sh\n${script}\n`);
      chmodSync(plugin, 0o755);
    }
    const observed = lab.watchWith(
      lab.kubeconfig({ server: 'https://127.0.0.1:1', exec: { command: plugin, args: [] } }),
      { timing: { pluginMs: 300 } },
    );
    const { source } = await observed.until('down', (now) => now.source.state === 'down');
    expect(source.error).toMatchObject({ code: 'exec-plugin' });
    expect(source.error?.message).toMatch(words);
    expect(source.error?.hint).toContain('by hand');
  },
);

test('a proxy of the kubeconfig carries everything', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, near) => {
    asked.push(String(request.url));
    const far = connect(api.port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.pipe(near);
      near.pipe(far);
    });
    for (const socket of [near, far])
      socket.on('error', () => {
        near.destroy();
        far.destroy();
      });
  });
  const observed = lab.watchWith(
    lab.kubeconfig({
      server: api.url,
      ca: lab.authority().cert,
      token: 'secret-token',
      proxyUrl: `http://127.0.0.1:${await listening(proxy)}`,
    }),
  );
  await observed.until('live', (now) => podNames(now).join() === 'a');
  expect(new Set(asked)).toEqual(new Set([new URL(api.url).host]));
  await observed.source.close();
});

test('several contexts of one kubeconfig are watched at the same time, each on its server', async () => {
  const [one, two] = [await lab.startApi(), await lab.startApi()];
  one.put('pods', 'of-one');
  two.put('pods', 'of-two');
  const ca = Buffer.from(lab.authority().cert).toString('base64');
  const cluster = (name: string, { url }: ScriptedApi) => ({
    name,
    cluster: { server: url, 'certificate-authority-data': ca },
  });
  const config = {
    'current-context': 'one',
    clusters: [cluster('one', one), cluster('two', two)],
    users: ['one', 'two'].map((name) => ({ name, user: { token: `token-of-${name}` } })),
    contexts: ['one', 'two'].map((name) => ({ name, context: { cluster: name, user: name } })),
  };
  const path = written('contexts', JSON.stringify(config));
  const observed = ['one', 'two'].map((context) => lab.watchWith(path, { context }));
  for (const [index, name] of ['of-one', 'of-two'].entries())
    await observed[index]?.until('live', (now) => podNames(now).join() === name);
  for (const [api, name] of [
    [one, 'one'],
    [two, 'two'],
  ] as const)
    expect(new Set(api.requests.map(({ headers }) => headers['authorization']))).toEqual(
      new Set([`Bearer token-of-${name}`]),
    );
});
