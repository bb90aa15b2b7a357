import { fail, type Program, type ProgramContext } from '../machine.ts';
import { listProcesses } from '../model/processes.ts';
import { getOptions } from './options.ts';

/** pargs(1) within a zone: `-a` its arguments, `-e` its environment. Forms from usr/src/cmd/ptools/pargs/pargs.c. */
export const pargs: Program = { name: 'pargs', directory: '/usr/bin', run };

/** What /proc keeps of the command line. */
const PSARGS = 79;

function run(context: ProgramContext): number {
  const { flags, operands, bad } = getOptions(context.args, 'acelxF');
  const [pid] = operands;
  if (bad !== null || pid === undefined) {
    context.stderr.write('usage:  pargs [-acexF] { pid | core } ...\n');
    return 2;
  }
  const { machine } = context;
  const found = listProcesses(machine.host(), machine.clock.now()).find(
    (process) => String(process.pid) === pid && process.zone === machine.zoneName,
  );
  if (!found) return fail(context, `cannot examine ${pid}: no such process or core file`);
  const args = [found.command, ...found.args];
  const lines = [`${pid}:\t${args.join(' ').slice(0, PSARGS)}`];
  if (flags.has('a') || !flags.has('e'))
    lines.push(...args.map((arg, index) => `argv[${index}]: ${arg}`));
  if (flags.has('e')) {
    if (flags.has('a')) lines.push('');
    lines.push(
      'envp[0]: PATH=/opt/local/bin:/usr/sbin:/usr/bin',
      'envp[1]: SMF_RESTARTER=svc:/system/svc/restarter:default',
    );
  }
  context.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
