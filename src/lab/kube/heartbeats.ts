import type { Occurrence } from './kinds/events.ts';
import { identityOf, leaseSeeds, type Lease, type LeaseSeed } from './kinds/leases.ts';
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
  /** Whether somebody holds the lease and renews it. */
  readonly isRenewing: (namespace: string, name: string) => boolean;
  /** Whether an instance of the control plane runs, as `COMPONENT/NAME`; all do at the start. One that does not renews nothing. */
  readonly setRunning: (instance: `${string}/${string}`, running: boolean) => void;
  /** Whether anything can be written: an API server answers and etcd has its quorum. */
  readonly setWritable: (writable: boolean) => void;
};

/** Kubelets post an unchanged status this often. */
const NODE_STATUS_SECONDS = 300;

/** etcd forgets events after this time. */
const EVENT_TTL_MS = 3_600_000;

/** As `COMPONENT/NAME`. */
const instanceOf = ({ component }: LeaseSeed, name: string): string => `${component ?? ''}/${name}`;

/** Starts the beats on one shared timer of a second; leases and nodes have their turns spread over their periods. */
export function startHeartbeats(
  simulation: Pick<Simulation, 'model' | 'store' | 'clock' | 'timers'>,
): Heartbeats {
  const { model, store, clock, timers } = simulation;
  const leases = leaseSeeds(model);
  const known = new Set(leases.map(({ namespace, name }) => keyOf(namespace, name)));
  const silent = new Set<string>();
  const stopped = new Set<string>();
  /** Who holds a lease for which there are candidates. */
  const holders = new Map(
    leases.flatMap((lease) => {
      const { namespace, name, candidates } = lease;
      return candidates?.[0] === undefined
        ? []
        : [[keyOf(namespace, name), instanceOf(lease, candidates[0])] as const];
    }),
  );
  const renewedAt = new Map(
    leases.map(({ namespace, name }) => [keyOf(namespace, name), clock()] as const),
  );
  let isWritable = true;
  let second = 0;
  let nextEvent = 20;

  function renew({ namespace, name, holder }: LeaseSeed, change: Lease['spec'] = {}): void {
    const renewTime = microTime(clock());
    renewedAt.set(keyOf(namespace, name), clock());
    store.modify(
      'leases.coordination.k8s.io',
      namespace,
      name,
      (lease) => ({ ...lease, spec: { ...(lease as Lease).spec, renewTime, ...change } }),
      { manager: holder.split('_')[0] ?? holder },
    );
  }

  const isHeld = (lease: Pick<LeaseSeed, 'namespace' | 'name'>): boolean => {
    const holder = holders.get(keyOf(lease.namespace, lease.name));
    return isWritable && (holder === undefined || !stopped.has(holder));
  };

  /** Another candidate takes over what its holder has not renewed for the lease's duration. */
  function takeOver(lease: LeaseSeed): void {
    const key = keyOf(lease.namespace, lease.name);
    const age = clock() - (renewedAt.get(key) ?? clock());
    const next = lease.candidates?.find((name) => !stopped.has(instanceOf(lease, name)));
    if (!isWritable || next === undefined || age < lease.durationSeconds * 1000) return;
    holders.set(key, instanceOf(lease, next));
    const stored = store.get('leases.coordination.k8s.io', lease.namespace, lease.name);
    renew(lease, {
      holderIdentity: identityOf(model, next),
      acquireTime: microTime(clock()),
      leaseTransitions: ((stored as Lease | undefined)?.spec.leaseTransitions ?? 0) + 1,
    });
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
      if (!isHeld(lease)) {
        if (lease.transitions !== undefined) takeOver(lease);
        continue;
      }
      if ((second + index) % lease.everySeconds === 0) renew(lease);
      if (lease.node !== undefined && (second + index * 37) % NODE_STATUS_SECONDS === 0)
        postStatus(lease.node);
    }
    if (second >= nextEvent && isWritable) {
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
    isRenewing: (namespace, name) =>
      !silent.has(keyOf(namespace, name)) && isHeld({ namespace, name }),
    setRunning(instance, running) {
      if (running) stopped.delete(instance);
      else stopped.add(instance);
    },
    setWritable(writable) {
      isWritable = writable;
    },
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
