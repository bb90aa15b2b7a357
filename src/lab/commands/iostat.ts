import type { Program, ProgramContext } from '../machine.ts';
import { illegalRequests } from '../model/disk-io.ts';
import type { DiskPlan } from '../plan.ts';
import { getOptions } from './options.ts';

/** iostat(8) with -E, the errors of devices since boot, and -n for the names of devices. */
export const iostat: Program = { name: 'iostat', directory: '/usr/bin', run };

function run(context: ProgramContext): number {
  const { flags, bad } = getOptions(context.args, 'tdDxXYCciIpPnmMeEszrT:l:');
  if (bad !== null || !flags.has('E')) {
    context.stderr.write('Usage: iostat [-cCdDeEiImMnpPrstxXYz]  [-l n] [T d|u] [disk ...]\n');
    return 1;
  }
  const host = context.machine.host();
  for (const disk of host.plan.disks) {
    const model = host.disks.get(disk.name);
    if (!model?.present) continue;
    // `Size` brings its own line end, other lines end by a count of columns and have a blank before it.
    context.stdout.write(
      [
        `${nameOf(disk, flags.has('n'))} Soft Errors: ${model.softErrors} Hard Errors: ${model.hardErrors} Transport Errors: ${model.transportErrors} `,
        `Vendor: ${disk.vendor.padEnd(8)} Product: ${disk.product.padEnd(16).slice(0, 16)} Revision: 1.0  Serial No: ${disk.serial} `,
        `Size: ${(disk.sizeBytes / 1e9).toFixed(2)}GB <${disk.sizeBytes} bytes>`,
        `Media Error: ${model.mediaErrors} Device Not Ready: 0 No Device: 0 Recoverable: 0 `,
        `Illegal Request: ${illegalRequests(host, disk)} Predictive Failure Analysis: 0 `,
        '',
      ].join('\n'),
    );
  }
  return 0;
}

/** iostat.c `show_disk_errors`. */
function nameOf({ name, module, instance }: DiskPlan, isDevice: boolean): string {
  if (!isDevice) return `${module}${instance}`.padEnd(9);
  return name.length > 16 ? name.padEnd(20) : name.padEnd(16);
}
