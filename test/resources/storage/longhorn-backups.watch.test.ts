import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longhornBackupsWatch } from '../../../src/resources/storage/longhorn-backups.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, meta, metadata } from './stored-objects.ts';

test('keeps what is shown of a backup', () => {
  expect(
    longhornBackupsWatch.project({
      metadata,
      status: {
        volumeName: 'v',
        state: 'Completed',
        progress: 100,
        size: '4096',
        backupCreatedAt: '2026-02-01T00:00:00Z',
      },
    }),
  ).toEqual({
    ...meta,
    volume: 'v',
    state: 'Completed',
    progressPercent: 100,
    sizeBytes: 4096,
    backupAt: Date.UTC(2026, 1, 1),
    error: null,
  });
});

test('one that failed has no time, and names its volume in a label', () => {
  expect(
    longhornBackupsWatch.project({
      metadata: { ...metadata, labels: { 'backup-volume': 'v' } },
      status: { state: 'Error', size: '', backupCreatedAt: '', error: 'no target' },
    }),
  ).toMatchObject({
    volume: 'v',
    state: 'Error',
    sizeBytes: null,
    backupAt: null,
    error: 'no target',
  });
});

test('what nobody tells of a backup is not known', () => {
  expect(longhornBackupsWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    volume: null,
    state: null,
    progressPercent: null,
    sizeBytes: null,
    backupAt: null,
    error: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(longhornBackupsWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(longhornBackupsWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
