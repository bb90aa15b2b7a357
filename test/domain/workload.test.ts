import { expect, test } from 'vitest';
import { findWorkload, workloadSign, workloadState } from '../../src/domain/workload.ts';
import type { Workload, WorkloadKind, WorkloadState } from '../../src/domain/workload.ts';
import { cluster, condition, withWorkloads, workload } from '../support/inventory.ts';

const CASES: readonly (readonly [
  kind: WorkloadKind,
  change: Partial<Workload>,
  state: WorkloadState,
])[] = [
  ['Deployment', { desired: 3, ready: 3, available: 3 }, 'available'],
  ['Deployment', { desired: 3, ready: 2, available: 2 }, 'partial'],
  ['Deployment', { desired: 3, ready: 3, available: 0 }, 'unavailable'],
  [
    'Deployment',
    { desired: 4, available: 2, conditions: [condition('Available', 'False')] },
    'partial',
  ],
  ['Deployment', { desired: 3, available: 2, isRolling: true }, 'rolling'],
  ['Deployment', { desired: 3, available: 2, isRolling: true, isPaused: true }, 'partial'],
  ['Deployment', { desired: 3, available: 3, isRolling: true, isPaused: true }, 'available'],
  ['Deployment', { desired: 3, available: 0, isRolling: true }, 'unavailable'],
  [
    'Deployment',
    {
      desired: 3,
      available: 3,
      isRolling: true,
      conditions: [condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' })],
    },
    'stalled',
  ],
  ['Deployment', { desired: 0, available: 0 }, 'idle'],
  ['Deployment', { desired: 0, available: 2, isRolling: true }, 'rolling'],
  ['Deployment', { available: null }, 'unknown'],
  ['StatefulSet', { desired: 3, available: 2 }, 'partial'],
  ['DaemonSet', { desired: 4, available: 4 }, 'available'],
  ['DaemonSet', { desired: null }, 'unknown'],
  ['Job', { ready: 0, active: 1 }, 'running'],
  ['Job', { conditions: [condition('Complete', 'True')] }, 'complete'],
  ['Job', { conditions: [condition('Failed', 'True')] }, 'failed'],
  ['Job', { conditions: [condition('Failed', 'False')], isPaused: true }, 'idle'],
  ['CronJob', { active: 0 }, 'scheduled'],
  ['CronJob', { active: 2 }, 'running'],
  ['CronJob', { active: 0, isPaused: true }, 'idle'],
];

test.for(CASES)('a %s with %j is %s', ([kind, change, state]) => {
  expect(workloadState(workload(kind, 'it', change))).toBe(state);
});

test('a sign is told only of what is fresh', () => {
  const well = workload('Deployment', 'web');
  expect([workloadSign(well, true), workloadSign(well, false)]).toEqual(['ok', 'unknown']);
});

test('a workload is found by its kind and name in its namespace', () => {
  const web = workload('Deployment', 'web', { namespace: 'shop' });
  const within = withWorkloads(cluster('k', [], []), [
    web,
    workload('Job', 'web', { namespace: 'shop' }),
  ]);
  expect(findWorkload(within, 'shop', 'Deployment/web')).toBe(web);
  expect(findWorkload(within, 'other', 'Deployment/web')).toBeUndefined();
  expect(findWorkload(within, 'shop', 'ReplicaSet/web')).toBeUndefined();
  expect(findWorkload(within, 'shop', null)).toBeUndefined();
});
