import { fail, type Program, type ProgramContext } from '../machine.ts';

const bin = (name: string, run: Program['run']): Program => ({ name, directory: '/usr/bin', run });

/** stty(1) as far as it tells the size: `stty size`, and the first lines of `stty`. */
export const stty = bin('stty', (context: ProgramContext) => {
  if (context.terminal === null) return fail(context, ': Inappropriate ioctl for device', 1);
  const { cols, rows } = context.terminal.size();
  context.stdout.write(
    context.args[0] === 'size'
      ? `${rows} ${cols}\n`
      : `speed 38400 baud; evenp\nrows = ${rows}; columns = ${cols}; ypixels = 0; xpixels = 0;\n`,
  );
  return 0;
});

/** tty(1). */
export const tty = bin('tty', (context) => {
  context.stdout.write(context.terminal === null ? 'not a tty\n' : '/dev/pts/2\n');
  return context.terminal === null ? 1 : 0;
});
