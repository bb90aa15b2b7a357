import { expect, test } from 'vitest';
import { servicesWatch } from '../../../src/resources/network/services.watch.ts';

const metadata = { name: 'web', namespace: 'shop', uid: 'u1' };

test('keeps what is shown of a service', () => {
  const object = {
    metadata: { ...metadata, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.112.3.4',
      selector: { tier: 'front', app: 'web' },
      ports: [{ port: 443 }, { port: 53, protocol: 'UDP' }, {}],
    },
    status: {
      loadBalancer: { ingress: [{ ip: '10.127.64.9' }, { hostname: 'web.example' }, {}] },
    },
  };
  expect(servicesWatch.project(object)).toEqual({
    namespace: 'shop',
    name: 'web',
    uid: 'u1',
    type: 'LoadBalancer',
    clusterIp: '10.112.3.4',
    selector: { app: 'web', tier: 'front' },
    ports: ['443/TCP', '53/UDP', '?/TCP'],
    addresses: ['10.127.64.9', 'web.example'],
    createdAt: Date.UTC(2026, 0, 1),
  });
});

test.for([{}, { metadata: { name: 'web' } }, null, { metadata: [], spec: 'x' }])(
  'is nothing of an object without a name or a namespace: %j',
  (object) => {
    expect(servicesWatch.project(object)).toBeUndefined();
  },
);

test('one of which nothing else is told selects nothing', () => {
  expect(servicesWatch.project({ metadata })).toMatchObject({
    type: 'ClusterIP',
    clusterIp: null,
    selector: {},
    ports: [],
    addresses: [],
    createdAt: null,
  });
});
