import { expect, test } from 'vitest';
import { certificatesOf } from '../../../src/domain/certificates.ts';
import { projectManagedCertificate } from '../../../src/resources/control-plane/cert-manager-certificates.watch.ts';
import { cluster, lab, NOW, ok } from '../../support/inventory.ts';

const OBJECT = {
  metadata: { namespace: 'apps', name: 'immich-tls' },
  spec: { issuerRef: { name: 'lab-ca' }, dnsNames: ['immich.lab', 7] },
  status: {
    notBefore: '2026-11-20T00:00:00Z',
    notAfter: '2026-11-27T00:00:00Z',
    conditions: [{ type: 'Ready', status: 'True', reason: 'Ready' }],
  },
};

test('reads what is shown of a Certificate, of which every field may be missing', () => {
  expect(projectManagedCertificate(OBJECT)).toEqual({
    namespace: 'apps',
    name: 'immich-tls',
    issuer: 'lab-ca',
    names: ['immich.lab'],
    notBefore: Date.UTC(2026, 10, 20),
    notAfter: Date.UTC(2026, 10, 27),
    ready: 'True',
    trouble: null,
  });
  expect(projectManagedCertificate({ metadata: OBJECT.metadata })).toMatchObject({
    notAfter: null,
    names: [],
    issuer: null,
  });
  expect(projectManagedCertificate({ metadata: { name: 'x' } })).toBeUndefined();
});

test.for([
  [[{ type: 'Ready', status: 'False', reason: 'Expired', message: 'it ended' }], 'it ended'],
  [[{ type: 'Ready', status: 'False' }], 'not ready'],
  [
    [
      { type: 'Ready', status: 'True', reason: 'Ready', message: 'up to date' },
      {
        type: 'Issuing',
        status: 'True',
        reason: 'Renewing',
        message: 'Renewing certificate',
        lastTransitionTime: '2026-11-20T00:00:00Z',
      },
    ],
    'Renewing certificate, since 2026-11-20T00:00:00Z',
  ],
  [[], null],
] as const)('with the conditions %j it says %s', ([conditions, trouble]) => {
  const read = projectManagedCertificate({ ...OBJECT, status: { conditions } });
  expect(read?.trouble).toBe(trouble);
});

test('an issued one is among the certificates of its cluster, one that was not is not', () => {
  const issued = projectManagedCertificate(OBJECT);
  const pendingOne = projectManagedCertificate({ metadata: { namespace: 'apps', name: 'new' } });
  if (!issued || !pendingOne) throw new Error('not read');
  const k = cluster('k', [], []);
  const byKey = new Map([
    ['apps/immich-tls', issued],
    ['apps/new', pendingOne],
  ]);
  const withTable = {
    ...k,
    feeds: { ...k.feeds, managedCertificates: ok({ revision: 1, byKey }) },
  };
  expect(certificatesOf(lab([], [withTable]), withTable, NOW)).toMatchObject([
    {
      ref: 'certificate:k/cert-manager/apps/immich-tls',
      where: 'cert-manager apps/immich-tls',
      certificate: { subject: 'immich.lab', issuer: 'lab-ca' },
    },
  ]);
});
