import { createBatchReconcilers } from './batch-controllers.ts';
import { readEntry, type StoredEvent } from './collection.ts';
import { startEndpointController } from './endpoint-controller.ts';
import { controllerUid, type KubeObject } from './object.ts';
import { createPodIndex } from './pod-index.ts';
import type { Pod } from './pod.ts';
import { deletePod, type Simulation } from './simulation.ts';
import { createReconcilers } from './workload-controllers.ts';
import type { Workload } from './workload.ts';
import { storedKinds } from './write.ts';

/** The resource of an owner's kind. */
const OWNERS: { readonly [kind: string]: string } = {
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  DaemonSet: 'daemonsets.apps',
  StatefulSet: 'statefulsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
};
/** What is deleted with the object that controls it, beside pods. */
const CONTROLLED = ['replicasets.apps', 'jobs.batch'] as const;
/** How often CronJobs are looked at. */
const CRON_MS = 10_000;

/**
 * Runs the controllers of workloads, garbage collection and namespaces. Returns the function that looks at everything
 * again, for when a leader is back.
 */
export function startControllerManager(simulation: Simulation): () => void {
  const { store, timers, isAlive } = simulation;
  const pods = createPodIndex(store);
  const reconcilers = {
    ...createReconcilers(simulation, pods),
    ...createBatchReconcilers(simulation, pods),
  };
  const whenAlive = (key: string, task: () => void): void =>
    timers.soon(key, () => isAlive('kube-controller-manager') && task());
  const allEndpoints = startEndpointController(simulation, whenAlive);

  const enqueue = (resource: string, namespace: string | undefined, name: string): void => {
    whenAlive(`${resource} ${namespace}/${name}`, () => {
      const object = store.get(resource, namespace, name);
      if (object && object.metadata.deletionTimestamp === undefined)
        reconcilers[resource]?.(object as Workload);
    });
  };
  const enqueueOwner = ({ metadata: { namespace, ownerReferences } }: KubeObject): void => {
    const owner = ownerReferences?.find(({ controller }) => controller);
    const resource = owner && OWNERS[owner.kind];
    if (owner && resource) enqueue(resource, namespace, owner.name);
  };

  function onWorkload(resource: string, { type, object }: StoredEvent): void {
    const workload = readEntry(object);
    enqueueOwner(workload);
    if (type === 'DELETED')
      whenAlive(`collect ${workload.metadata.uid}`, () => collectGarbage(workload));
    else enqueue(resource, workload.metadata.namespace, workload.metadata.name);
  }

  /** Deletes what the deleted object controlled. */
  function collectGarbage({ metadata: { uid, namespace } }: KubeObject): void {
    for (const pod of pods.of(uid)) deletePod(simulation, pod);
    for (const resource of CONTROLLED)
      for (const object of store.list(resource, namespace))
        if (controllerUid(object) === uid) store.remove(resource, namespace, object.metadata.name);
  }

  /** Empties a namespace that is to be deleted, then removes it. */
  function emptyNamespace(name: string): void {
    const namespace = store.get('namespaces', undefined, name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    let left = 0;
    for (const { kind, resource } of storedKinds(store)) {
      if (!kind.namespaced) continue;
      for (const object of store.list(resource, name)) {
        if (resource === 'pods') deletePod(simulation, object as Pod);
        else store.remove(resource, name, object.metadata.name);
      }
      left += store.list(resource, name).length;
    }
    if (left === 0) store.remove('namespaces', undefined, name);
    else whenAlive(`namespace ${name}`, () => emptyNamespace(name));
  }

  function all(): void {
    allEndpoints();
    for (const resource of Object.keys(reconcilers)) {
      for (const { metadata } of store.list(resource))
        enqueue(resource, metadata.namespace, metadata.name);
    }
    for (const { metadata } of store.list('namespaces')) emptyNamespace(metadata.name);
  }

  for (const resource of Object.keys(reconcilers))
    store.subscribe(resource, (event) => onWorkload(resource, event));
  store.subscribe('pods', ({ object }) => enqueueOwner(readEntry(object)));
  store.subscribe('namespaces', ({ object, key }) => {
    if (readEntry(object).metadata.deletionTimestamp !== undefined)
      whenAlive(`namespace ${key}`, () => emptyNamespace(key));
  });
  store.subscribe('nodes', ({ type }) => {
    if (type === 'MODIFIED') return;
    for (const { metadata } of store.list('daemonsets.apps'))
      enqueue('daemonsets.apps', metadata.namespace, metadata.name);
  });
  timers.every(CRON_MS, () => {
    for (const { metadata } of store.list('cronjobs.batch'))
      enqueue('cronjobs.batch', metadata.namespace, metadata.name);
  });
  return all;
}
