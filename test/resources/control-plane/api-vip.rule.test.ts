import { expect, test } from 'vitest';
import { apiVip } from '../../../src/resources/control-plane/api-vip.rule.ts';
import { findingsOf, planeLab, refused, server } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW } from '../../support/inventory.ts';

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['it answers', {}, []],
  [
    'it does not, the API servers do',
    { plane: { vip: server(null, refused) } },
    [
      'critical component:infrak8s/vip/vip: the virtual IP does not answer (refused), apisrv1, apisrv2, apisrv3 behind it do',
    ],
  ],
  [
    'one question that timed out just now may be a pause',
    { plane: { vip: server(null, { state: 'timeout', since: NOW - 5000 }) } },
    [],
  ],
  [
    'the next one was not answered either',
    { plane: { vip: server(null, { state: 'timeout', since: NOW - 6000 }) } },
    [
      'critical component:infrak8s/vip/vip: the virtual IP does not answer (timeout), apisrv1, apisrv2, apisrv3 behind it do',
    ],
  ],
  [
    'the proxy does not let through to it',
    { plane: { vip: server(null, { state: 'no-way' }) } },
    [],
  ],
  [
    'nobody answers: that is another rule',
    { plane: { apiServers: [server('omni1/apisrv1', refused)], vip: server(null, refused) } },
    [],
  ],
  ['there is none', { plane: { vip: null } }, []],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(apiVip, planeLab(shape))).toEqual(found);
});
