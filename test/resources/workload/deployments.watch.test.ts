import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cronjobsWatch } from '../../../src/resources/workload/cronjobs.watch.ts';
import { daemonsetsWatch } from '../../../src/resources/workload/daemonsets.watch.ts';
import { deploymentsWatch } from '../../../src/resources/workload/deployments.watch.ts';
import { jobsWatch } from '../../../src/resources/workload/jobs.watch.ts';
import { statefulsetsWatch } from '../../../src/resources/workload/statefulsets.watch.ts';

const metadata = {
  name: 'web',
  namespace: 'shop',
  uid: 'u1',
  generation: 3,
  creationTimestamp: '2026-01-01T00:00:00Z',
};

test('keeps what is shown of a deployment', () => {
  const object = {
    metadata,
    spec: {
      replicas: 3,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web' }] } },
    },
    status: {
      observedGeneration: 3,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      unavailableReplicas: 1,
      conditions: [
        {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
          lastTransitionTime: '2026-01-02T00:00:00Z',
        },
      ],
    },
  };
  expect(deploymentsWatch.project(object)).toEqual({
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: 'u1',
    desired: 3,
    ready: 2,
    upToDate: 3,
    available: 2,
    active: null,
    isRolling: false,
    isPaused: false,
    schedule: null,
    lastScheduleAt: null,
    lastSuccessAt: null,
    startedAt: null,
    completedAt: null,
    conditions: [
      {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
        since: Date.UTC(2026, 0, 2),
      },
    ],
    owner: null,
    podLabels: { app: 'web' },
    createdAt: Date.UTC(2026, 0, 1),
  });
});

test.for([
  [
    'the new spec was not seen yet',
    { observedGeneration: 2, replicas: 3, updatedReplicas: 3 },
    true,
  ],
  ['not all pods are new', { observedGeneration: 3, replicas: 3, updatedReplicas: 2 }, true],
  ['old pods are left', { observedGeneration: 3, replicas: 4, updatedReplicas: 3 }, true],
  ['all is done', { observedGeneration: 3, replicas: 3, updatedReplicas: 3 }, false],
] as const)('a deployment rolls out as long as %s', ([, status, isRolling]) => {
  const object = { metadata, spec: { replicas: 3 }, status };
  expect(deploymentsWatch.project(object)?.isRolling).toBe(isRolling);
});

test('counts that are left out are 0, but unknown before a controller has looked', () => {
  const seen = deploymentsWatch.project({ metadata, spec: {}, status: { observedGeneration: 3 } });
  expect(seen).toMatchObject({ desired: 1, ready: 0, upToDate: 0, available: 0 });
  const unseen = deploymentsWatch.project({ metadata, spec: { replicas: 2 } });
  expect(unseen).toMatchObject({ desired: 2, ready: null, upToDate: null, available: null });
});

test('any object gives a projection or nothing', () => {
  const watches = [deploymentsWatch, statefulsetsWatch, daemonsetsWatch, jobsWatch, cronjobsWatch];
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (spec, status) => {
      for (const watch of watches) {
        expect(watch.project({ metadata, spec, status })).toMatchObject({ name: 'web' });
        expect(watch.project({ spec, status })).toBeUndefined();
      }
    }),
  );
});
