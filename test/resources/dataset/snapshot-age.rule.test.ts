import { expect, test } from 'vitest';
import type { NewestSnapshot } from '../../../src/domain/dataset.ts';
import { snapshotAge } from '../../../src/resources/dataset/snapshot-age.rule.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { dataset } from '../../support/datasets.ts';
import { plainContext } from '../../support/rule-context.ts';

const HOUR = 3_600_000;
const newest = (hours: number): NewestSnapshot => ({
  dataset: 'tank/backup',
  count: 7,
  name: 'daily',
  createdAt: NOW - hours * HOUR,
});
const check = (
  snapshots: readonly NewestSnapshot[],
  limits: Readonly<Record<string, number>>,
  datasets?: readonly string[],
) =>
  snapshotAge.check(
    { snapshots },
    {
      ...makeHost(
        'store1',
        datasets ? { datasets: answered(datasets.map((name) => dataset(name))) } : {},
      ),
      snapshotHours: new Map(Object.entries(limits)),
    },
    NOW,
    plainContext,
  );

test.for<[string, Parameters<typeof check>, string[]]>([
  ['young enough', [[newest(25)], { 'tank/backup': 26 }], []],
  ['made in the future, by the clock of the host', [[newest(-1)], { 'tank/backup': 26 }], []],
  [
    'too old',
    [[newest(27)], { 'tank/backup': 26 }],
    ['dataset:store1/tank/backup newest snapshot 1d old, should be at most 26 hours'],
  ],
  [
    'none at all',
    [[], { 'tank/backup': 26 }, ['tank', 'tank/backup']],
    ['dataset:store1/tank/backup no snapshot'],
  ],
  [
    'none, and nobody knows whether the dataset is there',
    [[], { 'tank/backup': 26 }],
    ['dataset:store1/tank/backup no snapshot'],
  ],
  [
    'a name that is wrong',
    [[], { 'tank/bakcup': 26 }, ['tank', 'tank/backup']],
    ['dataset:store1/tank/bakcup no such dataset'],
  ],
  ['a dataset that nobody asked about', [[newest(1000)], {}], []],
  [
    'each by its own age',
    [[newest(3)], { 'tank/backup': 2, tank: 26 }, ['tank', 'tank/backup']],
    [
      'dataset:store1/tank/backup newest snapshot 3h old, should be at most 2 hours',
      'dataset:store1/tank no snapshot',
    ],
  ],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ subject, title }) => `${subject} ${title}`)).toEqual(expected);
});

test('tells what was measured', () => {
  expect(check([newest(27)], { 'tank/backup': 26 })[0]).toMatchObject({
    evidence: { newest: 'daily', ageHours: 27, limitHours: 26, snapshots: 7 },
    hint: expect.stringContaining('zfs snapshot tank/backup@NAME') as string,
  });
});
