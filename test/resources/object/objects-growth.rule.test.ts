import { expect, test } from 'vitest';
import type { ObjectCount, ObjectSample } from '../../../src/domain/objects.ts';
import type { Severity } from '../../../src/domain/problem.ts';
import { objectsGrowth } from '../../../src/resources/object/objects-growth.rule.ts';
import { makeCluster, NOW } from '../../derive/inventory.ts';

const LIMITS = { warning: 20_000, critical: 50_000 };
const replicas = (change: Partial<ObjectCount>): ObjectCount => ({
  name: 'replicas.longhorn.io',
  group: 'longhorn.io',
  resource: 'replicas',
  kind: 'Replica',
  request: 'GET /apis/longhorn.io/v1beta2/replicas?limit=1',
  count: 40,
  perMinute: 0,
  namespaces: null,
  sample: null,
  countedAt: NOW,
  trouble: null,
  ...change,
});
const check = (change: Partial<ObjectCount>, raised: Severity | null = null) => {
  const object = replicas(change);
  const objects = { revision: 1, byKey: new Map([[object.name, object]]) };
  return objectsGrowth.check({ objects }, makeCluster('k'), NOW, {
    limits: LIMITS,
    raised: () => raised,
  });
};

test.for<[string, Partial<ObjectCount>, Severity | null, Severity | null]>([
  ['few and steady', {}, null, null],
  ['not counted yet', { count: null, perMinute: null }, null, null],
  ['counted once', { count: 4_000, perMinute: null }, null, null],
  ['a rollout: some more', { count: 900, perMinute: 499 }, null, null],
  ['they multiply', { count: 3_000, perMinute: 1_200 }, null, 'warning'],
  ['many, and a little more of them', { count: 19_000, perMinute: 500 }, null, 'warning'],
  ['so many that such growth is little', { count: 19_999, perMinute: 390 }, null, null],
  ['they become less', { count: 12_000, perMinute: -5_000 }, null, null],
  ['over the limit', { count: 20_000 }, null, 'warning'],
  ['under the limit by a little, while raised', { count: 19_600 }, 'warning', 'warning'],
  ['under the limit by more, while raised', { count: 19_000 }, 'warning', null],
  ['far over it', { count: 50_000 }, null, 'critical'],
  ['far over it, and becoming less', { count: 198_412, perMinute: -900 }, 'critical', 'critical'],
])('%s', ([, change, raised, severity]) => {
  expect(check(change, raised)[0]?.severity ?? null).toBe(severity);
});

test('tells how many there are, how fast they grow and which request tells it', () => {
  expect(check({ count: 198_412, perMinute: 1_200 })).toEqual([
    {
      subject: 'resource:k/replicas.longhorn.io',
      severity: 'critical',
      title: '198412 objects, 1200 more each minute',
      evidence: {
        count: 198_412,
        perMinute: 1_200,
        limit: 50_000,
        limitPerMinute: 500,
        from: 'GET /apis/longhorn.io/v1beta2/replicas?limit=1',
      },
      hint: expect.stringContaining('controller that makes replicas') as string,
    },
  ]);
});

const sample: ObjectSample = {
  at: NOW,
  size: 50,
  isNewest: true,
  managers: [
    { name: 'longhorn-manager', count: 48 },
    { name: 'kubectl', count: 2 },
  ],
  owners: [{ name: 'Volume/pvc-1', count: 50 }],
  namespaces: [{ name: 'longhorn-system', count: 50 }],
  newestAt: NOW,
  names: ['pvc-1-r-0a'],
};

test('who writes nearly all of a sample is who makes them', () => {
  const [finding] = check({ count: 60_000, perMinute: 1_200, sample });
  expect(finding?.title).toBe('60000 objects by longhorn-manager, 1200 more each minute');
  expect(finding?.evidence).toMatchObject({
    sampleOf: 'newest 50',
    writtenBy: '48 longhorn-manager, 2 kubectl',
    ownedBy: '50 Volume/pvc-1',
    inNamespaces: '50 longhorn-system',
  });
  expect(finding?.hint).toMatch(/^stop longhorn-manager/);
});

test.for([
  [{ name: 'longhorn-manager', count: 30 }],
  // It makes what a ReplicaSet or a Job wants: who made these is asked.
  [{ name: 'kube-controller-manager', count: 50 }],
])('%o alone does not tell who makes them', (managers) => {
  const [finding] = check({ count: 60_000, sample: { ...sample, managers } });
  expect(finding?.title).toBe('60000 objects');
  expect(finding?.hint).toMatch(/^find the controller/);
});
