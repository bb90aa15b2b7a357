import { fail, type Program, type ProgramContext } from '../machine.ts';
import type { ZoneModel } from '../model/host.ts';
import { GIB, MIB } from '../plan.ts';
import { getOptions } from './options.ts';

/** zonecfg(8): `-z ZONE info [PROPERTY|RESOURCE]` and `-z ZONE export`. */
export const zonecfg: Program = { name: 'zonecfg', directory: '/usr/sbin', run };

function run(context: ProgramContext): number {
  const { values, operands, bad } = getOptions(context.args, 'z:');
  const name = values.get('z');
  const [verb, ...rest] = operands.flatMap((operand) => operand.trim().split(/\s+/));
  if (bad !== null || name === undefined || verb === undefined) {
    context.stderr.write('usage:\tzonecfg -z <zone> <command>\n');
    return 2;
  }
  const zone = context.machine.host().zones.get(name);
  if (!zone) {
    context.stderr.write(`${name}: No such zone configured\n`);
    return 1;
  }
  if (verb === 'info') return info(context, zone, rest[0]);
  if (verb === 'export') {
    context.stdout.write(exportLines(zone).join('\n') + '\n');
    return 0;
  }
  return fail(context, `zone ${name}: ${verb}: insufficient privileges`);
}

type Pairs = readonly (readonly [name: string, value: string])[];
type Resource = { readonly type: string; readonly properties: Pairs };

const size = (bytes: number): string =>
  bytes % GIB === 0 ? `${bytes / GIB}G` : `${Math.round(bytes / MIB)}M`;

function globalProperties(zone: ZoneModel): Pairs {
  const { plan } = zone;
  return [
    ['zonename', plan.name],
    ['zonepath', plan.zonepath],
    ['brand', plan.brand],
    ['autoboot', String(zone.autoboot)],
    ['bootargs', ''],
    ['pool', ''],
    ['limitpriv', plan.brand === 'bhyve' ? 'default,sys_vmm_config' : ''],
    ['scheduling-class', ''],
    ['ip-type', 'exclusive'],
    ['hostid', ''],
    ['fs-allowed', ''],
  ];
}

function resources({ plan }: ZoneModel): readonly Resource[] {
  const cap = (type: string, properties: Pairs) => ({ type, properties });
  return [
    ...plan.nics.map((nic) =>
      cap('net', [
        ['allowed-address', plan.vm ? '' : nic.address],
        ['physical', nic.link],
        ['mac-addr', nic.macAddress],
        ['global-nic', nic.over],
        ['vlan-id', String(nic.vlanId)],
      ]),
    ),
    ...(plan.vm?.disks ?? []).map((disk) =>
      cap('device', [['match', `/dev/zvol/rdsk/${disk.dataset}`]]),
    ),
    ...(plan.vm ? attributes(plan.vm).map(([name, value]) => attribute(name, value)) : []),
    ...(plan.memoryCapBytes === null
      ? []
      : [
          cap('capped-memory', [
            ['physical', size(plan.memoryCapBytes)],
            ['swap', size(plan.memoryCapBytes * 2)],
          ]),
        ]),
    ...(plan.cpuCapPercent === null
      ? []
      : [cap('capped-cpu', [['ncpus', (plan.cpuCapPercent / 100).toFixed(2)]])]),
  ];
}

function attributes(vm: NonNullable<ZoneModel['plan']['vm']>): Pairs {
  return [
    ['bootrom', 'BHYVE'],
    ['vcpus', String(vm.vcpus)],
    ['ram', size(vm.ramBytes)],
    ['vnc', 'on'],
    ['type', 'generic'],
    ...vm.disks.map((disk, index): readonly [string, string] => [
      index === 0 ? 'bootdisk' : `disk${index}`,
      disk.dataset,
    ]),
  ];
}

const attribute = (name: string, value: string): Resource => ({
  type: 'attr',
  properties: [
    ['name', name],
    ['type', 'string'],
    ['value', value],
  ],
});

function info(context: ProgramContext, zone: ZoneModel, wanted: string | undefined): number {
  const properties = globalProperties(zone);
  const all = resources(zone);
  const lines = [
    ...properties
      .filter(([name]) => wanted === undefined || name === wanted)
      .map(([name, value]) => `${name}: ${value}`),
    ...all.flatMap((resource) =>
      wanted === undefined || resource.type === wanted
        ? [`${resource.type}:`, ...resourceLines(resource)]
        : [],
    ),
  ];
  const kinds = ['net', 'device', 'attr', 'fs', 'capped-memory', 'capped-cpu', 'dataset', 'admin'];
  if (lines.length === 0 && wanted !== undefined && !kinds.includes(wanted)) {
    context.stderr.write(`zonecfg: syntax error near '${wanted}'\n`);
    return 1;
  }
  if (lines.length === 0) return fail(context, `No such ${wanted} resource.`);
  context.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

function resourceLines({ type, properties }: Resource): readonly string[] {
  return properties.map(([name, value]) => {
    // A property of a cap is a resource control and stands in brackets.
    const shown = type.startsWith('capped-') && name !== 'physical' ? `[${name}: ${value}]` : null;
    if (shown !== null) return `\t${shown}`;
    return value === '' ? `\t${name} not specified` : `\t${name}: ${value}`;
  });
}

const quoted = (value: string): string =>
  /^[A-Za-z0-9_./:-]+$/.test(value) ? value : `"${value}"`;

function exportLines(zone: ZoneModel): readonly string[] {
  const properties = globalProperties(zone).filter(
    ([name, value]) => name !== 'zonename' && value !== '',
  );
  return [
    'create -b',
    ...properties.map(([name, value]) => `set ${name}=${quoted(value)}`),
    ...resources(zone).flatMap(({ type, properties: own }) => [
      `add ${type}`,
      ...own
        .filter(([, value]) => value !== '')
        .map(([name, value]) => `set ${name}=${quoted(value)}`),
      'end',
    ]),
  ];
}
