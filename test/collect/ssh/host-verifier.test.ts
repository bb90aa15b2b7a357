import { expect, test } from 'vitest';
import { createHostVerifier } from '../../../src/collect/ssh/host-verifier.ts';
import { knownHost, parseKnownHosts } from '../../../src/collect/ssh/known-hosts.ts';
import type { KnownHost } from '../../../src/collect/ssh/known-hosts.ts';
import { newKey } from './support/keys.ts';
import { targetOf } from './support/link.ts';

const key = newKey();
const target = targetOf();
const known = (text: string): KnownHost => knownHost(parseKnownHosts(text, 'f'), 'omni1.lan');

test('answers with a boolean at once, as ssh2 takes everything but false for a yes', () => {
  expect(createHostVerifier(target, known(`omni1.lan ${key.publicText}`)).verify(key.blob)).toBe(
    true,
  );
  expect(createHostVerifier(target, known('')).verify(key.blob)).toBe(false);
});

test('a check that throws is a no', () => {
  const verify = (): never => {
    throw new Error('broken');
  };
  const verifier = createHostVerifier(target, { verify, types: [], hasAuthority: false });
  expect(verifier.verify(key.blob)).toBe(false);
  expect(verifier.refusal()).toMatchObject({ state: 'hostkey-unknown', retry: 'held' });
});

test('another key later in the same connection is refused, even one that is known', () => {
  const second = newKey();
  const verifier = createHostVerifier(
    target,
    known(`omni1.lan ${key.publicText}\nomni1.lan ${second.publicText}`),
  );
  expect(verifier.verify(key.blob)).toBe(true);
  expect(verifier.verify(key.blob)).toBe(true);
  expect(verifier.verify(second.blob)).toBe(false);
  expect(verifier.refusal()).toMatchObject({
    state: 'hostkey-changed',
    error: { code: 'key-changed' },
  });
});

test('a changed key comes with the command that takes the old line out, quoted where it has to be', () => {
  const name = '[omni1.lan]:2222';
  const lines = parseKnownHosts(`# mine\n${name} ${newKey().publicText}`, '/k/with blank');
  const verifier = createHostVerifier({ ...target, knownHostsName: name }, knownHost(lines, name));
  expect(verifier.verify(key.blob)).toBe(false);
  const error = verifier.refusal()?.error;
  expect(error?.message).toContain('/k/with blank:2');
  expect(error?.command).toBe("ssh-keygen -R '[omni1.lan]:2222' -f '/k/with blank'");
});

test('an unknown host of a certificate authority is told that the authority cannot be used', () => {
  const verifier = createHostVerifier(target, known(`@cert-authority *.lan ${key.publicText}`));
  expect(verifier.verify(key.blob)).toBe(false);
  expect(verifier.refusal()?.error.hint).toContain('certificate authority');
});
