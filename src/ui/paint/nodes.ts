import { lastKnown } from '../../domain/feed.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { zonesByAddress } from '../../domain/joined.ts';
import { podsByNode } from '../../domain/pods.ts';
import { podRef } from '../../domain/ref.ts';
import type { PodRef, Ref } from '../../domain/ref.ts';

/** The pods that run on a node. */
export function podsOnNode(inventory: Inventory, cluster: string, node: string): readonly PodRef[] {
  const feeds = inventory.clusters.find(({ name }) => name === cluster)?.feeds;
  const pods = feeds && lastKnown(feeds.pods)?.value;
  return [...((pods && podsByNode(pods).get(node)?.values()) ?? [])].map(({ namespace, name }) =>
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
let lastFound: readonly NodeOn[] = [];

/**
 * The nodes whose address belongs to a zone or VM; an address that several have tells nothing. The same array as long
 * as it says the same.
 */
export function nodesOnZones(inventory: Inventory): readonly NodeOn[] {
  let nodes = nodesCache.get(inventory);
  if (!nodes) {
    const found = findNodes(inventory);
    nodes = isSame(found, lastFound) ? lastFound : found;
    lastFound = nodes;
    nodesCache.set(inventory, nodes);
  }
  return nodes;
}

const isSame = (a: readonly NodeOn[], b: readonly NodeOn[]): boolean =>
  a.length === b.length &&
  a.every((node, index) => {
    const other = b[index];
    return (
      node.cluster === other?.cluster &&
      node.name === other.name &&
      node.address === other.address &&
      node.machine === other.machine &&
      node.pods === other.pods
    );
  });

function findNodes(inventory: Inventory): readonly NodeOn[] {
  const owners = zonesByAddress(inventory);
  return inventory.clusters.flatMap((cluster) => {
    const pods = lastKnown(cluster.feeds.pods)?.value;
    const byNode = pods && podsByNode(pods);
    return [...(lastKnown(cluster.feeds.nodes)?.value.byKey.values() ?? [])].flatMap((node) => {
      const machine = node.internalIp === null ? undefined : owners.get(node.internalIp);
      return machine && node.internalIp !== null
        ? [
            {
              cluster: cluster.name,
              name: node.name,
              address: node.internalIp,
              machine,
              pods: byNode?.get(node.name)?.size ?? 0,
            },
          ]
        : [];
    });
  });
}
