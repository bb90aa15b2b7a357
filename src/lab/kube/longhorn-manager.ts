import { readEntry } from './collection.ts';
import type { Engine } from './kinds/longhorn-engines.ts';
import type { LonghornNode } from './kinds/longhorn-nodes.ts';
import type { Replica } from './kinds/longhorn-replicas.ts';
import type { LonghornVolumeObject } from './kinds/longhorn-volumes.ts';
import {
  ENGINE_IMAGE,
  engineName,
  LONGHORN_NAMESPACE,
  longhornCondition,
  longhornVolumes,
  managerOf,
  replicaPlaces,
  type LonghornVolume,
} from './longhorn.ts';
import type { KubeObject } from './object.ts';
import { conditionOf, withCondition, type Pod } from './pod.ts';
import { recordEvent, referenceTo, type Simulation } from './simulation.ts';
import { rfc3339 } from './time.ts';

/** What can happen to the storage of the cluster. */
export type StorageIncidents = {
  /**
   * The process of a replica fails: the volume of that claim (`namespace/name`) lives on with the others.
   * @throws {RangeError} when the claim has no replica on that node
   */
  readonly failReplica: (claim: string, node: string) => void;
  /** Lets longhorn-manager rebuild a failed replica from the others: it takes a while. */
  readonly rebuildReplica: (claim: string, node: string) => void;
  /** Sets the state of a disk pool of Mayastor, as its control plane tells it. */
  readonly setDiskPool: (
    name: string,
    status: 'Online' | 'Degraded' | 'Faulted' | 'Unknown',
  ) => void;
};

const VOLUMES = 'volumes.longhorn.io';
const REPLICAS = 'replicas.longhorn.io';
const ENGINES = 'engines.longhorn.io';
const NODES = 'nodes.longhorn.io';
const POOLS = 'diskpools.openebs.io';
const WRITER = { manager: 'longhorn-manager', subresource: 'status' };
/** What a pace of the cluster rebuilds of a replica, in percent. */
const REBUILD_STEP = 8;

type ReplicaState = {
  readonly name: string;
  readonly node: string;
  /** null: it runs. */
  failedAt: string | null;
  /** Percent that is rebuilt; null: it is not being rebuilt. */
  progress: number | null;
  /** Whether it failed with its node, whose return rebuilds it. */
  isWithNode: boolean;
};
type VolumeState = {
  readonly volume: LonghornVolume;
  readonly replicas: readonly ReplicaState[];
  degradedAt: string;
};

/** Attaches the volumes to where their pods are, and follows what becomes of their replicas. */
export function startLonghorn(simulation: Simulation): StorageIncidents {
  const { model, store, timers, clock, isKubeletAlive } = simulation;
  const volumes = new Map<string, VolumeState>(
    longhornVolumes(model).map((volume) => [
      `${volume.namespace}/${volume.claim}`,
      {
        volume,
        replicas: replicaPlaces(model, volume).map((replica) => ({
          ...replica,
          failedAt: null,
          progress: null,
          isWithNode: false,
        })),
        degradedAt: '',
      },
    ]),
  );
  /** The pods that mount each claim, by their names. */
  const users = new Map<string, Map<string, Pod>>();

  function follow(pod: Pod, isGone: boolean): readonly string[] {
    const claims = claimsOfPod(pod).filter((claim) => volumes.has(claim));
    for (const claim of claims) {
      const own = users.get(claim) ?? new Map<string, Pod>();
      users.set(claim, own);
      if (isGone) own.delete(pod.metadata.name);
      else own.set(pod.metadata.name, pod);
    }
    return claims;
  }

  const now = (): string => rfc3339(clock());
  const put = <T extends KubeObject>(
    resource: string,
    name: string,
    change: (object: T) => Partial<T>,
  ): void => {
    store.modify(
      resource,
      LONGHORN_NAMESPACE,
      name,
      (object) => {
        const next = { ...object, ...change(object as T) };
        return JSON.stringify(next) === JSON.stringify(object) ? undefined : next;
      },
      WRITER,
    );
  };

  /** Writes a volume, its engine and its replicas as they stand now. */
  function write(state: VolumeState): void {
    const { volume, replicas } = state;
    const pods = [...(users.get(`${volume.namespace}/${volume.claim}`)?.values() ?? [])].filter(
      ({ spec }) => spec.nodeName !== undefined,
    );
    const [first, other] = pods;
    const node = first?.spec.nodeName ?? '';
    const isAttached = node !== '';
    const healthy = replicas.filter(({ failedAt }) => failedAt === null).length;
    const robustness =
      healthy === 0
        ? 'faulted'
        : !isAttached
          ? 'unknown'
          : healthy < replicas.length
            ? 'degraded'
            : 'healthy';
    if (robustness === 'degraded' && state.degradedAt === '') state.degradedAt = now();
    if (robustness === 'healthy') state.degradedAt = '';
    const modes = Object.fromEntries(
      replicas.map(({ name, failedAt, progress }) => [
        name,
        failedAt === null ? 'RW' : progress === null ? 'ERR' : 'WO',
      ]),
    );
    for (const replica of replicas) writeReplica(state, replica, isAttached);
    put<Engine>(ENGINES, engineName(volume.name), ({ spec, status }) => ({
      spec: { ...spec, desireState: isAttached ? 'running' : 'stopped', nodeID: node },
      status: {
        ...status,
        currentImage: isAttached ? ENGINE_IMAGE : '',
        currentState: isAttached ? 'running' : 'stopped',
        instanceManagerName: isAttached ? managerOf(node) : '',
        ownerID: node,
        rebuildStatus: rebuildsOf(replicas),
        replicaModeMap: isAttached ? modes : null,
        started: isAttached,
      },
    }));
    put<LonghornVolumeObject>(VOLUMES, volume.name, ({ spec, status }) => ({
      spec: { ...spec, nodeID: node },
      status: {
        ...status,
        currentMigrationNodeID: other?.spec.nodeName === node ? '' : (other?.spec.nodeName ?? ''),
        currentNodeID: node,
        kubernetesStatus: {
          ...status.kubernetesStatus,
          workloadsStatus: pods.map(({ metadata, status: { phase } }) => ({
            podName: metadata.name,
            podStatus: phase,
            workloadName: metadata.ownerReferences?.[0]?.name ?? '',
            workloadType: metadata.ownerReferences?.[0]?.kind ?? '',
          })),
        },
        lastDegradedAt: state.degradedAt,
        ownerID: node,
        robustness,
        state: isAttached ? 'attached' : 'detached',
      },
    }));
  }

  const writeReplica = (state: VolumeState, replica: ReplicaState, isAttached: boolean): void =>
    put<Replica>(REPLICAS, replica.name, ({ spec, status }) => {
      const isRunning = isAttached && (replica.failedAt === null || replica.progress !== null);
      return {
        spec: {
          ...spec,
          desireState: isRunning ? 'running' : 'stopped',
          engineName: isRunning ? engineName(state.volume.name) : '',
          failedAt: replica.progress === null ? (replica.failedAt ?? '') : '',
          healthyAt: replica.failedAt === null ? spec['healthyAt'] || now() : '',
          lastFailedAt: replica.failedAt ?? spec['lastFailedAt'],
        },
        status: {
          ...status,
          currentImage: isRunning ? ENGINE_IMAGE : '',
          currentState: isRunning ? 'running' : replica.failedAt === null ? 'stopped' : 'error',
          instanceManagerName: isRunning ? managerOf(replica.node) : '',
          started: isRunning,
        },
      };
    });

  /** `rebuildStatus` of an engine, by the address of the replica that is rebuilt. */
  function rebuildsOf(replicas: readonly ReplicaState[]): object | null {
    const rebuilt = replicas.flatMap(({ progress, node }, index) =>
      progress === null
        ? []
        : [
            [
              `tcp://${model.nodes.find(({ name }) => name === node)?.address ?? ''}:${10_000 + index * 10}`,
              {
                error: '',
                fromReplicaAddress: '',
                isRebuilding: true,
                progress,
                state: 'in_progress',
              },
            ],
          ],
    );
    return rebuilt.length === 0 ? null : (Object.fromEntries(rebuilt) as object);
  }

  function replicaOf(claim: string, node: string): readonly [VolumeState, ReplicaState] {
    const state = volumes.get(claim);
    const replica = state?.replicas.find((each) => each.node === node);
    if (!state || !replica) throw new RangeError(`no replica of ${claim} on ${node} in the lab`);
    return [state, replica];
  }

  function fail(state: VolumeState, replica: ReplicaState, isWithNode: boolean): void {
    if (replica.failedAt !== null && replica.progress === null) return;
    replica.failedAt = now();
    replica.progress = null;
    replica.isWithNode = isWithNode;
    write(state);
    tell(state, 'Warning', 'Degraded', `volume ${state.volume.name} became degraded`);
  }

  function tell(
    { volume }: VolumeState,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    const object = store.get(VOLUMES, LONGHORN_NAMESPACE, volume.name);
    if (object)
      recordEvent(simulation, {
        about: referenceTo(object),
        type,
        reason,
        message,
        component: 'longhorn-volume-controller',
      });
  }

  function rebuild(state: VolumeState, replica: ReplicaState): void {
    if (replica.failedAt === null || replica.progress !== null) return;
    replica.progress = 0;
    write(state);
    const advance = (): void =>
      timers.soon(`rebuild ${replica.name}`, () => {
        if (replica.progress === null) return;
        replica.progress = Math.min(100, replica.progress + REBUILD_STEP);
        if (replica.progress < 100) {
          write(state);
          return advance();
        }
        replica.progress = null;
        replica.failedAt = null;
        write(state);
        tell(state, 'Normal', 'Healthy', `volume ${state.volume.name} became healthy`);
      });
    advance();
  }

  /** A node whose kubelet is silent takes its replicas with it; they are rebuilt when it is back. */
  function lookAtNode(node: string): void {
    const isAlive = isKubeletAlive(node);
    put<LonghornNode>(NODES, node, ({ status }) => {
      const was = conditionOf(status.conditions, 'Ready')?.status === 'True';
      if (was === isAlive) return {};
      const ready = isAlive
        ? longhornCondition('Ready', 'True', now(), { message: `Node ${node} is ready` })
        : longhornCondition('Ready', 'False', now(), {
            reason: 'KubernetesNodeNotReady',
            message: `Kubernetes node ${node} not ready: NodeStatusUnknown`,
          });
      return { status: { ...status, conditions: withCondition(status.conditions, ready) } };
    });
    for (const state of volumes.values())
      for (const replica of state.replicas) {
        if (replica.node !== node) continue;
        if (!isAlive) fail(state, replica, true);
        else if (replica.isWithNode) rebuild(state, replica);
      }
  }

  for (const pod of store.list('pods')) follow(pod as Pod, false);
  for (const state of volumes.values()) write(state);
  store.subscribe('pods', ({ type, object }) => {
    const pod = readEntry(object) as Pod;
    for (const claim of follow(pod, type === 'DELETED')) {
      const state = volumes.get(claim);
      if (state) timers.soon(`volume ${claim}`, () => write(state));
    }
  });
  store.subscribe('nodes', ({ key }) => timers.soon(`longhorn ${key}`, () => lookAtNode(key)));

  return {
    failReplica: (claim, node) => fail(...replicaOf(claim, node), false),
    rebuildReplica: (claim, node) => rebuild(...replicaOf(claim, node)),
    setDiskPool: (name, status) => {
      const next = store.modify(
        POOLS,
        'openebs',
        name,
        (pool) => ({ ...pool, status: { ...(pool['status'] as object), pool_status: status } }),
        { manager: 'operator-diskpool' },
      );
      if (!next) throw new RangeError(`no such disk pool in the lab: ${name}`);
    },
  };
}

/** The claims that a pod mounts, with their namespace. */
function claimsOfPod({ metadata, spec }: Pod): readonly string[] {
  const volumes = spec['volumes'];
  return (Array.isArray(volumes) ? (volumes as readonly PodVolume[]) : []).flatMap(
    ({ persistentVolumeClaim: claim }) =>
      claim?.claimName === undefined ? [] : [`${metadata.namespace ?? ''}/${claim.claimName}`],
  );
}

type PodVolume = { readonly persistentVolumeClaim?: { readonly claimName?: string } };
