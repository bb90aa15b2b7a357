import { expect, test } from 'vitest';
import { apiDeprecated } from '../../../src/resources/control-plane/api-deprecated.rule.ts';
import { findingsOf, planeLab, metrics, server } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
const asking = (place: string, removedRelease: string | null) =>
  server(place, {
    metrics: metrics({
      deprecatedApis: [
        {
          group: 'flowcontrol.apiserver.k8s.io',
          version: 'v1beta3',
          resource: 'flowschemas',
          removedRelease,
        },
      ],
    }),
  });

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['nobody asks for what goes', {}, []],
  [
    'the next release is without it',
    { plane: { apiServers: [asking('omni1/apisrv1', '1.35'), asking('omni2/apisrv2', '1.35')] } },
    [
      'warning resource:infrak8s/flowschemas.v1beta3.flowcontrol.apiserver.k8s.io: is still asked for, and 1.35 serves it no more',
    ],
  ],
  [
    'a later one is',
    { plane: { apiServers: [asking('omni1/apisrv1', '1.37')] } },
    [
      'info resource:infrak8s/flowschemas.v1beta3.flowcontrol.apiserver.k8s.io: is still asked for, and 1.37 serves it no more',
    ],
  ],
  [
    'deprecated, and no release is planned without it',
    { plane: { apiServers: [asking('omni1/apisrv1', null)] } },
    [],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(apiDeprecated, planeLab(shape))).toEqual(found);
});
