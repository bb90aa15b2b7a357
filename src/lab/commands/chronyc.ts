import { fail, type Program } from '../machine.ts';
import { addressIn } from '../plan.ts';

/** chronyc(1) -c tracking: the host follows a clock of the core network to some microseconds. */
export const chronyc: Program = {
  name: 'chronyc',
  directory: '/usr/bin',
  run: (context) => {
    if (!context.args.includes('tracking')) return fail(context, 'Unrecognized command');
    const now = context.machine.clock.now() / 1000;
    const [address = ''] = addressIn(20, 1, 0).split('/');
    const reference = address
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
      .join('');
    const offset = 0.000_02 * Math.sin(now / 600);
    context.stdout.write(
      `${[
        reference,
        address,
        3,
        (now - (now % 64)).toFixed(9),
        offset.toFixed(9),
        (offset / 2).toFixed(9),
        '0.000018432',
        '-12.345',
        '0.001',
        '0.032',
        '0.000412000',
        '0.000231000',
        '64.2',
        'Normal',
      ].join(',')}\n`,
    );
    return 0;
  },
};
