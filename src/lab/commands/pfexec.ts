import { fail, type Program } from '../machine.ts';
import { SHELLS, UTILITIES } from '../shell/locate.ts';

/** pfexec(1): the user's profiles grant privileges to a few programs; others run without. */
export const pfexec: Program = {
  name: 'pfexec',
  directory: '/usr/bin',
  run: (context) => {
    const [command, ...args] = context.args;
    if (command === undefined) return fail(context, 'usage: pfexec cmd [arg ...]', 1);
    const { programs, faults, profile } = context.machine;
    const name = command.slice(command.lastIndexOf('/') + 1);
    const isThere = programs.has(name) || SHELLS.has(name) || UTILITIES.has(name);
    if (!isThere || faults.missing.has(name)) {
      context.stderr.write(
        command.includes('/')
          ? `pfexec: can't execute ${command}: No such file or directory\n`
          : `${command}: Command not found\n`,
      );
      return 1;
    }
    return context.spawn([command, ...args], profile.has(name));
  },
};
