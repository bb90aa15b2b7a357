import { fail, type Program, type ProgramContext } from '../machine.ts';
import { linkedNics, linkedVlans, type HostModel, type PortModel } from '../model/host.ts';
import { plainAddress } from '../plan.ts';
import { createMac, createRandom } from '../random.ts';
import { field, printRows, type FieldSet } from './ofmt.ts';
import { getOptions } from './options.ts';

/** dladm(8): the show- subcommands. None needs a privilege. */
export const dladm: Program = { name: 'dladm', directory: '/usr/sbin', run };

function run(context: ProgramContext): number {
  const [subcommand, ...args] = context.args;
  switch (subcommand) {
    case 'show-link':
      return show(context, args, LINK_FIELDS, linkRows(context.machine.host()));
    case 'show-phys':
      return showPhys(context, args);
    case 'show-vnic':
      return show(context, args, VNIC_FIELDS, vnicRows(context.machine.host()));
    case 'show-vlan':
      return show(context, args, VLAN_FIELDS, vlanRows(context.machine.host()));
    case 'show-aggr':
      return showAggr(context, args);
    case 'show-etherstub':
      return show(context, args, ETHERSTUB_FIELDS, [{ link: 'stub0' }]);
    case 'show-bridge':
      return show(context, args, BRIDGE_FIELDS, []);
    case 'show-overlay':
      return show(context, args, OVERLAY_FIELDS, []);
    case 'show-linkprop':
      return showLinkprop(context, args);
    case undefined:
      context.stderr.write('usage:  dladm <subcommand> <args> ...\n');
      return 1;
    default:
      context.stderr.write(`dladm: unknown subcommand '${subcommand}'\n`);
      return 1;
  }
}

/** The rows of one subcommand; an operand picks the rows of one link. */
function show<Row extends { readonly link: string }>(
  context: ProgramContext,
  args: readonly string[],
  fields: FieldSet<Row>,
  rows: readonly Row[],
): number {
  const { flags, values, operands, bad } = getOptions(args, 'pPo:mxLZz:');
  if (bad !== null) return invalidOption(context, bad);
  const [link] = operands;
  const chosen = link === undefined ? rows : rows.filter((row) => row.link === link);
  if (link !== undefined && chosen.length === 0)
    return fail(context, `link ${link} is not valid: object not found`);
  return printRows(context, fields, chosen, {
    parsable: flags.has('p'),
    fields: values.get('o'),
  });
}

function invalidOption(context: ProgramContext, letter: string): number {
  context.stderr.write(`dladm: unrecognized option '-${letter}'\n`);
  return 1;
}

type LinkRow = {
  readonly link: string;
  readonly class: string;
  readonly mtu: number;
  readonly state: string;
  readonly over: string;
};
const LINK_FIELDS: FieldSet<LinkRow> = {
  all: [
    field('link', 12, (row) => row.link),
    field('class', 10, (row) => row.class),
    field('mtu', 7, (row) => String(row.mtu)),
    field('state', 9, (row) => row.state),
    // dladm writes the dashes itself, so that they stand in parsable output too.
    field('bridge', 11, () => '--'),
    field('over', 30, (row) => row.over || '--'),
  ],
  shown: ['link', 'class', 'mtu', 'state', 'bridge', 'over'],
};

const upDown = (up: boolean): string => (up ? 'up' : 'down');
const aggrUp = (host: HostModel): boolean => host.ports.some((port) => port.up);

function linkRows(host: HostModel): readonly LinkRow[] {
  const state = upDown(aggrUp(host));
  const row = (link: string, kind: string, linkState: string, over = ''): LinkRow => ({
    link,
    class: kind,
    mtu: kind === 'etherstub' ? 9000 : 1500,
    state: linkState,
    over,
  });
  return [
    ...host.ports.map((port) => row(port.name, 'phys', upDown(port.up))),
    row('igb0', 'phys', 'up'),
    row('aggr0', 'aggr', state, host.ports.map((port) => port.name).join(' ')),
    row('stub0', 'etherstub', 'unknown'),
    ...linkedVlans(host).map((link) => row(link.plan.link, 'vlan', state, 'aggr0')),
    ...vnicRows(host).map((vnic) => row(vnic.link, 'vnic', state, vnic.over)),
  ];
}

type PhysRow = {
  readonly link: string;
  readonly state: string;
  readonly speed: number;
  readonly duplex: string;
};
const PHYS_FIELDS: FieldSet<PhysRow> = {
  all: [
    field('link', 13, (row) => row.link),
    field('media', 21, () => 'Ethernet'),
    field('state', 11, (row) => row.state),
    field('speed', 7, (row) => String(row.speed)),
    field('duplex', 10, (row) => row.duplex),
    field('device', 13, (row) => row.link),
    field('flags', 6, (row) => (row.state === 'up' ? '-----' : '-----')),
  ],
  shown: ['link', 'media', 'state', 'speed', 'duplex', 'device'],
};
type PhysAddressRow = { readonly link: string; readonly address: string; readonly client: string };
const PHYS_ADDRESS_FIELDS: FieldSet<PhysAddressRow> = {
  all: [
    field('link', 20, (row) => row.link),
    field('slot', 9, () => 'primary'),
    field('address', 19, (row) => row.address),
    field('inuse', 5, () => 'yes'),
    field('client', 40, (row) => row.client),
  ],
  shown: ['link', 'slot', 'address', 'inuse', 'client'],
};

function showPhys(context: ProgramContext, args: readonly string[]): number {
  const host = context.machine.host();
  if (getOptions(args, 'pPo:mxLZz:').flags.has('m'))
    return show(context, args, PHYS_ADDRESS_FIELDS, [
      ...host.ports.map((port) => ({
        link: port.name,
        // A card shows the address that its aggregation has given it.
        address: macOf(host, 'ixgbe0'),
        client: 'aggr0',
      })),
      { link: 'igb0', address: macOf(host, 'igb0'), client: 'igb0' },
    ]);
  return show(context, args, PHYS_FIELDS, [
    ...host.ports.map((port) => ({
      link: port.name,
      state: upDown(port.up),
      speed: port.up ? 10_000 : 0,
      duplex: port.up ? 'full' : 'unknown',
    })),
    { link: 'igb0', state: 'up', speed: 1000, duplex: 'full' },
  ]);
}

const macOf = (host: HostModel, link: string): string =>
  createMac(createRandom(`${host.seed}/${host.plan.name}/${link}/mac`));

type VnicRow = {
  readonly link: string;
  readonly over: string;
  readonly speed: number;
  readonly macaddress: string;
  readonly vid: number;
  readonly zone: string;
};
const VNIC_FIELDS: FieldSet<VnicRow> = {
  all: [
    field('link', 13, (row) => row.link),
    field('over', 11, (row) => row.over),
    field('speed', 6, (row) => String(row.speed)),
    field('macaddress', 18, (row) => row.macaddress),
    field('macaddrtype', 12, () => 'fixed'),
    field('vid', 5, (row) => String(row.vid)),
    field('zone', 20, (row) => row.zone || '--'),
  ],
  shown: ['link', 'over', 'speed', 'macaddress', 'macaddrtype', 'vid', 'zone'],
};

/** VNICs of zones are made at their boot: those that run have them. */
function vnicRows(host: HostModel): readonly VnicRow[] {
  const speed = host.ports.filter((port) => port.up).length * 10_000;
  return [...host.zones.values()].flatMap((zone) =>
    linkedNics(host, zone).map((nic) => ({
      link: nic.plan.link,
      over: nic.plan.over,
      speed,
      macaddress: nic.plan.macAddress,
      vid: nic.plan.vlanId,
      zone: zone.plan.name,
    })),
  );
}

type VlanRow = { readonly link: string; readonly vid: number };
const VLAN_FIELDS: FieldSet<VlanRow> = {
  all: [
    field('link', 16, (row) => row.link),
    field('vid', 9, (row) => String(row.vid)),
    field('over', 13, () => 'aggr0'),
    field('flags', 6, () => '-----'),
  ],
  shown: ['link', 'vid', 'over', 'flags'],
};

const vlanRows = (host: HostModel): readonly VlanRow[] =>
  linkedVlans(host).map(({ plan }) => ({ link: plan.link, vid: plan.vlanId }));

const ETHERSTUB_FIELDS: FieldSet<{ readonly link: string }> = {
  all: [field('link', 20, (row) => row.link)],
  shown: ['link'],
};

const BRIDGE_FIELDS: FieldSet<{ readonly link: string }> = {
  all: Object.entries({
    bridge: 12,
    protect: 8,
    address: 19,
    priority: 9,
    bmaxage: 8,
    bhellotime: 11,
    bfwddelay: 10,
    forceproto: 11,
    desroot: 23,
    rootcost: 11,
    rootport: 11,
  }).map(([name, width]) => field(name, width, (row) => row.link)),
  shown: ['bridge', 'protect', 'address', 'priority', 'desroot'],
};
const OVERLAY_FIELDS: FieldSet<{ readonly link: string }> = {
  all: Object.entries({
    link: 20,
    property: 20,
    perm: 5,
    req: 4,
    value: 11,
    default: 10,
    possible: 10,
  }).map(([name, width]) => field(name, width, (row) => row.link)),
  shown: ['link', 'property', 'perm', 'req', 'value', 'default', 'possible'],
};

const AGGR_FIELDS: FieldSet<{ readonly link: string }> = {
  all: [
    field('link', 16, (row) => row.link),
    field('policy', 9, () => 'L3,L4'),
    field('addrpolicy', 21, () => 'auto'),
    field('lacpactivity', 14, () => 'active'),
    field('lacptimer', 12, () => 'short'),
    field('flags', 6, () => '-----'),
  ],
  shown: ['link', 'policy', 'addrpolicy', 'lacpactivity', 'lacptimer', 'flags'],
};
type AggrPortRow = {
  readonly link: string;
  readonly port: string;
  readonly speed: string;
  readonly duplex: string;
  readonly state: string;
  readonly address: string;
  readonly portstate: string;
};
const AGGR_PORT_FIELDS: FieldSet<AggrPortRow> = {
  all: [
    field('link', 12, (row) => row.link),
    field('port', 15, (row) => row.port),
    field('speed', 10, (row) => row.speed),
    field('duplex', 10, (row) => row.duplex),
    field('state', 10, (row) => row.state),
    field('address', 19, (row) => row.address),
    field('portstate', 16, (row) => row.portstate),
  ],
  shown: ['link', 'port', 'speed', 'duplex', 'state', 'address', 'portstate'],
};
type AggrLacpRow = {
  readonly link: string;
  readonly port: string;
  /** The switch answers it: it collects and distributes. */
  readonly inSync: boolean;
};
const yesNo = (yes: boolean): string => (yes ? 'yes' : 'no');
const AGGR_LACP_FIELDS: FieldSet<AggrLacpRow> = {
  all: [
    field('link', 12, (row) => row.link),
    field('port', 13, (row) => row.port),
    field('aggregatable', 13, () => 'yes'),
    field('sync', 5, (row) => yesNo(row.inSync)),
    field('coll', 5, (row) => yesNo(row.inSync)),
    field('dist', 5, (row) => yesNo(row.inSync)),
    field('defaulted', 10, (row) => yesNo(!row.inSync)),
    field('expired', 15, () => 'no'),
  ],
  shown: ['link', 'port', 'aggregatable', 'sync', 'coll', 'dist', 'defaulted', 'expired'],
};

function showAggr(context: ProgramContext, args: readonly string[]): number {
  const host = context.machine.host();
  const { flags } = getOptions(args, 'pPo:mxLZz:');
  if (flags.has('x')) return show(context, args, AGGR_PORT_FIELDS, aggrPortRows(host));
  if (flags.has('L')) {
    // The aggregation stands in the first of its rows only.
    const rows = host.ports.map((port, index) => ({
      link: index === 0 ? 'aggr0' : '',
      port: port.name,
      inSync: isAttached(port),
    }));
    return show(context, args, AGGR_LACP_FIELDS, rows);
  }
  return show(context, args, AGGR_FIELDS, [{ link: 'aggr0' }]);
}

const isAttached = ({ up, hasPartner }: PortModel): boolean => up && hasPartner;

function aggrPortRows(host: HostModel): readonly AggrPortRow[] {
  const up = host.ports.filter((port) => port.up);
  const isUp = up.length > 0;
  return [
    {
      link: 'aggr0',
      port: '',
      speed: `${up.length * 10_000}Mb`,
      duplex: isUp ? 'full' : 'unknown',
      state: upDown(isUp),
      address: macOf(host, 'ixgbe0'),
      portstate: '',
    },
    ...host.ports.map((port) => ({
      link: 'aggr0',
      port: port.name,
      speed: port.up ? '10000Mb' : '0Mb',
      duplex: port.up ? 'full' : 'unknown',
      state: upDown(port.up),
      address: macOf(host, port.name),
      portstate: isAttached(port) ? 'attached' : 'standby',
    })),
  ];
}

type PropertyRow = {
  readonly link: string;
  readonly property: string;
  readonly perm: string;
  readonly value: string;
  readonly default: string;
  readonly possible: string;
};
const PROPERTY_FIELDS: FieldSet<PropertyRow> = {
  all: [
    field('link', 13, (row) => row.link),
    field('property', 16, (row) => row.property),
    field('perm', 5, (row) => row.perm),
    field('value', 15, (row) => row.value),
    field('default', 15, (row) => row.default),
    field('possible', 20, (row) => row.possible),
  ],
  shown: ['link', 'property', 'perm', 'value', 'default', 'possible'],
};

/** `-c` is the parsable form; `-p` picks properties. */
function showLinkprop(context: ProgramContext, args: readonly string[]): number {
  const { flags, values, operands, bad } = getOptions(args, 'cPo:p:z:');
  if (bad !== null) return invalidOption(context, bad);
  const host = context.machine.host();
  const zones = new Map(vnicRows(host).map((vnic) => [vnic.link, vnic.zone]));
  const allowed = new Map(
    [...host.zones.values()].flatMap((zone) =>
      linkedNics(host, zone).map(({ plan }) => [plan.link, plainAddress(plan.address)]),
    ),
  );
  const wanted = values.get('p')?.split(',');
  const rows = linkRows(host)
    .filter((link) => operands.length === 0 || operands.includes(link.link))
    .flatMap((link): readonly PropertyRow[] => [
      {
        link: link.link,
        property: 'mtu',
        perm: 'rw',
        value: String(link.mtu),
        default: '1500',
        possible: '576-9000',
      },
      {
        link: link.link,
        property: 'zone',
        perm: 'rw',
        value: zones.get(link.link) ?? '',
        default: '',
        possible: '',
      },
      {
        link: link.link,
        property: 'allowed-ips',
        perm: 'rw',
        value: allowed.get(link.link) ?? '',
        default: '',
        possible: '',
      },
      {
        link: link.link,
        property: 'state',
        perm: 'r-',
        value: link.state,
        default: 'up',
        possible: 'up,down',
      },
    ])
    .filter((row) => wanted === undefined || wanted.includes(row.property));
  return printRows(context, PROPERTY_FIELDS, rows, {
    parsable: flags.has('c'),
    fields: values.get('o') ?? (flags.has('c') ? PROPERTY_FIELDS.shown.join(',') : undefined),
  });
}
