import { afterEach, expect, test } from 'vitest';
import { chunksOf } from '../../../src/collect/kube/body.ts';
import { KubeError } from '../../../src/collect/kube/kube-error.ts';
import { createKubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import type { KubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import { WINDOWS } from '../../../src/collect/kube/link.ts';
import { defaultTiming } from '../../../src/collect/kube/timing.ts';
import { clusterSettings } from '../../support/cluster-settings.ts';
import { createTestLab } from './lab.ts';
import type { ScriptedApi } from './scripted-api.ts';

const lab = createTestLab();
const { signal } = new AbortController();
let transports: KubeTransport[] = [];

afterEach(async () => {
  for (const transport of transports) await transport.close();
  transports = [];
});

async function connect(api: ScriptedApi, headersMs = 60_000): Promise<KubeTransport> {
  const kubeconfig = lab.kubeconfig({ server: api.url, ca: lab.authority().cert, token: 'secret' });
  const transport = createKubeTransport(
    clusterSettings('test', kubeconfig),
    { ...defaultTiming, connectMs: 60_000, headersMs },
    Date.now,
  );
  transports.push(transport);
  await transport.configure();
  return transport;
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof KubeError ? error.failure.code : undefined;

test('a request that meets a GOAWAY ends in time, and the next one is served', async () => {
  const api = await lab.startApi();
  const transport = await connect(api, 1_000);
  const path = '/api/v1/pods?watch=true&sendInitialEvents=true';
  const watch = await transport.open({ method: 'GET', path, signal, headersMs: 60_000 });
  api.goAway();
  const ready = (): Promise<number | string | undefined> =>
    transport.open({ method: 'GET', path: '/readyz', signal }).then(async ({ body, status }) => {
      await body.dump();
      return status;
    }, codeOf);
  expect([200, 'timeout']).toContain(await ready());
  // Where the machine is slow, the next one may run into that limit as well.
  await expect.poll(ready).toBe(200);
  watch.body.destroy();
});

test('a body that undici forgot is broken by its silence', async () => {
  const api = await lab.startApi();
  const transport = await connect(api);
  const path = '/api/v1/pods?watch=true&sendInitialEvents=true';
  const { body } = await transport.open({ method: 'GET', path, signal });
  const read = async () => {
    for await (const chunk of chunksOf({ body, silenceMs: 100 })) expect(chunk.length).not.toBe(0);
  };
  await expect(read()).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
});

test('many 401 at once read the kubeconfig once', async () => {
  const api = await lab.startApi();
  const transport = await connect(api);
  let refusals = 5;
  api.intercept = ({ kind }, response) => {
    if (kind !== 'readyz' || (refusals -= 1) < 0) return false;
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{}');
    return true;
  };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => transport.open({ method: 'GET', path: '/readyz', signal })),
  );
  for (const { body } of answers) await body.dump();
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(api.requests).toHaveLength(10);
});

test('before a kubeconfig was read a request is refused, not hanging', async () => {
  const settings = clusterSettings('lab', lab.file('none'));
  const transport = createKubeTransport(settings, defaultTiming, Date.now);
  await expect(transport.open({ method: 'GET', path: '/readyz', signal })).rejects.toMatchObject({
    failure: { code: 'not-connected' },
  });
  await expect(transport.configure()).rejects.toMatchObject({
    failure: { code: 'kubeconfig-missing' },
  });
});

test('so much may be on its way that a long way does not slow a list down', async () => {
  const api = await lab.startApi();
  const transport = await connect(api);
  const { body } = await transport.open({ method: 'GET', path: '/readyz', signal });
  await body.dump();
  expect(api.requests[0]?.window).toBe(WINDOWS.initialWindowSize);
});
