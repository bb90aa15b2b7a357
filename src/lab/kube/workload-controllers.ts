import type { Node } from './kinds/nodes.ts';
import { replicaSetSpec } from './kinds/replica-sets.ts';
import { controllerReference, controllerUid, type KubeObject, textOf } from './object.ts';
import type { PodIndex } from './pod-index.ts';
import { isReady, podFromTemplate, type Pod } from './pod.ts';
import { suffixOf } from './random.ts';
import { deletePod, isActive, recordEvent, referenceTo, type Simulation } from './simulation.ts';
import {
  daemonSetStatus,
  deploymentStatus,
  replicaSetStatus,
  statefulSetStatus,
  type PodCounts,
} from './workload-status.ts';
import { fits, hashOf, type Workload } from './workload.ts';

/** Brings one workload nearer to what it asks for. */
export type Reconcile = (workload: Workload) => void;

const REVISION = 'deployment.kubernetes.io/revision';
const STATUS_WRITER = { manager: 'kube-controller-manager', subresource: 'status' };

/** The four controllers of `apps`, by resource. */
export function createReconcilers(
  simulation: Simulation,
  pods: PodIndex,
): { readonly [resource: string]: Reconcile } {
  const { store, clock } = simulation;
  let made = 0;

  const setStatus = (
    resource: string,
    { metadata: { namespace, name } }: KubeObject,
    status: object,
  ): void => {
    store.modify(resource, namespace, name, (now) => ({ ...now, status }), STATUS_WRITER);
  };
  const announce = (
    about: KubeObject,
    reason: string,
    message: string,
    component: string,
  ): void => {
    recordEvent(simulation, {
      about: referenceTo(about),
      type: 'Normal',
      reason,
      message,
      component,
    });
  };
  const addPod = (
    owner: Workload,
    name: string | undefined,
    options: { readonly labels?: { readonly [label: string]: string }; readonly nodeName?: string },
  ): void => {
    const { namespace = '', name: ownerName, uid } = owner.metadata;
    made += 1;
    const podName = name ?? `${ownerName}-${suffixOf(`${uid} ${made} ${store.version()}`, 5)}`;
    if (store.get('pods', namespace, podName)) return;
    const generateName = name === undefined ? { generateName: `${ownerName}-` } : {};
    store.create(
      'pods',
      podFromTemplate(owner.spec.template, {
        namespace,
        name: podName,
        ...generateName,
        owner: controllerReference(owner),
        ...options,
      }),
    );
    announce(
      owner,
      'SuccessfulCreate',
      `Created pod: ${podName}`,
      `${owner.kind.toLowerCase()}-controller`,
    );
  };
  const removePod = (owner: Workload, pod: Pod): void => {
    deletePod(simulation, pod);
    announce(
      owner,
      'SuccessfulDelete',
      `Deleted pod: ${pod.metadata.name}`,
      `${owner.kind.toLowerCase()}-controller`,
    );
  };

  function replicaSet(set: Workload): void {
    const own = pods.of(set.metadata.uid).filter(isActive);
    const missing = (set.spec.replicas ?? 1) - own.length;
    for (let index = 0; index < missing; index++) addPod(set, undefined, {});
    // Those that serve nobody go first.
    const surplus = own
      .toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)))
      .slice(0, Math.max(0, -missing));
    for (const pod of surplus) removePod(set, pod);
    setStatus(
      'replicasets.apps',
      set,
      replicaSetStatus(set.metadata.generation ?? 1, countsOf(pods.of(set.metadata.uid))),
    );
  }

  function scaleSet(deployment: Workload, set: Workload, replicas: number): void {
    const from = set.spec.replicas ?? 0;
    if (from === replicas) return;
    store.modify('replicasets.apps', set.metadata.namespace, set.metadata.name, (now) => ({
      ...now,
      spec: { ...(now as Workload).spec, replicas },
    }));
    announce(
      deployment,
      'ScalingReplicaSet',
      `Scaled ${from < replicas ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${replicas}`,
      'deployment-controller',
    );
  }

  function addSet(deployment: Workload, hash: string, revision: number): void {
    const { name, namespace = '' } = deployment.metadata;
    const replicas = deployment.spec.replicas ?? 1;
    const spec = replicaSetSpec(deployment.spec.template, replicas);
    const metadata = {
      name: `${name}-${hash}`,
      namespace,
      labels: spec.selector.matchLabels,
      annotations: { [REVISION]: String(revision) },
      ownerReferences: [controllerReference(deployment)],
    };
    store.create('replicasets.apps', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata,
      spec,
      status: { replicas: 0 },
    });
    announce(
      deployment,
      'ScalingReplicaSet',
      `Scaled up replica set ${metadata.name} from 0 to ${replicas}`,
      'deployment-controller',
    );
  }

  function deployment(object: Workload): void {
    const { namespace, uid, name, generation = 1 } = object.metadata;
    const replicas = object.spec.replicas ?? 1;
    const hash = hashOf(object.spec.template);
    const sets = (store.list('replicasets.apps', namespace) as readonly Workload[]).filter(
      (set) => controllerUid(set) === uid,
    );
    const newest = sets.find(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash);
    if (!newest && !object.spec.paused) {
      const revision =
        1 +
        Math.max(0, ...sets.map(({ metadata }) => Number(metadata.annotations?.[REVISION] ?? 0)));
      addSet(object, hash, revision);
      store.modify('deployments.apps', namespace, name, (now) => ({
        ...now,
        metadata: {
          ...now.metadata,
          annotations: { ...now.metadata.annotations, [REVISION]: String(revision) },
        },
      }));
      return;
    }
    const ready = newest ? pods.of(newest.metadata.uid).filter(isReady).length : 0;
    if (newest) scaleSet(object, newest, replicas);
    // The old pods stay until the new ones serve.
    if (ready >= replicas) for (const set of sets) if (set !== newest) scaleSet(object, set, 0);
    const all = sets.flatMap((set) => pods.of(set.metadata.uid));
    const counts = {
      ...countsOf(all),
      updated: newest ? countsOf(pods.of(newest.metadata.uid)).total : 0,
    };
    const { conditions } = object.status;
    setStatus(
      'deployments.apps',
      object,
      deploymentStatus(
        { generation, replicas, conditions, newest: `${name}-${hash}` },
        counts,
        clock(),
      ),
    );
  }

  function daemonSet(set: Workload): void {
    const { uid, generation = 1 } = set.metadata;
    const hash = hashOf(set.spec.template);
    const nodes = (store.list('nodes') as readonly Node[]).filter(({ metadata }) =>
      fits(set.spec.template, metadata.labels?.['kubernetes.io/arch'] ?? ''),
    );
    const own = pods.of(uid).filter(isActive);
    const byNode = new Map(own.map((pod) => [pod.spec.nodeName, pod]));
    for (const {
      metadata: { name },
    } of nodes) {
      if (!byNode.has(name) && !pods.of(uid).some(({ spec }) => spec.nodeName === name))
        addPod(set, undefined, {
          labels: {
            'controller-revision-hash': hash,
            'pod-template-generation': String(generation),
          },
          nodeName: name,
        });
    }
    const old = own.filter(
      ({ metadata }) => metadata.labels?.['controller-revision-hash'] !== hash,
    );
    const [first] = old;
    if (first && own.length === nodes.length && own.every(isReady)) removePod(set, first);
    setStatus(
      'daemonsets.apps',
      set,
      daemonSetStatus(generation, nodes.length, {
        ...countsOf(own),
        updated: own.length - old.length,
      }),
    );
  }

  function statefulSet(set: Workload): void {
    const { uid, name, generation = 1 } = set.metadata;
    const replicas = set.spec.replicas ?? 1;
    const revision = `${name}-${hashOf(set.spec.template)}`;
    const own = pods.of(uid);
    const ordinal = (pod: Pod): number => Number(pod.metadata.name.slice(name.length + 1));
    const present = new Set(own.map(ordinal));
    const missing = Array.from({ length: replicas }, (_, index) => index).find(
      (index) => !present.has(index),
    );
    const settled = own.every(isReady);
    if (missing !== undefined && settled) {
      addPod(set, `${name}-${missing}`, {
        labels: {
          'apps.kubernetes.io/pod-index': String(missing),
          'controller-revision-hash': revision,
          'statefulset.kubernetes.io/pod-name': `${name}-${missing}`,
        },
      });
    }
    const old = own.filter(
      ({ metadata }) => metadata.labels?.['controller-revision-hash'] !== revision,
    );
    const outgoing = [
      ...own.filter((pod) => ordinal(pod) >= replicas),
      ...(settled && missing === undefined ? old : []),
    ];
    const last = outgoing.toSorted((a, b) => ordinal(b) - ordinal(a))[0];
    if (last && isActive(last)) removePod(set, last);
    const current = textOf(set.status['currentRevision']) || revision;
    setStatus(
      'statefulsets.apps',
      set,
      statefulSetStatus(
        { generation, revision, current },
        { ...countsOf(own), updated: own.length - old.length },
      ),
    );
  }

  return {
    'deployments.apps': deployment,
    'replicasets.apps': replicaSet,
    'daemonsets.apps': daemonSet,
    'statefulsets.apps': statefulSet,
  };
}

function countsOf(pods: readonly Pod[]): PodCounts {
  const active = pods.filter(isActive);
  return { total: active.length, updated: active.length, ready: active.filter(isReady).length };
}
