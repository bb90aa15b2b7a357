import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longhornVolumesWatch } from '../../../src/resources/storage/longhorn-volumes.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { bareMeta, bareMetadata, condition, meta, metadata } from './stored-objects.ts';

test('keeps what is shown of a volume of Longhorn', () => {
  const object = {
    metadata: {
      ...metadata,
      labels: {
        'recurring-job.longhorn.io/nightly': 'enabled',
        'recurring-job-group.longhorn.io/default': 'enabled',
        'recurring-job-group.longhorn.io/old': 'disabled',
      },
    },
    spec: { size: '10737418240', numberOfReplicas: 3 },
    status: {
      state: 'attached',
      robustness: 'degraded',
      actualSize: 4096,
      currentNodeID: 'worker1',
      lastDegradedAt: '2026-02-01T00:00:00Z',
      lastBackupAt: '',
      kubernetesStatus: { namespace: 'apps', pvcName: 'data', pvName: 'pvc-1' },
      conditions: [
        condition('Scheduled', 'False', {
          reason: 'ReplicaSchedulingFailure',
          message: 'insufficient storage',
        }),
      ],
    },
  };
  expect(longhornVolumesWatch.project(object)).toEqual({
    ...meta,
    state: 'attached',
    robustness: 'degraded',
    replicas: 3,
    sizeBytes: 10 * 2 ** 30,
    actualBytes: 4096,
    node: 'worker1',
    claim: 'apps/data',
    persistentVolume: 'pvc-1',
    degradedAt: Date.UTC(2026, 1, 1),
    lastBackupAt: null,
    unscheduled: 'insufficient storage',
    jobs: ['nightly'],
    jobGroups: ['default'],
  });
});

test.for([
  [condition('Scheduled', 'True', { message: 'all is well' }), null],
  [
    condition('Scheduled', 'False', { reason: 'ReplicaSchedulingFailure' }),
    'ReplicaSchedulingFailure',
  ],
  [condition('Scheduled', 'False'), 'no reason given'],
] as const)('with the condition %j it is unscheduled because of %s', ([told, unscheduled]) => {
  expect(
    longhornVolumesWatch.project({ metadata, status: { conditions: [told] } })?.unscheduled,
  ).toBe(unscheduled);
});

test('what nobody tells of a volume is not known', () => {
  expect(longhornVolumesWatch.project({ metadata: bareMetadata })).toEqual({
    ...bareMeta,
    state: null,
    robustness: null,
    replicas: null,
    sizeBytes: null,
    actualBytes: null,
    node: null,
    claim: null,
    persistentVolume: null,
    degradedAt: null,
    lastBackupAt: null,
    unscheduled: null,
    jobs: [],
    jobGroups: [],
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(longhornVolumesWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(longhornVolumesWatch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
