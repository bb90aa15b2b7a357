import type { ClusterModel, NodeModel } from './model.ts';
import type { Draft, OwnerReference } from './object.ts';
import { podFromTemplate, type Pod } from './pod.ts';
import { suffixOf } from './random.ts';
import { claimNames } from './storage.ts';
import { templateOf } from './workload.ts';

export const KUBEVIRT_API = { group: 'kubevirt.io', version: 'v1' } as const;
export const KUBEVIRT_API_VERSION = `${KUBEVIRT_API.group}/${KUBEVIRT_API.version}`;

/** A virtual machine of the reference cluster. */
export type MachineModel = {
  readonly namespace: string;
  readonly name: string;
  readonly cores: number;
  readonly memory: string;
  readonly os: { readonly id: string; readonly name: string; readonly kernel: string };
  /** Where it runs at the start; null for one that is switched off. */
  readonly node: NodeModel | null;
  readonly ageDays: number;
};

const DEBIAN = {
  id: 'debian',
  name: 'Debian GNU/Linux 13 (trixie)',
  kernel: '6.12.48+deb13-amd64',
};
const WINDOWS = { id: 'mswindows', name: 'Microsoft Windows 11', kernel: '22631' };

/** Every virtual machine of the reference cluster. */
export function machinesOf(model: ClusterModel): readonly MachineModel[] {
  const [first = null, second = null] = model.nodes.filter(
    ({ architecture }) => architecture === 'amd64',
  );
  const namespace = 'apps';
  return [
    {
      namespace,
      name: 'build-debian',
      cores: 4,
      memory: '8Gi',
      os: DEBIAN,
      node: first,
      ageDays: 96,
    },
    {
      namespace,
      name: 'win-print',
      cores: 2,
      memory: '4Gi',
      os: WINDOWS,
      node: second,
      ageDays: 131,
    },
    {
      namespace,
      name: 'win-template',
      cores: 2,
      memory: '4Gi',
      os: WINDOWS,
      node: null,
      ageDays: 131,
    },
  ];
}

/** How long the machines run already, in days. */
export const MACHINE_UP_DAYS = 9;

/** A pod that runs a virtual machine, on no node yet unless one is named. */
export function launcherPod(launcher: {
  readonly namespace: string;
  readonly vm: string;
  /** Tells the pods of one machine apart. */
  readonly id: string;
  readonly owner: OwnerReference;
  readonly nodeName?: string;
}): Draft & Pick<Pod, 'spec' | 'status'> {
  const { namespace, vm, id, owner, nodeName } = launcher;
  const name = launcherName(vm, id);
  const template = templateOf({
    kind: 'Deployment',
    namespace,
    name,
    replicas: 1,
    ageDays: 1,
    containers: [['compute', 'quay.io/kubevirt/virt-launcher:v1.6.1']],
    claims: claimNames(namespace, vm),
  });
  return podFromTemplate(template, {
    namespace,
    name,
    owner,
    labels: { 'kubevirt.io': 'virt-launcher', 'vm.kubevirt.io/name': vm },
    ...(nodeName !== undefined && { nodeName }),
  });
}

export const launcherName = (vm: string, id: string): string =>
  `virt-launcher-${vm}-${suffixOf(id, 5)}`;
