import type { Program, ProgramContext } from '../machine.ts';
import type { FaultCase } from '../model/host.ts';
import { formatSyslogDate } from './format.ts';
import { getOptions } from './options.ts';

/** fmadm(8) `faulty`: fmd answers only callers with PRIV_SYS_ADMIN. */
export const fmadm: Program = { name: 'fmadm', directory: '/usr/sbin', run };

const RULE = '--------------- ------------------------------------  -------------- ---------';
const TITLES = 'TIME            EVENT-ID                              MSG-ID         SEVERITY';
const HEADER = `${RULE}\n${TITLES}\n${RULE}\n`;

function run(context: ProgramContext): number {
  const [subcommand, ...args] = context.args;
  if (subcommand !== 'faulty') {
    context.stderr.write('fmadm: illegal subcommand -- see fmadm(8)\n');
    return 2;
  }
  if (!context.privileged) {
    context.stderr.write(
      'fmadm: failed to get case list: operation requires additional privilege\n',
    );
    return 1;
  }
  const { flags, values } = getOptions(args, 'afgiprsvn:u:');
  const host = context.machine.host();
  const wanted = values.get('u');
  const cases = host.faults.filter(({ id }) => wanted === undefined || id === wanted);
  if (flags.has('s') && cases.length > 0) context.stdout.write(HEADER);
  for (const open of cases)
    context.stdout.write(
      flags.has('s')
        ? row(open)
        : `${HEADER}${row(open)}\n${body(open, context.machine.nodeName)}\n`,
    );
  return 0;
}

const row = ({ at, id, messageId, severity }: FaultCase): string =>
  `${formatSyslogDate(at).padEnd(15)} ${id.padEnd(37)} ${messageId.padEnd(14)} ${severity.padEnd(9)} \n`;

function body(open: FaultCase, nodeName: string): string {
  const resource = `${open.affects}\n                  ${open.status}`;
  return [
    `Host        : ${nodeName}`,
    'Platform    : Super-Server   Chassis_id  : 0123456789',
    'Product_sn  : ',
    '',
    `Fault class : ${open.class}`,
    `Affects     : ${resource}`,
    `Problem in  : ${resource}`,
    '',
    `Description : ${wrap(open.description)}`,
    '',
    `Response    : ${wrap(open.response)}`,
    '',
    `Impact      : ${wrap(open.impact)}`,
    '',
    `Action      : ${wrap(open.action)}`,
    '',
  ].join('\n');
}

/** Lines of at most 64 characters, the second and later ones beneath the text of the first. */
function wrap(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length > 64) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n              ');
}
