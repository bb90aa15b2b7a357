import { readEntry } from './collection.ts';
import type { Node } from './kinds/nodes.ts';
import type { Migration } from './kinds/virtual-machine-instance-migrations.ts';
import type { Instance } from './kinds/virtual-machine-instances.ts';
import { KUBEVIRT_API_VERSION, launcherName, launcherPod } from './kubevirt.ts';
import { controllerReference, textOf, type KubeObject } from './object.ts';
import { conditionOf, type Pod } from './pod.ts';
import { deletePod, recordEvent, referenceTo, type Simulation } from './simulation.ts';
import { rfc3339 } from './time.ts';

/** What can happen to virtual machines. */
export type Machines = {
  /**
   * Starts to move a virtual machine to another node, as a client does; returns the name of the migration.
   * @throws {Error} when there is no such machine
   */
  readonly migrate: (namespace: string, name: string) => string;
  /** Lets the migrations from now on fail once their memory is copied, with that reason; null lets them succeed. */
  readonly setMigrationFault: (reason: string | null) => void;
};

const INSTANCES = 'virtualmachineinstances.kubevirt.io';
const MIGRATIONS = 'virtualmachineinstancemigrations.kubevirt.io';
const WRITER = { manager: 'virt-controller' };
const HANDLER = { manager: 'virt-handler' };
/** Paces of the cluster that copying the memory takes. */
const COPY_STEPS = 6;

/** The phases of a migration, each with what comes next; `Running` lasts as long as the memory is copied. */
const NEXT: { readonly [phase: string]: string } = {
  '': 'Pending',
  Pending: 'Scheduling',
  Scheduling: 'Scheduled',
  Scheduled: 'PreparingTarget',
  PreparingTarget: 'TargetReady',
  TargetReady: 'Running',
};

/** Runs virt-controller and virt-handler as far as machines move between nodes. */
export function startKubevirt(simulation: Simulation): Machines {
  const { store, timers, clock } = simulation;
  const copied = new Map<string, number>();
  let fault: string | null = null;
  let made = 0;

  const instanceOf = (namespace: string | undefined, name: string): Instance | undefined =>
    store.get(INSTANCES, namespace, name) as Instance | undefined;

  function see({ metadata: { namespace, name, uid } }: KubeObject): void {
    timers.soon(`migration ${uid}`, () => {
      const now = store.get(MIGRATIONS, namespace, name) as Migration | undefined;
      if (now?.metadata.uid === uid) step(now);
    });
  }

  function step(migration: Migration): void {
    const { namespace, uid } = migration.metadata;
    const { phase = '' } = migration.status;
    if (phase === 'Succeeded' || phase === 'Failed') return;
    const instance = instanceOf(namespace, migration.spec.vmiName ?? '');
    if (!instance) return turn(migration, 'Failed');
    const target = `${instance.metadata.name}-${uid}`;
    switch (phase) {
      case 'Scheduling': {
        const pod = store.get('pods', namespace, launcherName(instance.metadata.name, target));
        if (!pod) return place(migration, instance, target);
        if ((pod as Pod).status.phase !== 'Running') return see(migration);
        break;
      }
      case 'TargetReady':
        begin(migration, instance, target);
        break;
      case 'Running': {
        const steps = (copied.get(uid) ?? 0) + 1;
        copied.set(uid, steps);
        if (steps < COPY_STEPS) return see(migration);
        copied.delete(uid);
        end(migration, instance, target);
        return turn(migration, fault === null ? 'Succeeded' : 'Failed');
      }
      default:
    }
    const next = NEXT[phase];
    if (next !== undefined) turn(migration, next);
  }

  /** Creates the pod that the machine is to move into, on another node that is ready; without one it waits. */
  function place(migration: Migration, instance: Instance, id: string): void {
    const { namespace = '', name: vm, uid } = instance.metadata;
    const node = (store.list('nodes') as readonly Node[]).find(
      ({ metadata: { name, labels }, spec, status }) =>
        name !== instance.status.nodeName &&
        labels?.['kubernetes.io/arch'] === 'amd64' &&
        !spec.unschedulable &&
        conditionOf(status.conditions, 'Ready')?.status === 'True',
    );
    if (!node) {
      timers.after(10_000, () => see(migration));
      return;
    }
    const owner = controllerReference({
      apiVersion: KUBEVIRT_API_VERSION,
      kind: 'VirtualMachineInstance',
      metadata: { name: vm, uid },
    });
    const nodeName = node.metadata.name;
    store.create('pods', launcherPod({ namespace, vm, id, owner, nodeName }), WRITER);
    see(migration);
  }

  function setState(instance: Instance, state: object, more: object = {}): void {
    const { namespace, name } = instance.metadata;
    store.modify(
      INSTANCES,
      namespace,
      name,
      (now) => {
        const { status } = now as Instance;
        const migrationState = { ...status.migrationState, ...state };
        return { ...now, status: { ...status, ...more, migrationState } };
      },
      HANDLER,
    );
  }

  function begin(migration: Migration, instance: Instance, target: string): void {
    const { name, namespace } = instance.metadata;
    const pod = store.get('pods', namespace, launcherName(name, target)) as Pod | undefined;
    const source = (store.list('pods', namespace) as readonly Pod[]).find(
      ({ metadata, spec }) =>
        metadata.ownerReferences?.some(({ uid }) => uid === instance.metadata.uid) &&
        spec.nodeName === instance.status.nodeName,
    );
    setState(instance, {
      migrationUid: migration.metadata.uid,
      mode: 'PreCopy',
      sourceNode: instance.status.nodeName,
      sourcePod: source?.metadata.name ?? '',
      startTimestamp: rfc3339(clock()),
      endTimestamp: undefined,
      completed: undefined,
      failed: undefined,
      failureReason: undefined,
      targetDirectMigrationNodePorts: {},
      targetNode: pod?.spec.nodeName ?? '',
      targetPod: pod?.metadata.name ?? '',
    });
  }

  /** The machine runs on in its target, or where it was; the pod of the other is ended. */
  function end(migration: Migration, instance: Instance, target: string): void {
    const { name, namespace } = instance.metadata;
    const targetPod = launcherName(name, target);
    const pod = store.get('pods', namespace, targetPod) as Pod | undefined;
    const state = instance.status.migrationState ?? {};
    const nodeName = pod?.spec.nodeName;
    const hasMoved = fault === null && pod !== undefined;
    const done = { completed: true, endTimestamp: rfc3339(clock()) };
    if (hasMoved)
      setState(instance, done, {
        nodeName,
        activePods: { [pod.metadata.uid]: nodeName },
        interfaces: (instance.status.interfaces ?? []).map((each) => ({
          ...each,
          ipAddress: pod.status.podIP,
          ipAddresses: [pod.status.podIP],
        })),
      });
    else setState(instance, { ...done, failed: true, failureReason: fault });
    const over = hasMoved ? state['sourcePod'] : targetPod;
    const left = store.get('pods', namespace, textOf(over)) as Pod | undefined;
    if (left) deletePod(simulation, left);
    recordEvent(simulation, {
      about: referenceTo(instance),
      type: hasMoved ? 'Normal' : 'Warning',
      reason: 'Migrated',
      message: hasMoved
        ? `The VirtualMachineInstance migrated to node ${nodeName ?? ''}.`
        : `VirtualMachineInstance migration uid ${migration.metadata.uid} failed. reason: ${fault ?? 'target pod is gone'}`,
      component: hasMoved ? 'virt-handler' : 'virt-controller',
      host: textOf(state['sourceNode']),
    });
  }

  function turn(migration: Migration, phase: string): void {
    const { namespace, name } = migration.metadata;
    store.modify(
      MIGRATIONS,
      namespace,
      name,
      (now) => {
        const { status, spec } = now as Migration;
        const state = instanceOf(namespace, spec.vmiName ?? '')?.status.migrationState;
        return {
          ...now,
          status: {
            ...status,
            phase,
            phaseTransitionTimestamps: [
              ...(status.phaseTransitionTimestamps ?? []),
              { phase, phaseTransitionTimestamp: rfc3339(clock()) },
            ],
            ...(state?.['migrationUid'] === now.metadata.uid && { migrationState: state }),
          },
        };
      },
      WRITER,
    );
  }

  store.subscribe(MIGRATIONS, ({ type, object }) => {
    if (type !== 'DELETED') see(readEntry(object));
  });
  return {
    migrate: (namespace, vm) => {
      if (!instanceOf(namespace, vm))
        throw new Error(`no such machine runs in the lab: ${namespace}/${vm}`);
      made += 1;
      const name = `${vm}-migration-${made}`;
      store.create(
        MIGRATIONS,
        {
          apiVersion: KUBEVIRT_API_VERSION,
          kind: 'VirtualMachineInstanceMigration',
          metadata: { name, namespace },
          spec: { vmiName: vm },
          status: {},
        },
        { manager: 'virtctl' },
      );
      return name;
    },
    setMigrationFault: (reason) => {
      fault = reason;
    },
  };
}
