import { expect, test } from 'vitest';
import type { SnapshotJson } from '../../src/derive/snapshot-json.ts';
import { MANY_OBJECTS } from '../../src/domain/objects.ts';
import { longhornStorm } from '../../src/lab/scenarios/longhorn-storm.ts';
import { LIMIT, startStage, takeSnapshot } from '../support/stage.ts';

const PER_SECOND = 600;
const MANY = 51_000;

const replicas = ({ clusters }: SnapshotJson) =>
  clusters[0]?.objects.find(({ resource }) => resource === 'replicas.longhorn.io');
const apiServerRss = ({ zones }: SnapshotJson): number =>
  zones.find(({ name }) => name === 'apisrv1')?.rssBytes ?? 0;

test('replicas that multiply are the top problem, with their count and growth; the API servers fill', async () => {
  const stage = await startStage();
  const { kube } = stage.lab;
  const [cap] = longhornStorm.steps;
  await cap?.apply(stage.lab);
  // Without end, so that a slow machine sees them multiply too.
  const stop = kube.startReplicaStorm(PER_SECOND, Infinity);
  const made = () => kube.store.count('replicas.longhorn.io');
  // Of what is few it is not waited for how it grows.
  await expect.poll(made, LIMIT).toBeGreaterThanOrEqual(MANY_OBJECTS);
  const first = await takeSnapshot<SnapshotJson>(stage);
  const [problem] = first.problems;
  expect(problem).toMatchObject({
    rule: 'objects.growth',
    subject: 'resource:infrak8s/replicas.longhorn.io',
    cause: null,
    evidence: { from: 'GET /apis/longhorn.io/v1beta2/replicas?limit=1', limitPerMinute: 500 },
  });
  // Both the lab and the two counts have their own pace on a busy machine.
  expect(problem?.evidence['perMinute']).toBeGreaterThan(500);
  expect(problem?.evidence['count']).toBe(replicas(first)?.count);
  expect(first.clusters[0]?.objects[0]?.resource).toBe('replicas.longhorn.io');

  stop();
  kube.startReplicaStorm(50 * PER_SECOND, MANY);
  await expect.poll(made, LIMIT).toBeGreaterThanOrEqual(MANY);
  kube.startReplicaStorm(PER_SECOND, Infinity);
  const later = await takeSnapshot<SnapshotJson>(stage);
  expect(later.problems[0]).toMatchObject({ rule: 'objects.growth', severity: 'critical' });
  expect(later.problems.filter(({ cause }) => cause === null)).toHaveLength(1);
  expect(later.problems).toContainEqual(
    expect.objectContaining({
      rule: 'source.stale',
      subject: 'source:infrak8s/longhornReplicas',
      cause: 'objects.growth@resource:infrak8s/replicas.longhorn.io',
    }),
  );
  expect(apiServerRss(later)).toBeGreaterThan(apiServerRss(first));
});
