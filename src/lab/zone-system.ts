import { curl } from './commands/curl.ts';
import { ls } from './commands/ls.ts';
import { pargs } from './commands/pargs.ts';
import { sed } from './commands/sed.ts';
import { stty, tty } from './commands/stty.ts';
import { date, env, hostname, id, sleep, uname, uptime, zonename } from './commands/system.ts';
import { cat, head, tail } from './commands/text-programs.ts';
import { readLog } from './log-files.ts';
import { noFaults, type Machine, type Program } from './machine.ts';
import { isGuest, type ZonePlan } from './plan.ts';

const GUEST_PROGRAMS = [cat, date, env, head, hostname, id, sleep, stty, tty];
const ZONE_PROGRAMS = [...GUEST_PROGRAMS, curl, ls, pargs, sed, tail, uname, uptime, zonename];

const byName = (programs: readonly Program[]): ReadonlyMap<string, Program> =>
  new Map(programs.map((program) => [program.name, program]));

/** The operating system as root sees it inside a zone, or the guest's inside a virtual machine. */
export function createZoneSystem(host: Machine, zone: ZonePlan): Machine {
  return {
    ...host,
    nodeName: zone.name,
    zoneName: zone.name,
    user: 'root',
    readFile: (path) =>
      path === '/dev/null'
        ? ''
        : (host.world.zoneFiles.get(zone.name)?.get(path)?.() ??
          readLog(host.host(), zone.name, path, host.clock.now()) ??
          (path.startsWith('/var/') ? undefined : host.readFile(path))),
    programs: byName(isGuest(zone) ? GUEST_PROGRAMS : ZONE_PROGRAMS),
    faults: noFaults(),
    processes: new Map(),
    consoles: new Map(),
  };
}
