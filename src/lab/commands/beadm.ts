import { fail, type Program } from '../machine.ts';
import { formatSize } from './format.ts';
import { getOptions } from './options.ts';

/** beadm(8) list, with -H in fields between semicolons. */
export const beadm: Program = {
  name: 'beadm',
  directory: '/usr/sbin',
  run: (context) => {
    const [subcommand, ...args] = context.args;
    if (subcommand !== 'list') return fail(context, `Invalid command: ${subcommand ?? ''}`);
    const { system } = context.machine.host();
    const isParsable = getOptions(args, 'adsHk:K:').flags.has('H');
    const rows = system.bootEnvironments.map(({ name, uuid, createdAt, spaceBytes }) => {
      const isActive = name === system.activeBootEnvironment;
      const flags = `${isActive ? 'N' : ''}${name === system.nextBootEnvironment ? 'R' : ''}`;
      const mountpoint = isActive ? '/' : '';
      return isParsable
        ? `${name};${uuid};${flags};${mountpoint};${spaceBytes};static;${Math.floor(createdAt / 1000)}`
        : `${name.padEnd(16)} ${(flags || '-').padEnd(6)} ${(mountpoint || '-').padEnd(10)} ${formatSize(spaceBytes).padEnd(5)} static ${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')}`;
    });
    context.stdout.write(
      `${[...(isParsable ? [] : ['BE               Active Mountpoint Space Policy Created']), ...rows].join('\n')}\n`,
    );
    return 0;
  },
};
