import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longhornJobsWatch } from '../../../src/resources/storage/longhorn-jobs.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, meta, metadata } from './stored-objects.ts';

test('keeps what is needed of a recurring job', () => {
  expect(
    longhornJobsWatch.project({
      metadata,
      spec: { task: 'backup', cron: '@daily', groups: ['default'] },
    }),
  ).toEqual({ ...meta, task: 'backup', cron: '@daily', groups: ['default'] });
});

test('what nobody tells of a recurring job is not known', () => {
  expect(longhornJobsWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    task: null,
    cron: null,
    groups: [],
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(longhornJobsWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(longhornJobsWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
