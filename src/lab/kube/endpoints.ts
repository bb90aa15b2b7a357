import type { Draft, KubeObject, Labels } from './object.ts';
import { isReady, type Pod } from './pod.ts';
import { suffixOf } from './random.ts';

/** A service, as far as its endpoints depend on it. */
export type Selecting = Pick<Draft, 'metadata'> & {
  readonly spec?: {
    readonly selector?: Labels;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly protocol?: string;
      readonly targetPort?: unknown;
    }[];
  };
};

/** Whether a service selects a pod; one without a selector selects none. */
export function selects({ metadata, spec }: Selecting, pod: Pick<Pod, 'metadata'>): boolean {
  const selector = Object.entries(spec?.selector ?? {});
  const labels = pod.metadata.labels ?? {};
  return (
    selector.length > 0 &&
    metadata.namespace === pod.metadata.namespace &&
    selector.every(([key, value]) => labels[key] === value)
  );
}

export const sliceName = ({ metadata: { namespace = '', name } }: Selecting): string =>
  `${name}-${suffixOf(`${namespace}/${name} endpoints`, 5)}`;

/** The EndpointSlice of a service with those of the pods that it selects which have an address and have not ended. */
export function sliceOf(service: Selecting, pods: readonly Pod[]): Draft {
  const { namespace = '', name, uid = '' } = service.metadata;
  const endpoints = pods
    .filter(
      (pod) =>
        selects(service, pod) &&
        pod.status.podIP !== undefined &&
        pod.status.phase !== 'Succeeded' &&
        pod.status.phase !== 'Failed',
    )
    .map((pod) => {
      const ready = isReady(pod);
      const terminating = pod.metadata.deletionTimestamp !== undefined;
      return {
        addresses: [pod.status.podIP],
        conditions: { ready, serving: ready, terminating },
        nodeName: pod.spec.nodeName,
        targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
      };
    });
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: sliceName(service),
      namespace,
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: 'IPv4',
    endpoints,
    ports: (service.spec?.ports ?? []).map(({ name: port, port: number, protocol = 'TCP' }) => ({
      name: port ?? '',
      port: number,
      protocol,
    })),
  };
}

/** Whether two slices say the same of their endpoints. */
export const hasSameEndpoints = (a: KubeObject | Draft, b: KubeObject | Draft): boolean =>
  JSON.stringify([a['endpoints'], a['ports']]) === JSON.stringify([b['endpoints'], b['ports']]);
