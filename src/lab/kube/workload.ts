import type { ClusterModel, NodeModel } from './model.ts';
import { controllerReference, isJsonObject, type KubeObject, type Labels } from './object.ts';
import type { Condition, Container, PodSpec, PodTemplate } from './pod.ts';
import { suffixOf } from './random.ts';
import { claimNames } from './storage.ts';

/** A workload of the lab, in as few words as the seeds need; the objects are made of it. */
export type WorkloadSeed = {
  readonly kind: 'Deployment' | 'DaemonSet' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  /** Of a DaemonSet: ignored, one per eligible node. */
  readonly replicas: number;
  /** Name and image of each container. */
  readonly containers: readonly (readonly [name: string, image: string])[];
  readonly initContainers?: readonly (readonly [name: string, image: string])[];
  readonly hostNetwork?: true;
  /** Claims of storage that its pods mount; default: those that the reference cluster has for it. */
  readonly claims?: readonly string[];
  readonly architecture?: 'amd64' | 'arm64';
  readonly ageDays: number;
  /** The pods with earlier lives: index of the pod, how many, how many hours ago the last ended. */
  readonly restarts?: readonly (readonly [
    pod: number,
    count: number,
    hoursAgo: number,
    reason: 'Error' | 'OOMKilled' | 'Completed',
  ])[];
};

export type Workload = KubeObject & {
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: PodTemplate;
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly conditions?: readonly Condition[];
    readonly [field: string]: unknown;
  };
};

const TOLERATE_ALL = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

const TOLERATE_FIVE_MINUTES = ['not-ready', 'unreachable'].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** The pod template of a workload: what a chart of such a program usually has. */
export function templateOf(workload: WorkloadSeed): PodTemplate {
  const { kind, namespace, name, containers, initContainers, hostNetwork, architecture } = workload;
  const token = `kube-api-access-${suffixOf(`${namespace}/${name}`, 5)}`;
  const claims = workload.claims ?? claimNames(namespace, name);
  const volumes = [
    ...claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    {
      name: token,
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [
                {
                  path: 'namespace',
                  fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
                },
              ],
            },
          },
        ],
      },
    },
  ];
  const nodeSelector = {
    'kubernetes.io/os': 'linux',
    ...(architecture && { 'kubernetes.io/arch': architecture }),
  };
  const container = ([containerName, image]: readonly [string, string]): Container =>
    containerOf(containerName, image, [
      ...claims.map((claim) => ({ name: claim, mountPath: `/var/lib/${claim}` })),
      { name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ]);
  const spec: PodSpec = {
    volumes,
    ...(initContainers && { initContainers: initContainers.map(container).map(withoutProbes) }),
    containers: containers.map(container),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst',
    nodeSelector,
    serviceAccountName: name,
    serviceAccount: name,
    ...(hostNetwork && { hostNetwork }),
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: kind === 'DaemonSet' ? TOLERATE_ALL : TOLERATE_FIVE_MINUTES,
    priority: namespace === 'kube-system' ? 2_000_001_000 : 0,
    ...(namespace === 'kube-system' && { priorityClassName: 'system-node-critical' }),
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
  return { metadata: { labels: labelsOf(workload) }, spec };
}

function containerOf(name: string, image: string, volumeMounts: readonly object[]): Container {
  return {
    name,
    image,
    resources: { limits: { memory: '512Mi' }, requests: { cpu: '50m', memory: '128Mi' } },
    volumeMounts,
    livenessProbe: {
      httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };
}

/** A container that ends before the others begin may have none. */
const withoutProbes = ({
  livenessProbe: _live,
  readinessProbe: _ready,
  ...container
}: Container): Container => container;

/** The labels by which a workload selects its pods. */
export function labelsOf({ name }: { readonly name: string }): Labels {
  return { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': name };
}

/** The hash that names a ReplicaSet and marks the pods of a revision. */
export function hashOf(template: PodTemplate): string {
  return suffixOf(JSON.stringify(template, sortFields), 10);
}

/** Fields in one order, so that a template that a client sent back in another order is the same. */
function sortFields(_name: string, value: unknown): unknown {
  return isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

/** Whether a pod of the template may run on the node: its node selector knows only the architecture. */
export function fits(template: { readonly spec: PodSpec }, architecture: string): boolean {
  return [undefined, architecture].includes(template.spec.nodeSelector?.['kubernetes.io/arch']);
}

/** The nodes that a workload's seeds use, in order. */
export function eligibleNodes(model: ClusterModel, workload: WorkloadSeed): readonly NodeModel[] {
  return model.nodes.filter(
    ({ architecture }) =>
      workload.architecture === undefined || workload.architecture === architecture,
  );
}

/** The metadata and spec that Deployments, DaemonSets and StatefulSets of the seeds share. */
export function workloadDraft(
  model: ClusterModel,
  workload: WorkloadSeed,
): {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly labels: Labels;
  };
  readonly template: PodTemplate;
  readonly selector: { readonly matchLabels: Labels };
} {
  const { kind, namespace, name, ageDays } = workload;
  return {
    metadata: {
      name,
      namespace,
      uid: model.uid(kind, namespace, name),
      creationTimestamp: model.ago(ageDays * 86_400 + ((name.length * 977) % 3600)),
      labels: { ...labelsOf(workload), 'app.kubernetes.io/managed-by': 'Helm' },
    },
    template: templateOf(workload),
    selector: { matchLabels: labelsOf(workload) },
  };
}

/** The owner reference that a seeded dependent gives. */
export const seededOwner = (
  model: ClusterModel,
  kind: string,
  apiVersion: string,
  namespace: string,
  name: string,
) =>
  controllerReference({
    apiVersion,
    kind,
    metadata: { name, uid: model.uid(kind, namespace, name) },
  });
