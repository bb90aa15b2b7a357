import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longhornReplicasWatch } from '../../../src/resources/storage/longhorn-replicas.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, meta, metadata } from './stored-objects.ts';

test('a replica tells when it failed', () => {
  const read = (failedAt: string) =>
    longhornReplicasWatch.project({
      metadata,
      spec: { volumeName: 'v', nodeID: 'worker2', failedAt },
      status: { currentState: 'error' },
    });
  expect(read('2026-02-01T00:00:00Z')).toEqual({
    ...meta,
    volume: 'v',
    node: 'worker2',
    state: 'error',
    failedAt: Date.UTC(2026, 1, 1),
  });
  expect(read('')).toMatchObject({ failedAt: null });
});

test('what nobody tells of a replica is not known', () => {
  expect(longhornReplicasWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    volume: null,
    node: null,
    state: null,
    failedAt: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(longhornReplicasWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(longhornReplicasWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
