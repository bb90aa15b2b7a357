import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SnapshotJson } from '../../src/derive/snapshot-json.ts';
import { privateHome } from '../support/console-driver.ts';
import { labtop, startLabProcess } from '../support/labtop.ts';
import type { LabProcess } from '../support/labtop.ts';

const home = privateHome();
const config = join(home.folder, 'lab/config.yaml');
let lab: LabProcess;

beforeAll(async () => {
  lab = await startLabProcess(['--scenario', 'longhorn-storm', '--write-config', config], home.env);
});
afterAll(async () => {
  await lab.end();
  home.remove();
});

const snapshot = async (): Promise<SnapshotJson> => {
  const { stdout } = await labtop(
    ['snapshot', '--json', '--wait', '20', '--config', config],
    home.env,
  );
  return JSON.parse(stdout) as SnapshotJson;
};
const replicas = ({ clusters }: SnapshotJson) =>
  clusters[0]?.objects.find(({ resource }) => resource === 'replicas.longhorn.io');
const apiServerRss = ({ zones }: SnapshotJson): number =>
  zones.find(({ name }) => name === 'apisrv1')?.rssBytes ?? 0;

test('replicas that multiply are the top problem, with their count and growth; the API servers fill', async () => {
  let first = await snapshot();
  while ((replicas(first)?.count ?? 0) < 1_000) first = await snapshot();
  const [problem] = first.problems;
  expect(problem).toMatchObject({
    rule: 'objects.growth',
    subject: 'resource:infrak8s/replicas.longhorn.io',
    cause: null,
    evidence: { from: 'GET /apis/longhorn.io/v1beta2/replicas?limit=1', limitPerMinute: 500 },
  });
  // Two thousand a second; both the lab and the two counts have their own pace on a busy machine.
  expect(problem?.evidence['perMinute']).toBeGreaterThan(10_000);
  expect(problem?.evidence['count']).toBe(replicas(first)?.count);
  expect(first.clusters[0]?.objects[0]?.resource).toBe('replicas.longhorn.io');

  let later = await snapshot();
  while ((replicas(later)?.count ?? 0) < 50_000) later = await snapshot();
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
