import { createCommons } from '../../../../src/collect/ssh/commons.ts';
import type { CommonsOptions } from '../../../../src/collect/ssh/commons.ts';
import { createHostLink } from '../../../../src/collect/ssh/host-link.ts';
import type { HostLinkDeps } from '../../../../src/collect/ssh/host-link.ts';
import type { Target } from '../../../../src/collect/ssh/target.ts';
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
  via: 'ssh2',
  ...more,
});

/** A link that knows nothing of the user's own ssh. Nobody is there to be asked unless it is said. */
export const linkTo = (
  settings: HostSettings,
  deps: Partial<HostLinkDeps> & Partial<CommonsOptions> = {},
): HostLink => {
  const options = {
    env: { HOME: '/nonexistent', PATH: process.env['PATH'] },
    random: () => 0.5,
    ...deps,
  };
  const commons = deps.commons ?? createCommons({ canAsk: false, ...options });
  const link = createHostLink(settings, { sshProgram: null, ...options, commons });
  return {
    ...link,
    close: async () => {
      await link.close();
      if (deps.commons === undefined) await commons.close();
    },
  };
};

/** Where to, for tests of what looks at a target only. */
export const targetOf = (more: Partial<Target> = {}): Target => ({
  name: 'omni1',
  host: 'omni1.lan',
  port: 22,
  user: 'watcher',
  reach: { kind: 'direct' },
  family: 0,
  bindAddress: null,
  connectTimeoutSeconds: 5,
  identityFiles: [],
  identitiesOnly: false,
  certificateFiles: [],
  agent: null,
  methods: ['publickey', 'keyboard-interactive', 'password'],
  isBatch: false,
  algorithms: { hostKey: ['ssh-ed25519'] },
  knownHostsFiles: [],
  revokedKeysFile: null,
  requiredRsaBits: 1024,
  notedIn: null,
  hashKnownHosts: false,
  isStrict: false,
  knownHostsName: 'omni1.lan',
  knownHostsPlainName: 'omni1.lan',
  beyond: [],
  configFiles: [],
  ...more,
});
