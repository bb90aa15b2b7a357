import { bytes, count, percent } from '../../../domain/format.ts';
import { guestState } from '../../../domain/joined.ts';
import type { Zone } from '../../../domain/joined.ts';
import type { VmConfig } from '../../../domain/zone.ts';
import { labelled, muted, paragraph, run } from '../lines.ts';
import type { TextLine } from '../lines.ts';

/** The hardware of a VM as its zone configures it, and whether it is switched on. */
export const machineLines = (zone: Zone, vm: VmConfig, width: number): readonly TextLine[] => [
  labelled('machine', [
    run(`${count(vm.vcpus)} vcpus, ${bytes(vm.ramBytes)} ram`),
    muted(`  ${zone.brand}${vm.guestType === null ? '' : `, for ${vm.guestType}`}`),
  ]),
  labelled('guest', [
    run(guestState(zone), guestState(zone) === 'none' ? 'bad' : 'plain'),
    muted(zone.initPid ? `  process ${zone.initPid}` : ''),
  ]),
  ...(zone.stealPercent === null
    ? []
    : [
        labelled('steal', [
          run(percent(zone.stealPercent)),
          muted('  ready without a CPU, last minute'),
        ]),
      ]),
  labelled('boot', [
    run(vm.bootrom ?? "the brand's own bootrom"),
    muted(vm.bootOrder === null ? '' : `  from ${vm.bootOrder}`),
  ]),
  labelled('cloud-init', [run(vm.cloudInit ?? 'not set')]),
  labelled('vnc', [run(vm.vnc ?? 'off')]),
  ...(vm.disks.length === 0
    ? []
    : paragraph(
        vm.diskInterface === null ? 'disks' : `disks ${vm.diskInterface}`,
        vm.disks.join(' '),
        width,
      )),
  ...(vm.netInterface === null ? [] : [labelled('network', [run(vm.netInterface)])]),
  ...(vm.passedThrough.length === 0
    ? []
    : [labelled('pci', [run(`${vm.passedThrough.join(' ')} passed through`)])]),
];
