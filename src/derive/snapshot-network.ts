import { bgpSessions, ciliumAgents } from '../domain/cilium.ts';
import { fresh, lastKnown } from '../domain/feed.ts';
import type { Feed } from '../domain/feed.ts';
import type { ClusterInventory } from '../domain/inventory.ts';
import { clusterFresh } from '../domain/joined.ts';
import { eventGroups, eventSubject } from '../domain/kube-event.ts';
import type { KubeTable } from '../domain/kube.ts';
import {
  endpointsOf,
  gatewayTrouble,
  needsEndpoints,
  routeTrouble,
  webhookConfigurations,
  webhookTarget,
} from '../domain/network.ts';
import type { EpochMs } from '../domain/time.ts';
import type { WorkloadCondition } from '../domain/workload.ts';
import { isoOrNull } from './iso-time.ts';
import type { EventJson, NetworkJson } from './snapshot-json.ts';

/** The network of a cluster as scripts read it: what was told last of each thing; how it is only while that is fresh. */
export function toNetwork(cluster: ClusterInventory, now: EpochMs): NetworkJson {
  const { feeds } = cluster;
  const areAgentsFresh = clusterFresh(cluster, 'pods', now);
  const areSessionsFresh = clusterFresh(cluster, 'bgpNodeConfigs', now);
  const arePoolsFresh = clusterFresh(cluster, 'lbPools', now);
  const areGatewaysFresh = clusterFresh(cluster, 'gateways', now);
  const areRoutesFresh = clusterFresh(cluster, 'httpRoutes', now);
  const areTargetsFresh =
    clusterFresh(cluster, 'services', now) && clusterFresh(cluster, 'endpointSlices', now);
  return {
    ciliumAgents: ciliumAgents(cluster).map(({ node, pod, isReady }) => ({
      node,
      namespace: pod?.namespace ?? null,
      pod: pod?.name ?? null,
      ready: areAgentsFresh ? isReady : null,
    })),
    bgpPeers: bgpSessions(cluster).flatMap(({ node, peers }) =>
      peers.map((peer) => ({
        node,
        name: peer.name,
        address: peer.address,
        peerAs: peer.peerAs,
        localAs: peer.localAs,
        state: areSessionsFresh ? (peer.state ?? 'unknown') : 'unknown',
        establishedAt: areSessionsFresh ? isoOrNull(peer.establishedAt) : null,
        routesReceived: areSessionsFresh ? peer.received : null,
        routesAdvertised: areSessionsFresh ? peer.advertised : null,
      })),
    ),
    bgpPolicies: objectsOf(feeds.bgpPolicies).map(({ name, nodes, peers }) => ({
      name,
      nodes,
      peers: peers.map(({ address, peerAs, localAs }) => ({ address, peerAs, localAs })),
    })),
    loadBalancerPools: objectsOf(feeds.lbPools).map((pool) => ({
      name: pool.name,
      disabled: pool.isDisabled,
      total: arePoolsFresh ? pool.total : null,
      available: arePoolsFresh ? pool.available : null,
      used: arePoolsFresh ? pool.used : null,
      conflict: arePoolsFresh ? pool.conflict : null,
    })),
    gateways: objectsOf(feeds.gateways).map((gateway) => ({
      namespace: gateway.namespace,
      name: gateway.name,
      class: gateway.className,
      addresses: gateway.addresses,
      state: areGatewaysFresh
        ? stateOf(gatewayTrouble(gateway), isTrue(gateway.conditions, 'Programmed'), 'Programmed')
        : 'unknown',
    })),
    httpRoutes: objectsOf(feeds.httpRoutes).map((route) => ({
      namespace: route.namespace,
      name: route.name,
      hostnames: route.hostnames,
      parents: route.parents.map(({ namespace, name }) => `${namespace}/${name}`),
      state: areRoutesFresh
        ? stateOf(
            routeTrouble(route),
            route.parents.some(({ conditions }) => isTrue(conditions, 'Accepted')),
            'Accepted',
          )
        : 'unknown',
    })),
    ingresses: objectsOf(feeds.ingresses).map(
      ({ namespace, name, className, hosts, addresses }) => ({
        namespace,
        name,
        class: className,
        hosts,
        addresses,
      }),
    ),
    servicesWithoutEndpoints: areTargetsFresh ? withoutEndpoints(cluster) : null,
    webhooks: webhookConfigurations(cluster).flatMap((configuration) => {
      const isFresh =
        areTargetsFresh &&
        clusterFresh(
          cluster,
          configuration.kind === 'ValidatingWebhookConfiguration'
            ? 'validatingWebhooks'
            : 'mutatingWebhooks',
          now,
        );
      return configuration.webhooks.map((webhook) => {
        const target = webhookTarget(webhook, cluster);
        return {
          kind: configuration.kind,
          configuration: configuration.name,
          name: webhook.name,
          failurePolicy: webhook.failurePolicy,
          target: target.name,
          state: isFresh ? target.state : 'unknown',
          readyEndpoints: isFresh ? (target.endpoints?.ready ?? null) : null,
          rules: webhook.rules,
        };
      });
    }),
  };
}

const objectsOf = <T>(feed: Feed<KubeTable<T>>): readonly T[] => [
  ...(lastKnown(feed)?.value.byKey.values() ?? []),
];

const isTrue = (conditions: readonly WorkloadCondition[], wanted: string): boolean =>
  conditions.some(({ type, status }) => type === wanted && status === 'True');

const stateOf = (trouble: WorkloadCondition | null, isWell: boolean, word: string): string =>
  trouble ? `not ${trouble.type}` : isWell ? word : 'unknown';

function withoutEndpoints({ feeds }: ClusterInventory): readonly string[] {
  const slices = lastKnown(feeds.endpointSlices)?.value;
  if (!slices) return [];
  return objectsOf(feeds.services)
    .filter(
      (service) =>
        needsEndpoints(service) && endpointsOf(slices, service.namespace, service.name).ready === 0,
    )
    .map(({ namespace, name }) => `${namespace}/${name}`);
}

/** The events of a cluster, warnings and the newest first; none where they are not known or no longer true. */
export function toEvents(cluster: ClusterInventory, now: EpochMs): readonly EventJson[] {
  const table = cluster.source.state === 'up' ? fresh(cluster.feeds.events, now) : undefined;
  return (table ? eventGroups(table) : []).map((group) => ({
    type: group.type,
    reason: group.reason,
    subject: eventSubject(cluster.name, group.object),
    message: group.message,
    count: group.count,
    firstAt: isoOrNull(group.firstAt),
    lastAt: isoOrNull(group.lastAt),
    component: group.component,
  }));
}
