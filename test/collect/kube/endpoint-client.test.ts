import { afterEach, expect, test } from 'vitest';
import { createEndpointClient, SERVICE_NAME } from '../../../src/collect/kube/endpoint-client.ts';
import { createTestLab } from './lab.ts';

const lab = createTestLab();
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** What an address answers whose certificate is for these names. */
async function ask(names: readonly string[], servername?: string): Promise<unknown> {
  const api = await lab.startApi(lab.authority().issueServer('kube-apiserver', names));
  const client = createEndpointClient(new URL(api.url));
  closers.push(client.close);
  const credentials = {
    tls: { ca: lab.authority().cert, ...(servername !== undefined && { servername }) },
    headers: {},
  };
  const signal = new AbortController().signal;
  return client.get('/readyz', credentials, { limitMs: 60_000, signal, proxyUrl: null }).then(
    ({ status }) => status,
    (error: { readonly failure?: { readonly code: string } }) => error.failure?.code,
  );
}

test('a certificate is for the name of the service in the cluster or for the address', async () => {
  expect(await ask([SERVICE_NAME])).toBe(200);
  expect(await ask(['127.0.0.1'])).toBe(200);
  expect(await ask(['10.0.0.1', 'other.example'])).toBe('tls-name');
});

test('a name that the kubeconfig gives is the only one', async () => {
  expect(await ask(['api.example'], 'api.example')).toBe(200);
  expect(await ask(['127.0.0.1', SERVICE_NAME], 'api.example')).toBe('tls-name');
});
