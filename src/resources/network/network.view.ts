import { bgpSessions, ciliumAgents } from '../../domain/cilium.ts';
import type { CiliumAgent } from '../../domain/cilium.ts';
import { ageColumn, clusterColumn, nameColumn, namespaceColumn } from '../../domain/columns.ts';
import type { ApiService } from '../../domain/control-plane.ts';
import { lastKnown } from '../../domain/feed.ts';
import { count, duration, shortDuration, UNKNOWN } from '../../domain/format.ts';
import type { ClusterFeedName, ClusterInventory, Inventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import type { KubeTable } from '../../domain/kube.ts';
import {
  endpointsOf,
  gatewayTrouble,
  isEstablished,
  isGone,
  isScaledToZero,
  needsEndpoints,
  routeTrouble,
  webhookConfigurations,
  webhookTarget,
  webhookTargetRef,
  workloadsBehind,
} from '../../domain/network.ts';
import type {
  BgpNodeConfig,
  BgpPolicy,
  BgpPeer,
  Gateway,
  HttpRoute,
  Ingress,
  KubeService,
  LoadBalancerPool,
  OutsideTarget,
  WebhookConfiguration,
  WebhookTarget,
} from '../../domain/network.ts';
import { nodeRef, objectRef, podRef, refPath, workloadRef } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock, DetailLine, Sign, Tone, View } from '../../domain/view.ts';
import type { WorkloadCondition } from '../../domain/workload.ts';

/** A thing of a cluster's network in the words of the table; its sign and state are those of fresh data. */
type Told = {
  readonly ref: Ref;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly sign: Sign;
  readonly state: string;
  readonly detail: string;
  /** Since when the session is up; of what is no session, since when the object is there. */
  readonly since: EpochMs | null;
  readonly blocks: readonly DetailBlock[];
};
type NetworkRow = Told & {
  readonly cluster: string;
  readonly at: EpochMs | null;
  readonly fresh: boolean;
};

/** The feeds that the rows are made of, beside those of the workloads. */
const FEEDS = [
  'pods',
  'nodes',
  'deployments',
  'statefulsets',
  'daemonsets',
  'services',
  'endpointSlices',
  'ingresses',
  'gateways',
  'httpRoutes',
  'bgpNodeConfigs',
  'bgpPolicies',
  'lbPools',
  'validatingWebhooks',
  'mutatingWebhooks',
  'webhookTargets',
  'apiServices',
] as const satisfies readonly ClusterFeedName[];

function rows({ clusters }: Inventory, now: EpochMs): readonly NetworkRow[] {
  return clusters.flatMap((cluster) => {
    const { name, feeds } = cluster;
    const sessions = bgpSessions(cluster);
    const from = (feed: ClusterFeedName, told: readonly Told[]): readonly NetworkRow[] => {
      const isFresh = clusterFresh(cluster, feed, now);
      const at = lastKnown<unknown>(feeds[feed])?.at ?? null;
      return told.map((each) => ({ ...each, cluster: name, at, fresh: isFresh }));
    };
    return [
      ...from('pods', ciliumAgents(cluster).map(tellAgent)),
      ...from('bgpNodeConfigs', tellRouters(name, sessions)),
      ...from(
        'bgpNodeConfigs',
        sessions.flatMap(({ node, peers }) => peers.map((peer) => tellPeer(name, node, peer))),
      ),
      ...from(
        'bgpPolicies',
        objectsOf(feeds.bgpPolicies).flatMap((policy) =>
          policy.peers.map((peer) => tellPolicyPeer(name, policy, peer)),
        ),
      ),
      ...from(
        'lbPools',
        objectsOf(feeds.lbPools).map((pool) => tellPool(name, pool)),
      ),
      ...from(
        'gateways',
        objectsOf(feeds.gateways).map((gateway) => tellGateway(name, gateway)),
      ),
      ...from(
        'httpRoutes',
        objectsOf(feeds.httpRoutes).map((route) => tellRoute(name, route)),
      ),
      ...from(
        'ingresses',
        objectsOf(feeds.ingresses).map((ingress) => tellIngress(name, ingress)),
      ),
      ...from(
        'endpointSlices',
        objectsOf(feeds.services).flatMap((service) =>
          isServiceWell(cluster, service) ? [] : (tellService(cluster, service) ?? []),
        ),
      ),
      ...from(
        'webhookTargets',
        objectsOf(feeds.webhookTargets).flatMap((target) => tellOutside(cluster, target) ?? []),
      ),
      ...from(
        'apiServices',
        objectsOf(feeds.apiServices).flatMap((service) => tellAggregated(name, service) ?? []),
      ),
      ...webhookConfigurations(cluster).flatMap((configuration) =>
        from(
          configuration.kind === 'ValidatingWebhookConfiguration'
            ? 'validatingWebhooks'
            : 'mutatingWebhooks',
          tellWebhooks(cluster, configuration),
        ),
      ),
    ];
  });
}

const objectsOf = <T>(feed: ClusterInventory['feeds'][ClusterFeedName] & FeedOf<T>) =>
  [...(lastKnown<KubeTable<T>>(feed)?.value.byKey ?? [])]
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([, object]) => object);
type FeedOf<T> = Parameters<typeof lastKnown<KubeTable<T>>>[0];

const NONE = { status: 'pending' } as const;
const line = (label: string, text: string): DetailLine => ({ label, text });
const list = (texts: readonly string[]): string =>
  texts.length === 0 ? '<none>' : texts.join(', ');
const block = (title: string, lines: readonly DetailLine[]): DetailBlock => ({ title, lines });

function tellAgent({ ref, node, pod, isReady }: CiliumAgent): Told {
  return {
    ref,
    kind: 'Cilium agent',
    namespace: pod?.namespace ?? '',
    name: node,
    sign: isReady ? 'ok' : 'down',
    state: isReady ? 'ready' : pod === null ? 'missing' : 'not ready',
    detail:
      pod === null
        ? 'no agent runs on the node'
        : `${pod.name}  ${pod.status} ${pod.readyContainers}/${pod.totalContainers}${pod.restarts > 0 ? `  ${pod.restarts} restarts` : ''}`,
    since: pod?.createdAt ?? null,
    blocks: [
      block('Cilium agent', [
        line('node', node),
        line('pod', pod === null ? '<none>' : `${pod.namespace}/${pod.name}`),
        line('status', pod?.status ?? 'missing'),
        line('reason', pod?.reason ?? '-'),
      ]),
    ],
  };
}

const PEER = 'BGP peer';

/** A router as all nodes together see it: its sessions are told one by one beneath it. */
function tellRouters(cluster: string, configs: readonly BgpNodeConfig[]): readonly Told[] {
  const sessions = configs.flatMap(({ node, peers }) => peers.map((peer) => ({ node, peer })));
  return [...Map.groupBy(sessions, ({ peer }) => peer.address ?? peer.name)]
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([address, own]): Told => {
      const [first] = own;
      const up = own.filter(({ peer }) => isEstablished(peer));
      const isTold = own.every(({ peer }) => peer.state !== null);
      const routes = (way: 'received' | 'advertised'): number | null =>
        up.reduce<number | null>((sum, { peer }) => {
          const more = peer[way];
          return sum === null || more === null ? null : sum + more;
        }, 0);
      return {
        ref: objectRef(cluster, 'BGPPeer', null, address),
        kind: 'BGP router',
        namespace: '',
        name: first && first.peer.name !== address ? `${first.peer.name} ${address}` : address,
        sign:
          up.length === own.length
            ? 'ok'
            : !isTold
              ? 'unknown'
              : up.length === 0
                ? 'down'
                : 'degraded',
        state: `${up.length}/${own.length} sessions`,
        detail: `AS ${first?.peer.peerAs ?? UNKNOWN}  ${count(routes('received'))} in, ${count(routes('advertised'))} out`,
        since: null,
        blocks: [
          block('BGP router', [
            line('address', address),
            line('AS', String(first?.peer.peerAs ?? UNKNOWN)),
            line('sessions', `${up.length} of ${own.length} established`),
          ]),
          block(
            'Sessions',
            own.map(({ node, peer }) => ({
              label: node,
              text: peer.state ?? 'unknown',
              tone: peer.state === null ? 'unknown' : isEstablished(peer) ? 'ok' : 'bad',
              ref: objectRef(cluster, 'BGPPeer', null, `${node}/${address}`),
            })),
          ),
        ],
      };
    });
}

/** A peer that a policy names: whether any node has a session with it only the agents know. */
function tellPolicyPeer(cluster: string, policy: BgpPolicy, peer: BgpPeer): Told {
  const { address, name, peerAs, localAs } = peer;
  const nodes = policy.nodes || 'all nodes';
  return {
    ref: objectRef(cluster, 'BGPPeer', null, `${policy.name}/${address ?? name}`),
    kind: PEER,
    namespace: '',
    name: `${policy.name} > ${address ?? name}`,
    sign: 'unknown',
    state: 'unknown',
    detail: `AS ${peerAs ?? UNKNOWN}  ${nodes}`,
    since: null,
    blocks: [
      block('BGP peer', [
        line('policy', policy.name),
        line('nodes', nodes),
        line('peer', address ?? UNKNOWN),
        line('peer AS', String(peerAs ?? UNKNOWN)),
        line('local AS', String(localAs ?? UNKNOWN)),
        {
          ...line(
            'session',
            'unknown: where a CiliumBGPPeeringPolicy is used the API does not tell it; kubectl -n kube-system exec ds/cilium -- cilium-dbg bgp peers does',
          ),
          tone: 'unknown',
        },
      ]),
    ],
  };
}

function tellPeer(cluster: string, node: string, peer: BgpPeer): Told {
  const { address, name, state, peerAs, localAs, received, advertised } = peer;
  const isUp = isEstablished(peer);
  return {
    ref: objectRef(cluster, 'BGPPeer', null, `${node}/${address ?? name}`),
    kind: PEER,
    namespace: '',
    name: `${node} > ${address ?? name}`,
    sign: state === null ? 'unknown' : isUp ? 'ok' : 'down',
    state: state ?? 'unknown',
    detail: `AS ${peerAs ?? UNKNOWN}  ${count(received)} in, ${count(advertised)} out`,
    since: isUp ? peer.establishedAt : null,
    blocks: [
      block('BGP peer', [
        { ...line('node', node), ref: nodeRef(cluster, node) },
        line('peer', `${name} ${address ?? UNKNOWN}`),
        line('peer AS', String(peerAs ?? UNKNOWN)),
        line('local AS', String(localAs ?? UNKNOWN)),
        { ...line('session', state ?? 'unknown'), tone: isUp ? 'ok' : 'bad' },
        line('routes in', count(received)),
        line('routes out', count(advertised)),
      ]),
    ],
  };
}

function tellPool(cluster: string, pool: LoadBalancerPool): Told {
  const { name, isDisabled, available, total, used, conflict } = pool;
  const isEmpty = available === 0;
  return {
    ref: objectRef(cluster, 'CiliumLoadBalancerIPPool', null, name),
    kind: 'LB pool',
    namespace: '',
    name,
    sign: conflict !== null || isEmpty ? 'down' : isDisabled ? 'off' : 'ok',
    state: conflict !== null ? 'conflict' : isEmpty ? 'used up' : isDisabled ? 'disabled' : 'ready',
    detail: conflict ?? `${count(available)} of ${count(total)} free, ${count(used)} used`,
    since: pool.createdAt,
    blocks: [
      block('Load balancer pool', [
        line('addresses', count(total)),
        line('used', count(used)),
        line('free', count(available)),
        line('disabled', isDisabled ? 'yes' : 'no'),
        line('conflict', conflict ?? '<none>'),
      ]),
    ],
  };
}

const conditionLines = (conditions: readonly WorkloadCondition[]): readonly DetailLine[] =>
  conditions.map(({ type, status, reason, message }) => ({
    label: type,
    text: [status, reason, message].filter((text) => text !== null).join('  '),
    tone: status === 'False' ? ('bad' as const) : ('plain' as const),
  }));

function tellGateway(cluster: string, gateway: Gateway): Told {
  const { namespace, name, className, addresses, conditions, listeners, createdAt } = gateway;
  const trouble = gatewayTrouble(gateway);
  const isProgrammed = conditions.some(
    ({ type, status }) => type === 'Programmed' && status === 'True',
  );
  return {
    ref: objectRef(cluster, 'Gateway', namespace, name),
    kind: 'Gateway',
    namespace,
    name,
    sign: trouble
      ? trouble.listener === null
        ? 'down'
        : 'degraded'
      : isProgrammed
        ? 'ok'
        : 'unknown',
    state: trouble ? `not ${trouble.type}` : isProgrammed ? 'Programmed' : 'unknown',
    detail: trouble
      ? (trouble.message ?? trouble.reason ?? '')
      : `${list(addresses)}  ${listeners.map((each) => `${each.name} ${count(each.attachedRoutes)} routes`).join(', ')}`,
    since: createdAt,
    blocks: [
      block('Gateway', [
        line('class', className ?? '<none>'),
        line('addresses', list(addresses)),
        ...conditionLines(conditions),
      ]),
      ...listeners.map((listener) =>
        block(`Listener ${listener.name}`, [
          line('routes', count(listener.attachedRoutes)),
          ...conditionLines(listener.conditions),
        ]),
      ),
    ],
  };
}

function tellRoute(cluster: string, route: HttpRoute): Told {
  const { namespace, name, hostnames, parents, createdAt } = route;
  const trouble = routeTrouble(route);
  const isAccepted = parents.some(({ conditions }) =>
    conditions.some(({ type, status }) => type === 'Accepted' && status === 'True'),
  );
  return {
    ref: objectRef(cluster, 'HTTPRoute', namespace, name),
    kind: 'HTTPRoute',
    namespace,
    name,
    sign: trouble ? 'down' : isAccepted ? 'ok' : 'unknown',
    state: trouble ? `not ${trouble.type}` : isAccepted ? 'Accepted' : 'unknown',
    detail: trouble
      ? (trouble.message ?? trouble.reason ?? '')
      : `${list(hostnames)}  via ${list(parents.map((parent) => parent.name))}`,
    since: createdAt,
    blocks: [
      block('HTTPRoute', [line('hostnames', list(hostnames))]),
      ...parents.map((parent) =>
        block(`${parent.kind} ${parent.namespace}/${parent.name}`, [
          {
            ...line('attached to', `${parent.namespace}/${parent.name}`),
            ref: objectRef(cluster, parent.kind, parent.namespace, parent.name),
          },
          ...conditionLines(parent.conditions),
        ]),
      ),
    ],
  };
}

function tellIngress(cluster: string, ingress: Ingress): Told {
  const { namespace, name, className, hosts, addresses, createdAt } = ingress;
  const isReached = addresses.length > 0;
  return {
    ref: objectRef(cluster, 'Ingress', namespace, name),
    kind: 'Ingress',
    namespace,
    name,
    sign: isReached ? 'ok' : 'warning',
    state: isReached ? 'address' : 'no address',
    detail: `${list(addresses)}  ${list(hosts)}`,
    since: createdAt,
    blocks: [
      block('Ingress', [
        line('class', className ?? '<none>'),
        line('hosts', list(hosts)),
        line('addresses', list(addresses)),
      ]),
    ],
  };
}

/** Whether it has what it needs, as far as is known. The list leaves those out: there may be thousands. */
function isServiceWell({ feeds }: ClusterInventory, service: KubeService): boolean {
  const slices = lastKnown(feeds.endpointSlices)?.value;
  const lacksAddress = service.type === 'LoadBalancer' && service.addresses.length === 0;
  return (
    !lacksAddress &&
    (!needsEndpoints(service) ||
      slices === undefined ||
      endpointsOf(slices, service.namespace, service.name).ready > 0)
  );
}

function tellService(cluster: ClusterInventory, service: KubeService): Told | null {
  const { namespace, name, type, selector, ports, addresses, createdAt } = service;
  const slices = lastKnown(cluster.feeds.endpointSlices)?.value;
  if (!slices) return null;
  const { ready, total, unreadyPods } = endpointsOf(slices, namespace, name);
  const lacksEndpoints = needsEndpoints(service) && ready === 0;
  const lacksAddress = type === 'LoadBalancer' && addresses.length === 0;
  const behind = workloadsBehind(cluster, service);
  const isIdle = isScaledToZero(behind);
  return {
    ref: objectRef(cluster.name, 'Service', namespace, name),
    kind: 'Service',
    namespace,
    name,
    sign: lacksEndpoints ? (isIdle ? 'off' : 'down') : lacksAddress ? 'warning' : 'ok',
    state: lacksEndpoints
      ? isIdle
        ? 'scaled to 0'
        : 'no endpoints'
      : lacksAddress
        ? 'no address'
        : needsEndpoints(service)
          ? 'ready'
          : 'defined',
    detail: `${type} ${list(ports)}  ${ready}/${total} ready${behind.length > 0 ? `  ${behind.map((each) => `${each.kind}/${each.name}`).join(', ')}` : ''}`,
    since: createdAt,
    blocks: [
      block('Service', [
        line('type', type),
        line('ports', list(ports)),
        line('addresses', list(addresses)),
        line('selector', list(Object.entries(selector).map(([key, value]) => `${key}=${value}`))),
        line('ready', `${ready} of ${total} endpoints`),
        ...behind.map((each) => ({
          ...line(each.kind, each.name),
          ref: workloadRef(cluster.name, each.kind, each.namespace, each.name),
        })),
        ...unreadyPods.map((pod) => ({
          ...line('not ready', pod),
          tone: 'bad' as const,
          ref: podRef(cluster.name, namespace, pod),
        })),
      ]),
    ],
  };
}

const TARGETS: Readonly<Record<WebhookTarget['state'], string>> = {
  ready: 'ready',
  'no-service': 'no service',
  'no-endpoints': 'no endpoints',
  'no-answer': 'no answer',
  unknown: 'unknown',
};

/** An API that another server serves; null for one that the API server serves itself. */
function tellAggregated(cluster: string, api: ApiService): Told | null {
  const { name, service, available, reason, message, since } = api;
  if (service === null) return null;
  const [namespace = '', of = ''] = service.split('/');
  return {
    ref: objectRef(cluster, 'APIService', null, name),
    kind: 'APIService',
    namespace: '',
    name,
    sign: available === 'True' ? 'ok' : available === 'False' ? 'down' : 'unknown',
    state: available === 'True' ? 'available' : available === 'False' ? 'unavailable' : 'unknown',
    detail: available === 'True' ? service : (message ?? reason ?? service),
    since: available === 'True' ? since : null,
    blocks: [
      block('API service', [
        { ...line('served by', service), ref: objectRef(cluster, 'Service', namespace, of) },
        line('available', available ?? 'unknown'),
        line('reason', reason ?? '-'),
        line('message', message ?? '-'),
      ]),
    ],
  };
}

/** A target of webhooks outside the cluster; null where no configuration names it any more. */
function tellOutside(cluster: ClusterInventory, target: OutsideTarget): Told | null {
  const ref = webhookTargetRef(cluster.name, { service: null, url: target.name });
  const callers = webhookConfigurations(cluster).flatMap((configuration) =>
    configuration.webhooks
      .filter(({ url }) => url === target.name)
      .map((webhook) => ({ configuration, webhook })),
  );
  if (ref === null || callers.length === 0) return null;
  const blocks = callers.some(({ webhook }) => webhook.failurePolicy === 'Fail');
  const { error } = target;
  return {
    ref,
    kind: 'Webhook URL',
    namespace: '',
    name: target.name,
    sign: error === null ? 'ok' : blocks ? 'down' : 'warning',
    state: TARGETS[error === null ? 'ready' : 'no-answer'],
    detail: error?.message ?? `answers a TLS handshake from here`,
    since: error === null ? target.since : null,
    blocks: [
      block('Target of webhooks', [
        line('URL', target.name),
        ...(error === null ? [] : [line('because', error.message)]),
        ...callers.map(({ configuration: { kind, name }, webhook }) => ({
          ...line(webhook.failurePolicy, webhook.name),
          ref: objectRef(cluster.name, kind, null, name),
        })),
      ]),
    ],
  };
}

/** A configuration as its worst webhook is. */
function tellWebhooks(
  cluster: ClusterInventory,
  { kind, name, webhooks, createdAt }: WebhookConfiguration,
): readonly Told[] {
  const judged = webhooks.map((webhook) => ({ webhook, target: webhookTarget(webhook, cluster) }));
  const gone = judged.filter(({ target }) => isGone(target));
  const worst =
    gone.find(({ webhook }) => webhook.failurePolicy === 'Fail') ??
    gone[0] ??
    judged.find(({ target }) => target.state === 'unknown') ??
    judged[0];
  if (!worst) return [];
  const { webhook, target } = worst;
  const blocks = webhook.failurePolicy === 'Fail';
  return [
    {
      ref: objectRef(cluster.name, kind, null, name),
      kind: kind === 'ValidatingWebhookConfiguration' ? 'Validating' : 'Mutating',
      namespace: '',
      name,
      sign:
        target.state === 'unknown'
          ? 'unknown'
          : isGone(target)
            ? blocks
              ? 'down'
              : 'warning'
            : 'ok',
      state: TARGETS[target.state],
      detail: `${webhook.failurePolicy}  ${target.name}${target.endpoints ? `  ${target.endpoints.ready}/${target.endpoints.total}` : ''}  ${webhook.rules.join('; ')}`,
      since: createdAt,
      blocks: judged.map(({ webhook: each, target: to }) =>
        block(each.name, [
          { ...line('target', to.name), ...refOf(webhookTargetRef(cluster.name, each)) },
          {
            ...line('state', TARGETS[to.state]),
            tone: to.state === 'ready' ? 'ok' : to.state === 'unknown' ? 'unknown' : 'bad',
          },
          line(
            'endpoints',
            to.endpoints ? `${to.endpoints.ready} of ${to.endpoints.total} ready` : UNKNOWN,
          ),
          line(
            'when it fails',
            each.failurePolicy === 'Fail' ? 'writes are refused' : 'writes pass unjudged',
          ),
          line('timeout', each.timeoutSeconds === null ? UNKNOWN : `${each.timeoutSeconds} s`),
          ...(to.error === null ? [] : [line('because', to.error.message)]),
          ...each.rules.map((rule) => line('judges', rule)),
        ]),
      ),
    },
  ];
}

const refOf = (ref: Ref | null): Pick<DetailLine, 'ref'> => (ref === null ? {} : { ref });

const signOf = ({ sign, fresh }: NetworkRow): Sign => (fresh ? sign : 'unknown');

const TONES: Readonly<Record<Sign, Tone>> = {
  ok: 'muted',
  off: 'muted',
  degraded: 'warn',
  warning: 'warn',
  changing: 'warn',
  down: 'bad',
  unknown: 'unknown',
};

/**
 * Cluster pane, tab network: Cilium's agents, BGP sessions, pools of addresses, gateways and routes, ingresses, services
 * that are not well, APIs that other servers serve, and webhooks with the health of their targets.
 */
export const networkView: View<NetworkRow> = {
  id: 'network',
  title: 'Network',
  feeds: FEEDS,
  rows,
  parts: ({ clusters }) =>
    clusters.flatMap(({ name, source, feeds }) => [
      name,
      source.state,
      ...FEEDS.map((feed) => feeds[feed]),
    ]),
  find: (ref, { clusters }, now) => {
    const [of, kind, namespace, name] = refPath(ref);
    const cluster = kind === 'Service' ? clusters.find((each) => each.name === of) : undefined;
    const service = lastKnown(cluster?.feeds.services ?? NONE)?.value.byKey.get(
      `${namespace ?? ''}/${name ?? ''}`,
    );
    const told = cluster && service && tellService(cluster, service);
    if (!cluster || !told) return undefined;
    return {
      ...told,
      cluster: cluster.name,
      at: lastKnown(cluster.feeds.endpointSlices)?.at ?? null,
      fresh: clusterFresh(cluster, 'endpointSlices', now),
    };
  },
  key: ({ ref }) => ref,
  sign: signOf,
  at: ({ at }) => at,
  stale: ({ fresh }) => !fresh,
  columns: [
    { id: 'kind', title: 'KIND', width: 12, priority: 0, text: ({ kind }) => kind },
    namespaceColumn(4),
    nameColumn(26),
    {
      id: 'state',
      title: 'STATE',
      width: 15,
      priority: 0,
      text: ({ state, fresh }) => (fresh ? state : 'unknown'),
      tone: (row) => TONES[signOf(row)],
    },
    {
      id: 'detail',
      title: 'DETAIL',
      width: 'grow',
      good: 28,
      priority: 1,
      text: ({ detail }) => detail,
      tone: () => 'muted',
    },
    clusterColumn(),
    {
      id: 'since',
      title: 'UP',
      width: 5,
      align: 'right',
      priority: 2,
      text: ({ since }, now) => (since === null ? UNKNOWN : shortDuration(now - since)),
      value: ({ since }) => since,
      unit: 'since',
    },
    ageColumn(3),
  ],
  detail: ({ kind, blocks, state, fresh, since }, _inventory, now) => [
    block('State', [
      line('state', fresh ? state : `unknown; was ${state}`),
      line(
        kind === PEER ? 'established' : 'created',
        since === null ? UNKNOWN : `${duration(now - since)} ago`,
      ),
    ]),
    ...blocks,
  ],
};
