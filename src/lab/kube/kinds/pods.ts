import { checkContainers, record } from '../admission.ts';
import { pastRuns, runLabels, runTemplate } from '../batch.ts';
import { KUBEVIRT_API_VERSION, launcherPod, MACHINE_UP_DAYS, machinesOf } from '../kubevirt.ts';
import { podAddress, type ClusterModel, type NodeModel } from '../model.ts';
import { type Draft, type OwnerReference, textOf } from '../object.ts';
import { printPod } from '../pod-printer.ts';
import { completed, running, scheduled, type Restarts } from '../pod-states.ts';
import { podFromTemplate, type Pod, type PodTemplate } from '../pod.ts';
import { hash32, suffixOf } from '../random.ts';
import { rfc3339 } from '../time.ts';
import { eligibleNodes, hashOf, seededOwner, templateOf, type WorkloadSeed } from '../workload.ts';
import { daemonSetSeeds } from './daemon-sets.ts';
import { deploymentSeeds } from './deployments.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';
import { replicaSetSpec } from './replica-sets.ts';
import { statefulSetSeeds } from './stateful-sets.ts';

export const pods = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: ['status', 'eviction', 'log'],
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'The aggregate readiness state of this pod for accepting traffic.',
      cell: (pod, now) => printPod(pod, now).ready,
    },
    {
      name: 'Status',
      type: 'string',
      description: 'The aggregate status of the containers in this pod.',
      cell: (pod, now) => printPod(pod, now).status,
    },
    {
      name: 'Restarts',
      type: 'string',
      description:
        'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
      cell: (pod, now) => printPod(pod, now).restarts,
    },
    ageColumn,
    {
      name: 'IP',
      type: 'string',
      wide: true,
      description: 'podIP address allocated to the pod.',
      cell: ({ status }) => status.podIP ?? '<none>',
    },
    {
      name: 'Node',
      type: 'string',
      wide: true,
      description: 'NodeName indicates in which node this pod is scheduled.',
      cell: ({ spec }) => spec.nodeName ?? '<none>',
    },
    {
      name: 'Nominated Node',
      type: 'string',
      wide: true,
      description: 'nominatedNodeName is set only when this pod preempts other pods on the node.',
      cell: ({ status }) => status.nominatedNodeName ?? '<none>',
    },
    {
      name: 'Readiness Gates',
      type: 'string',
      wide: true,
      description: 'If specified, all readiness gates will be evaluated for pod readiness.',
      cell: readinessGates,
    },
  ],
  rowConditions: ({ status: { phase } }) =>
    phase === 'Succeeded' || phase === 'Failed'
      ? [
          {
            type: 'Completed',
            status: 'True',
            reason: phase,
            message:
              phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.',
          },
        ]
      : [],
  fields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => textOf(spec['restartPolicy']),
    'spec.schedulerName': ({ spec }) => textOf(spec['schedulerName']),
    'spec.serviceAccountName': ({ spec }) => textOf(spec['serviceAccountName']),
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase,
    'status.podIP': ({ status }) => status.podIP ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  admit: (draft) => {
    const spec = record(draft['spec']);
    checkContainers({ group: '', kind: 'Pod' }, draft.metadata.name, spec, 'spec');
    const defaults = {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
    };
    return {
      ...draft,
      spec: { ...defaults, ...spec },
      status: { phase: 'Pending', qosClass: 'BestEffort', ...record(draft['status']) },
    };
  },
  graceSeconds: ({ spec }) => spec.terminationGracePeriodSeconds ?? 30,
  seed: seedPods,
});

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  const met = gates.filter(({ conditionType }) =>
    status.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return gates.length === 0 ? '<none>' : `${met.length}/${gates.length}`;
}

function seedPods(model: ClusterModel): readonly Draft[] {
  // One count for the whole cluster, so that pods spread over all nodes and not over the first ones.
  let turn = 0;
  const addresses = new Map<string, number>();
  const place = (
    pod: Draft & Pick<Pod, 'spec' | 'status'>,
    node: NodeModel,
    atMs: number,
    restarts?: Restarts,
  ): Draft & Pick<Pod, 'spec' | 'status'> => {
    const number = (addresses.get(node.name) ?? 0) + 1;
    addresses.set(node.name, number);
    const bound = scheduled(pod, node.name, atMs);
    return running(
      bound,
      { hostIP: node.address, podIP: podAddress(node, number) },
      atMs + 4000,
      restarts,
    );
  };
  const fromWorkloads = [
    ...daemonSetSeeds(model),
    ...deploymentSeeds(model),
    ...statefulSetSeeds(model),
  ].flatMap((seed) => {
    const nodes = eligibleNodes(model, seed);
    const total = seed.kind === 'DaemonSet' ? nodes.length : seed.replicas;
    const make = podMaker(model, seed);
    return Array.from({ length: total }, (_, index) => {
      const node = nodes[seed.kind === 'DaemonSet' ? index : turn++ % nodes.length];
      if (!node) throw new Error(`no node of the lab fits ${seed.namespace}/${seed.name}`);
      const createdAtMs = model.nowMs - podAgeSeconds(seed, index) * 1000;
      return place(
        withCreation(make(index), createdAtMs),
        node,
        createdAtMs + 1000,
        restartsOf(model, seed, index),
      );
    });
  });
  return [...fromWorkloads, ...barePods(model, place)];
}

const withCreation = <P extends Draft>(pod: P, atMs: number): P => ({
  ...pod,
  metadata: { ...pod.metadata, creationTimestamp: rfc3339(atMs) },
});

/** Pods are younger than their workload: each node was drained for an upgrade since. */
function podAgeSeconds(seed: WorkloadSeed, index: number): number {
  const name = `${seed.namespace}/${seed.name}/${index}`;
  const days = Math.min(seed.ageDays, 24 + (hash32(name) % 9));
  return days * 86_400 - (hash32(`${name} time`) % 43_200);
}

function restartsOf(model: ClusterModel, seed: WorkloadSeed, index: number): Restarts | undefined {
  const found = seed.restarts?.find(([pod]) => pod === index);
  if (!found) return undefined;
  const [, count, hoursAgo, reason] = found;
  return {
    count,
    reason,
    lastAtMs: model.nowMs - hoursAgo * 3_600_000 - (hash32(seed.name) % 1_500_000),
  };
}

/** A function that makes the pod of the given index, named and labelled as the controller of its kind does. */
function podMaker(
  model: ClusterModel,
  seed: WorkloadSeed,
): (index: number) => Draft & Pick<Pod, 'spec' | 'status'> {
  const { kind, namespace, name } = seed;
  const template = templateOf(seed);
  const hash = hashOf(template);
  if (kind === 'StatefulSet') {
    const owner = seededOwner(model, kind, 'apps/v1', namespace, name);
    return (index) => {
      const podName = `${name}-${index}`;
      const labels = {
        'apps.kubernetes.io/pod-index': String(index),
        'controller-revision-hash': `${name}-${hash}`,
        'statefulset.kubernetes.io/pod-name': podName,
      };
      return podFromTemplate(template, { namespace, name: podName, owner, labels });
    };
  }
  const set = kind === 'Deployment' ? `${name}-${hash}` : name;
  const owner = seededOwner(
    model,
    kind === 'Deployment' ? 'ReplicaSet' : 'DaemonSet',
    'apps/v1',
    namespace,
    set,
  );
  const own: PodTemplate =
    kind === 'Deployment' ? replicaSetSpec(template, seed.replicas).template : template;
  const labels =
    kind === 'DaemonSet'
      ? { 'controller-revision-hash': hash, 'pod-template-generation': '1' }
      : undefined;
  return (index) =>
    podFromTemplate(own, {
      namespace,
      name: `${set}-${suffixOf(`${model.seed} ${set} ${index}`, 5)}`,
      generateName: `${set}-`,
      owner,
      ...(labels && { labels }),
    });
}

type PlacePod = (
  pod: Draft & Pick<Pod, 'spec' | 'status'>,
  node: NodeModel,
  atMs: number,
) => Draft & Pick<Pod, 'spec' | 'status'>;

/** Pods whose owners are objects of operators: Longhorn's instance managers, KubeVirt's launchers; and finished runs of jobs. */
function barePods(model: ClusterModel, place: PlacePod): readonly Draft[] {
  const make = (
    namespace: string,
    name: string,
    image: string,
    owner: OwnerReference,
  ): Draft & Pick<Pod, 'spec' | 'status'> => {
    const template = templateOf({
      kind: 'Deployment',
      namespace,
      name,
      replicas: 1,
      ageDays: 1,
      containers: [[owner.kind.toLowerCase(), image]],
    });
    return podFromTemplate(template, { namespace, name, owner });
  };
  const at = (days: number): number => model.nowMs - days * 86_400_000;
  const managers = model.nodes.map((node) => {
    const name = `instance-manager-${suffixOf(`${model.seed} ${node.name}`, 32)}`;
    const owner = seededOwner(
      model,
      'InstanceManager',
      'longhorn.io/v1beta2',
      'longhorn-system',
      name,
    );
    return place(
      withCreation(
        make('longhorn-system', name, 'longhornio/longhorn-instance-manager:v1.9.1', owner),
        at(25),
      ),
      node,
      at(25),
    );
  });
  const launchers = machinesOf(model).flatMap(({ namespace, name: vm, node }) => {
    if (!node) return [];
    const owner = seededOwner(model, 'VirtualMachineInstance', KUBEVIRT_API_VERSION, namespace, vm);
    const pod = launcherPod({ namespace, vm, id: vm, owner });
    return [place(withCreation(pod, at(MACHINE_UP_DAYS)), node, at(MACHINE_UP_DAYS))];
  });
  const [, second] = model.nodes;
  if (!second) return [...managers, ...launchers];
  const jobs = pastRuns(model).map(({ seed, job, startedMs, endedMs }) => {
    const { namespace } = seed;
    const owner = seededOwner(model, 'Job', 'batch/v1', namespace, job);
    const pod = podFromTemplate(runTemplate(seed), {
      namespace,
      name: `${job}-${suffixOf(job, 5)}`,
      generateName: `${job}-`,
      owner,
      labels: runLabels({ name: job, uid: owner.uid }),
    });
    return completed(place(withCreation(pod, startedMs), second, startedMs), endedMs);
  });
  return [...managers, ...launchers, ...jobs];
}
