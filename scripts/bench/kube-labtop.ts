/** The watch layer of labtop, as it is built, with all nodes and pods. */
import { createClusterSource } from '../../src/collect/kube/cluster-source.ts';
import type { ClusterPatch, ClusterSource } from '../../src/collect/kube/cluster-source.ts';
import { emptyInventory } from '../../src/domain/empty.ts';
import { lastKnown } from '../../src/domain/feed.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { nodesWatch } from '../../src/resources/node/nodes.watch.ts';
import { podsWatch } from '../../src/resources/pod/pods.watch.ts';
import { applyCluster } from '../../src/store/apply.ts';
import { clusterSettings } from '../../test/support/cluster-settings.ts';
import { setUpAsShipped } from './as-shipped.ts';
import { measureKube } from './kube-client.ts';

setUpAsShipped();

await measureKube(({ kubeconfig }) => {
  const settings = clusterSettings('bench', kubeconfig);
  let inventory = emptyInventory(
    {
      hosts: [],
      clusters: [settings],
      groups: [],
      vlanNames: new Map(),
    } as Partial<Settings> as Settings,
    Date.now(),
  );
  let changes = 0;
  let isUp = (): void => {};
  const take = (patch: ClusterPatch): void => {
    const before = lastKnown(inventory.clusters[0]?.feeds.pods ?? { status: 'pending' })?.value;
    inventory = applyCluster(inventory, 'bench', patch);
    const after = lastKnown(inventory.clusters[0]?.feeds.pods ?? { status: 'pending' })?.value;
    if (before && after) changes += after.changes?.since(before.revision)?.size ?? 0;
    if (inventory.clusters[0]?.source.state === 'up') isUp();
  };
  const sourceOf = (watches: Parameters<typeof createClusterSource>[1]['watches']): ClusterSource =>
    createClusterSource(settings, { watches, onChange: take });
  const source = sourceOf([nodesWatch, podsWatch]);
  return Promise.resolve({
    warm: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      isUp = resolve;
      const first = sourceOf([]);
      first.start();
      await promise;
      await first.close();
    },
    start: source.start,
    seen: () => {
      const feeds = inventory.clusters[0]?.feeds;
      return {
        nodes: feeds?.nodes.status === 'ok' ? feeds.nodes.value.byKey.size : 0,
        pods: feeds?.pods.status === 'ok' ? feeds.pods.value.byKey.size : 0,
        changes,
      };
    },
    ask: (path) => source.request({ method: 'GET', path, timeoutSeconds: 10 }),
  });
});
