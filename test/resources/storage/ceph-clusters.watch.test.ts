import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cephClustersWatch } from '../../../src/resources/storage/ceph-clusters.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, meta, metadata } from './stored-objects.ts';

test('keeps what is shown of a cluster of Ceph', () => {
  expect(
    cephClustersWatch.project({
      metadata,
      status: {
        phase: 'Ready',
        ceph: {
          health: 'HEALTH_WARN',
          details: { OSD_DOWN: { message: '1 osds down', severity: 'HEALTH_WARN' } },
          capacity: { bytesTotal: 1000, bytesUsed: 200 },
        },
      },
    }),
  ).toEqual({
    ...meta,
    health: 'HEALTH_WARN',
    phase: 'Ready',
    checks: [{ code: 'OSD_DOWN', message: '1 osds down' }],
    capacityBytes: 1000,
    usedBytes: 200,
  });
});

test('what nobody tells of a cluster of Ceph is not known', () => {
  expect(cephClustersWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    health: null,
    phase: null,
    checks: [],
    capacityBytes: null,
    usedBytes: null,
  });
  const ceph = { details: { PG_DEGRADED: null, OSD_DOWN: {} } };
  expect(cephClustersWatch.project({ metadata, status: { ceph } })).toMatchObject({
    health: null,
    checks: [
      { code: 'OSD_DOWN', message: null },
      { code: 'PG_DEGRADED', message: null },
    ],
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(cephClustersWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(cephClustersWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
