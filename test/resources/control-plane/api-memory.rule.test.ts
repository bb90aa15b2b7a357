import { expect, test } from 'vitest';
import { apiMemory } from '../../../src/resources/control-plane/api-memory.rule.ts';
import { findingsOf, planeLab, metrics, server } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
const GIB = 2 ** 30;

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['far from its cap', {}, []],
  [
    'near its cap',
    { zones: { apisrv1: { rssBytes: 3.4 * GIB, capBytes: 4 * GIB } } },
    ["warning component:infrak8s/kube-apiserver/apisrv1: memory 85% of the zone's cap"],
  ],
  [
    'nearer, and growing',
    {
      zones: { apisrv1: { rssBytes: 3.9 * GIB, capBytes: 4 * GIB } },
      plane: {
        apiServers: [
          server('omni1/apisrv1', { metrics: metrics({ residentBytesPerMinute: 0.05 * GIB }) }),
        ],
      },
    },
    [
      "critical component:infrak8s/kube-apiserver/apisrv1: memory 98% of the zone's cap, reached in 2m00s at this pace",
    ],
  ],
  [
    'its host is silent',
    { silent: ['omni1'], zones: { apisrv1: { rssBytes: 4 * GIB, capBytes: 4 * GIB } } },
    [],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(apiMemory, planeLab(shape))).toEqual(found);
});
