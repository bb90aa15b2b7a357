import { expect, test } from 'vitest';
import { ingressesWatch } from '../../../src/resources/network/ingresses.watch.ts';

const metadata = { name: 'books', namespace: 'media', uid: 'u1' };

test('keeps what is shown of an ingress; a rule without a host is for all', () => {
  const object = {
    metadata: { ...metadata, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { ingressClassName: 'cilium', rules: [{ host: 'books.k8s.lab' }, {}] },
    status: { loadBalancer: { ingress: [{ ip: '10.127.64.20' }] } },
  };
  expect(ingressesWatch.project(object)).toEqual({
    namespace: 'media',
    name: 'books',
    uid: 'u1',
    className: 'cilium',
    hosts: ['books.k8s.lab', '*'],
    addresses: ['10.127.64.20'],
    createdAt: Date.UTC(2026, 0, 1),
  });
});

test('one that no controller has taken has no address', () => {
  expect(ingressesWatch.project({ metadata })).toMatchObject({ className: null, addresses: [] });
});
