import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { chooseAlgorithms, orderHostKeyAlgorithms } from '../../../src/collect/ssh/algorithms.ts';

const open = { hostKey: null, kex: null, cipher: null, mac: null };

test('without a configuration ssh2 offers what it offers, and host keys without SHA-1', () => {
  const chosen = chooseAlgorithms(open);
  expect(chosen).toEqual({ hostKey: expect.arrayContaining(['ssh-ed25519', 'rsa-sha2-256']) });
  expect(chosen).not.toMatchObject({ hostKey: expect.arrayContaining(['ssh-rsa']) });
});

test('a configuration narrows the offer, in our order', () => {
  expect(
    chooseAlgorithms({
      hostKey: ['rsa-sha2-512', 'ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com'],
      kex: ['mlkem768x25519-sha256', 'ecdh-sha2-nistp256', 'curve25519-sha256'],
      cipher: ['chacha20-poly1305@openssh.com', 'aes256-ctr'],
      mac: ['umac-64@openssh.com', 'hmac-sha2-512'],
    }),
  ).toEqual({
    hostKey: ['ssh-ed25519', 'rsa-sha2-512'],
    kex: ['curve25519-sha256', 'ecdh-sha2-nistp256'],
    cipher: ['aes256-ctr', 'chacha20-poly1305@openssh.com'],
    hmac: ['hmac-sha2-512'],
  });
});

test('what is from before 2016 is offered only when it is named', () => {
  expect(
    chooseAlgorithms({ ...open, kex: ['+diffie-hellman-group1-sha1'], hostKey: ['^ssh-rsa'] }),
  ).toMatchObject({
    kex: expect.arrayContaining(['curve25519-sha256', 'diffie-hellman-group1-sha1']),
    hostKey: expect.arrayContaining(['ssh-ed25519', 'ssh-rsa']),
  });
  expect(chooseAlgorithms({ ...open, cipher: ['-aes*-gcm*', 'aes128-ctr'] })).toMatchObject({
    cipher: ['aes192-ctr', 'aes256-ctr', 'chacha20-poly1305@openssh.com'],
  });
});

test('names the option of which nothing is left', () => {
  expect(
    chooseAlgorithms({ ...open, kex: ['sntrup761x25519-sha512', 'mlkem768x25519-sha256'] }),
  ).toBe('KexAlgorithms sntrup761x25519-sha512,mlkem768x25519-sha256');
  expect(chooseAlgorithms({ ...open, hostKey: ['ssh-ed25519-cert-v01@openssh.com'] })).toMatch(
    /^HostKeyAlgorithms/,
  );
});

test('everything that may be offered is known to ssh2', () => {
  const everything = chooseAlgorithms({
    hostKey: ['*'],
    kex: ['*'],
    cipher: ['*'],
    mac: ['*'],
  });
  expect(everything).toHaveProperty('kex');
  if (typeof everything === 'string') return;
  // ssh2 throws for what it does not know.
  const client = new ssh2.Client();
  client.on('error', () => {});
  expect(() =>
    client.connect({
      host: '127.0.0.1',
      port: 1,
      username: 'x',
      algorithms: {
        serverHostKey: everything.hostKey,
        kex: everything.kex,
        cipher: everything.cipher,
        hmac: everything.hmac,
      } as ssh2.Algorithms,
    }),
  ).not.toThrow();
  client.destroy();
});

test('algorithms of known key types come first, none is lost', () => {
  const all = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'];
  expect(orderHostKeyAlgorithms(all, ['ssh-rsa'])).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
  ]);
  expect(orderHostKeyAlgorithms(all, [])).toEqual(all);
});
