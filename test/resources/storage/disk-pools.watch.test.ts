import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diskPoolsWatch } from '../../../src/resources/storage/disk-pools.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, meta, metadata } from './stored-objects.ts';

test('keeps what is shown of a pool of Mayastor', () => {
  expect(
    diskPoolsWatch.project({
      metadata,
      spec: { node: 'worker1', disks: ['/dev/sdb'] },
      status: { cr_state: 'Created', pool_status: 'Online', capacity: 100, used: 40 },
    }),
  ).toEqual({
    ...meta,
    node: 'worker1',
    disks: ['/dev/sdb'],
    status: 'Online',
    state: 'Created',
    capacityBytes: 100,
    usedBytes: 40,
  });
});

test('the state of an object of an old version has another name', () => {
  expect(diskPoolsWatch.project({ metadata, status: { state: 'Creating' } })).toMatchObject({
    status: null,
    state: 'Creating',
  });
});

test('what nobody tells of a pool is not known', () => {
  expect(diskPoolsWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    node: null,
    disks: [],
    status: null,
    state: null,
    capacityBytes: null,
    usedBytes: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(diskPoolsWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(diskPoolsWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
