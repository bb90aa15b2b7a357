import type { Program, ProgramContext } from '../machine.ts';
import { listProcesses, type ProcessModel } from '../model/processes.ts';
import { getOptions } from './options.ts';

/** ps(1): -e or -A, -z zones, -p processes, -o fields. Widths and forms from usr/src/cmd/ps/ps.c. */
export const ps: Program = { name: 'ps', directory: '/usr/bin', run };

type Field = {
  readonly title: string;
  readonly width: number;
  readonly isText?: true;
  readonly value: (process: ProcessModel, now: number, cpuCount: number) => string;
};
const FIELDS: Readonly<Record<string, Field>> = {
  user: { title: 'USER', width: 8, value: ({ user }) => user },
  pid: { title: 'PID', width: 5, value: ({ pid }) => String(pid) },
  ppid: { title: 'PPID', width: 5, value: ({ ppid }) => String(ppid) },
  // Of all CPUs; anything above nothing is rounded up to 0.1.
  pcpu: { title: '%CPU', width: 4, value: ({ cpu }, _, cpuCount) => percent(cpu / cpuCount) },
  rss: { title: 'RSS', width: 4, value: ({ rssBytes }) => String(Math.floor(rssBytes / 1024)) },
  etime: {
    title: 'ELAPSED',
    width: 11,
    value: ({ startedAt }, now) => elapsed(Math.max(0, Math.floor((now - startedAt) / 1000))),
  },
  zone: { title: 'ZONE', width: 8, value: ({ zone }) => zone },
  zoneid: { title: 'ZONEID', width: 6, value: ({ zoneId }) => String(zoneId) },
  comm: { title: 'COMMAND', width: 80, isText: true, value: ({ command }) => command },
  args: { title: 'COMMAND', width: 80, isText: true, value: ({ command }) => command },
};

function run(context: ProgramContext): number {
  const { flags, values, bad } = getOptions(context.args, 'eAflo:z:p:');
  const names = (values.get('o') ?? 'pid,user,etime,comm').split(/[\s,]+/);
  const unknown = names.find((name) => !(name in FIELDS));
  if (bad !== null || unknown !== undefined) {
    if (unknown !== undefined) context.stderr.write(`ps: unknown output format: -o ${unknown}\n`);
    context.stderr.write('usage: ps [ -aAdefHlcjLPWyZ ] [ -o format ] [ -t termlist ]\n');
    return 1;
  }
  const fields = names.flatMap((name) => FIELDS[name] ?? []);
  const zones = values.get('z')?.split(/[\s,]+/);
  const pids = values.get('p')?.split(/[\s,]+/);
  const host = context.machine.host();
  const now = context.machine.clock.now();
  const missing = zones?.find((zone) => zone !== 'global' && !host.zones.get(zone)?.runtime);
  if (missing !== undefined) {
    context.stderr.write(`ps: unknown zone ${missing}\n`);
    return 1;
  }
  const isAll = flags.has('e') || flags.has('A');
  const shown = listProcesses(host, now).filter(
    ({ zone, zoneId, pid }) =>
      isAll ||
      zones?.some((wanted) => wanted === zone || wanted === String(zoneId)) ||
      pids?.includes(String(pid)),
  );
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((text, index) => {
        const { width, isText } = fields[index] ?? { width: 0 };
        if (!isText) return text.padStart(width);
        return index === cells.length - 1 ? text : text.padEnd(width);
      })
      .join(' ')}\n`;
  context.stdout.write(line(fields.map(({ title }) => title)));
  for (const process of shown)
    context.stdout.write(line(fields.map(({ value }) => value(process, now, host.plan.cpuCount))));
  return 0;
}

function percent(share: number): string {
  const tenths = share === 0 ? 0 : Math.min(999, Math.ceil(share * 1000));
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

/** `[[days-]hours:]minutes:seconds` */
function elapsed(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  return hours > 0 ? `${two(hours)}:${rest}` : rest;
}
