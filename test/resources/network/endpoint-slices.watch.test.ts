import { expect, test } from 'vitest';
import { endpointSlicesWatch } from '../../../src/resources/network/endpoint-slices.watch.ts';

const metadata = {
  name: 'web-x1',
  namespace: 'shop',
  labels: { 'kubernetes.io/service-name': 'web' },
};
const endpoint = (name: string, ready?: boolean | null) => ({
  addresses: ['10.244.0.1'],
  conditions: ready === undefined ? {} : { ready },
  targetRef: { kind: 'Pod', name },
});

test('counts the endpoints that are ready; of which nothing is told is ready', () => {
  const endpoints = [
    endpoint('a', true),
    endpoint('b', false),
    endpoint('c'),
    endpoint('d', null),
    { conditions: { ready: false } },
  ];
  expect(endpointSlicesWatch.project({ metadata, endpoints })).toEqual({
    namespace: 'shop',
    name: 'web-x1',
    service: 'web',
    ready: 3,
    total: 5,
    unreadyPods: ['b'],
  });
});

test.for([null, undefined, 'many', {}])('a slice whose endpoints are %j has none', (endpoints) => {
  expect(endpointSlicesWatch.project({ metadata, endpoints })).toMatchObject({
    ready: 0,
    total: 0,
  });
});

test('one that belongs to no service is kept', () => {
  expect(endpointSlicesWatch.project({ metadata: { name: 'x', namespace: 'shop' } })).toMatchObject(
    { service: null },
  );
});
