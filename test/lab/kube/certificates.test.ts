import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAuthority } from '../../../src/lab/kube/certificates.ts';

const VALIDITY = { notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2026, 0, 8) };
const authority = createAuthority('kubernetes', {
  notBeforeMs: VALIDITY.notBeforeMs,
  notAfterMs: Date.UTC(2051, 5, 1, 1, 2, 3),
});
const root = new X509Certificate(authority.certificate);

test('the authority is one, valid beyond the two-digit years', () => {
  expect([root.ca, root.subject, root.validTo]).toEqual([
    true,
    'CN=kubernetes',
    'Jun  1 01:02:03 2051 GMT',
  ]);
  expect(root.verify(root.publicKey)).toBe(true);
});

test('a server certificate is signed by it, for its names and addresses and its time', () => {
  const { certificate, key } = authority.issueServer(
    'kube-apiserver',
    ['localhost', '127.0.0.1'],
    VALIDITY,
  );
  const leaf = new X509Certificate(certificate);
  expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
  expect(leaf.validTo).toBe('Jan  8 00:00:00 2026 GMT');
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(key).toContain('BEGIN PRIVATE KEY');
});

test('a client certificate names its user and groups', () => {
  const leaf = new X509Certificate(
    authority.issueClient('labtop', ['system:masters'], VALIDITY).certificate,
  );
  expect(leaf.subject).toBe('O=system:masters\nCN=labtop');
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(leaf.ca).toBe(false);
});

test('two certificates never share a serial number', () => {
  const serials = Array.from(
    { length: 20 },
    () => new X509Certificate(authority.issueClient('x', [], VALIDITY).certificate).serialNumber,
  );
  expect(new Set(serials).size).toBe(20);
});
