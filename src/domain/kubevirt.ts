import { lastKnown } from './feed.ts';
import { createFold } from './fold.ts';
import type { ClusterInventory } from './inventory.ts';
import { clusterFresh } from './joined.ts';
import { kubevirtRef } from './ref.ts';
import type { KubevirtRef } from './ref.ts';
import type { EpochMs } from './time.ts';
import type { Sign } from './view.ts';

/** A kubevirt.io VirtualMachine, only what is shown. */
export type VirtualMachine = {
  readonly namespace: string;
  readonly name: string;
  /** `printableStatus`: `Running`, `Stopped`, `Migrating`, `CrashLoopBackOff` … */
  readonly status: string | null;
  readonly isReady: boolean | null;
  /** `Always`, `Halted`, `Manual`, `RerunOnFailure`, `Once`. */
  readonly runStrategy: string | null;
  readonly vcpus: number | null;
  readonly memoryBytes: number | null;
  readonly claims: readonly string[];
  readonly createdAt: EpochMs | null;
};

/** A kubevirt.io VirtualMachineInstance: a machine that runs, or is about to. */
export type VirtualMachineInstance = {
  readonly namespace: string;
  readonly name: string;
  /** `Pending`, `Scheduling`, `Scheduled`, `Running`, `Succeeded`, `Failed`, `Unknown`. */
  readonly phase: string | null;
  readonly node: string | null;
  readonly isReady: boolean | null;
  /** What the guest's agent tells; null without one. */
  readonly guest: string | null;
  readonly hasAgent: boolean | null;
  readonly isMigratable: boolean | null;
  readonly isPaused: boolean;
  readonly ip: string | null;
  readonly vcpus: number | null;
  readonly memoryBytes: number | null;
  readonly claims: readonly string[];
  readonly startedAt: EpochMs | null;
  readonly migration: MigrationState | null;
};

/** `migrationState` of an instance or of a migration. */
export type MigrationState = {
  readonly uid: string | null;
  readonly source: string | null;
  readonly target: string | null;
  /** `PreCopy`, `PostCopy`, `Paused`. */
  readonly mode: string | null;
  readonly startedAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
  readonly isCompleted: boolean;
  readonly isFailed: boolean;
  readonly reason: string | null;
};

/** A kubevirt.io VirtualMachineInstanceMigration. */
export type Migration = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly instance: string | null;
  /**
   * `Pending`, `Scheduling`, `Scheduled`, `PreparingTarget`, `TargetReady`, `Running`, `Succeeded`, `Failed`; null
   * before a controller has seen it.
   */
  readonly phase: string | null;
  readonly phases: readonly { readonly phase: string; readonly at: EpochMs | null }[];
  readonly state: MigrationState | null;
  readonly createdAt: EpochMs | null;
};

/** A virtual machine of a cluster: its definition, its instance and its newest migration, as far as there are any. */
export type KubevirtMachine = {
  readonly ref: KubevirtRef;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** As KubeVirt prints it; `unknown` when nobody tells. */
  readonly state: string;
  readonly sign: Sign;
  readonly node: string | null;
  readonly vcpus: number | null;
  readonly memoryBytes: number | null;
  readonly machine: VirtualMachine | null;
  readonly instance: VirtualMachineInstance | null;
  readonly migration: Migration | null;
  readonly at: EpochMs | null;
  readonly fresh: boolean;
};

/** Whether a migration has come to its end, good or bad. */
export const isOver = ({ phase }: Migration): boolean =>
  phase === 'Succeeded' || phase === 'Failed';

/** The migrations of each machine, by `namespace/name` of the machine. */
const migrationsByMachine = createFold<Migration, Map<string, Map<string, Migration>>>({
  empty: () => new Map(),
  change: (groups, key, before, after) => {
    if (before?.instance) groups.get(`${before.namespace}/${before.instance}`)?.delete(key);
    if (!after?.instance) return;
    const group = `${after.namespace}/${after.instance}`;
    const own = groups.get(group) ?? new Map<string, Migration>();
    own.set(key, after);
    groups.set(group, own);
  },
});

const byAge = (a: Migration, b: Migration): number => (b.createdAt ?? 0) - (a.createdAt ?? 0);

/** The newest migration of a machine, if there is any. */
export function migrationOf(
  cluster: ClusterInventory,
  namespace: string,
  name: string,
): Migration | null {
  const table = lastKnown(cluster.feeds.migrations)?.value;
  const own = table && migrationsByMachine(table).get(`${namespace}/${name}`)?.values();
  return [...(own ?? [])].toSorted(byAge)[0] ?? null;
}

const GOOD: ReadonlySet<string> = new Set(['Running', 'Succeeded']);
const CHANGING: ReadonlySet<string> = new Set([
  'Pending',
  'Scheduling',
  'Scheduled',
  'Starting',
  'Stopping',
  'Terminating',
  'Migrating',
  'Provisioning',
  'WaitingForVolumeBinding',
  'WaitingForReceiver',
]);

function signOf(state: string): Sign {
  if (state === 'Stopped' || state === 'Succeeded') return 'off';
  if (state === 'Paused') return 'warning';
  if (GOOD.has(state)) return 'ok';
  if (state === 'unknown' || state === 'Unknown') return 'unknown';
  return CHANGING.has(state) ? 'changing' : 'down';
}

function keysOf({ feeds }: ClusterInventory): ReadonlySet<string> {
  return new Set([
    ...(lastKnown(feeds.virtualMachines)?.value.byKey.keys() ?? []),
    ...(lastKnown(feeds.virtualMachineInstances)?.value.byKey.keys() ?? []),
  ]);
}

/** How many virtual machines a cluster has. */
export const countMachines = (cluster: ClusterInventory): number => keysOf(cluster).size;

/** The virtual machines of a cluster in the order of their names, also those that nobody defined but that run. */
export function machinesOf(cluster: ClusterInventory, now: EpochMs): readonly KubevirtMachine[] {
  const { feeds } = cluster;
  const machines = lastKnown(feeds.virtualMachines);
  const instances = lastKnown(feeds.virtualMachineInstances);
  const fresh =
    clusterFresh(cluster, 'virtualMachineInstances', now) &&
    (machines === undefined || clusterFresh(cluster, 'virtualMachines', now));
  return [...keysOf(cluster)].toSorted().map((key) => {
    const machine = machines?.value.byKey.get(key) ?? null;
    const instance = instances?.value.byKey.get(key) ?? null;
    const { namespace = '', name = '' } = machine ?? instance ?? {};
    const migration = migrationOf(cluster, namespace, name);
    const isMoving = migration !== null && !isOver(migration) && instance !== null;
    const told = machine?.status ?? instance?.phase ?? 'unknown';
    const state = isMoving ? 'Migrating' : instance?.isPaused ? 'Paused' : told;
    const isSilent =
      typeof instance?.node === 'string' &&
      lastKnown(feeds.nodes)?.value.byKey.get(instance.node)?.ready === 'Unknown';
    return {
      ref: kubevirtRef(cluster.name, namespace, name),
      cluster: cluster.name,
      namespace,
      name,
      state,
      sign: fresh && !isSilent ? signOf(state) : 'unknown',
      node: instance?.node ?? null,
      vcpus: instance?.vcpus ?? machine?.vcpus ?? null,
      memoryBytes: instance?.memoryBytes ?? machine?.memoryBytes ?? null,
      machine,
      instance,
      migration,
      at: instances?.at ?? machines?.at ?? null,
      fresh,
    };
  });
}
