import { expect, test } from 'vitest';
import type { Dataset } from '../../../src/domain/dataset.ts';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { datasetQuota } from '../../../src/resources/dataset/dataset-quota.rule.ts';
import { answered, makeConfig, makeHost, makeZone, NOW } from '../../derive/inventory.ts';
import { dataset } from '../../support/datasets.ts';

const GIB = 2 ** 30;
const check = (datasets: readonly Dataset[], raised: Severity | null = null) =>
  datasetQuota.check(
    { datasets },
    makeHost('store1', {
      datasets: answered(datasets),
      zones: answered([makeZone('web', { zonepath: '/zones/web' })]),
      zoneConfigs: answered([makeConfig('web', { datasets: ['tank/given'] })]),
    }),
    NOW,
    { limits: THRESHOLDS['dataset.quota'].defaults, raised: () => raised },
  );
const quota = (usedGib: number, change: Partial<Dataset> = {}) =>
  dataset('tank/home', { usedBytes: usedGib * GIB, quotaBytes: 100 * GIB, ...change });

test.for<[string, readonly Dataset[], Severity | null, string[]]>([
  ['no quota', [dataset('tank', { usedBytes: 10 ** 15 })], null, []],
  ['room enough', [quota(89)], null, []],
  ['nearly full', [quota(90)], null, ['warning 90% of its quota of 100G']],
  ['full', [quota(99)], null, ['critical 99% of its quota of 100G']],
  [
    'just below the limit that was passed',
    [quota(88)],
    'warning',
    ['warning 88% of its quota of 100G'],
  ],
  ['well below it', [quota(80)], 'warning', []],
  [
    'the reference quota counts without snapshots',
    [quota(0, { quotaBytes: null, refquotaBytes: 10 * GIB, referencedBytes: 9.5 * GIB })],
    null,
    ['warning 95% of its refquota of 10G'],
  ],
  [
    'of two limits the tighter',
    [quota(91, { refquotaBytes: 10 * GIB, referencedBytes: 9.9 * GIB })],
    null,
    ['critical 99% of its refquota of 10G'],
  ],
  ['how much is used is not known', [quota(0, { usedBytes: null })], null, []],
  [
    'the dataset of a zone',
    [{ ...quota(99), name: 'zones/web', mountpoint: '/zones/web' }],
    null,
    [],
  ],
  ['a dataset that was given to a zone', [{ ...quota(99), name: 'tank/given' }], null, []],
])('%s', ([, datasets, raised, expected]) => {
  expect(check(datasets, raised).map(({ severity, title }) => `${severity} ${title}`)).toEqual(
    expected,
  );
});

test('tells what was measured', () => {
  expect(check([quota(95, { usedBySnapshotsBytes: 7 })])[0]).toMatchObject({
    subject: 'dataset:store1/tank/home',
    evidence: { percent: 95, usedBytes: 95 * GIB, quotaBytes: 100 * GIB, snapshotBytes: 7 },
    hint: expect.stringContaining('zfs set quota=SIZE tank/home') as string,
  });
});
