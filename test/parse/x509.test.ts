import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAuthority } from '../../src/lab/kube/certificates.ts';
import { fromBase64, parseCertificate, parsePemCertificates } from '../../src/parse/x509.ts';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 4, 1, 12, 0, 0);
const authority = createAuthority('etcd-ca', {
  notBeforeMs: BEGIN,
  notAfterMs: Date.UTC(2061, 0, 1),
});
const server = (names: readonly string[], hours = 100) =>
  authority.issueServer('etcd1', names, { notBeforeMs: BEGIN, notAfterMs: BEGIN + hours * HOUR });

test('reads subject, issuer, names and times of a certificate', () => {
  const { certificate } = server(['etcd1', 'localhost', '10.0.48.70']);
  expect(parsePemCertificates(certificate)).toEqual([
    {
      subject: 'etcd1',
      issuer: 'etcd-ca',
      names: ['etcd1', 'localhost', '10.0.48.70'],
      notBefore: BEGIN,
      notAfter: BEGIN + 100 * HOUR,
    },
  ]);
});

test('a time after 2049 is written in another form', () => {
  expect(parsePemCertificates(authority.certificate)).toEqual([
    {
      subject: 'etcd-ca',
      issuer: 'etcd-ca',
      names: [],
      notBefore: BEGIN,
      notAfter: Date.UTC(2061, 0, 1),
    },
  ]);
});

test('tells what node:crypto does', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-zA-Z0-9 ._:-]{1,40}$/),
      fc.array(fc.oneof(fc.domain(), fc.ipV4()), { maxLength: 6 }),
      fc.integer({ min: Date.UTC(1951, 0), max: Date.UTC(2090, 0) }),
      (name, names, end) => {
        const { certificate } = authority.issueServer(name, names, {
          notBeforeMs: Date.UTC(1951, 0),
          notAfterMs: end,
        });
        const theirs = new X509Certificate(certificate);
        const [own] = parsePemCertificates(certificate);
        expect(own?.notAfter).toBe(Date.parse(theirs.validTo));
        expect(own?.notBefore).toBe(Date.parse(theirs.validFrom));
        expect(own?.subject).toBe(theirs.toLegacyObject().subject.CN);
        expect(
          own?.names
            .map((each) => each.replace(/^/, /^[0-9.]+$/.test(each) ? 'IP Address:' : 'DNS:'))
            .join(', '),
        ).toBe(theirs.subjectAltName ?? '');
      },
    ),
    { numRuns: 40 },
  );
});

test('of a bundle each certificate is read, and what lies between them is passed over', () => {
  const { certificate, key } = server(['etcd1']);
  const text = `# bundle\r\n${key}${certificate.replaceAll('\n', '\r\n')}${authority.certificate}-----BEGIN CERTIFICATE-----\nMIIB`;
  expect(parsePemCertificates(text).map(({ subject }) => subject)).toEqual(['etcd1', 'etcd-ca']);
});

test('what is no certificate is none', () => {
  const der = fromBase64(server(['etcd1']).certificate.replaceAll(/-----.*-----/g, ''));
  expect(parseCertificate(der)).not.toBeNull();
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const changed = Uint8Array.from(der);
      changed[at] = byte;
      const read = parseCertificate(changed);
      expect(read === null || Number.isFinite(read.notAfter)).toBe(true);
      expect(parseCertificate(der.subarray(0, at))).toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
      expect(parseCertificate(bytes)).toBeNull();
      expect(parsePemCertificates(text)).toEqual([]);
    }),
  );
});
