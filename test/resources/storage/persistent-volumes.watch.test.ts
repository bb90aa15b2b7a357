import fc from 'fast-check';
import { expect, test } from 'vitest';
import { persistentVolumesWatch } from '../../../src/resources/storage/persistent-volumes.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { metadata } from './stored-objects.ts';

test('keeps what is shown of a volume: its driver, or what kind of volume it is', () => {
  const spec = {
    capacity: { storage: '1Ti' },
    accessModes: ['ReadWriteMany'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'longhorn',
    claimRef: { namespace: 'apps', name: 'data' },
    nodeAffinity: { required: {} },
  };
  const kept = {
    namespace: '',
    name: 'pv-1',
    createdAt: Date.UTC(2026, 0, 1),
    phase: 'Bound',
    claim: 'apps/data',
    storageClass: 'longhorn',
    capacityBytes: 2 ** 40,
    accessModes: ['ReadWriteMany'],
    reclaimPolicy: 'Retain',
    reason: null,
  };
  const read = (source: object) =>
    persistentVolumesWatch.project({
      metadata: { name: 'pv-1', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { ...spec, ...source },
      status: { phase: 'Bound' },
    });
  expect(read({ csi: { driver: 'driver.longhorn.io', volumeHandle: 'pvc-1' } })).toEqual({
    ...kept,
    driver: 'driver.longhorn.io',
    handle: 'pvc-1',
  });
  expect(read({ nfs: { server: 'store1', path: '/tank' } })).toEqual({
    ...kept,
    driver: 'nfs',
    handle: null,
  });
});

test('one that failed tells why: in a message, or in one word', () => {
  const read = (status: object) =>
    persistentVolumesWatch.project({ metadata: { name: 'pv-1' }, status })?.reason;
  expect(read({ phase: 'Failed', message: 'disk is gone', reason: 'Gone' })).toBe('disk is gone');
  expect(read({ phase: 'Failed', reason: 'Gone' })).toBe('Gone');
});

test('what nobody tells of a volume is not known', () => {
  expect(persistentVolumesWatch.project({ metadata: { name: 'pv-1' } })).toEqual({
    namespace: '',
    name: 'pv-1',
    createdAt: null,
    phase: null,
    claim: null,
    storageClass: null,
    capacityBytes: null,
    accessModes: [],
    reclaimPolicy: null,
    driver: null,
    handle: null,
    reason: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(persistentVolumesWatch, metadata));
});
