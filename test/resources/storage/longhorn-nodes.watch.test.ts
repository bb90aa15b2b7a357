import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longhornNodesWatch } from '../../../src/resources/storage/longhorn-nodes.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, condition, meta, metadata } from './stored-objects.ts';

test('a node of Longhorn tells of itself and of its disks', () => {
  const object = {
    metadata,
    spec: {
      allowScheduling: true,
      disks: { d1: { path: '/var/lib/longhorn/', allowScheduling: true } },
    },
    status: {
      conditions: [condition('Ready', 'True'), condition('Schedulable', 'True')],
      diskStatus: {
        d1: {
          conditions: [
            condition('Ready', 'True'),
            condition('Schedulable', 'False', { reason: 'DiskPressure', message: 'too full' }),
          ],
          storageAvailable: 10,
          storageMaximum: 100,
        },
      },
    },
  };
  expect(longhornNodesWatch.project(object)).toEqual({
    ...meta,
    ready: 'True',
    schedulable: 'True',
    reason: null,
    message: null,
    allowsScheduling: true,
    disks: [
      {
        name: 'd1',
        path: '/var/lib/longhorn/',
        allowsScheduling: true,
        ready: 'True',
        schedulable: 'False',
        reason: 'DiskPressure',
        message: 'too full',
        availableBytes: 10,
        maximumBytes: 100,
      },
    ],
  });
});

test('one that is not ready says so first', () => {
  const conditions = [
    condition('Schedulable', 'False', { reason: 'Cordoned', message: 'is cordoned' }),
    condition('Ready', 'False', { reason: 'ManagerPodDown', message: 'its manager is gone' }),
  ];
  expect(longhornNodesWatch.project({ metadata, status: { conditions } })).toMatchObject({
    ready: 'False',
    schedulable: 'False',
    reason: 'ManagerPodDown',
    message: 'its manager is gone',
  });
});

test('what nobody tells of a node or of a disk is not known', () => {
  const bare = {
    ...bareMeta,
    ready: null,
    schedulable: null,
    reason: null,
    message: null,
    allowsScheduling: false,
  };
  expect(longhornNodesWatch.project({ metadata: bareMetadata })).toEqual({ ...bare, disks: [] });
  expect(
    longhornNodesWatch.project({
      metadata: bareMetadata,
      status: { diskStatus: { d1: {}, d2: { diskPath: '/mnt/d2' } } },
    })?.disks,
  ).toEqual(
    [
      { name: 'd1', path: null },
      { name: 'd2', path: '/mnt/d2' },
    ].map((disk) => ({
      ...disk,
      allowsScheduling: false,
      ready: null,
      schedulable: null,
      reason: null,
      message: null,
      availableBytes: null,
      maximumBytes: null,
    })),
  );
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(longhornNodesWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(longhornNodesWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
