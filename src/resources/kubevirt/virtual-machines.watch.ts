import type { VirtualMachine } from '../../domain/kubevirt.ts';
import { isTrueAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { isCondition, kubevirtWatch, readDomain } from './kubevirt-fields.ts';

/** The virtual machines that are defined, those that are switched off among them. */
export const virtualMachinesWatch = kubevirtWatch<'virtualMachines'>({
  feed: 'virtualMachines',
  resource: 'virtualmachines',
  shows: 'virtual machines of KubeVirt',
  project: projectMachine,
});

function projectMachine(object: unknown): VirtualMachine | undefined {
  const namespace = textAt(object, 'metadata', 'namespace');
  const name = textAt(object, 'metadata', 'name');
  if (namespace === null || name === null) return undefined;
  return {
    namespace,
    name,
    status: textAt(object, 'status', 'printableStatus'),
    isReady: isCondition(object, 'Ready'),
    runStrategy:
      textAt(object, 'spec', 'runStrategy') ??
      (valueAt(object, 'spec', 'running') === undefined
        ? null
        : isTrueAt(object, 'spec', 'running')
          ? 'Always'
          : 'Halted'),
    ...readDomain(valueAt(object, 'spec', 'template', 'spec')),
    createdAt: timeAt(object, 'metadata', 'creationTimestamp'),
  };
}
