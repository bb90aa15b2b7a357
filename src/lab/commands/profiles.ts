import type { Program, ProgramContext } from '../machine.ts';
import { getOptions } from './options.ts';

/** What the system's own profile for zones holds; the rest is in one that an administrator has made. */
const ZONE_PROGRAMS: ReadonlySet<string> = new Set(['zlogin', 'zoneadm']);
const DEFAULTS: readonly (readonly [string, readonly string[]])[] = [
  ['Basic Solaris User', []],
  ['All', ['*']],
];
/** Where the attributes of a program begin. */
const ATTRIBUTE_COLUMN = 37;

/** profiles(1) of the user: the names of his profiles, with -l what they let him run. */
export const profiles: Program = {
  name: 'profiles',
  directory: '/usr/bin',
  run: (context) => {
    const isLong = getOptions(context.args, 'l').flags.has('l');
    for (const [profile, paths] of [...granted(context), ...DEFAULTS]) {
      if (!isLong) context.stdout.write(`${profile}\n`);
      else if (paths.length > 0)
        context.stdout.write(`      ${profile}\n${paths.map(programLine).join('')}`);
    }
    return 0;
  },
};

function granted({ machine }: ProgramContext): readonly (readonly [string, readonly string[]])[] {
  const all = [...machine.profile].toSorted();
  const pathsOf = (names: readonly string[]): readonly string[] =>
    names.map((name) => `${machine.programs.get(name)?.directory ?? '/usr/sbin'}/${name}`);
  return (
    [
      ['Zone Management', pathsOf(all.filter((name) => ZONE_PROGRAMS.has(name)))],
      ['Lab Monitor', pathsOf(all.filter((name) => !ZONE_PROGRAMS.has(name)))],
    ] as const
  ).filter(([, paths]) => paths.length > 0);
}

const programLine = (path: string): string =>
  path === '*' ? '          * \n' : `${`          ${path} `.padEnd(ATTRIBUTE_COLUMN)}euid=0\n`;

/** auths(1) of the user. */
export const auths: Program = {
  name: 'auths',
  directory: '/usr/bin',
  run: ({ machine, stdout }) => {
    const own = machine.profile.has('zoneadm') ? ['solaris.zone.manage'] : [];
    stdout.write(`${[...own, 'solaris.device.cdrw', 'solaris.mail.mailq'].join(',')}\n`);
    return 0;
  },
};
