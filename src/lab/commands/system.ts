import { fail, type Program, type ProgramContext } from '../machine.ts';
import { loadAverages, swapKib } from '../model/memory.ts';
import { MIB } from '../plan.ts';
import { KERNEL } from '../release.ts';
import { formatSlashDate } from './format.ts';
import { getOptions } from './options.ts';

const USER_ID = 1001;

const bin = (name: string, run: Program['run']): Program => ({ name, directory: '/usr/bin', run });
const sbin = (name: string, run: Program['run']): Program => ({
  name,
  directory: '/usr/sbin',
  run,
});

function write(context: ProgramContext, text: string): number {
  context.stdout.write(text);
  return 0;
}

/** uname(1). */
export const uname = bin('uname', (context) => {
  const { flags, bad } = getOptions(context.args, 'aimnprsv');
  if (bad !== null) return fail(context, `illegal option -- ${bad}`, 1);
  const parts: readonly (readonly [string, string])[] = [
    ['s', 'SunOS'],
    ['n', context.machine.nodeName],
    ['r', '5.11'],
    ['v', KERNEL],
    ['m', 'i86pc'],
    ['p', 'i386'],
    ['i', 'i86pc'],
  ];
  const chosen = parts.filter(
    ([letter]) => flags.has('a') || flags.has(letter) || (flags.size === 0 && letter === 's'),
  );
  return write(context, `${chosen.map(([, text]) => text).join(' ')}\n`);
});

/** id(1) of the user, or of root under pfexec. */
export const id = bin('id', (context) => {
  const { flags } = getOptions(context.args, 'uGgnrap');
  const name = context.privileged ? 'root' : context.machine.user;
  const number = context.privileged ? 0 : USER_ID;
  if (flags.has('u')) return write(context, `${flags.has('n') ? name : number}\n`);
  return write(
    context,
    context.privileged ? 'uid=0(root) gid=0(root)\n' : `uid=${USER_ID}(${name}) gid=10(staff)\n`,
  );
});

export const hostname = bin('hostname', (context) =>
  write(context, `${context.machine.nodeName}\n`),
);
export const zonename = bin('zonename', (context) =>
  write(context, `${context.machine.zoneName}\n`),
);
export const hostid = bin('hostid', (context) =>
  write(context, `${(context.machine.host().seed + 0x2a00).toString(16).padStart(8, '0')}\n`),
);

/** date(1): the default form in UTC, `+%s`, and the usual conversions. */
export const date = bin('date', (context) => {
  const now = new Date(context.machine.clock.now());
  const format = context.args.find((arg) => arg.startsWith('+'))?.slice(1);
  const two = (value: number) => String(value).padStart(2, '0');
  const values: Readonly<Record<string, string>> = {
    s: String(Math.floor(now.getTime() / 1000)),
    Y: String(now.getUTCFullYear()),
    m: two(now.getUTCMonth() + 1),
    d: two(now.getUTCDate()),
    H: two(now.getUTCHours()),
    M: two(now.getUTCMinutes()),
    S: two(now.getUTCSeconds()),
    '%': '%',
  };
  if (format === undefined)
    return write(context, `${now.toUTCString().replace(',', '').replace('GMT', 'UTC')}\n`);
  return write(
    context,
    `${format.replace(/%(.)/g, (all, letter: string) => values[letter] ?? all)}\n`,
  );
});

/** uptime(1). */
export const uptime = bin('uptime', (context) => {
  const host = context.machine.host();
  const now = context.machine.clock.now();
  const minutes = Math.floor((now - host.bootedAt) / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const at = new Date(now);
  const two = (value: number) => String(value).padStart(2, '0');
  const loads = loadAverages(host, now).map((load) => load.toFixed(2));
  return write(
    context,
    ` ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}    up ${days > 0 ? `${days} day(s), ` : ''}${hours}:${two(minutes % 60)},  1 user,  load average: ${loads.join(', ')}\n`,
  );
});

/** psrinfo(8): one line per CPU; -p the number of sockets, -pv their description. */
export const psrinfo = sbin('psrinfo', (context) => {
  const { flags } = getOptions(context.args, 'pvnts');
  const { plan, bootedAt } = context.machine.host();
  const count = plan.cpuCount;
  if (flags.has('p') && flags.has('v'))
    return write(
      context,
      `The physical processor has ${count / 2} cores and ${count} virtual processors (0-${count - 1})\n  x86 (GenuineIntel 50663 family 6 model 86 step 3 clock 2000 MHz)\n\t${plan.cpuBrand}\n`,
    );
  if (flags.has('p')) return write(context, '1\n');
  const lines = Array.from(
    { length: count },
    (_, cpu) =>
      `${cpu}\ton-line   since ${formatSlashDate(bootedAt + (cpu === 0 ? 3000 : 6000))}\n`,
  );
  return write(context, lines.join(''));
});

/** prtconf(8): -m gives the memory in MiB. */
export const prtconf = sbin('prtconf', (context) => {
  const { memoryBytes } = context.machine.host().plan;
  const mebibytes = Math.floor(memoryBytes / MIB);
  if (getOptions(context.args, 'mvpPbdD').flags.has('m')) return write(context, `${mebibytes}\n`);
  return write(
    context,
    `System Configuration:  OmniOS  i86pc\nMemory size: ${mebibytes} Megabytes\nSystem Peripherals (Software Nodes):\n\ni86pc\n`,
  );
});

/** swap(8): -s. */
export const swap = sbin('swap', (context) => {
  if (!getOptions(context.args, 'slkhad:').flags.has('s'))
    return fail(context, 'only -s is available', 1);
  const { allocated, reserved, used, available } = swapKib(
    context.machine.host(),
    context.machine.clock.now(),
  );
  return write(
    context,
    `total: ${allocated}k bytes allocated + ${reserved}k reserved = ${used}k used, ${available}k available\n`,
  );
});

/** sleep(1), with fractions of a second. */
export const sleep = bin('sleep', async (context) => {
  const seconds = Number(context.args[0]);
  if (!Number.isFinite(seconds) || seconds < 0)
    return fail(context, 'bad character in argument', 2);
  await context.sleep(seconds * 1000);
  return 0;
});

/** env(1): variables in front of a command have no effect on the lab's programs. */
export const env = bin('env', (context) => {
  const rest = context.args.slice(
    Math.max(
      0,
      context.args.findIndex((arg) => !arg.includes('=') && !arg.startsWith('-')),
    ),
  );
  return rest.length === 0 || rest[0]?.includes('=') ? 0 : context.spawn(rest, context.privileged);
});
