import { BUILTINS } from './builtins.ts';
import type { Frame } from './frame.ts';

const ALIASES: Readonly<Record<string, string>> = { '/bin': '/usr/bin', '/sbin': '/usr/sbin' };

export const SHELLS = new Set(['sh', 'ksh', 'ksh93', 'bash']);

/** Builtins that are also programs in /usr/bin. */
export const UTILITIES = new Set(['echo', 'printf', 'true', 'false', 'test', 'kill', 'pwd']);

/** Where a command is found: the name itself for a builtin or function, the path of a program, or null. */
export function locate(name: string, frame: Frame): string | null {
  if (name === 'command' || name === 'exec' || BUILTINS.has(name) || frame.functions.has(name))
    return name;
  const { programs, faults } = frame.group.machine;
  const slash = name.lastIndexOf('/');
  const base = name.slice(slash + 1);
  const isInBin = SHELLS.has(base) || UTILITIES.has(base);
  const directory = isInBin ? '/usr/bin' : programs.get(base)?.directory;
  if (directory === undefined || faults.missing.has(base)) return null;
  const searched =
    slash >= 0 ? [name.slice(0, slash)] : (frame.variables.get('PATH') ?? '').split(':');
  return searched.some((path) => (ALIASES[path] ?? path) === directory)
    ? `${directory}/${base}`
    : null;
}
