import { fail, type Program, type ProgramContext } from '../machine.ts';
import { hostAddress, HOST_VLAN, routerOf } from '../operator.ts';
import { plainAddress } from '../plan.ts';
import { getOptions } from './options.ts';

const RULER = '-------------------- -------------------- ----- ----- ---------- --------- ';

const routeLine = (to: string, gateway: string, flags: string, link: string): string =>
  `${to.padEnd(20)} ${gateway.padEnd(20)} ${flags.padEnd(5)} ${'2'.padStart(5)} ${'349'.padStart(10)} ${link.padEnd(9)} `;

/** netstat(8): `-rn`, the routing table of the global zone. */
export const netstat: Program = {
  name: 'netstat',
  directory: '/usr/bin',
  run: (context) => {
    const { flags, bad } = getOptions(context.args, 'rnf:p');
    if (bad !== null || !flags.has('r')) return fail(context, 'only -rn is available');
    const host = context.machine.host();
    const own = hostAddress(host.plan);
    const router = routerOf(context.machine.world, host);
    const link = host.plan.vlanLinks.find(({ vlanId }) => vlanId === HOST_VLAN)?.link ?? '';
    context.stdout.write(
      [
        '',
        'Routing Table: IPv4',
        '  Destination           Gateway           Flags  Ref     Use     Interface ',
        RULER,
        ...(router === null ? [] : [routeLine('default', plainAddress(router.address), 'UG', '')]),
        ...(own === null
          ? []
          : [routeLine(plainAddress(own).replace(/[0-9]+$/, '0'), plainAddress(own), 'U', link)]),
        routeLine('127.0.0.1', '127.0.0.1', 'UH', 'lo0'),
        '',
        'Routing Table: IPv6',
        '  Destination/Mask            Gateway                   Flags Ref   Use    If   ',
        '--------------------------- --------------------------- ----- --- ------- ----- ',
        '::1                         ::1                         UH      2       0 lo0   ',
        '',
      ].join('\n'),
    );
    return 0;
  },
};

/** arp(8): `-an`, the neighbours of the global zone: zones and VMs in the network of hosts. */
export const arp: Program = { name: 'arp', directory: '/usr/sbin', run: runArp };

function runArp(context: ProgramContext): number {
  const { flags, bad } = getOptions(context.args, 'an');
  if (bad !== null || !flags.has('a')) return fail(context, 'only -an is available');
  const { world } = context.machine;
  const host = context.machine.host();
  const own = hostAddress(host.plan);
  const network = own === null ? null : plainAddress(own).replace(/[0-9]+$/, '');
  const link = host.plan.vlanLinks.find(({ vlanId }) => vlanId === HOST_VLAN)?.link ?? '';
  const seen = world.plan.hosts
    .flatMap(({ name }) => [...world.host(name).zones.values()])
    .filter(({ state }) => state === 'running')
    .flatMap(({ plan }) => plan.nics)
    .filter(
      ({ vlanId, address }) =>
        vlanId === HOST_VLAN && network !== null && address.startsWith(network),
    );
  context.stdout.write(
    [
      'Net to Media Table: IPv4',
      'Device   IP Address               Mask      Flags      Phys Addr',
      '------ -------------------- --------------- -------- ---------------',
      ...seen.map(
        ({ address, macAddress }) =>
          `${link.padEnd(6)} ${plainAddress(address).padEnd(20)} 255.255.255.255          ${macAddress}`,
      ),
      `${link.padEnd(6)} ${'224.0.0.0'.padEnd(20)} 240.0.0.0       SM       01:00:5e:00:00:00`,
      '',
    ].join('\n'),
  );
  return 0;
}
