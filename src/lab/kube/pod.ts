import type { KubeObject, Labels, OwnerReference } from './object.ts';

export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastProbeTime?: string | null;
  readonly lastHeartbeatTime?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
};

export type ContainerState = {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly signal?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
    readonly containerID?: string;
  };
};

export type ContainerStatus = {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
};

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: 'Always';
  readonly [field: string]: unknown;
};

export type PodSpec = {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeName?: string;
  readonly nodeSelector?: Labels;
  readonly hostNetwork?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly readinessGates?: readonly { readonly conditionType: string }[];
  readonly [field: string]: unknown;
};

export type PodStatus = {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly Condition[];
  readonly hostIP?: string;
  readonly podIP?: string;
  readonly nominatedNodeName?: string;
  readonly startTime?: string;
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly [field: string]: unknown;
};

export type Pod = KubeObject & { readonly spec: PodSpec; readonly status: PodStatus };

export type PodTemplate = {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: PodSpec;
};

/** A pod that was just created from a template: pending, on no node yet unless the template pins it. */
export function podFromTemplate(
  template: PodTemplate,
  place: {
    readonly namespace: string;
    readonly name: string;
    readonly generateName?: string;
    readonly owner: OwnerReference;
    readonly labels?: Labels;
    readonly nodeName?: string;
  },
): {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: { readonly name: string };
  readonly spec: PodSpec;
  readonly status: PodStatus;
} {
  const { namespace, name, generateName, owner, labels, nodeName } = place;
  const metadata = {
    name,
    ...(generateName && { generateName }),
    namespace,
    labels: labels ? { ...template.metadata.labels, ...labels } : template.metadata.labels,
    ...(template.metadata.annotations && { annotations: template.metadata.annotations }),
    ownerReferences: [owner],
  };
  const spec = nodeName === undefined ? template.spec : { ...template.spec, nodeName };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec,
    status: { phase: 'Pending', qosClass: 'Burstable' },
  };
}

/** The list with the condition in the place of the one of its type; the transition time stays when the status does. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  next: Condition,
): readonly Condition[] {
  const known = conditions?.find(({ type }) => type === next.type);
  const kept =
    known?.status === next.status
      ? { ...next, lastTransitionTime: known.lastTransitionTime }
      : next;
  return known
    ? (conditions ?? []).map((condition) => (condition === known ? kept : condition))
    : [...(conditions ?? []), kept];
}

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether a pod is ready to serve, as its owners count it. */
export function isReady(pod: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    conditionOf(pod.status.conditions, 'Ready')?.status === 'True'
  );
}
