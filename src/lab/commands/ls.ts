import { fail, type Program } from '../machine.ts';
import { getOptions } from './options.ts';

type File = { readonly name: string; readonly bytes: number; readonly writtenAt: number };

/** ls(1) -lE of the folders of the lab: the one of the crash dumps, which is empty, and that of the zones' configurations. */
export const ls: Program = {
  name: 'ls',
  directory: '/usr/bin',
  run: (context) => {
    const [path = '.'] = getOptions(context.args, 'alEn').operands;
    const { zones, bootedAt } = context.machine.host();
    const folders: Readonly<Record<string, readonly File[]>> = {
      '/var/crash/unknown': [],
      '/etc/zones': [
        { name: 'index', bytes: 80 * zones.size, writtenAt: bootedAt },
        ...[...zones.values()].map(({ plan, configuredAt }) => ({
          name: `${plan.name}.xml`,
          bytes: 600 + 120 * plan.nics.length,
          writtenAt: configuredAt,
        })),
      ],
    };
    const text = context.machine.readFile(path);
    if (text !== undefined) {
      const writtenAt = lastTime(text, context.machine.clock.now());
      context.stdout.write(`${lineOf({ name: path, bytes: text.length, writtenAt })}\n`);
      return 0;
    }
    const files = folders[path];
    if (files === undefined) return fail(context, `${path}: No such file or directory`, 2);
    context.stdout.write([`total ${2 * files.length}`, ...files.map(lineOf)].join('\n') + '\n');
    return 0;
  },
};

/** A log was written to when its last line was, which has no year. */
function lastTime(text: string, now: number): number {
  const [day, time] = [...text.matchAll(/^(?:\[ )?([A-Z][a-z]{2} [ 0-9][0-9]) ([0-9:]{8})/gm)]
    .at(-1)
    ?.slice(1) ?? ['', ''];
  const year = new Date(now).getUTCFullYear();
  const at = Date.parse(`${day} ${year} ${time} UTC`);
  if (Number.isNaN(at)) return now;
  return at > now ? Date.parse(`${day} ${year - 1} ${time} UTC`) : at;
}

const lineOf = ({ name, bytes, writtenAt }: File): string => {
  const [day = '', time = ''] = new Date(writtenAt).toISOString().slice(0, -1).split('T');
  return `-r--r--r--   1 root     root     ${String(bytes).padStart(7)} ${day} ${time}000000 +0000 ${name}`;
};
