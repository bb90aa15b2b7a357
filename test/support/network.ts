import type { ClusterInventory } from '../../src/domain/inventory.ts';
import type { KubeTable } from '../../src/domain/kube.ts';
import type {
  BgpPeer,
  EndpointSlice,
  Gateway,
  KubeService,
  Webhook,
  WebhookConfiguration,
} from '../../src/domain/network.ts';
import { NOW, ok } from './inventory.ts';

export const service = (name: string, change: Partial<KubeService> = {}): KubeService => ({
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  type: 'ClusterIP',
  clusterIp: '10.112.3.4',
  selector: { app: name },
  ports: ['443/TCP'],
  addresses: [],
  createdAt: NOW - 86_400_000,
  ...change,
});

/** The slice of a service with so many endpoints, so many of them ready. */
export const slice = (
  of: string,
  ready: number,
  total = ready,
  change: Partial<EndpointSlice> = {},
): EndpointSlice => ({
  namespace: 'default',
  name: `${of}-abcde`,
  service: of,
  ready,
  total,
  unreadyPods: [],
  ...change,
});

export const webhook = (name: string, change: Partial<Webhook> = {}): Webhook => ({
  name,
  failurePolicy: 'Fail',
  service: { namespace: 'default', name: 'gate', port: 443 },
  url: null,
  timeoutSeconds: 10,
  rules: ['CREATE,UPDATE pods'],
  ...change,
});

export const webhooks = (
  name: string,
  list: readonly Webhook[],
  kind: WebhookConfiguration['kind'] = 'ValidatingWebhookConfiguration',
): WebhookConfiguration => ({
  kind,
  name,
  uid: `uid-${name}`,
  webhooks: list,
  createdAt: NOW - 86_400_000,
});

export const peer = (change: Partial<BgpPeer> = {}): BgpPeer => ({
  name: 'frr1',
  address: '10.127.0.1',
  peerAs: 64_706,
  localAs: 64_709,
  state: 'established',
  establishedAt: NOW - 86_400_000,
  received: 3,
  advertised: 7,
  ...change,
});

export const gateway = (name: string, change: Partial<Gateway> = {}): Gateway => ({
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  className: 'cilium',
  addresses: ['10.127.64.21'],
  conditions: [],
  listeners: [],
  createdAt: NOW - 86_400_000,
  ...change,
});

/** A table of objects under their keys. */
export const table = <T extends { readonly name: string; readonly namespace?: string }>(
  objects: readonly T[],
): KubeTable<T> => ({
  revision: 1,
  byKey: new Map(
    objects.map((object) => [
      object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`,
      object,
    ]),
  ),
});

/** The cluster with those tables in its feeds, all fresh. */
export const withTables = (
  of: ClusterInventory,
  tables: Readonly<Record<string, KubeTable<unknown>>>,
): ClusterInventory => ({
  ...of,
  feeds: {
    ...of.feeds,
    ...Object.fromEntries(Object.entries(tables).map(([name, value]) => [name, ok(value)])),
  },
});
