import type { Program } from '../machine.ts';
import type { DiskModel, HostModel } from '../model/host.ts';
import type { DiskPlan } from '../plan.ts';
import { createRandom, integerBetween } from '../random.ts';
import { getOptions } from './options.ts';

/** smartctl(8) with --json=c: one line for a disk; without privileges the raw disk cannot be opened. */
export const smartctl: Program = {
  name: 'smartctl',
  directory: '/opt/ooce/sbin',
  run: (context) => {
    const args = context.args.filter((arg) => !arg.startsWith('--'));
    const path = getOptions(args, 'aiHAn:d:').operands[0] ?? '';
    const host = context.machine.host();
    const name = path.replace(/^\/dev\/rdsk\//, '').replace(/[sp][0-9]+$/, '');
    const plan = host.plan.disks.find((disk) => disk.name === name);
    const model = host.disks.get(name);
    const head = {
      json_format_version: [1, 0],
      smartctl: { version: [7, 4], argv: ['smartctl', ...context.args], exit_status: 0 },
    };
    const print = (json: object): void => context.stdout.write(`${JSON.stringify(json)}\n`);
    const device = { name: path, info_name: `${path} [SAT]`, type: 'sat', protocol: 'ATA' };
    if (!context.privileged || !plan || !model?.present) {
      const reason = context.privileged ? 'No such file or directory' : 'Permission denied';
      const string = `Smartctl open device: ${path} failed: ${reason}`;
      const messages = [{ string, severity: 'error' }];
      print({ ...head, smartctl: { ...head.smartctl, messages, exit_status: 2 }, device });
      return 2;
    }
    print({ ...head, device, ...report(plan, model, host, context.machine.clock.now()) });
    return 0;
  },
};

function report(plan: DiskPlan, disk: DiskModel, host: HostModel, now: number) {
  const random = createRandom(`${host.seed}/${host.plan.name}/${plan.name}/smart`);
  const hours = integerBetween(random, 2000, 30_000) + Math.floor((now - host.bootedAt) / 3.6e6);
  const celsius = integerBetween(random, 31, 41);
  const attribute = (id: number, name: string, value: number) => ({
    id,
    name,
    value: 100,
    worst: 100,
    thresh: 0,
    raw: { value, string: String(value) },
  });
  return {
    model_name: plan.product,
    serial_number: plan.serial,
    user_capacity: { bytes: plan.sizeBytes },
    rotation_rate: plan.rotationRate,
    smart_status: { passed: true },
    ata_smart_attributes: {
      table: [
        attribute(5, 'Reallocated_Sector_Ct', 0),
        attribute(9, 'Power_On_Hours', hours),
        attribute(194, 'Temperature_Celsius', celsius),
        attribute(197, 'Current_Pending_Sector', disk.mediaErrors),
        attribute(198, 'Offline_Uncorrectable', 0),
      ],
    },
    power_on_time: { hours },
    temperature: { current: celsius },
  };
}
