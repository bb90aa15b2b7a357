import { expect, test } from 'vitest';
import type { ApiServer } from '../../../src/domain/control-plane.ts';
import { apiDown } from '../../../src/resources/control-plane/api-down.rule.ts';
import { findingsOf, foundBy, planeLab, refused, server } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW } from '../../support/inventory.ts';
const all = (change: Partial<ApiServer>) =>
  ['omni1/apisrv1', 'omni2/apisrv2', 'store1/apisrv3'].map((place) => server(place, change));

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['all API servers answer', {}, []],
  [
    'none does, and the virtual IP does not either',
    { plane: { apiServers: all(refused), vip: server(null, refused) } },
    ['critical cluster:infrak8s: no API server answers: apisrv1, apisrv2, apisrv3'],
  ],
  [
    'all timed out once, just now: that may be a pause',
    { plane: { apiServers: all({ state: 'timeout', since: NOW - 5000 }), vip: null } },
    [],
  ],
  [
    'the next questions were not answered either',
    { plane: { apiServers: all({ state: 'timeout', since: NOW - 6000 }), vip: null } },
    ['critical cluster:infrak8s: no API server answers: apisrv1, apisrv2, apisrv3'],
  ],
  [
    'one that is not ready answers',
    { plane: { apiServers: all({ state: 'failing' }), vip: server(null, refused) } },
    [],
  ],
  [
    'what was asked long ago says nothing',
    { plane: { apiServers: all({ ...refused, at: NOW - 60_000 }), vip: null } },
    [],
  ],
  [
    'the proxy lets nobody through',
    { plane: { apiServers: all({ state: 'no-way' }), vip: server(null, { state: 'no-way' }) } },
    [],
  ],
  ['nobody was asked yet', { plane: { apiServers: [], vip: null } }, []],
  [
    'only an address is known',
    { plane: { apiServers: [], vip: server(null, refused) } },
    ['critical cluster:infrak8s: no API server answers: apisrv1, apisrv2, apisrv3'],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(apiDown, planeLab(shape))).toEqual(found);
});

test('names the zone of each API server, and what the zone says of its process', () => {
  const inventory = planeLab({
    zones: { apisrv1: { says: { state: 'refused' } }, apisrv2: { state: 'installed' } },
    plane: { apiServers: all(refused), vip: null },
  });
  expect(foundBy(apiDown, inventory)[0]?.evidence).toMatchObject({
    apiServers: 3,
    apisrv1: 'refused; no process kube-apiserver in zone apisrv1 (zone apisrv1 on omni1)',
    apisrv2: 'refused; zone apisrv2 is installed (zone apisrv2 on omni2)',
    apisrv3: 'refused (zone apisrv3 on store1)',
  });
});
