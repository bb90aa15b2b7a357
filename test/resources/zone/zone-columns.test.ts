import { expect, test } from 'vitest';
import { UNKNOWN } from '../../../src/domain/format.ts';
import type { Service } from '../../../src/domain/service.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { roleColumn } from '../../../src/resources/zone/zone-columns.ts';
import { zoneView } from '../../../src/resources/zone/zone.view.ts';
import { answered, makeHost, makeInventory, makeZone, NOW } from '../../derive/inventory.ts';

const service = (state: string): Service => ({ fmri: 'svc:/a:default', state, nextState: null });
const signOf = (...notOnline: readonly Service[]) => {
  const host = makeHost('omni1', {
    zones: answered([makeZone('web')]),
    zoneServices: answered({
      zones: new Map([['web', { count: 40, milestone: 'online', notOnline, telling: [] }]]),
      explanations: [],
    }),
  });
  const [row] = zoneView.rows(makeInventory({ hosts: [host] }), NOW);
  return row && zoneView.sign(row, NOW, DEFAULT_THRESHOLDS);
};

test('a zone that runs while one of its services has given up is degraded', () => {
  expect(signOf()).toBe('ok');
  expect(signOf(service('offline'))).toBe('ok');
  expect(signOf(service('degraded'))).toBe('degraded');
  expect(signOf(service('offline'), service('maintenance'))).toBe('degraded');
});

test('of several roles the first one is shown, and how many there are besides', () => {
  const host = {
    ...makeHost('omni1', { zones: answered([makeZone('cp1'), makeZone('web'), makeZone('x')]) }),
    configuredRoles: new Map([
      ['cp1', ['etcd', 'kube-apiserver', 'kube-scheduler']],
      ['web', ['shop']],
    ]),
  };
  const rows = zoneView.rows(makeInventory({ hosts: [host] }), NOW);
  expect(rows.map((row) => roleColumn.text(row, NOW))).toEqual(['etcd +2', 'shop', UNKNOWN]);
  const [first] = rows;
  expect(first && roleColumn.value?.(first, NOW)).toBe('etcd,kube-apiserver,kube-scheduler');
});
