import { expect, test } from 'vitest';
import { apiSlow } from '../../../src/resources/control-plane/api-slow.rule.ts';
import { findingsOf, planeLab, server } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW } from '../../support/inventory.ts';

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['quick enough', {}, []],
  [
    'slow',
    { plane: { apiServers: [server('omni1/apisrv1', { latencyMs: 2400 })] } },
    ['warning component:infrak8s/kube-apiserver/apisrv1: takes 2400ms to answer'],
  ],
  [
    'very slow',
    { plane: { apiServers: [server('omni1/apisrv1', { latencyMs: 5000 })] } },
    ['critical component:infrak8s/kube-apiserver/apisrv1: takes 5000ms to answer'],
  ],
  [
    'overloaded',
    {
      plane: {
        apiServers: [
          server('omni1/apisrv1', {
            state: 'overloaded',
            error: { code: 'http-429', message: 'GET /readyz: 429', hint: '' },
          }),
        ],
      },
    },
    ['warning component:infrak8s/kube-apiserver/apisrv1: overloaded: GET /readyz: 429'],
  ],
  [
    'an old answer says nothing',
    { plane: { apiServers: [server('omni1/apisrv1', { latencyMs: 9000, at: NOW - 60_000 })] } },
    [],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(apiSlow, planeLab(shape))).toEqual(found);
});
