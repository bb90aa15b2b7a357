import { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  agentFailure,
  algorithmFailure,
  bannerFailure,
  channelsError,
  configFailure,
  failure,
  forwardFailure,
  frozenFailure,
  handshakeTimeout,
  loginEndedFailure,
  lostFailure,
  noForkFailure,
  noKeyFailure,
  passphraseFailure,
  passwordExpired,
  promptFailure,
  protocolFailure,
  shellFailure,
  shortKeyFailure,
  signingFailure,
  socketFailure,
  viaFailure,
} from '../../../src/collect/ssh/failure.ts';
import type { LinkFailure } from '../../../src/collect/ssh/failure.ts';
import { hostKeyFailure } from '../../../src/collect/ssh/host-verifier.ts';
import { knownHost } from '../../../src/collect/ssh/known-hosts.ts';
import { startTcpServer } from './support/fake-sshd.ts';
import { newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf, targetOf } from './support/link.ts';
import { untilState } from './support/wait.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const socketError = (code: string): LinkFailure =>
  socketFailure('omni1:22', Object.assign(new Error(code), { code }));
const forwardError = (words: string, reason: number): LinkFailure =>
  forwardFailure(
    'gate',
    'omni1:22',
    Object.assign(new Error(`(SSH) Channel open failure: ${words}`), { reason }),
  );
const key = newKey();
const nobody = knownHost([], 'omni1.lan');
const keyIs = (verdict: Parameters<typeof hostKeyFailure>[3]): LinkFailure =>
  hostKeyFailure(targetOf(), nobody, key.blob, verdict);
const line = { file: '/known', line: 3 };

type Row = readonly [
  code: string,
  produced: LinkFailure | undefined,
  retry: LinkFailure['retry'],
  state: LinkFailure['state'],
  message: RegExp,
  hint: RegExp,
];
const ROWS: readonly Row[] = [
  ['dns', socketError('ENOTFOUND'), 'jitter', 'down', /does not resolve/, /name server/],
  ['refused', socketError('ECONNREFUSED'), 'jitter', 'down', /port closed/, /sshd running/],
  ['unreachable', socketError('EHOSTUNREACH'), 'jitter', 'down', /no route/, /network up/],
  ['tcp-timeout', socketError('ETIMEDOUT'), 'jitter', 'down', /no answer/, /firewall/],
  ['config', socketError('EADDRNOTAVAIL'), 'held', 'down', /address/, /BindAddress/],
  [
    'throttled',
    socketError('ECONNRESET'),
    'throttled',
    'down',
    /before its SSH banner/,
    /PenaltyExempt/,
  ],
  [
    'throttled',
    bannerFailure('p', 'Not allowed at this time\r\n', false),
    'throttled',
    'down',
    /refuses for now/,
    /PerSourcePenaltyExemptList/,
  ],
  ['not-ssh', bannerFailure('p', 'HTTP/1.1 400\r\n', false), 'slow', 'down', /«HTTP/, /port/],
  ['handshake-timeout', handshakeTimeout('p', 15), 'jitter', 'frozen', /did not finish/, /frozen/],
  [
    'kex',
    protocolFailure('p', 'Handshake failed: no matching C->S cipher'),
    'held',
    'down',
    /no matching C->S cipher/,
    /via: openssh/,
  ],
  ['kex', algorithmFailure('omni1', 'Ciphers x'), 'held', 'down', /Ciphers x/, /via: openssh/],
  [
    'key-unknown',
    keyIs({ kind: 'unknown' }),
    'held',
    'hostkey-unknown',
    /not known: ssh-ed25519 SHA256:/,
    /ssh-keygen -lf/,
  ],
  [
    'key-changed',
    keyIs({ kind: 'changed', type: 'ssh-rsa', fingerprint: 'SHA256:old', ...line }),
    'held',
    'hostkey-changed',
    /shows ssh-ed25519 SHA256:\S+, known is ssh-rsa SHA256:old in \/known:3$/,
    /ssh-keygen -R/,
  ],
  [
    'key-revoked',
    keyIs({ kind: 'revoked', ...line }),
    'held',
    'hostkey-changed',
    /revoked: .*\/known:3/,
    /do not connect/,
  ],
  ['agent', agentFailure('/a: nobody listens'), 'slow', 'down', /no ssh agent at \/a/, /tmux/],
  ['agent', signingFailure('/a', 'no'), 'held', 'auth-failed', /did not sign/, /unlock/],
  [
    'auth',
    noKeyFailure(targetOf(), { unusable: [], needsOpenSsh: false }, true),
    'held',
    'auth-failed',
    /no key to offer/,
    /ssh-add/,
  ],
  [
    'auth',
    passwordExpired(targetOf()),
    'held',
    'auth-failed',
    /expired/,
    /ssh -p 22 watcher@omni1\.lan/,
  ],
  [
    'passphrase',
    passphraseFailure('/id', true),
    'held',
    'auth-failed',
    /does not open it/,
    /ssh-add \/id/,
  ],
  [
    'prompt',
    promptFailure('p', ['Password: '], 'waits'),
    'held',
    'auth-failed',
    /asks: «Password:/,
    /in labtop/,
  ],
  [
    'shell',
    shellFailure('p', 'This account is currently not available.'),
    'held',
    'down',
    /not available/,
    /login shell/,
  ],
  [
    'shell',
    shellFailure('p', 'WARNING: Your password has expired.\nPassword change required'),
    'rare',
    'auth-failed',
    /«WARNING: Your password has expired.»/,
    /change the password/,
  ],
  [
    'shell',
    shellFailure('p', 'The system is going down for maintenance'),
    'slow',
    'down',
    /going down/,
    /nologin/,
  ],
  [
    'auth',
    loginEndedFailure('p', 'Account locked due to 3 failed logins'),
    'throttled',
    'auth-failed',
    /«Account locked due/,
    /log of sshd/,
  ],
  [
    'login-ended',
    loginEndedFailure('p', '', 'Too many connections'),
    'throttled',
    'down',
    /«Too many connections»/,
    /RefuseConnection/,
  ],
  ['key-short', shortKeyFailure('omni1', 1024, 2048), 'held', 'down', /1024 .* 2048/, /ssh-keygen/],
  ['fork', noForkFailure('p', 'w'), 'jitter', 'down', /cannot start/, /swap/],
  ['frozen', frozenFailure('p', 15), 'jitter', 'frozen', /no byte/, /hangs/],
  [
    'lost',
    lostFailure('p', 'Keepalive timeout'),
    'jitter',
    'down',
    /lost: Keepalive timeout/,
    /by itself/,
  ],
  ['config', configFailure('m', 'h'), 'held', 'down', /m/, /h/],
  [
    'jump:refused',
    viaFailure('gate', socketError('ECONNREFUSED')),
    'jitter',
    'down',
    /^via gate: port closed/,
    /sshd/,
  ],
  [
    'jump:auth',
    viaFailure('gate', failure({ code: 'auth', message: 'm', hint: 'h' }, 'rare', 'auth-failed')),
    'rare',
    'auth-failed',
    /^via gate: m/,
    /h/,
  ],
  [
    'jump:forward',
    forwardError('open failed', 1),
    'slow',
    'down',
    /does not forward/,
    /AllowTcpForwarding/,
  ],
  ['jump:forward', forwardError('strange', 2), 'jitter', 'down', /«strange»/, /ssh gate/],
  [
    'refused',
    forwardError('Connection refused', 2),
    'jitter',
    'down',
    /port closed.*seen from gate/,
    /sshd/,
  ],
  [
    'tcp-timeout',
    forwardError('Connection timed out', 2),
    'jitter',
    'down',
    /seen from gate/,
    /firewall/,
  ],
  [
    'unreachable',
    forwardError('No route to host', 2),
    'jitter',
    'down',
    /seen from gate/,
    /network/,
  ],
  [
    'dns',
    forwardError('node name or service name not known', 2),
    'jitter',
    'down',
    /seen from gate/,
    /name server/,
  ],
];

test.for(ROWS)('%s', ([code, produced, retry, state, message, hint]) => {
  expect(produced).toMatchObject({
    retry,
    state,
    error: {
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    },
  });
});

test('the channel limit says how many are open, and whose limit it is', () => {
  expect(channelsError('p', 8, '(SSH) Channel open failure: open failed')).toMatchObject({
    code: 'channels',
    message: expect.stringMatching(/p has 8 open.*open failed/),
    hint: expect.stringContaining('MaxSessions'),
  });
});

const link = (more: Parameters<typeof settingsOf>[1], deps?: Parameters<typeof linkTo>[1]) => {
  const identityFiles = [writePrivate(temporaryFolder(), 'id', newKey().privateText)];
  const made = linkTo(settingsOf(22, { identityFiles, ...more }), deps);
  endings.push(made.close);
  made.start();
  return made;
};

test('a connection that is reset before the banner is a server that refuses for now', async () => {
  const tcp = await startTcpServer((socket) => socket.resetAndDestroy());
  endings.push(tcp.close);
  const made = link({ port: tcp.port });
  await untilState(made, 'down');
  expect(made.status().error?.code).toBe('throttled');
});

test.for([
  ['ENOTFOUND', 'dns'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
])('a socket that fails with %s, twice, is one failure: %s', async ([systemCode, code]) => {
  const made = link(
    {},
    {
      openSocket: () => {
        const socket = new Socket();
        const error = Object.assign(new Error('x'), { code: systemCode });
        setImmediate(() => {
          socket.emit('error', error);
          socket.emit('error', error);
        });
        return socket;
      },
    },
  );
  await untilState(made, 'down');
  expect(made.status()).toMatchObject({ attempt: 1, error: { code } });
});
