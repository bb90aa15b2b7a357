import { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ConnectPhase } from '../../../src/domain/connect-phase.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { startFakeSshd, startTcpServer } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { until, untilState } from './support/wait.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
const hostKey = newKey();
const userKey = newKey();

/** A link that is started, and the phases that it tells. */
function watched(
  port: number,
  deps: Parameters<typeof linkTo>[1] = {},
  address = '127.0.0.1',
): { readonly link: HostLink; readonly phases: readonly (ConnectPhase | null)[] } {
  const folder = temporaryFolder();
  const link = linkTo(
    settingsOf(port, {
      address,
      identityFiles: [writePrivate(folder, 'id', userKey.privateText)],
      knownHostsFiles: [writePrivate(folder, 'known', knownHostsText(port, hostKey))],
    }),
    deps,
  );
  endings.push(link.close);
  const phases: (ConnectPhase | null)[] = [];
  link.onStatus(({ phase = null }) => {
    if (phase !== phases.at(-1)) phases.push(phase);
  });
  link.start();
  return { link, phases };
}

test('an attempt tells how far it has come, and nothing when it is over', async () => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
  endings.push(sshd.close);
  const { link, phases } = watched(sshd.port);
  await untilState(link, 'up');
  expect(phases).toEqual(['config', 'turn', 'tcp', 'kex', 'auth', 'shell', null]);
  expect(link.status().phase).toBeNull();
});

test('where it stands still is told: the name, the line, the keys', async () => {
  const never = (): Socket => new Socket();
  const named = watched(22, { openSocket: never }, 'omni1.example');
  await until(() => named.link.status().phase === 'dns');
  const numbered = watched(22, { openSocket: never });
  await until(() => numbered.link.status().phase === 'tcp');
  const silent = await startTcpServer(() => {});
  endings.push(silent.close);
  const { link } = watched(silent.port);
  await until(() => link.status().phase === 'kex');
  for (const one of [named.link, numbered.link, link])
    expect(one.status().state).toBe('connecting');
});

test('after a name is resolved the line is opened', async () => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
  endings.push(sshd.close);
  const { phases } = watched(sshd.port, {}, 'localhost');
  await until(() => phases.includes('tcp'));
  expect(phases.slice(0, 4)).toEqual(['config', 'turn', 'dns', 'tcp']);
});

test('a refused login has no phase any more', async () => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [newKey()] });
  endings.push(sshd.close);
  const { link, phases } = watched(sshd.port);
  await untilState(link, 'auth-failed');
  expect(phases.slice(-2)).toEqual(['auth', null]);
});
