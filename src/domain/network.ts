import { gapOf, lastKnown } from './feed.ts';
import type { CollectError } from './feed.ts';
import { createFold } from './fold.ts';
import type { ClusterInventory } from './inventory.ts';
import { eventSubject } from './kube-event.ts';
import type { KubeTable } from './kube.ts';
import { nodeRef, objectRef, podRef } from './ref.ts';
import type { ObjectRef, Ref } from './ref.ts';
import type { EpochMs } from './time.ts';
import { workloadTables } from './workload.ts';
import type { Workload, WorkloadCondition } from './workload.ts';

/** A Service, only what is shown. */
export type KubeService = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`. */
  readonly type: string;
  /** `None` of a headless one. */
  readonly clusterIp: string | null;
  /** Labels of the pods behind it; empty when somebody else says what is behind it. */
  readonly selector: Readonly<Record<string, string>>;
  /** `443/TCP` */
  readonly ports: readonly string[];
  /** Where it is reached from outside, once a load balancer has given it something. */
  readonly addresses: readonly string[];
  readonly createdAt: EpochMs | null;
};

/** An EndpointSlice, only what is counted. */
export type EndpointSlice = {
  readonly namespace: string;
  readonly name: string;
  /** The service that it belongs to, in the same namespace. */
  readonly service: string | null;
  readonly ready: number;
  readonly total: number;
  /** Pods behind it that are not ready. */
  readonly unreadyPods: readonly string[];
};

export type Ingress = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly className: string | null;
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly createdAt: EpochMs | null;
};

/** A Gateway of the Gateway API. */
export type Gateway = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly className: string | null;
  readonly addresses: readonly string[];
  readonly conditions: readonly WorkloadCondition[];
  readonly listeners: readonly GatewayListener[];
  readonly createdAt: EpochMs | null;
};
export type GatewayListener = {
  readonly name: string;
  readonly attachedRoutes: number | null;
  readonly conditions: readonly WorkloadCondition[];
};

export type HttpRoute = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly hostnames: readonly string[];
  readonly parents: readonly RouteParent[];
  readonly createdAt: EpochMs | null;
};
/** What a route is attached to, and whether it was taken there. */
export type RouteParent = {
  /** `Gateway` unless it says otherwise. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly conditions: readonly WorkloadCondition[];
};

/** The BGP sessions of a node, as Cilium's agent there tells them. */
export type BgpNodeConfig = {
  readonly node: string;
  readonly uid: string;
  readonly peers: readonly BgpPeer[];
};
export type BgpPeer = {
  readonly name: string;
  readonly address: string | null;
  readonly peerAs: number | null;
  readonly localAs: number | null;
  /** `established`, `idle`, `connect`, `active`, `opensent`, `openconfirm`; null before the agent told. */
  readonly state: string | null;
  readonly establishedAt: EpochMs | null;
  /** Routes, of all address families together. */
  readonly received: number | null;
  readonly advertised: number | null;
};

/** What older releases of Cilium are told of BGP; how the sessions are they do not tell in the API. */
export type BgpPolicy = {
  readonly name: string;
  readonly uid: string;
  /** The nodes that it is for, as a selector of labels: `kubernetes.io/os=linux`; empty: all. */
  readonly nodes: string;
  readonly peers: readonly BgpPeer[];
};

/** A pool of addresses for services of the type LoadBalancer. */
export type LoadBalancerPool = {
  readonly name: string;
  readonly uid: string;
  readonly isDisabled: boolean;
  readonly total: number | null;
  readonly available: number | null;
  readonly used: number | null;
  /** What the pool is in conflict with; null when it is in none. */
  readonly conflict: string | null;
  readonly createdAt: EpochMs | null;
};

export type WebhookKind = 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';

/** A configuration of admission webhooks. */
export type WebhookConfiguration = {
  readonly kind: WebhookKind;
  readonly name: string;
  readonly uid: string;
  readonly webhooks: readonly Webhook[];
  readonly createdAt: EpochMs | null;
};
export type Webhook = {
  readonly name: string;
  /** `Fail`: what it would judge is refused while it cannot be asked. `Ignore`: it passes unjudged. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly service: {
    readonly namespace: string;
    readonly name: string;
    readonly port: number;
  } | null;
  /** Scheme, host and port of a target outside the cluster. */
  readonly url: string | null;
  readonly timeoutSeconds: number | null;
  /** What it judges: `CREATE,UPDATE pods`, with the group where there is one. */
  readonly rules: readonly string[];
};

/** A webhook's target outside the cluster, as it answers the console. */
export type OutsideTarget = {
  /** `https://gate.example:8443` */
  readonly name: string;
  /** Why no TLS handshake came about; null: it answers. */
  readonly error: CollectError | null;
  /** Since when it answers, or does not. */
  readonly since: EpochMs;
  readonly at: EpochMs;
};

/** Ready and all endpoints of a service. */
export type Endpoints = {
  readonly ready: number;
  readonly total: number;
  readonly unreadyPods: readonly string[];
};

/** The slices of each service, `namespace/name`, kept from revision to revision. */
const slicesByService = createFold<EndpointSlice, Map<string, Map<string, EndpointSlice>>>({
  empty: () => new Map(),
  change: (services, key, before, after) => {
    if (before?.service && before.service !== after?.service) {
      const from = `${before.namespace}/${before.service}`;
      const left = services.get(from);
      left?.delete(key);
      if (left?.size === 0) services.delete(from);
    }
    if (!after?.service) return;
    const to = `${after.namespace}/${after.service}`;
    const own = services.get(to);
    if (own) own.set(key, after);
    else services.set(to, new Map([[key, after]]));
  },
});

/** The endpoints of a service; none at all where no slice tells of it. */
export function endpointsOf(
  slices: KubeTable<EndpointSlice>,
  namespace: string,
  service: string,
): Endpoints {
  const own = [...(slicesByService(slices).get(`${namespace}/${service}`)?.values() ?? [])];
  return {
    ready: own.reduce((sum, slice) => sum + slice.ready, 0),
    total: own.reduce((sum, slice) => sum + slice.total, 0),
    unreadyPods: own.flatMap(({ unreadyPods }) => unreadyPods),
  };
}

/** The workloads whose pods a service selects, as far as their templates tell. */
export function workloadsBehind(
  cluster: ClusterInventory,
  { namespace, selector }: Pick<KubeService, 'namespace' | 'selector'>,
): readonly Workload[] {
  const wanted = Object.entries(selector);
  if (wanted.length === 0) return [];
  return workloadTables(cluster).flatMap(({ kind, table }) =>
    kind === 'Job' || kind === 'CronJob'
      ? []
      : [...table.byKey.values()].filter(
          (workload) =>
            workload.namespace === namespace &&
            wanted.every(([key, value]) => workload.podLabels[key] === value),
        ),
  );
}

/** Whether it is somebody's task to have ready pods behind it: not of one without a selector, an alias, a headless one. */
export const needsEndpoints = ({ type, clusterIp, selector }: KubeService): boolean =>
  type !== 'ExternalName' && clusterIp !== 'None' && Object.keys(selector).length > 0;

/** Whether everything behind it was scaled to nothing on purpose. */
export function isScaledToZero(workloads: readonly Workload[]): boolean {
  return workloads.length > 0 && workloads.every(({ desired }) => desired === 0);
}

/** How the target of a webhook is. */
export type WebhookTarget = {
  /**
   * `ready`: somebody answers there. `no-answer`: a target outside does not answer the console. `unknown`: nobody
   * tells.
   */
  readonly state: 'ready' | 'no-service' | 'no-endpoints' | 'no-answer' | 'unknown';
  /** `cert-manager/cert-manager-webhook:443`, or the URL. */
  readonly name: string;
  readonly endpoints: Endpoints | null;
  /** Why a target outside does not answer. */
  readonly error: CollectError | null;
};

/** Whether nobody can answer there, as far as is known. */
export const isGone = ({ state }: WebhookTarget): boolean =>
  state !== 'ready' && state !== 'unknown';

/** The targets of webhooks outside the cluster, by their origins; null as long as no webhooks are told of. */
export const outsideTargets = (cluster: ClusterInventory): readonly string[] | null =>
  cluster.feeds.validatingWebhooks.status === 'pending' ||
  cluster.feeds.mutatingWebhooks.status === 'pending'
    ? null
    : webhookConfigurations(cluster).flatMap(({ webhooks }) =>
        webhooks.flatMap(({ url }) => (url !== null && URL.canParse(url) ? url : [])),
      );

/** What is known of a webhook's target, as it was last told. */
export function webhookTarget(webhook: Webhook, { feeds }: ClusterInventory): WebhookTarget {
  const { service, url } = webhook;
  const unknown = { state: 'unknown', endpoints: null, error: null } as const;
  if (!service) {
    const seen = url === null ? undefined : lastKnown(feeds.webhookTargets)?.value.byKey.get(url);
    const outside = { name: url ?? 'nowhere', endpoints: null };
    if (!seen) return { ...unknown, ...outside };
    return { ...outside, state: seen.error ? 'no-answer' : 'ready', error: seen.error };
  }
  const name = `${service.namespace}/${service.name}:${service.port}`;
  const services = lastKnown(feeds.services)?.value;
  const slices = lastKnown(feeds.endpointSlices)?.value;
  if (!services || !slices) return { ...unknown, name };
  const found = services.byKey.get(`${service.namespace}/${service.name}`);
  // What is not among those that may be seen may well exist.
  if (!found && gapOf(feeds.services)) return { ...unknown, name };
  if (!found) return { state: 'no-service', name, endpoints: null, error: null };
  // Nobody keeps endpoints of an alias: its name is resolved by who asks.
  if (found.type === 'ExternalName') return { ...unknown, name };
  const endpoints = endpointsOf(slices, service.namespace, service.name);
  if (endpoints.total === 0 && gapOf(feeds.endpointSlices)) return { ...unknown, name };
  return {
    state: endpoints.ready > 0 ? 'ready' : 'no-endpoints',
    name,
    endpoints,
    error: null,
  };
}

/**
 * What stands behind a webhook as a thing of its own, as several configurations may share it: a service of the cluster, or
 * the host and port of a URL. null for a URL that names none.
 */
export function webhookTargetRef(
  cluster: string,
  { service, url }: Pick<Webhook, 'service' | 'url'>,
): ObjectRef | null {
  if (service) return objectRef(cluster, 'Service', service.namespace, service.name);
  const host = url !== null && URL.canParse(url) ? new URL(url).host : '';
  return host === '' ? null : objectRef(cluster, OUTSIDE_TARGET, null, host);
}

/** The kind in references to targets of webhooks outside the cluster, which are no objects of its API. */
export const OUTSIDE_TARGET = 'WebhookTarget';

/** The configurations of both kinds, as they were last told. */
export const webhookConfigurations = ({
  feeds,
}: ClusterInventory): readonly WebhookConfiguration[] =>
  [feeds.validatingWebhooks, feeds.mutatingWebhooks].flatMap((feed) => [
    ...(lastKnown(feed)?.value.byKey.values() ?? []),
  ]);

export const isEstablished = ({ state }: BgpPeer): boolean =>
  state?.toLowerCase() === 'established';

/** The condition that keeps a gateway from working, or a listener of it; null when none does. */
export function gatewayTrouble({
  conditions,
  listeners,
}: Gateway): (WorkloadCondition & { readonly listener: string | null }) | null {
  const own = falseOf(conditions, ['Accepted', 'Programmed']);
  if (own) return { ...own, listener: null };
  for (const { name, conditions: ofListener } of listeners) {
    const found = falseOf(ofListener, ['Accepted', 'Programmed', 'ResolvedRefs']);
    if (found) return { ...found, listener: name };
  }
  return null;
}

/** The condition that keeps a route from working, and at which parent; null when none does. */
export function routeTrouble({
  parents,
}: HttpRoute): (WorkloadCondition & { readonly parent: RouteParent }) | null {
  for (const parent of parents) {
    const found = falseOf(parent.conditions, ['Accepted', 'ResolvedRefs']);
    if (found) return { ...found, parent };
  }
  return null;
}

const falseOf = (
  conditions: readonly WorkloadCondition[],
  types: readonly string[],
): WorkloadCondition | undefined =>
  conditions.find(({ type, status }) => types.includes(type) && status === 'False');

/** What an object of the network needs, by the path of its reference behind the cluster. */
export function objectNeeds(
  cluster: ClusterInventory,
  [kind = '', ...path]: readonly string[],
): readonly { readonly to: Ref; readonly isPart: boolean }[] {
  const { name: of, feeds } = cluster;
  const [first = '', second = ''] = path;
  switch (kind) {
    case 'Service': {
      const slices = lastKnown(feeds.endpointSlices)?.value;
      const pods = slices ? endpointsOf(slices, first, second).unreadyPods : [];
      return pods.map((pod) => ({ to: podRef(of, first, pod), isPart: false }));
    }
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration': {
      const found = webhookConfigurations(cluster).find(
        (each) => each.kind === kind && each.name === first,
      );
      return (found?.webhooks ?? []).flatMap((webhook) => {
        const to = webhookTargetRef(of, webhook);
        return to === null ? [] : [{ to, isPart: false }];
      });
    }
    case 'HTTPRoute':
      return (
        lastKnown(feeds.httpRoutes)?.value.byKey.get(`${first}/${second}`)?.parents ?? []
      ).map((parent) => ({
        to: objectRef(of, parent.kind, parent.namespace, parent.name),
        isPart: false,
      }));
    case 'APIService': {
      const [namespace = '', service = ''] =
        lastKnown(feeds.apiServices)?.value.byKey.get(first)?.service?.split('/') ?? [];
      return service === ''
        ? []
        : [{ to: objectRef(of, 'Service', namespace, service), isPart: false }];
    }
    case 'Event': {
      const [about = '', namespace = '', ...rest] = path;
      const object = { kind: about, namespace: namespace || null, name: rest[0] ?? '' };
      return [{ to: eventSubject(of, object), isPart: true }];
    }
    case 'BGPPeer':
      return path.length > 1 ? [{ to: nodeRef(of, first), isPart: false }] : [];
    default:
      return [];
  }
}
