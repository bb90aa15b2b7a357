import {
  KUBEVIRT_API,
  KUBEVIRT_API_VERSION,
  launcherName,
  MACHINE_UP_DAYS,
  machinesOf,
} from '../kubevirt.ts';
import { DAY_SECONDS } from '../model.ts';
import { controllerReference, type KubeObject } from '../object.ts';
import { conditionOf, type Condition } from '../pod.ts';
import { hash32 } from '../random.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';
import { printed } from './longhorn-kind.ts';
import { domainOf, volumesOf } from './virtual-machines.ts';

export type Instance = KubeObject & {
  readonly spec: { readonly [field: string]: unknown };
  readonly status: {
    readonly phase?: string;
    readonly nodeName?: string;
    readonly interfaces?: readonly { readonly ipAddress?: string }[];
    readonly conditions?: readonly Condition[];
    readonly migrationState?: { readonly [field: string]: unknown };
    readonly [field: string]: unknown;
  };
};

/** Virtual machines of KubeVirt that run. */
export const virtualMachineInstances = defineKind<Instance>({
  ...KUBEVIRT_API,
  kind: 'VirtualMachineInstance',
  plural: 'virtualmachineinstances',
  singular: 'virtualmachineinstance',
  shortNames: ['vmi', 'vmis'],
  categories: ['all'],
  namespaced: true,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    ageColumn,
    printed('Phase', '', ({ status }) => status.phase),
    printed('IP', '', ({ status }) => status.interfaces?.[0]?.ipAddress),
    printed('NodeName', '', ({ status }) => status.nodeName),
    printed('Ready', '', ({ status }) => conditionOf(status.conditions, 'Ready')?.status),
    {
      ...printed<Instance>(
        'Live-Migratable',
        '',
        ({ status }) => conditionOf(status.conditions, 'LiveMigratable')?.status,
      ),
      wide: true,
    },
    {
      ...printed<Instance>(
        'Paused',
        '',
        ({ status }) => conditionOf(status.conditions, 'Paused')?.status,
      ),
      wide: true,
    },
  ],
  fields: {},
  seed: (model) =>
    machinesOf(model).flatMap((machine) => {
      const { namespace, name, node, os, memory, cores } = machine;
      if (!node) return [];
      const at = model.ago(MACHINE_UP_DAYS * DAY_SECONDS - 20);
      const condition = (type: string): Condition => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: at,
      });
      const address = `10.244.${node.index % 256}.${200 + (hash32(name) % 50)}`;
      const vm = { name, uid: model.uid('VirtualMachine', namespace, name) };
      return [
        {
          apiVersion: KUBEVIRT_API_VERSION,
          kind: 'VirtualMachineInstance',
          metadata: {
            name,
            namespace,
            uid: model.uid('VirtualMachineInstance', namespace, name),
            creationTimestamp: model.ago(MACHINE_UP_DAYS * DAY_SECONDS),
            finalizers: [
              'kubevirt.io/virtualMachineControllerFinalize',
              'foregroundDeleteVirtualMachine',
            ],
            labels: { 'kubevirt.io/domain': name, 'kubevirt.io/nodeName': node.name },
            ownerReferences: [
              controllerReference({
                apiVersion: KUBEVIRT_API_VERSION,
                kind: 'VirtualMachine',
                metadata: vm,
              }),
            ],
          },
          spec: {
            domain: domainOf(machine),
            evictionStrategy: 'LiveMigrate',
            networks: [{ name: 'default', pod: {} }],
            volumes: volumesOf(machine),
          },
          status: {
            activePods: { [model.uid('Pod', namespace, launcherName(name, name))]: node.name },
            conditions: ['Ready', 'LiveMigratable', 'StorageLiveMigratable', 'AgentConnected'].map(
              condition,
            ),
            currentCPUTopology: { cores },
            guestOSInfo: {
              id: os.id,
              kernelRelease: os.kernel,
              name: os.name.split(' ')[0],
              prettyName: os.name,
            },
            interfaces: [
              {
                infoSource: 'domain, guest-agent',
                interfaceName: 'eth0',
                ipAddress: address,
                ipAddresses: [address],
                name: 'default',
              },
            ],
            memory: { guestAtBoot: memory, guestCurrent: memory, guestRequested: memory },
            migrationMethod: 'BlockMigration',
            migrationTransport: 'Unix',
            nodeName: node.name,
            phase: 'Running',
            phaseTransitionTimestamps: ['Pending', 'Scheduling', 'Scheduled', 'Running'].map(
              (phase) => ({ phase, phaseTransitionTimestamp: at }),
            ),
            qosClass: 'Burstable',
            runtimeUser: 107,
          },
        },
      ];
    }),
});
