import { gapOf, lastKnown } from './feed.ts';
import type { ClusterInventory } from './inventory.ts';
import type { Pod } from './kube.ts';
import type { BgpNodeConfig } from './network.ts';
import { podsByWorkload } from './pods.ts';
import { nodeRef, podRef } from './ref.ts';
import type { NodeRef, PodRef } from './ref.ts';

/** The Cilium agent of a node. */
export type CiliumAgent = {
  /** Its pod; its node where there is none. */
  readonly ref: PodRef | NodeRef;
  readonly node: string;
  readonly pod: Pod | null;
  readonly isReady: boolean;
};

/** The name of the daemon set that Cilium's chart and its CLI make. */
const DAEMON_SET = 'cilium';

/**
 * The agents of a cluster by their nodes; none where there is no daemon set of that name. A node for which the daemon
 * set wants no pod, as while all others have theirs, lacks none.
 */
export function ciliumAgents({ name: cluster, feeds }: ClusterInventory): readonly CiliumAgent[] {
  const daemonSets = lastKnown(feeds.daemonsets)?.value.byKey.values() ?? [];
  const set = [...daemonSets].find(({ name }) => name === DAEMON_SET);
  const table = lastKnown(feeds.pods)?.value;
  if (!set || !table) return [];
  const pods = [
    ...(podsByWorkload(table).get(`${set.namespace}/DaemonSet/${DAEMON_SET}`)?.values() ?? []),
  ].filter(({ deletionAt }) => deletionAt === null);
  const nodes = [...(lastKnown(feeds.nodes)?.value.byKey.keys() ?? [])];
  const hosted = new Set(pods.map(({ node }) => node));
  const isShort = set.desired !== null && pods.length < set.desired && !gapOf(feeds.pods);
  return [
    ...pods.map((pod) => ({
      ref: podRef(cluster, pod.namespace, pod.name),
      node: pod.node ?? '',
      pod,
      isReady: pod.status === 'Running' && pod.readyContainers === pod.totalContainers,
    })),
    ...(isShort ? nodes.filter((node) => !hosted.has(node)) : []).map((node) => ({
      ref: nodeRef(cluster, node),
      node,
      pod: null,
      isReady: false,
    })),
  ].toSorted((a, b) => (a.node < b.node ? -1 : Number(a.node > b.node)));
}

/**
 * The BGP sessions of a cluster by their nodes. An agent writes down what it sees of its own: where it is gone or not
 * ready, or its node is, what stands there is the last that it saw, and how the session is nobody knows.
 */
export function bgpSessions(cluster: ClusterInventory): readonly BgpNodeConfig[] {
  const { bgpNodeConfigs, nodes } = cluster.feeds;
  const configs = [...(lastKnown(bgpNodeConfigs)?.value.byKey.values() ?? [])];
  if (configs.length === 0) return configs;
  const silent = new Set([
    ...ciliumAgents(cluster).flatMap(({ node, isReady }) => (isReady ? [] : [node])),
    ...[...(lastKnown(nodes)?.value.byKey.values() ?? [])].flatMap(({ name, ready }) =>
      ready === 'True' ? [] : [name],
    ),
  ]);
  return configs.map((config) => (silent.has(config.node) ? untold(config) : config));
}

const untold = (config: BgpNodeConfig): BgpNodeConfig => ({
  ...config,
  peers: config.peers.map((peer) => ({
    ...peer,
    state: null,
    establishedAt: null,
    received: null,
    advertised: null,
  })),
});
