import { expect, test } from 'vitest';
import type { Gateway, HttpRoute } from '../../../src/domain/network.ts';
import {
  gatewayNotready,
  routeNotready,
} from '../../../src/resources/network/gateway-notready.rule.ts';
import { condition, NOW } from '../../support/inventory.ts';
import { gateway } from '../../support/network.ts';
import { plainContext } from '../../support/rule-context.ts';

const checkGateway = (change: Partial<Gateway>) =>
  gatewayNotready.check(gateway('public', change), 'k', NOW, plainContext.limits)?.finding ?? null;
const listener = (...conditions: Gateway['conditions']) => ({
  name: 'https',
  attachedRoutes: 1,
  conditions,
});

test.for<[string, Partial<Gateway>, string | null]>([
  ['works', { conditions: [condition('Accepted', 'True'), condition('Programmed', 'True')] }, null],
  ['was not looked at yet', { conditions: [condition('Programmed', 'Unknown')] }, null],
  ['is not programmed', { conditions: [condition('Programmed', 'False')] }, 'critical'],
  ['is not accepted', { conditions: [condition('Accepted', 'False')] }, 'critical'],
  [
    'has a listener without its secret',
    { listeners: [listener(condition('ResolvedRefs', 'False'))] },
    'warning',
  ],
  [
    'has a listener in no conflict',
    { listeners: [listener(condition('Conflicted', 'False'))] },
    null,
  ],
])('a gateway that %s', ([, change, expected]) => {
  expect(checkGateway(change)?.severity ?? null).toBe(expected);
});

test('tells the condition of a gateway, why, and since when', () => {
  const programmed = condition('Programmed', 'False', {
    reason: 'AddressNotAssigned',
    message: 'no address in the pool',
  });
  expect(checkGateway({ conditions: [programmed], addresses: [] })).toMatchObject({
    subject: 'object:k/Gateway/default/public',
    title: 'not Programmed: AddressNotAssigned',
    began: NOW - 90_000,
    evidence: {
      condition: 'Programmed=False',
      reason: 'AddressNotAssigned',
      message: 'no address in the pool',
      class: 'cilium',
    },
    hint: expect.stringContaining('kubectl -n default describe gateway public') as string,
  });
});

const checkRoute = (parents: HttpRoute['parents']) =>
  routeNotready.check(
    {
      namespace: 'apps',
      name: 'photos',
      uid: 'u',
      hostnames: ['photos.k8s.lab'],
      parents,
      createdAt: null,
    },
    'k',
    NOW,
    plainContext.limits,
  )?.finding ?? null;
const parent = (...conditions: HttpRoute['parents'][number]['conditions']) => ({
  kind: 'Gateway',
  namespace: 'apps',
  name: 'public',
  conditions,
});

test.for<[string, HttpRoute['parents'], boolean]>([
  ['is accepted', [parent(condition('Accepted', 'True'))], false],
  ['is attached to nothing', [], false],
  ['is not accepted', [parent(condition('Accepted', 'False'))], true],
  ['has a backend that is not there', [parent(condition('ResolvedRefs', 'False'))], true],
  [
    'is accepted by one of two',
    [parent(condition('Accepted', 'True')), parent(condition('Accepted', 'False'))],
    true,
  ],
])('a route that %s', ([, parents, isFound]) => {
  expect(checkRoute(parents) !== null).toBe(isFound);
});

test('tells which gateway does not take a route', () => {
  expect(
    checkRoute([parent(condition('ResolvedRefs', 'False', { reason: 'BackendNotFound' }))]),
  ).toMatchObject({
    subject: 'object:k/HTTPRoute/apps/photos',
    title: 'not ResolvedRefs by Gateway public: BackendNotFound',
    evidence: { parent: 'Gateway apps/public', hostnames: 'photos.k8s.lab' },
  });
});
