import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createEndpointClient } from '../../../src/collect/kube/endpoint-client.ts';
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
/** Whom a request acts as, each header by itself. */
const impersonationIn = (raw: readonly string[]): readonly string[] =>
  raw
    .flatMap((name, index) =>
      index % 2 === 0 && /^impersonate/i.test(name)
        ? [`${name.toLowerCase()}: ${raw[index + 1] ?? ''}`]
        : [],
    )
    .toSorted();
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

test('who acts as another one does so in every request: watches, counts, logs, actions and probes', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.put('pods', 'a');
  const path = lab.kubeconfig({
    server: api.url,
    ca: lab.authority().cert,
    token: 'secret-token',
    user: {
      as: 'jane',
      'as-uid': 'uid-7',
      'as-groups': ['ops', 'web, and more', 'third', 'fourth', 'fifth'],
      'as-user-extra': { 'example.com/Project%': ['one', 'two'], reason: ['drill'] },
    },
  });
  const { source, until } = lab.watchWith(path);
  await until('live', (now) => podNames(now).join() === 'a');
  await until('counted', (now) => now.feeds.objects.status === 'ok' && api.count('count') > 0);
  await source.request({ method: 'PATCH', path: '/api/v1/nodes/a', body: '{}', timeoutSeconds: 5 });
  const log = source.logs({ window: 'tail', previous: false }, () => {});
  log.setPods([{ namespace: 'default', name: 'a' }]);
  const isAsked = () => api.requests.some(({ path: asked }) => asked.includes('/pods/a'));
  await expect.poll(isAsked).toBe(true);
  log.close();
  const { credentials, server, proxyUrl } = await source.access();
  const prober = createEndpointClient(server);
  const { signal } = new AbortController();
  await prober.get('/livez', credentials, { limitMs: 60_000, signal, proxyUrl });
  prober.close();
  expect(new Set(api.requests.map(({ kind }) => kind))).toEqual(
    new Set(['readyz', 'version', 'discovery', 'count', 'initial', 'other']),
  );
  for (const { rawHeaders } of api.requests)
    expect(impersonationIn(rawHeaders)).toEqual([
      'impersonate-extra-example.com%2fproject%25: one',
      'impersonate-extra-example.com%2fproject%25: two',
      'impersonate-extra-reason: drill',
      'impersonate-group: fifth',
      'impersonate-group: fourth',
      'impersonate-group: ops',
      'impersonate-group: third',
      'impersonate-group: web, and more',
      'impersonate-uid: uid-7',
      'impersonate-user: jane',
    ]);
});

test('groups of nobody are an error of the kubeconfig, not a request with the own rights', async () => {
  const path = lab.kubeconfig({ server: 'https://127.0.0.1:1', user: { 'as-groups': ['ops'] } });
  const { source } = await lab.watchWith(path).until('down', (now) => now.source.error !== null);
  expect(source.error).toMatchObject({
    code: 'kubeconfig-invalid',
    message: expect.stringContaining('without as') as string,
  });
});

test('a plugin is told of the cluster: its authority also from a file, and what the cluster says to plugins', async () => {
  const api = await lab.startApi();
  api.put('pods', 'a');
  const told = lab.file('told');
  const plugin = written(
    'plugin-that-is-told',
    `#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" > ${told}\necho '{"status":{"token":"t"}}'\n`,
  );
  chmodSync(plugin, 0o755);
  const ca = lab.authority().cert;
  const observed = lab.watchWith(
    lab.kubeconfig({
      server: api.url,
      cluster: {
        'certificate-authority': written('ca.crt', ca),
        extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'lab' } }],
      },
      exec: { command: plugin, args: [], provideClusterInfo: true, interactiveMode: 'IfAvailable' },
    }),
  );
  await observed.until('live', (now) => podNames(now).join() === 'a');
  expect(JSON.parse(readFileSync(told, 'utf8'))).toMatchObject({
    spec: {
      interactive: false,
      cluster: {
        server: api.url,
        'certificate-authority-data': Buffer.from(ca).toString('base64'),
        config: { audience: 'lab' },
      },
    },
  });
});

test('a name for the certificate, and no look at it at all', async () => {
  const { cert, key } = lab.authority().issueServer('kube-apiserver', ['api.example']);
  const api = await lab.startApi({ cert, key });
  api.put('pods', 'a');
  const ca = lab.authority().cert;
  const wrong = lab.watchWith(lab.kubeconfig({ server: api.url, ca }));
  const { source } = await wrong.until('down', (now) => now.source.error !== null);
  expect(source.error?.code).toBe('tls-name');
  for (const options of [
    { ca, cluster: { 'tls-server-name': 'api.example' } },
    { cluster: { 'insecure-skip-tls-verify': true } },
  ]) {
    const seen = lab.watchWith(lab.kubeconfig({ server: api.url, ...options }));
    await seen.until('live', (now) => podNames(now).join() === 'a');
    const { credentials, server, proxyUrl } = await seen.source.access();
    const prober = createEndpointClient(server);
    const { signal } = new AbortController();
    const { status } = await prober.get('/livez', credentials, {
      limitMs: 60_000,
      signal,
      proxyUrl,
    });
    expect(status).toBeLessThan(500);
    prober.close();
  }
});

test('files of the client certificate that are replaced are taken over, also one after the other', async () => {
  const users: string[] = [];
  const api = await lab.startApi({
    ...lab.serverCertificate(),
    ca: lab.authority().cert,
  });
  api.put('pods', 'a');
  api.intercept = ({ user }) => {
    users.push(user ?? 'nobody');
  };
  const files = { cert: lab.file('client.crt'), key: lab.file('client.key') };
  const rotate = (name: string, parts: readonly ('cert' | 'key')[]): void => {
    const own = lab.authority().issueClient(name, 'viewers');
    for (const part of parts) writeFileSync(files[part], own[part]);
  };
  rotate('first', ['cert', 'key']);
  const observed = lab.watchWith(
    lab.kubeconfig({
      server: api.url,
      ca: lab.authority().cert,
      user: { 'client-certificate': files.cert, 'client-key': files.key },
    }),
  );
  await observed.until('live', (now) => podNames(now).join() === 'a');
  expect(new Set(users)).toEqual(new Set(['first']));
  rotate('second', ['cert', 'key']);
  await expect.poll(() => users.at(-1)).toBe('second');
  expect(observed.sourceStates).not.toContain('down');
  // Somebody writes the one, and much later the other.
  const third = lab.authority().issueClient('third', 'viewers');
  writeFileSync(files.cert, third.cert);
  await observed.until('the key is of another certificate', (now) => now.source.state !== 'up');
  writeFileSync(files.key, third.key);
  await expect.poll(() => users.at(-1)).toBe('third');
  await observed.until(
    'live again',
    (now) => now.source.state === 'up' && now.feeds.pods.status === 'ok',
  );
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
  ['hangs', 'exec sleep 300', 300, /did not answer in 0\.3 s/],
  ['is not there', null, 60_000, /credential plugin .* failed/],
  ['says something else', 'echo hello', 60_000, /credential plugin .* failed/],
] as const)(
  'a credential plugin that %s is told as the plugin, with a hint',
  async ([what, script, pluginMs, words]) => {
    const plugin = lab.file(`plugin-that-${what.replaceAll(' ', '-')}`);
    if (script !== null) {
      writeFileSync(plugin, `#!/bin/sh\n${script}\n`);
      chmodSync(plugin, 0o755);
    }
    const observed = lab.watchWith(
      lab.kubeconfig({ server: 'https://127.0.0.1:1', exec: { command: plugin, args: [] } }),
      { timing: { pluginMs } },
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
