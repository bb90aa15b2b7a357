import { expect, test } from 'vitest';
import type { Migration, MigrationState } from '../../../src/domain/kubevirt.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { vmMigration } from '../../../src/resources/kubevirt/vm-migration.rule.ts';
import { NOW } from '../../support/inventory.ts';
import { migration, tableOf, withTables } from '../../support/storage.ts';

const context = { limits: THRESHOLDS['vm.migration'].defaults, raised: () => null };
const state: MigrationState = {
  uid: 'uid-a',
  source: 'worker1',
  target: 'worker2',
  mode: 'PreCopy',
  startedAt: NOW - 30_000,
  endedAt: null,
  isCompleted: false,
  isFailed: true,
  reason: 'memory changes too fast',
};
const check = (...all: readonly Migration[]) => {
  const migrations = tableOf(...all);
  return vmMigration.check({ migrations }, withTables({ migrations }), NOW, context);
};
const ago = (seconds: number) => ({ createdAt: NOW - seconds * 1000 });

test.for<[string, readonly Migration[], string | null]>([
  ['runs', [migration('a')], null],
  ['has succeeded', [migration('a', { phase: 'Succeeded' })], null],
  [
    'has failed',
    [migration('a', { phase: 'Failed', state })],
    'migration to worker2 failed: memory changes too fast',
  ],
  [
    'runs for long',
    [migration('a', { ...ago(700), state })],
    'migration to worker2 is Running for 11m',
  ],
  [
    'was not begun for long',
    [migration('a', { ...ago(700), phase: null })],
    'migration is not begun for 11m',
  ],
  [
    'has failed, then succeeded',
    [
      migration('a', { phase: 'Failed', ...ago(900) }),
      migration('b', { phase: 'Succeeded', ...ago(60) }),
    ],
    null,
  ],
  [
    'has succeeded, then failed',
    [
      migration('a', { phase: 'Succeeded', ...ago(900) }),
      migration('b', { phase: 'Failed', ...ago(60) }),
    ],
    'migration failed',
  ],
])('a migration that %s', ([, all, title]) => {
  expect(check(...all).map((found) => found.title)).toEqual(title === null ? [] : [title]);
});

test('tells from where to where, and why', () => {
  expect(check(migration('a', { phase: 'Failed', state }))).toMatchObject([
    {
      subject: 'kubevirt:k/apps/vm',
      evidence: { source: 'worker1', target: 'worker2', reason: 'memory changes too fast' },
    },
  ]);
});
