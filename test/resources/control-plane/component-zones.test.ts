import { expect, test } from 'vitest';
import { runningComponentZones } from '../../../src/resources/control-plane/component-zones.ts';
import { answered, makeHost, makeKstats, makeZone, NOW } from '../../derive/inventory.ts';

const roles = new Map([
  ['etcd1', ['etcd']],
  ['apisrv1', ['kube-apiserver']],
]);
const list = [makeZone('etcd1'), makeZone('apisrv1', { state: 'installed' }), makeZone('web')];
const host = (zones = list, at = NOW) => ({
  ...makeHost('omni1', { zones: answered(zones, at), kstats: answered(makeKstats(), at) }),
  configuredRoles: roles,
});

test('zones that are there for a component and run', () => {
  expect(runningComponentZones(host())).toEqual([['etcd1', 'etcd']]);
  expect(runningComponentZones(makeHost('omni1'))).toEqual([]);
});

test('are looked for only when something tells another thing of them, not with each frame of counters', () => {
  const first = runningComponentZones(host());
  expect(runningComponentZones(host(list, NOW + 5000))).toBe(first);
  const up = [makeZone('etcd1'), makeZone('apisrv1'), makeZone('web')];
  expect(runningComponentZones(host(up, NOW + 5000))).toEqual([
    ['etcd1', 'etcd'],
    ['apisrv1', 'kube-apiserver'],
  ]);
});
