import { fail, type Program } from '../machine.ts';

/** dumpadm(8) without options. */
export const dumpadm: Program = {
  name: 'dumpadm',
  directory: '/usr/sbin',
  run: (context) => {
    if (!context.privileged) return fail(context, 'you must be root to use dumpadm');
    context.stdout.write(
      [
        '      Dump content: kernel pages',
        '       Dump device: /dev/zvol/dsk/rpool/dump (dedicated)',
        'Savecore directory: /var/crash/unknown',
        '  Savecore enabled: yes',
        '   Save compressed: on',
        '',
      ].join('\n'),
    );
    return 0;
  },
};
