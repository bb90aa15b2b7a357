import { fail, type Program } from '../machine.ts';
import { getOptions } from './options.ts';

/** ls(1) -lE of a directory of the lab: the one of the crash dumps, which is empty. */
export const ls: Program = {
  name: 'ls',
  directory: '/usr/bin',
  run: (context) => {
    const [path = '.'] = getOptions(context.args, 'alEn').operands;
    if (path !== '/var/crash/unknown')
      return fail(context, `${path}: No such file or directory`, 2);
    context.stdout.write('total 0\n');
    return 0;
  },
};
