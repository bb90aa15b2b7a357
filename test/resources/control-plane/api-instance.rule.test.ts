import { expect, test } from 'vitest';
import { apiInstance } from '../../../src/resources/control-plane/api-instance.rule.ts';
import { findingsOf, planeLab, refused, server } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW } from '../../support/inventory.ts';

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['all are ready', {}, []],
  [
    'one is gone, the others serve',
    { plane: { apiServers: [server('omni1/apisrv1', refused), server('omni2/apisrv2')] } },
    ['warning component:infrak8s/kube-apiserver/apisrv1: refused'],
  ],
  [
    'all answer and none is ready',
    {
      plane: {
        apiServers: [
          server('omni1/apisrv1', {
            state: 'failing',
            error: { code: 'not-ready', message: 'not ready: etcd', hint: '' },
          }),
        ],
        vip: null,
      },
    },
    ['critical component:infrak8s/kube-apiserver/apisrv1: not ready: etcd'],
  ],
  [
    'one that lives in its zone and is not reached from here',
    {
      plane: {
        apiServers: [server('omni1/apisrv1', { state: 'timeout' }), server('omni2/apisrv2')],
      },
    },
    ['warning component:infrak8s/kube-apiserver/apisrv1: timeout'],
  ],
  [
    'one question that timed out just now may be a pause',
    {
      plane: {
        apiServers: [
          server('omni1/apisrv1', { state: 'timeout', since: NOW - 5000 }),
          server('omni2/apisrv2'),
        ],
      },
    },
    [],
  ],
  [
    'its zone knows already that it is no pause',
    {
      zones: { apisrv1: { says: { state: 'refused' } } },
      plane: {
        apiServers: [
          server('omni1/apisrv1', { state: 'timeout', since: NOW - 5000 }),
          server('omni2/apisrv2'),
        ],
      },
    },
    [
      'warning component:infrak8s/kube-apiserver/apisrv1: timeout; no process kube-apiserver in zone apisrv1',
    ],
  ],
  [
    'an endpoint that was never reached may just not be reachable from here',
    {
      plane: {
        apiServers: [
          server(null, {
            address: '172.18.0.2:6443',
            from: 'endpoints',
            state: 'timeout',
            readyAt: null,
            certificate: null,
          }),
          server('omni2/apisrv2'),
        ],
      },
    },
    [],
  ],
  [
    'of one that the proxy does not let through to, nothing is known',
    {
      plane: {
        apiServers: [
          server(null, { address: '172.18.0.2:6443', state: 'no-way' }),
          server('omni2/apisrv2'),
        ],
      },
    },
    [],
  ],
  [
    'none answers at all: that is another rule',
    { plane: { apiServers: [server('omni1/apisrv1', refused)], vip: null } },
    [],
  ],
  [
    'one that only its zone tells of',
    {
      zones: { apisrv3: { says: { state: 'refused' } } },
      plane: { apiServers: [server('omni1/apisrv1'), server('omni2/apisrv2')] },
    },
    [
      'warning component:infrak8s/kube-apiserver/apisrv3: no process kube-apiserver in zone apisrv3',
    ],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(apiInstance, planeLab(shape))).toEqual(found);
});
