import { PROGRAMS } from './commands/registry.ts';
import { readLog } from './log-files.ts';
import { noFaults, type Machine } from './machine.ts';
import { KERNEL, RELEASE } from './release.ts';
import type { World } from './world.ts';

/** The user that the lab's hosts let in. */
export const LAB_USER = 'labtop';

/** Makes the operating system of one host of the world. @throws {RangeError} if there is no such host. */
export function createMachine(world: World, name: string): Machine {
  world.host(name);
  let lastPid = 2000;
  const files: Readonly<Record<string, string>> = {
    '/etc/os-release': [
      'NAME="OmniOS"',
      `PRETTY_NAME="OmniOS Community Edition v11 ${RELEASE}"`,
      'CPE_NAME="cpe:/o:omniosce:omnios:11:151058:0"',
      'ID=omnios',
      `VERSION=${RELEASE}`,
      `VERSION_ID=${RELEASE}`,
      'BUILD_ID=151058.0.2026.05.04',
      'HOME_URL="https://omnios.org/"',
      'SUPPORT_URL="https://omnios.org/"',
      'BUG_REPORT_URL="https://github.com/omniosorg/omnios-build/issues/new"',
      '',
    ].join('\n'),
    '/etc/release': `  OmniOS v11 ${RELEASE}\n  Copyright (c) 2012-2017 OmniTI Computer Consulting, Inc.\n  Copyright (c) 2017-2026 OmniOS Community Edition (OmniOSce) Association.\n  All rights reserved. Use is subject to licence terms.\n`,
    '/etc/nodename': `${name}\n`,
    '/etc/motd': `OmniOS ${RELEASE} ${KERNEL}\n`,
  };
  return {
    world,
    nodeName: name,
    zoneName: 'global',
    clock: world.clock,
    user: LAB_USER,
    programs: PROGRAMS,
    faults: noFaults(),
    profile: new Set([
      'dumpadm',
      'fmadm',
      'fmtopo',
      'id',
      'ipmitool',
      'smartctl',
      'svcs',
      'zlogin',
      'zoneadm',
    ]),
    host: () => world.host(name),
    readFile: (path) => readLog(world.host(name), 'global', path, world.clock.now()) ?? files[path],
    processes: new Map(),
    consoles: new Map(),
    nextPid: () => {
      lastPid += 1;
      return lastPid;
    },
  };
}
