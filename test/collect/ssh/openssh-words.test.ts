import { expect, test } from 'vitest';
import { openSshFailure } from '../../../src/collect/ssh/openssh-words.ts';

const where = { name: 'omni1', place: 'omni1.lab:22' };

const CHANGED = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r
The fingerprint for the ED25519 key sent by the remote host is\r
SHA256:n3zlxUQnzTJWGQmSkKhnc2XMyNS1ErOVHeC5kdI1mnw.\r
Please contact your system administrator.\r
Add correct host key in /home/me/.ssh/known_hosts to get rid of this message.\r
Offending ED25519 key in /home/me/.ssh/known_hosts:12\r
Host key for omni1.lab has changed and you have requested strict checking.\r
Host key verification failed.\r
`;
const REVOKED = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r
@       WARNING: REVOKED HOST KEY DETECTED!               @\r
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r
The ED25519 host key for omni1.lab is marked as revoked.\r
Host key verification failed.\r
`;

test.for<readonly [code: string, state: string, retry: string, text: string]>([
  ['dns', 'down', 'jitter', 'ssh: Could not resolve hostname omni1.lab: Name or service not known'],
  ['refused', 'down', 'jitter', 'ssh: connect to host omni1.lab port 22: Connection refused'],
  ['unreachable', 'down', 'jitter', 'ssh: connect to host omni1.lab port 22: No route to host'],
  [
    'unreachable',
    'down',
    'jitter',
    'ssh: connect to host omni1.lab port 22: Network is unreachable',
  ],
  ['tcp-timeout', 'down', 'jitter', 'ssh: connect to host omni1.lab port 22: Connection timed out'],
  ['tcp-timeout', 'down', 'jitter', 'ssh: connect to host omni1.lab port 22: Operation timed out'],
  [
    'handshake-timeout',
    'frozen',
    'jitter',
    'Connection timed out during banner exchange\r\nConnection to 192.0.2.1 port 22 timed out',
  ],
  [
    'throttled',
    'down',
    'throttled',
    'kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 192.0.2.1 port 22',
  ],
  [
    'throttled',
    'down',
    'throttled',
    'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 192.0.2.1 port 22',
  ],
  [
    'throttled',
    'down',
    'throttled',
    'kex_exchange_identification: banner line 0: Not allowed at this time\r\nkex_exchange_identification: Connection closed by remote host',
  ],
  [
    'not-ssh',
    'down',
    'slow',
    'kex_exchange_identification: banner line contains invalid characters\r\nbanner exchange: Connection to 192.0.2.1 port 80: invalid format',
  ],
  [
    'kex',
    'down',
    'held',
    'Unable to negotiate with 192.0.2.1 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1',
  ],
  ['key-changed', 'hostkey-changed', 'held', CHANGED],
  ['key-revoked', 'hostkey-changed', 'held', REVOKED],
  [
    'key-unknown',
    'hostkey-unknown',
    'held',
    'No ED25519 host key is known for [127.0.0.1]:2222 and you have requested strict checking.\r\nHost key verification failed.',
  ],
  [
    'auth',
    'auth-failed',
    'rare',
    'watcher@omni1.lab: Permission denied (publickey,keyboard-interactive).',
  ],
  [
    'auth',
    'auth-failed',
    'rare',
    'Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures\r\nDisconnected from 192.0.2.1 port 22',
  ],
  [
    'agent',
    'auth-failed',
    'held',
    'sign_and_send_pubkey: signing failed for ED25519 "me" from agent: agent refused operation\r\nwatcher@omni1.lab: Permission denied (publickey).',
  ],
  [
    'config',
    'down',
    'held',
    '/home/me/.ssh/config: line 3: Bad configuration option: hostnme\r\n/home/me/.ssh/config: terminating, 1 bad configuration options',
  ],
  ['config', 'down', 'held', 'Bad owner or permissions on /home/me/.ssh/config'],
  ['config', 'down', 'held', '/home/me/.ssh/config line 3: no argument after keyword "hostname"'],
  ['config', 'down', 'held', 'remote username contains invalid characters'],
  ['config', 'down', 'held', 'jumphost loop via omni1'],
  [
    'config',
    'down',
    'held',
    'bind 192.0.2.1: Cannot assign requested address\r\nssh: connect to host omni1.lab port 22: failure',
  ],
  [
    'config',
    'down',
    'held',
    'Error checking host key ssh-ed25519 SHA256:x in revoked keys file /etc/ssh/krl: No such file or directory\r\nHost key verification failed.',
  ],
  [
    'key-revoked',
    'hostkey-changed',
    'held',
    'Host key ED25519 SHA256:x revoked by file /etc/ssh/krl\r\nHost key verification failed.',
  ],
  ['key-short', 'down', 'held', 'Bad server host key: Invalid key length'],
  [
    'signing',
    'auth-failed',
    'held',
    'sign_and_send_pubkey: signing failed for ED25519-SK "/home/me/.ssh/id_sk": device not found\r\nwatcher@omni1.lab: Permission denied (publickey).',
  ],
  [
    'auth',
    'auth-failed',
    'throttled',
    'Your account has expired; please contact your system administrator.\r\n\r\nConnection closed by 192.0.2.1 port 22',
  ],
  ['login-ended', 'down', 'throttled', 'Connection closed by 192.0.2.1 port 22'],
  ['login-ended', 'down', 'throttled', 'Connection reset by 192.0.2.1 port 22'],
  [
    'login-ended',
    'down',
    'throttled',
    'Received disconnect from 192.0.2.1 port 22:12: Too many connections\r\nDisconnected from 192.0.2.1 port 22',
  ],
  ['handshake-timeout', 'frozen', 'jitter', 'Connection to 192.0.2.1 port 22 timed out'],
  ['shell', 'down', 'jitter', 'exec request failed on channel 0'],
  ['lost', 'down', 'jitter', 'something that nobody has seen before'],
  ['lost', 'down', 'jitter', ''],
])('%s (%s, %s): %j', ([code, state, retry, text]) => {
  const failure = openSshFailure(where, text);
  expect(failure).toMatchObject({ state, retry, error: { code } });
  expect(failure.error.message).toMatch(/omni1|ssh says|ssh agent|a key did not sign/);
  expect(failure.error.hint).not.toBe('');
});

test('keys that ssh could not read are told with the refusal', () => {
  const text =
    'Load key "/home/me/.ssh/id": Permission denied\r\nwatcher@omni1.lab: Permission denied (publickey).\r\n';
  expect(openSshFailure(where, text).error.message).toBe(
    'login refused at omni1.lab:22: «watcher@omni1.lab: Permission denied (publickey).»; Load key "/home/me/.ssh/id": Permission denied',
  );
});

const CLOSED =
  'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n';

test.for<readonly [code: string, jump: string | undefined, state: string, text: string]>([
  ['jump:refused', 'gate', 'down', `ssh: connect to host gate port 22: Connection refused\r\n`],
  [
    'jump:dns',
    'gate.lan',
    'down',
    'ssh: Could not resolve hostname gate.lan: Name or service not known\r\n',
  ],
  ['jump:auth', 'gate', 'auth-failed', 'me@gate: Permission denied (publickey).\r\n'],
  [
    'jump:key-unknown',
    'gate',
    'hostkey-unknown',
    'No ED25519 host key is known for gate and you have requested strict checking.\r\nHost key verification failed.\r\n',
  ],
  ['jump:key-changed', 'gate', 'hostkey-changed', CHANGED.replaceAll('omni1.lab', 'gate')],
  // The jump host was reached: it is the host behind it that is not.
  [
    'refused',
    undefined,
    'down',
    'channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n',
  ],
  ['throttled', undefined, 'down', ''],
])('through a jump host %s of %s (%s)', ([code, jump, state, text]) => {
  const failure = openSshFailure(where, text + CLOSED);
  expect(failure).toMatchObject({ state, error: { code } });
  expect(failure.error.jump).toBe(jump);
  expect(failure.error.message).toContain(jump ?? 'omni1.lab:22');
});

test('a changed key is told with both, and the line that has the old one', () => {
  expect(openSshFailure(where, CHANGED).error.message).toBe(
    'host key of omni1.lab:22 changed: it shows SHA256:n3zlxUQnzTJWGQmSkKhnc2XMyNS1ErOVHeC5kdI1mnw, known is another ED25519 key in /home/me/.ssh/known_hosts:12',
  );
});

test('what a server says before the login hides no reason, and no control sequence comes through', () => {
  const text =
    '*****\r\nAuthorised use only\u001B[2J\r\n*****\r\nwatcher@omni1.lab: Permission denied (publickey).\r\n';
  expect(openSshFailure(where, text).error).toMatchObject({ code: 'auth' });
  expect(openSshFailure(where, 'odd \u001B]0;x\u0007 end').error.message).not.toContain('\u001B');
});
