import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { createOutsideProber } from '../../../src/collect/kube/outside-prober.ts';
import type { Feed } from '../../../src/domain/feed.ts';
import type { KubeTable } from '../../../src/domain/kube.ts';
import type { OutsideTarget } from '../../../src/domain/network.ts';
import { closedPort } from '../../support/closed-port.ts';
import { createAuthority } from './certificates.ts';

async function listen(server: Server): Promise<string> {
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Looks at those targets until the test ends; gives what is known of one: `ready`, or the code of its error. */
function watch(targets: () => readonly string[] | null, limitMs = 20_000) {
  let last: Feed<KubeTable<OutsideTarget>> | undefined;
  const prober = createOutsideProber({
    targets,
    limitMs,
    intervalMs: 3_600_000,
    onChange: (feed) => (last = feed),
  });
  onTestFinished(prober.close);
  prober.start();
  const known = () => (last?.status === 'ok' ? last.value.byKey : undefined);
  return {
    prober,
    known,
    stateOf: (origin: string) => {
      const found = known()?.get(origin);
      return found && (found.error?.code ?? 'ready');
    },
  };
}

test('a TLS server answers, whoever signed its certificate', async () => {
  const origin = await listen(createTlsServer(createAuthority().issueServer('gate', ['gate'])));
  const { stateOf } = watch(() => [origin]);
  await expect.poll(() => stateOf(origin)).toBe('ready');
});

test('one that wants a certificate of its client has answered', async () => {
  const authority = createAuthority();
  const origin = await listen(
    createTlsServer({
      ...authority.issueServer('gate', ['gate']),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion: 'TLSv1.2',
    }),
  );
  const { stateOf } = watch(() => [origin]);
  await expect.poll(() => stateOf(origin)).toBe('ready');
});

test('a port on which nobody listens refuses', async () => {
  const origin = `https://127.0.0.1:${await closedPort()}`;
  const { stateOf } = watch(() => [origin]);
  await expect.poll(() => stateOf(origin)).toBe('refused');
});

test('a server that accepts and says nothing does not answer', async () => {
  const origin = await listen(createServer((socket) => socket.on('error', () => undefined)));
  const { stateOf } = watch(() => [origin], 100);
  await expect.poll(() => stateOf(origin)).toBe('timeout');
});

test('a target that is new is looked at before its time; one that is no longer wanted is forgotten', async () => {
  const tls = createAuthority().issueServer('gate', ['gate']);
  const first = await listen(createTlsServer(tls));
  const second = await listen(createTlsServer(tls));
  let wanted: readonly string[] | null = null;
  const { prober, known } = watch(() => wanted);
  prober.lookForNew();
  expect(known()).toBeUndefined();
  wanted = [];
  prober.lookForNew();
  await expect.poll(() => known()?.size).toBe(0);
  wanted = [first];
  prober.lookForNew();
  await expect.poll(() => [...(known()?.keys() ?? [])]).toEqual([first]);
  wanted = [second];
  prober.lookForNew();
  await expect.poll(() => [...(known()?.keys() ?? [])]).toEqual([second]);
});
