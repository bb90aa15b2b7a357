import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longhornEnginesWatch } from '../../../src/resources/storage/longhorn-engines.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, meta, metadata } from './stored-objects.ts';

test('an engine tells how its replicas are, and how far one is rebuilt', () => {
  const status = {
    replicaModeMap: { 'r-1': 'RW', 'r-2': 'WO' },
    rebuildStatus: {
      'tcp://10.0.0.1:10000': { isRebuilding: true, progress: 42 },
      'tcp://10.0.0.2:10000': { isRebuilding: false, progress: 100 },
    },
  };
  expect(longhornEnginesWatch.project({ metadata, spec: { volumeName: 'v' }, status })).toEqual({
    ...meta,
    volume: 'v',
    modes: { 'r-1': 'RW', 'r-2': 'WO' },
    rebuildPercent: 42,
  });
  expect(longhornEnginesWatch.project({ metadata, status: { rebuildStatus: null } })).toMatchObject(
    { modes: {}, rebuildPercent: null },
  );
});

test('of several replicas that are rebuilt, the one that is least far counts', () => {
  const rebuildStatus = {
    'tcp://10.0.0.1:10000': { isRebuilding: true, progress: 42 },
    'tcp://10.0.0.2:10000': { isRebuilding: true, progress: 7 },
    'tcp://10.0.0.3:10000': { isRebuilding: true },
  };
  expect(longhornEnginesWatch.project({ metadata, status: { rebuildStatus } })).toMatchObject({
    rebuildPercent: 7,
  });
});

test('what nobody tells of an engine is not known', () => {
  expect(longhornEnginesWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    volume: null,
    modes: {},
    rebuildPercent: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(longhornEnginesWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(longhornEnginesWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
