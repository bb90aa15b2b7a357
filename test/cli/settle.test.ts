import { expect, test } from 'vitest';
import { isSettled } from '../../src/cli/settle.ts';
import type { ClusterInventory, SourceStatus } from '../../src/domain/inventory.ts';
import type { ObjectCount } from '../../src/domain/objects.ts';
import { cluster, lab, NOW, ok } from '../support/inventory.ts';

const error = (code: string) => ({ code, message: code, hint: '' });
const CASES: readonly (readonly [
  name: string,
  source: Partial<SourceStatus>,
  isSettled: boolean,
])[] = [
  ['connects', { state: 'connecting', attempt: 1 }, false],
  ['did not answer once', { state: 'down', attempt: 1, error: error('timeout') }, false],
  [
    'did not answer once, and is asked again',
    { state: 'down', attempt: 2, nextAttemptAt: null, error: error('timeout') },
    false,
  ],
  ['did not answer twice', { state: 'down', attempt: 2, error: error('timeout') }, true],
  ['refuses', { state: 'down', attempt: 1, error: error('refused') }, true],
  ['refuses the user', { state: 'auth-failed', attempt: 1, error: error('http-401') }, true],
  ['is silent for long', { state: 'frozen', attempt: 0, error: error('frozen') }, true],
];

test.for(CASES)('a cluster that %s', ([, source, expected]) => {
  const entry = cluster('infrak8s', [], [], { nextAttemptAt: NOW + 1000, ...source });
  expect(isSettled(lab([], [entry]))).toBe(expected);
});

const count = (change: Partial<ObjectCount>): ObjectCount => ({
  name: 'replicas.longhorn.io',
  group: 'longhorn.io',
  resource: 'replicas',
  kind: 'Replica',
  request: 'GET /apis/longhorn.io/v1beta2/replicas?limit=1',
  count: 40,
  perMinute: null,
  namespaces: null,
  sample: null,
  countedAt: NOW,
  trouble: null,
  ...change,
});

/** A cluster that has told all but what is said of its objects. */
function withObjects(objects: ClusterInventory['feeds']['objects']): boolean {
  const told = cluster('k', [], []);
  const feeds = Object.fromEntries(
    Object.entries(told.feeds).map(([name, feed]) => [
      name,
      feed.status === 'pending' ? { status: 'absent', reason: 'not there', at: NOW } : feed,
    ]),
  ) as ClusterInventory['feeds'];
  return isSettled(lab([], [{ ...told, feeds: { ...feeds, objects } }]));
}
const withCount = (change: Partial<ObjectCount>): boolean =>
  withObjects(ok({ revision: 1, byKey: new Map([['replicas.longhorn.io', count(change)]]) }));

test.for<[string, Partial<ObjectCount>, boolean]>([
  ['few are counted', {}, true],
  ['none was counted yet', { count: null, countedAt: null }, false],
  ['many were counted once', { count: 60_000 }, false],
  ['many were counted twice', { count: 60_000, perMinute: 0 }, true],
  [
    'they may not be counted',
    { count: null, countedAt: null, trouble: { isDenied: true, message: 'forbidden' } },
    true,
  ],
])('a snapshot waits for how many objects there are: %s', ([, change, settled]) => {
  expect(withCount(change)).toBe(settled);
});

test('a snapshot waits for what has not answered', () => {
  expect(withObjects({ status: 'pending' })).toBe(false);
});
