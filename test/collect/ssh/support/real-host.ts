import { userInfo } from 'node:os';
import { afterEach } from 'vitest';
import type { HostSettings } from '../../../../src/domain/settings.ts';
import type { HostLink } from '../../../../src/domain/transport.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import type { FaultProxy } from '../../../support/fault-proxy.ts';
import { hasSshd } from '../../../support/real-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './keys.ts';
import { linkTo, settingsOf } from './link.ts';
import { startOpenSshd } from './openssh.ts';
import type { OpenSshd, OpenSshdOptions } from './openssh.ts';

/** A machine without sshd skips the tests that need it; in continuous integration that is a failure. */
export const withoutSshd = !hasSshd && process.env['CI'] !== 'true';

export const hostKey = newKey();
export const userKey = newKey();
export const folder = temporaryFolder();

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
/** Ends something after the test, the last first. */
export const atEnd = (end: () => Promise<void>): void => {
  endings.push(end);
};

/** The real sshd of this machine, for the user who runs the tests. */
export async function startSshd(options: Partial<OpenSshdOptions> = {}): Promise<OpenSshd> {
  const sshd = await startOpenSshd({
    folder,
    hostKey,
    authorized: [userKey.publicText],
    ...options,
  });
  endings.push(sshd.stop);
  return sshd;
}

/** A proxy in front of a port. */
export async function startProxy(port: number): Promise<FaultProxy> {
  const proxy = await startFaultProxy(port);
  endings.push(proxy.close);
  return proxy;
}

/** Settings with the right key and known_hosts for a port. */
export const goodSettings = (port: number, more: Partial<HostSettings> = {}): HostSettings =>
  settingsOf(port, {
    user: userInfo().username,
    identityFiles: [writePrivate(folder, `id-${port}`, userKey.privateText)],
    knownHostsFiles: [writePrivate(folder, `known-${port}`, knownHostsText(port, hostKey))],
    ...more,
  });

/** A link to a port, started. */
export function startLink(
  port: number,
  deps: Parameters<typeof linkTo>[1] = {},
  more: Partial<HostSettings> = {},
): HostLink {
  const link = linkTo(goodSettings(port, more), deps);
  endings.push(link.close);
  link.start();
  return link;
}
