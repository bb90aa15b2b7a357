import { record } from '../admission.ts';
import { KUBEVIRT_API } from '../kubevirt.ts';
import type { KubeObject } from '../object.ts';
import { defineKind, nameColumn } from './kind.ts';
import { printed } from './longhorn-kind.ts';

export type Migration = KubeObject & {
  readonly spec: { readonly vmiName?: string };
  readonly status: {
    readonly phase?: string;
    readonly phaseTransitionTimestamps?: readonly object[];
    readonly [field: string]: unknown;
  };
};

/** Moves of virtual machines from node to node; a client starts one by creating it. */
export const virtualMachineInstanceMigrations = defineKind<Migration>({
  ...KUBEVIRT_API,
  kind: 'VirtualMachineInstanceMigration',
  plural: 'virtualmachineinstancemigrations',
  singular: 'virtualmachineinstancemigration',
  shortNames: ['vmim', 'vmims'],
  categories: ['all'],
  namespaced: true,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    printed('Phase', 'The current phase of VM instance migration', ({ status }) => status.phase),
    printed('VMI', 'The name of the VMI to perform the migration on', ({ spec }) => spec.vmiName),
  ],
  fields: {},
  admit: (draft) => ({ ...draft, spec: record(draft['spec']), status: record(draft['status']) }),
  seed: () => [],
});
