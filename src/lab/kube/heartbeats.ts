import type { Occurrence } from './kinds/events.ts';
import { leaseSeeds, type Lease, type LeaseSeed } from './kinds/leases.ts';
import type { Node } from './kinds/nodes.ts';
import { keyOf, textOf } from './object.ts';
import { isReady, type Pod } from './pod.ts';
import { hash32 } from './random.ts';
import { recordEvent, referenceTo, type Simulation } from './simulation.ts';
import { microTime, rfc3339 } from './time.ts';

/** What keeps a calm cluster's objects fresh. */
export type Heartbeats = {
  /** @throws {Error} when there is no such lease. */
  readonly setLeaseRenewing: (namespace: string, name: string, renewing: boolean) => void;
  readonly isRenewing: (namespace: string, name: string) => boolean;
};

/** Kubelets post an unchanged status this often. */
const NODE_STATUS_SECONDS = 300;

/** etcd forgets events after this time. */
const EVENT_TTL_MS = 3_600_000;

/** Starts the beats on one shared timer of a second; leases and nodes have their turns spread over their periods. */
export function startHeartbeats(
  simulation: Pick<Simulation, 'model' | 'store' | 'clock' | 'timers'>,
): Heartbeats {
  const { model, store, clock, timers } = simulation;
  const leases = leaseSeeds(model);
  const known = new Set(leases.map(({ namespace, name }) => keyOf(namespace, name)));
  const silent = new Set<string>();
  let second = 0;
  let nextEvent = 20;

  function renew({ namespace, name, holder }: LeaseSeed): void {
    const renewTime = microTime(clock());
    store.modify(
      'leases.coordination.k8s.io',
      namespace,
      name,
      (lease) => ({ ...lease, spec: { ...(lease as Lease).spec, renewTime } }),
      { manager: holder.split('_')[0] ?? holder },
    );
  }

  function postStatus(name: string): void {
    const lastHeartbeatTime = rfc3339(clock());
    store.modify(
      'nodes',
      undefined,
      name,
      (object) => {
        const node = object as Node;
        // The kubelet does not own NetworkUnavailable: the network plug-in does.
        const conditions = node.status.conditions.map((condition) =>
          condition.type === 'NetworkUnavailable' ? condition : { ...condition, lastHeartbeatTime },
        );
        return { ...node, status: { ...node.status, conditions } };
      },
      { manager: 'kubelet', subresource: 'status' },
    );
  }

  function beat(): void {
    second += 1;
    for (const [index, lease] of leases.entries()) {
      if (silent.has(keyOf(lease.namespace, lease.name))) continue;
      if ((second + index) % lease.everySeconds === 0) renew(lease);
      if (lease.node !== undefined && (second + index * 37) % NODE_STATUS_SECONDS === 0)
        postStatus(lease.node);
    }
    if (second >= nextEvent) {
      nextEvent = second + 30 + model.random.integer(60);
      const occurrence = smallEvent(simulation);
      if (occurrence) recordEvent(simulation, occurrence);
    }
    if (second % 60 === 0) forgetEvents();
  }

  function forgetEvents(): void {
    const before = rfc3339(clock() - EVENT_TTL_MS);
    for (const event of store.list('events')) {
      const last = textOf(event['lastTimestamp']) || event.metadata.creationTimestamp;
      if (last < before) store.remove('events', event.metadata.namespace, event.metadata.name);
    }
  }

  timers.every(1000, beat);
  return {
    setLeaseRenewing(namespace, name, renewing) {
      const key = keyOf(namespace, name);
      if (!known.has(key))
        throw new Error(`no such lease in the lab: ${key}; there are ${[...known].join(', ')}`);
      if (renewing) silent.delete(key);
      else silent.add(key);
    },
    isRenewing: (namespace, name) => !silent.has(keyOf(namespace, name)),
  };
}

/** Something that happens in a cluster where nothing is wrong: mostly normal, now and then a slow probe. */
function smallEvent({ model, store }: Pick<Simulation, 'model' | 'store'>): Occurrence | undefined {
  const pods = store.page('pods', { namespace: 'apps' })?.entries ?? [];
  const pod =
    pods.length > 0 ? store.list('pods', 'apps')[model.random.integer(pods.length)] : undefined;
  const certificate = (name: string): Occurrence['about'] => ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    namespace: 'apps',
    name,
    uid: model.uid('Certificate', 'apps', name),
  });
  switch (model.random.integer(8)) {
    case 0:
      return pod && isReady(pod as Pod)
        ? {
            about: referenceTo(
              pod,
              `spec.containers{${(pod as Pod).spec.containers[0]?.name ?? ''}}`,
            ),
            type: 'Warning',
            reason: 'Unhealthy',
            message: `Readiness probe failed: Get "http://${(pod as Pod).status.podIP}:8080/readyz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
            component: 'kubelet',
            host: (pod as Pod).spec.nodeName ?? '',
          }
        : undefined;
    case 1:
    case 2:
      return {
        about: certificate('immich-tls'),
        type: 'Normal',
        reason: 'Issuing',
        message: 'The certificate has been successfully issued',
        component: 'cert-manager-certificates-issuing',
      };
    case 3:
      return {
        about: certificate('paperless-tls'),
        type: 'Normal',
        reason: 'Requested',
        message: `Created new CertificateRequest resource "paperless-tls-${1 + (hash32(String(store.version())) % 40)}"`,
        component: 'cert-manager-certificates-request-manager',
      };
    default: {
      const volume = `pvc-${model.uid('volume', undefined, String(model.random.integer(5)))}`;
      const about = {
        apiVersion: 'longhorn.io/v1beta2',
        kind: 'Volume',
        namespace: 'longhorn-system',
        name: volume,
        uid: model.uid('Volume', 'longhorn-system', volume),
      };
      return {
        about,
        type: 'Normal',
        reason: 'SnapshotCreate',
        message: 'successfully provisioned the snapshot',
        component: 'longhorn-snapshot-controller',
      };
    }
  }
}
