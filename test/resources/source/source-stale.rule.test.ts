import { expect, test } from 'vitest';
import type { Feed } from '../../../src/domain/feed.ts';
import type { SourceStatus } from '../../../src/domain/inventory.ts';
import type { ZoneEntry } from '../../../src/domain/zone.ts';
import { sourceStale } from '../../../src/resources/source/source-stale.rule.ts';
import {
  answered,
  lost,
  makeCluster,
  makeHost,
  makeInventory,
  NOW,
  source,
} from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const error = { code: 'timeout', message: 'zoneadm-list: no answer in 10 s', hint: 'see why' };
const failed: Feed<readonly ZoneEntry[]> = {
  status: 'failed',
  error,
  at: NOW,
  last: { value: [], at: NOW - 30_000 },
};
const host = (zones: Feed<readonly ZoneEntry[]>, status?: SourceStatus) =>
  sourceStale.check(
    makeInventory({ hosts: [makeHost('omni1', { zones }, status)] }),
    NOW,
    plainContext,
  );
const cluster = (status: SourceStatus) =>
  sourceStale.check(makeInventory({ clusters: [makeCluster('k', {}, status)] }), NOW, plainContext);

test.for<[string, Feed<readonly ZoneEntry[]>, SourceStatus, boolean]>([
  ['a good answer', answered([]), source(), false],
  ['no answer yet', { status: 'pending' }, source(), false],
  ['a command that is not there', { status: 'absent', reason: '', at: NOW }, source(), false],
  ['a right that is missing', { status: 'denied', reason: '', at: NOW }, source(), false],
  ['a failed answer', failed, source(), true],
  ['an answer that is too old', answered([], NOW - 60_000), source(), true],
  ['a failed answer of a host that is down', failed, lost, false],
])('%s', ([, zones, status, isFound]) => {
  expect(host(zones, status)).toHaveLength(isFound ? 1 : 0);
});

test('names the question, why it failed and how old its last answer is', () => {
  expect(sourceStale.severity).toBe('warning');
  expect(host(failed)).toEqual([
    {
      subject: 'source:omni1/zones',
      title: 'no answer: zoneadm-list: no answer in 10 s',
      evidence: { question: 'zones', error: 'timeout', lastDataAgeSeconds: 30, from: 'omni1' },
      hint: 'see why',
    },
  ]);
});

test('a kind that is counted only, because there are too many, is told as that', () => {
  const feeds = {
    longhornReplicas: {
      status: 'failed' as const,
      error: { code: 'over-cap', message: '2001 replicas.longhorn.io', hint: 'find out why' },
      at: NOW,
    },
  };
  const inventory = makeInventory({ clusters: [makeCluster('k', feeds)] });
  expect(sourceStale.check(inventory, NOW, plainContext)).toMatchObject([
    { severity: 'info', title: 'not listed: 2001 replicas.longhorn.io' },
  ]);
});

test.for<[SourceStatus['state'], boolean]>([
  ['up', false],
  ['connecting', false],
  ['down', true],
  ['frozen', true],
  ['auth-failed', true],
])('a cluster that is %s', ([state, isFound]) => {
  expect(cluster({ ...lost, state })).toHaveLength(isFound ? 1 : 0);
});

test('a cluster that was not tried yet is not down', () => {
  expect(cluster({ ...lost, attempt: 0 })).toEqual([]);
});

test('a silent cluster tells since when and why', () => {
  expect(cluster({ ...lost, error })).toMatchObject([
    {
      subject: 'source:k',
      title: 'no data, the API is down: zoneadm-list: no answer in 10 s',
      began: NOW - 60_000,
      evidence: { state: 'down', attempts: 3, lastDataAgeSeconds: 60 },
    },
  ]);
});
