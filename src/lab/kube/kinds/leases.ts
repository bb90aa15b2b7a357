import { record } from '../admission.ts';
import { CLUSTER_AGE_DAYS, DAY_SECONDS, type ClusterModel, type InstanceNames } from '../model.ts';
import type { Draft, KubeObject, Labels } from '../object.ts';
import { suffixOf } from '../random.ts';
import { microTime } from '../time.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

export type Lease = KubeObject & {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly leaseTransitions?: number;
  };
};

/** How a lease is kept: the seconds between renewals, and the duration that it is given. */
export type LeaseSeed = {
  readonly namespace: string;
  readonly name: string;
  readonly holder: string;
  readonly durationSeconds: number;
  readonly everySeconds: number;
  readonly transitions?: number;
  readonly labels?: Labels;
  /** The node whose kubelet renews it. */
  readonly node?: string;
  /** The instances of a component of the control plane that may hold it, the first at the start. */
  readonly component?: keyof InstanceNames;
  readonly candidates?: readonly string[];
};

/** How an instance calls itself when it holds a lease. */
export const identityOf = (model: ClusterModel, name: string): string =>
  `${name}_${model.uid('identity', undefined, name)}`;

/** All leases of the cluster; who renews them at the start of the lab. */
export function leaseSeeds(model: ClusterModel): readonly LeaseSeed[] {
  const leader = (
    namespace: string,
    name: string,
    holder: string,
    transitions: number,
  ): LeaseSeed => ({ namespace, name, holder, transitions, durationSeconds: 15, everySeconds: 2 });
  const elected = (
    name: 'kube-scheduler' | 'kube-controller-manager',
    transitions: number,
  ): LeaseSeed => {
    const candidates = model.instances[name];
    return {
      ...leader('kube-system', name, identityOf(model, candidates[0] ?? ''), transitions),
      component: name,
      candidates,
    };
  };
  return [
    elected('kube-scheduler', 14),
    elected('kube-controller-manager', 17),
    leader('kube-system', 'cilium-operator-resource-lock', 'worker1-mwkzxcbdfg', 9),
    leader(
      'cert-manager',
      'cert-manager-controller',
      'cert-manager-external-cert-manager-controller',
      6,
    ),
    leader('kubevirt', 'virt-controller', 'virt-controller-7b8d6c', 11),
    leader('longhorn-system', 'driver-longhorn-io', 'csi-provisioner-0', 4),
    ...model.instances['kube-apiserver'].map((server) => ({
      namespace: 'kube-system',
      name: `apiserver-${suffixOf(`apiserver ${server}`, 26)}`,
      holder: `apiserver-${suffixOf(`apiserver ${server}`, 26)}_${model.uid('identity', undefined, server)}`,
      durationSeconds: 3600,
      everySeconds: 10,
      component: 'kube-apiserver' as const,
      candidates: [server],
      labels: {
        'apiserver.kubernetes.io/identity': 'kube-apiserver',
        'kubernetes.io/hostname': server,
      },
    })),
    ...model.nodes.map(({ name }) => ({
      namespace: 'kube-node-lease',
      name,
      holder: name,
      durationSeconds: 40,
      everySeconds: 10,
      node: name,
    })),
  ];
}

export const leases = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  shortNames: [],
  namespaced: true,
  generation: false,
  subresources: [],
  columns: [
    nameColumn,
    {
      name: 'Holder',
      type: 'string',
      description: 'holderIdentity contains the identity of the holder of a current lease.',
      cell: ({ spec }) => spec.holderIdentity ?? '',
    },
    ageColumn,
  ],
  fields: {},
  admit: (draft) => ({ ...draft, spec: record(draft['spec']) }),
  seed: (model) => leaseSeeds(model).map((seed) => seedLease(model, seed)),
});

function seedLease(model: ClusterModel, seed: LeaseSeed): Draft {
  const { namespace, name, holder, durationSeconds, transitions, labels, node } = seed;
  const owner = node && [
    { apiVersion: 'v1', kind: 'Node', name: node, uid: model.uid('Node', undefined, node) },
  ];
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace,
      uid: model.uid('Lease', namespace, name),
      creationTimestamp: model.ago((CLUSTER_AGE_DAYS - 2) * DAY_SECONDS),
      ...(labels && { labels }),
      ...(owner && { ownerReferences: owner }),
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: durationSeconds,
      ...(transitions !== undefined && {
        acquireTime: microTime(model.nowMs - 31 * DAY_SECONDS * 1000),
        leaseTransitions: transitions,
      }),
      renewTime: microTime(model.nowMs - 1000),
    },
  };
}
