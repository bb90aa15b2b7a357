import { lastKnown } from '../../domain/feed.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { allZonesOf } from '../../domain/joined.ts';
import type { KubeTable, Pod } from '../../domain/kube.ts';
import { podRef } from '../../domain/ref.ts';
import type { PodRef, Ref } from '../../domain/ref.ts';

const podsCache = new WeakMap<KubeTable<Pod>, ReadonlyMap<string, readonly Pod[]>>();

/** The pods of a cluster by their node, without those that have ended; gathered once per revision. */
export function podsByNode(table: KubeTable<Pod>): ReadonlyMap<string, readonly Pod[]> {
  let byNode = podsCache.get(table);
  if (!byNode) {
    const gathered = new Map<string, Pod[]>();
    for (const pod of table.byKey.values()) {
      if (pod.node === null || pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
      const own = gathered.get(pod.node);
      if (own) own.push(pod);
      else gathered.set(pod.node, [pod]);
    }
    byNode = gathered;
    podsCache.set(table, byNode);
  }
  return byNode;
}

/** The pods that run on a node. */
export function podsOnNode(inventory: Inventory, cluster: string, node: string): readonly PodRef[] {
  const feeds = inventory.clusters.find(({ name }) => name === cluster)?.feeds;
  const pods = feeds && lastKnown(feeds.pods)?.value;
  return (pods ? (podsByNode(pods).get(node) ?? []) : []).map(({ namespace, name }) =>
    podRef(cluster, namespace, name),
  );
}

/** A Kubernetes node that runs in a zone or VM, found by its address. */
export type NodeOn = {
  readonly cluster: string;
  readonly name: string;
  readonly address: string;
  readonly machine: Ref;
  readonly pods: number;
};

const nodesCache = new WeakMap<Inventory, readonly NodeOn[]>();

/** The nodes whose address belongs to a zone or VM; an address that several have tells nothing. */
export function nodesOnZones(inventory: Inventory): readonly NodeOn[] {
  let nodes = nodesCache.get(inventory);
  if (!nodes) nodesCache.set(inventory, (nodes = findNodes(inventory)));
  return nodes;
}

function findNodes(inventory: Inventory): readonly NodeOn[] {
  const owners = new Map<string, Ref | null>();
  for (const host of inventory.hosts)
    for (const zone of allZonesOf(host))
      for (const address of zone.addresses) {
        const plain = address.split('/')[0] ?? address;
        owners.set(plain, owners.has(plain) ? null : zone.ref);
      }
  return inventory.clusters.flatMap((cluster) => {
    const pods = lastKnown(cluster.feeds.pods)?.value;
    const byNode = pods ? podsByNode(pods) : new Map<string, readonly Pod[]>();
    return [...(lastKnown(cluster.feeds.nodes)?.value.byKey.values() ?? [])].flatMap((node) => {
      const machine = node.internalIp === null ? undefined : owners.get(node.internalIp);
      return machine && node.internalIp !== null
        ? [
            {
              cluster: cluster.name,
              name: node.name,
              address: node.internalIp,
              machine,
              pods: byNode.get(node.name)?.length ?? 0,
            },
          ]
        : [];
    });
  });
}
