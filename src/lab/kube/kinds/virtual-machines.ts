import { KUBEVIRT_API, KUBEVIRT_API_VERSION, machinesOf, type MachineModel } from '../kubevirt.ts';
import { DAY_SECONDS } from '../model.ts';
import type { KubeObject } from '../object.ts';
import { conditionOf, type Condition } from '../pod.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';
import { printed } from './longhorn-kind.ts';

type VirtualMachine = KubeObject & {
  readonly status: {
    readonly printableStatus?: string;
    readonly conditions?: readonly Condition[];
  };
};

/** `domain` of a machine: what it has of a computer. */
export const domainOf = ({ cores, memory }: MachineModel): object => ({
  cpu: { cores, sockets: 1, threads: 1, model: 'host-model' },
  devices: {
    disks: [{ disk: { bus: 'virtio' }, name: 'root' }],
    interfaces: [{ masquerade: {}, model: 'virtio', name: 'default' }],
  },
  machine: { type: 'q35' },
  memory: { guest: memory },
  resources: { requests: { memory } },
});

export const volumesOf = ({ name }: MachineModel): readonly object[] => [
  { name: 'root', persistentVolumeClaim: { claimName: `${name}-root` } },
];

/** Virtual machines of KubeVirt, those that are switched off among them. */
export const virtualMachines = defineKind<VirtualMachine>({
  ...KUBEVIRT_API,
  kind: 'VirtualMachine',
  plural: 'virtualmachines',
  singular: 'virtualmachine',
  shortNames: ['vm', 'vms'],
  categories: ['all'],
  namespaced: true,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    ageColumn,
    printed('Status', 'Human Readable Status', ({ status }) => status.printableStatus),
    printed('Ready', '', ({ status }) => conditionOf(status.conditions, 'Ready')?.status),
  ],
  fields: {},
  seed: (model) =>
    machinesOf(model).map((machine) => {
      const { namespace, name, node, ageDays } = machine;
      const at = model.ago(9 * DAY_SECONDS);
      return {
        apiVersion: KUBEVIRT_API_VERSION,
        kind: 'VirtualMachine',
        metadata: {
          name,
          namespace,
          uid: model.uid('VirtualMachine', namespace, name),
          creationTimestamp: model.ago(ageDays * DAY_SECONDS),
          finalizers: ['kubevirt.io/virtualMachineControllerFinalize'],
        },
        spec: {
          runStrategy: node ? 'Always' : 'Halted',
          template: {
            metadata: { labels: { 'kubevirt.io/domain': name } },
            spec: {
              domain: domainOf(machine),
              evictionStrategy: 'LiveMigrate',
              networks: [{ name: 'default', pod: {} }],
              volumes: volumesOf(machine),
            },
          },
        },
        status: {
          conditions: [
            node
              ? { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: at }
              : {
                  type: 'Ready',
                  status: 'False',
                  lastProbeTime: at,
                  lastTransitionTime: at,
                  reason: 'VMINotExists',
                  message: 'VMI does not exist',
                },
          ],
          ...(node && { created: true, ready: true }),
          desiredGeneration: 1,
          observedGeneration: 1,
          printableStatus: node ? 'Running' : 'Stopped',
          runStrategy: node ? 'Always' : 'Halted',
        },
      };
    }),
});
