import { expect, test } from 'vitest';
import { LIMIT, rootsOf, startStage, takeSnapshot, watchStage } from '../support/stage.ts';
import type { Stage } from '../support/stage.ts';

type Snapshot = {
  readonly problems: readonly {
    readonly id: string;
    readonly rule: string;
    readonly subject: string;
    readonly cause: string | null;
    readonly evidence: Readonly<Record<string, unknown>>;
  }[];
  readonly vms: readonly {
    readonly kind: string;
    readonly namespace: string | null;
    readonly name: string;
    readonly node: string | null;
  }[];
  readonly clusters: readonly {
    readonly claims: readonly {
      readonly namespace: string;
      readonly name: string;
      readonly volume: string;
    }[];
    readonly volumes: readonly { readonly name: string; readonly longhorn: unknown }[];
  }[];
};
const snapshot = (stage: Stage): Promise<Snapshot> => takeSnapshot<Snapshot>(stage);

test('volume-degraded: the volume is the one top problem, and no more once its replica is rebuilt', async () => {
  const stage = await startStage();
  expect((await snapshot(stage)).problems).toEqual([]);
  stage.lab.play('volume-degraded');
  const { problems, clusters } = await snapshot(stage);
  const claim = clusters[0]?.claims.find(({ name }) => name === 'jellyfin-config');
  expect(problems).toMatchObject([
    {
      rule: 'volume.degraded',
      subject: `storage:infrak8s/LonghornVolume/longhorn-system/${claim?.volume ?? ''}`,
      cause: null,
      evidence: {
        claim: 'media/jellyfin-config',
        replicas: 3,
        healthy: 2,
        lostOn: 'worker2',
        robustness: 'degraded',
      },
    },
  ]);
  expect(clusters[0]?.volumes.find(({ name }) => name === claim?.volume)).toMatchObject({
    longhorn: { state: 'attached', robustness: 'degraded', replicasHealthy: 2 },
  });
  stage.lab.kube.rebuildReplica('media/jellyfin-config', 'worker2');
  await expect
    .poll(() =>
      JSON.stringify(
        stage.lab.kube.store.get('volumes.longhorn.io', 'longhorn-system', claim?.volume ?? ''),
      ),
    )
    .toContain('"robustness":"healthy"');
  expect((await snapshot(stage)).problems).toEqual([]);
});

test('vm-migration: a machine is on another node afterwards, a failed move is a problem', async () => {
  const stage = await startStage();
  const { kube } = stage.lab;
  const where = ({ vms }: Snapshot) => vms.find(({ name }) => name === 'build-debian');
  const before = where(await snapshot(stage));
  expect(before).toMatchObject({ kind: 'kubevirt', namespace: 'apps', node: 'worker1' });
  const ended = async (name: string, phase: string): Promise<void> => {
    const resource = 'virtualmachineinstancemigrations.kubevirt.io';
    await expect
      .poll(() => JSON.stringify(kube.store.get(resource, 'apps', name)))
      .toContain(`"phase":"${phase}"`);
  };
  await ended(kube.migrate('apps', 'build-debian'), 'Succeeded');
  const moved = await snapshot(stage);
  expect(where(moved)?.node).not.toBe('worker1');
  expect(moved.problems).toEqual([]);
  kube.setMigrationFault('Live migration is not completed after 150 seconds');
  await ended(kube.migrate('apps', 'build-debian'), 'Failed');
  const failed = await snapshot(stage);
  expect(where(failed)?.node).toBe(where(moved)?.node);
  expect(failed.problems).toMatchObject([
    {
      rule: 'vm.migration',
      subject: 'kubevirt:infrak8s/apps/build-debian',
      evidence: { reason: 'Live migration is not completed after 150 seconds' },
    },
  ]);
});

test('while it is watched, a volume that is whole again is no problem any more, nor is a node that is back', async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  const rules = () => [...new Set(sources.problems().map(({ rule }) => rule))];
  const { kube } = stage.lab;
  await expect
    .poll(() => sources.inventory().clusters[0]?.feeds.longhornVolumes.status, LIMIT)
    .toBe('ok');
  stage.lab.play('volume-degraded');
  await expect.poll(rules, LIMIT).toEqual(['volume.degraded']);
  kube.rebuildReplica('media/jellyfin-config', 'worker2');
  await expect.poll(rules, LIMIT).toEqual([]);
  stage.lab.play('node-notready');
  await expect.poll(rules, LIMIT).toContain('volume.degraded');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual(['node.notready node:infrak8s/worker2']);
  kube.setNodeReady('worker2', 'True', 'KubeletReady', 'kubelet is posting ready status');
  await expect.poll(rules, LIMIT).toEqual([]);
});
