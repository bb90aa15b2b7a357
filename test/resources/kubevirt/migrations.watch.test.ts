import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrationsWatch } from '../../../src/resources/kubevirt/migrations.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { metadata } from './machine-objects.ts';

test('keeps what is shown of a migration', () => {
  const object = {
    metadata,
    spec: { vmiName: 'vm' },
    status: {
      phase: 'Running',
      phaseTransitionTimestamps: [
        { phase: 'Pending', phaseTransitionTimestamp: '2026-02-01T00:00:00Z' },
      ],
    },
  };
  expect(migrationsWatch.project(object)).toEqual({
    namespace: 'apps',
    name: 'vm',
    uid: 'u',
    instance: 'vm',
    phase: 'Running',
    phases: [{ phase: 'Pending', at: Date.UTC(2026, 1, 1) }],
    state: null,
    createdAt: Date.UTC(2026, 0, 1),
  });
});

test('tells where from and where to, and why it failed', () => {
  const migrationState = {
    migrationUid: 'u',
    sourceNode: 'worker1',
    targetNode: 'worker2',
    mode: 'PreCopy',
    startTimestamp: '2026-02-01T00:00:00Z',
    endTimestamp: '2026-02-01T00:05:00Z',
    failed: true,
    failureReason: 'Live migration is not completed after 300 seconds',
  };
  expect(migrationsWatch.project({ metadata, status: { migrationState } })?.state).toEqual({
    uid: 'u',
    source: 'worker1',
    target: 'worker2',
    mode: 'PreCopy',
    startedAt: Date.UTC(2026, 1, 1),
    endedAt: Date.UTC(2026, 1, 1, 0, 5),
    isCompleted: false,
    isFailed: true,
    reason: 'Live migration is not completed after 300 seconds',
  });
});

test('one that was given up on demand says so, not how well the giving up went', () => {
  const migrationState = { failed: true, abortRequested: true, abortStatus: 'Succeeded' };
  expect(migrationsWatch.project({ metadata, status: { migrationState } })?.state).toMatchObject({
    isFailed: true,
    reason: 'aborted',
  });
});

test('what nobody tells of a migration is not known; a phase without a name is none', () => {
  const phaseTransitionTimestamps = [{}, { phase: 'Pending' }];
  expect(
    migrationsWatch.project({
      metadata: { name: 'vm', namespace: 'apps' },
      status: { phaseTransitionTimestamps },
    }),
  ).toEqual({
    namespace: 'apps',
    name: 'vm',
    uid: '',
    instance: null,
    phase: null,
    phases: [{ phase: 'Pending', at: null }],
    state: null,
    createdAt: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(migrationsWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(migrationsWatch.project({ metadata: { name: 'vm' } })).toBeUndefined();
});
