import { fail, type Program, type ProgramContext } from '../machine.ts';
import { linkedVlans, type HostModel } from '../model/host.ts';
import { field, printRows, type FieldSet } from './ofmt.ts';
import { getOptions } from './options.ts';

/** ipadm(8): show-addr. The global zone does not see addresses inside zones of their own IP. */
export const ipadm: Program = { name: 'ipadm', directory: '/usr/sbin', run };

type AddressRow = { readonly addrobj: string; readonly state: string; readonly addr: string };
const ADDRESS_FIELDS: FieldSet<AddressRow> = {
  all: [
    field('addrobj', 18, (row) => row.addrobj),
    field('type', 9, () => 'static'),
    field('state', 13, (row) => row.state),
    field('current', 8, () => 'U----'),
    field('persistent', 11, () => 'U--'),
    field('addr', 46, (row) => row.addr),
  ],
  shown: ['addrobj', 'type', 'state', 'addr'],
};

function run(context: ProgramContext): number {
  const [subcommand, ...args] = context.args;
  if (subcommand !== 'show-addr') {
    context.stderr.write(`ipadm: unknown subcommand '${subcommand ?? ''}'\n`);
    return 1;
  }
  const { flags, values, operands, bad } = getOptions(args, 'po:');
  if (bad !== null) return fail(context, `unrecognized option '-${bad}'`);
  const rows = addressRows(context.machine.host());
  const [name] = operands;
  const chosen = name === undefined ? rows : rows.filter((row) => row.addrobj.startsWith(name));
  if (chosen.length === 0)
    return fail(context, `address object could not be found: '${name ?? ''}'`);
  return printRows(context, ADDRESS_FIELDS, chosen, {
    parsable: flags.has('p'),
    fields: values.get('o'),
  });
}

function addressRows(host: HostModel): readonly AddressRow[] {
  const aggrState = host.ports.some((port) => port.up) ? 'ok' : 'down';
  return [
    { addrobj: 'lo0/v4', state: 'ok', addr: '127.0.0.1/8' },
    { addrobj: 'igb0/oob', state: 'ok', addr: host.plan.oobAddress },
    ...linkedVlans(host).flatMap(({ plan }) =>
      plan.address === null
        ? []
        : [{ addrobj: `${plan.link}/v4`, state: aggrState, addr: plan.address }],
    ),
    { addrobj: 'lo0/v6', state: 'ok', addr: '::1/128' },
  ];
}
