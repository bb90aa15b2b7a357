import { createHandshakeLimiter } from '../../../../src/collect/ssh/handshake-limiter.ts';
import { createHostLink } from '../../../../src/collect/ssh/host-link.ts';
import type { HostLinkDeps } from '../../../../src/collect/ssh/host-link.ts';
import type { HostSettings } from '../../../../src/domain/settings.ts';
import type { HostLink } from '../../../../src/domain/transport.ts';

export const settingsOf = (port: number, more: Partial<HostSettings> = {}): HostSettings => ({
  name: 'omni1',
  address: '127.0.0.1',
  port,
  user: 'watcher',
  jump: null,
  identityFiles: [],
  knownHostsFiles: ['/nonexistent/known_hosts'],
  agent: 'none',
  ...more,
});

/** A link that knows nothing of the user's own ssh. */
export const linkTo = (settings: HostSettings, deps: Partial<HostLinkDeps> = {}): HostLink =>
  createHostLink(settings, {
    limiter: createHandshakeLimiter({ total: 8, perAddress: 4 }),
    env: { HOME: '/nonexistent', PATH: process.env['PATH'] },
    sshProgram: null,
    random: () => 0.5,
    ...deps,
  });
