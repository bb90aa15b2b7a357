import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimsWatch } from '../../../src/resources/storage/claims.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, meta, metadata } from './stored-objects.ts';

test('keeps what is shown of a claim', () => {
  const object = {
    metadata: { ...metadata, annotations: { 'volume.kubernetes.io/selected-node': 'worker1' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Gi' } },
      storageClassName: 'longhorn',
      volumeName: 'pvc-1',
    },
    status: { phase: 'Bound', capacity: { storage: '12Gi' } },
  };
  expect(claimsWatch.project(object)).toEqual({
    ...meta,
    phase: 'Bound',
    volume: 'pvc-1',
    storageClass: 'longhorn',
    requestedBytes: 10 * 2 ** 30,
    capacityBytes: 12 * 2 ** 30,
    accessModes: ['ReadWriteOnce'],
    selectedNode: 'worker1',
  });
});

test('what nobody tells of a claim is not known', () => {
  expect(claimsWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    phase: null,
    volume: null,
    storageClass: null,
    requestedBytes: null,
    capacityBytes: null,
    accessModes: [],
    selectedNode: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(claimsWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(claimsWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
