import { fail, type Program, type ProgramContext } from '../machine.ts';
import { resilveredBytes } from '../model/disk-io.ts';
import type { DiskModel, HostModel, PoolModel, VdevState } from '../model/host.ts';
import { formatCtime, formatDuration, formatSize } from './format.ts';
import { getOptions } from './options.ts';

/** zpool(8): list and status. */
export const zpool: Program = { name: 'zpool', directory: '/usr/sbin', run };

const USAGE = 2;

function run(context: ProgramContext): number {
  const [subcommand, ...args] = context.args;
  if (subcommand === 'list') return list(context, args);
  if (subcommand === 'status') return status(context, args);
  context.stderr.write(
    subcommand === undefined ? 'missing command\n' : `unrecognized command '${subcommand}'\n`,
  );
  return USAGE;
}

/** The pools that the operands name; null after a message about one that does not exist. */
function choosePools(
  context: ProgramContext,
  names: readonly string[],
): readonly PoolModel[] | null {
  const { pools } = context.machine.host();
  const unknown = names.find((name) => !pools.some((pool) => pool.plan.name === name));
  if (unknown !== undefined) {
    context.stderr.write(`cannot open '${unknown}': no such pool\n`);
    return null;
  }
  return pools
    .filter((pool) => names.length === 0 || names.includes(pool.plan.name))
    .toSorted((a, b) => (a.plan.name < b.plan.name ? -1 : 1));
}

type Property = {
  readonly title: string;
  readonly left?: boolean;
  readonly value: (pool: PoolModel, host: HostModel, exact: boolean) => string;
};
const bytes = (value: number, exact: boolean): string =>
  exact ? String(value) : formatSize(value);

const PROPERTIES: Readonly<Record<string, Property>> = {
  name: { title: 'NAME', left: true, value: (pool) => pool.plan.name },
  size: { title: 'SIZE', value: (pool, _, exact) => bytes(pool.plan.sizeBytes, exact) },
  allocated: { title: 'ALLOC', value: (pool, _, exact) => bytes(pool.plan.allocatedBytes, exact) },
  free: {
    title: 'FREE',
    value: ({ plan }, _, exact) => bytes(plan.sizeBytes - plan.allocatedBytes, exact),
  },
  checkpoint: { title: 'CKPOINT', value: () => '-' },
  expandsize: { title: 'EXPANDSZ', value: () => '-' },
  fragmentation: {
    title: 'FRAG',
    value: ({ plan }, _, exact) =>
      `${Math.floor((plan.allocatedBytes / plan.sizeBytes) * 37)}${exact ? '' : '%'}`,
  },
  capacity: {
    title: 'CAP',
    value: ({ plan }, _, exact) =>
      `${Math.floor((plan.allocatedBytes / plan.sizeBytes) * 100)}${exact ? '' : '%'}`,
  },
  dedupratio: { title: 'DEDUP', value: (_, __, exact) => (exact ? '1.00' : '1.00x') },
  health: { title: 'HEALTH', left: true, value: (pool, host) => poolState(pool, host) },
  altroot: { title: 'ALTROOT', left: true, value: () => '-' },
};
const PROPERTY_ALIASES: Readonly<Record<string, string>> = {
  alloc: 'allocated',
  frag: 'fragmentation',
  cap: 'capacity',
  dedup: 'dedupratio',
};
const DEFAULT_PROPERTIES =
  'name,size,allocated,free,checkpoint,expandsize,fragmentation,capacity,dedupratio,health,altroot';

function list(context: ProgramContext, args: readonly string[]): number {
  const { flags, values, operands, bad } = getOptions(args, 'Hpo:vLPT:');
  if (bad !== null) {
    context.stderr.write(`invalid option '${bad}'\n`);
    return USAGE;
  }
  const names = (values.get('o') ?? DEFAULT_PROPERTIES)
    .split(',')
    .map((name) => PROPERTY_ALIASES[name] ?? name);
  const unknown = names.find((name) => !(name in PROPERTIES));
  if (unknown !== undefined) {
    context.stderr.write(`bad property list: invalid property '${unknown}'\n`);
    return USAGE;
  }
  const pools = choosePools(context, operands);
  if (!pools) return 1;
  const host = context.machine.host();
  const exact = flags.has('p');
  const rows = pools.map((pool) =>
    names.map((name) => PROPERTIES[name]?.value(pool, host, exact) ?? '-'),
  );
  context.stdout.write(
    formatList(
      names.map((name) => PROPERTIES[name] ?? { title: name }),
      rows,
      flags.has('H'),
    ),
  );
  return 0;
}

/** What `list` prints: with `-H` tab-separated without titles, else a table. */
export const formatList = (
  columns: readonly { readonly title: string }[],
  rows: readonly (readonly string[])[],
  isScripted: boolean,
): string =>
  isScripted
    ? rows.map((row) => `${row.join('\t')}\n`).join('')
    : formatTable(
        [columns.map(({ title }) => title), ...rows],
        columns.map((column) => 'left' in column),
      );

/** Columns two blanks apart, numbers to the right; the last column is not padded. */
function formatTable(rows: readonly (readonly string[])[], left: readonly boolean[]): string {
  const widths = left.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => {
        const width = widths[column] ?? 0;
        if (!left[column]) return cell.padStart(width);
        return column === row.length - 1 ? cell : cell.padEnd(width);
      });
      return `${cells.join('  ')}\n`;
    })
    .join('');
}

const isWorking = (state: VdevState): boolean => state === 'ONLINE';

/** The state of a vdev by its disks: fewer failures than its redundancy leave it DEGRADED. */
function groupState(name: string, disks: readonly DiskModel[]): VdevState {
  const failed = disks.filter((disk) => !isWorking(disk.state)).length;
  if (failed === 0) return 'ONLINE';
  const redundancy = name.startsWith('raidz') ? Number(name[5] ?? 1) : disks.length - 1;
  return failed <= redundancy ? 'DEGRADED' : 'UNAVAIL';
}

const disksOf = (host: HostModel, names: readonly string[]): readonly DiskModel[] =>
  names.flatMap((name) => host.disks.get(name) ?? []);

/** The worst of the vdevs' states. */
export function poolState(pool: PoolModel, host: HostModel): VdevState {
  const states = new Set(
    pool.plan.vdevs.map((vdev) => groupState(vdev.name, disksOf(host, vdev.disks))),
  );
  if (states.has('UNAVAIL')) return 'UNAVAIL';
  return states.has('DEGRADED') ? 'DEGRADED' : 'ONLINE';
}

function status(context: ProgramContext, args: readonly string[]): number {
  const { flags, operands, bad } = getOptions(args, 'pvxDsitLPT:');
  if (bad !== null) {
    context.stderr.write(`invalid option '${bad}'\n`);
    return USAGE;
  }
  const pools = choosePools(context, operands);
  if (!pools) return 1;
  const host = context.machine.host();
  if (pools.length === 0) return fail(context, 'no pools available', 0);
  const shown = flags.has('x') ? pools.filter((pool) => poolState(pool, host) !== 'ONLINE') : pools;
  if (shown.length === 0) {
    context.stdout.write(
      operands.length === 1
        ? `pool '${operands[0] ?? ''}' is healthy\n`
        : 'all pools are healthy\n',
    );
    return 0;
  }
  const now = context.machine.clock.now();
  context.stdout.write(shown.map((pool) => poolBlock(pool, host, now, flags.has('p'))).join('\n'));
  return 0;
}

function poolBlock(pool: PoolModel, host: HostModel, now: number, exact: boolean): string {
  const rows = configRows(pool, host, now, exact);
  const width = Math.max('NAME'.length, ...rows.map((row) => row.name.length));
  const table = rows.map(({ name, state, counters, note }) =>
    state === ''
      ? `\t${name}`
      : `\t${name.padEnd(width)}  ${state.padEnd(8)}${counters.map((count) => ` ${count.padStart(5)}`).join('')}${note === '' ? '' : `  ${note}`}`,
  );
  return [
    `  pool: ${pool.plan.name}`,
    ` state: ${poolState(pool, host)}`,
    ...advice(pool, host, now),
    `  scan: ${scanText(pool, now)}`,
    'config:',
    '',
    `\t${'NAME'.padEnd(width)}  ${'STATE'.padEnd(8)} ${[' READ', 'WRITE', 'CKSUM'].join(' ')}`,
    ...table,
    '',
    'errors: No known data errors',
    '',
  ].join('\n');
}

const isResilvering = (pool: PoolModel, now: number): boolean =>
  pool.scan.kind === 'resilver' && resilveredBytes(pool, now) < pool.scan.totalBytes;

function advice(pool: PoolModel, host: HostModel, now: number): readonly string[] {
  const disks = disksOf(
    host,
    pool.plan.vdevs.flatMap((vdev) => vdev.disks),
  );
  const failed = disks.filter((disk) => !isWorking(disk.state));
  if (isResilvering(pool, now))
    return [
      'status: One or more devices is currently being resilvered.  The pool will',
      '\tcontinue to function, possibly in a degraded state.',
      'action: Wait for the resilver to complete.',
    ];
  if (failed.some((disk) => disk.state === 'UNAVAIL' || disk.state === 'REMOVED'))
    return [
      'status: One or more devices could not be opened.  Sufficient replicas exist for',
      '\tthe pool to continue functioning in a degraded state.',
      "action: Attach the missing device and online it using 'zpool online'.",
      '   see: http://illumos.org/msg/ZFS-8000-2Q',
    ];
  if (failed.length > 0)
    return [
      'status: One or more devices are faulted in response to persistent errors.',
      '\tSufficient replicas exist for the pool to continue functioning in a',
      '\tdegraded state.',
      "action: Replace the faulted device, or use 'zpool clear' to mark the device",
      '\trepaired.',
    ];
  const hasErrors = disks.some(
    (disk) => disk.readErrors + disk.writeErrors + disk.checksumErrors > 0,
  );
  return hasErrors
    ? [
        'status: One or more devices has experienced an unrecoverable error.  An',
        '\tattempt was made to correct the error.  Applications are unaffected.',
        'action: Determine if the device needs to be replaced, and clear the errors',
        "\tusing 'zpool clear' or replace the device with 'zpool replace'.",
        '   see: http://illumos.org/msg/ZFS-8000-9P',
      ]
    : [];
}

function scanText(pool: PoolModel, now: number): string {
  const { plan, scan } = pool;
  switch (scan.kind) {
    case 'resilver': {
      const done = resilveredBytes(pool, now);
      const left = (scan.totalBytes - done) / scan.bytesPerSecond;
      if (done >= scan.totalBytes) {
        const seconds = scan.totalBytes / scan.bytesPerSecond;
        return `resilvered ${formatSize(done)} in ${formatDuration(seconds)} with 0 errors on ${formatCtime(scan.startedAt + seconds * 1000)}`;
      }
      const part = done / scan.totalBytes;
      const total = plan.allocatedBytes;
      const rate = formatSize((scan.bytesPerSecond * total) / scan.totalBytes);
      return [
        `resilver in progress since ${formatCtime(scan.startedAt)}`,
        `\t${formatSize(Math.min(total, total * part * 1.2))} scanned at ${rate}/s, ${formatSize(total * part)} issued at ${rate}/s, ${formatSize(total)} total`,
        `\t${formatSize(done)} resilvered, ${(part * 100).toFixed(2)}% done, ${formatDuration(left)} to go`,
      ].join('\n');
    }
    case 'none':
      return 'none requested';
    case 'scrub-done':
      return `scrub repaired 0 in ${formatDuration(scan.seconds)} with 0 errors on ${formatCtime(scan.finishedAt)}`;
    case 'scrub-running': {
      const total = plan.allocatedBytes;
      const done = Math.min(total, ((now - scan.startedAt) / 1000) * scan.bytesPerSecond);
      const left = formatDuration((total - done) / scan.bytesPerSecond);
      const rate = `${formatSize(scan.bytesPerSecond)}/s`;
      return [
        `scrub in progress since ${formatCtime(scan.startedAt)}`,
        `\t${formatSize(Math.min(total, done * 1.05))} scanned at ${rate}, ${formatSize(done)} issued at ${rate}, ${formatSize(total)} total`,
        `\t0 repaired, ${((done / total) * 100).toFixed(2)}% done, ${left} to go`,
      ].join('\n');
    }
  }
}

type ConfigRow = {
  readonly name: string;
  readonly state: string;
  readonly counters: readonly string[];
  readonly note: string;
};

const ZERO = ['0', '0', '0'] as const;

function configRows(
  pool: PoolModel,
  host: HostModel,
  now: number,
  exact: boolean,
): readonly ConfigRow[] {
  const count = (value: number) => (exact ? String(value) : formatSize(value));
  const diskRow = (disk: DiskModel, indent: number, note = ''): ConfigRow => ({
    name: `${' '.repeat(indent)}${disk.name}`,
    state: disk.state,
    counters: [disk.readErrors, disk.writeErrors, disk.checksumErrors].map(count),
    note: note || (NOTES[disk.state] ?? ''),
  });
  return [
    { name: pool.plan.name, state: poolState(pool, host), counters: ZERO, note: '' },
    ...pool.plan.vdevs.flatMap((vdev) => {
      const disks = disksOf(host, vdev.disks);
      return [
        { name: `  ${vdev.name}`, state: groupState(vdev.name, disks), counters: ZERO, note: '' },
        ...disks.flatMap((disk, index) => {
          const spare = host.disks.get(pool.spareOf.get(disk.name) ?? '');
          if (!spare) return [diskRow(disk, 4)];
          return [
            { name: `    spare-${index}`, state: 'DEGRADED', counters: ZERO, note: '' },
            diskRow(disk, 6),
            diskRow(spare, 6, isResilvering(pool, now) ? '(resilvering)' : ''),
          ];
        }),
      ];
    }),
    ...(pool.plan.spares.length === 0 ? [] : [{ ...BARE, name: 'spares' }]),
    ...pool.plan.spares.map((name): ConfigRow => {
      const isUsed = [...pool.spareOf.values()].includes(name);
      return {
        ...BARE,
        name: `  ${name}`,
        state: isUsed ? 'INUSE' : 'AVAIL',
        note: isUsed ? 'currently in use' : '',
      };
    }),
  ];
}

const BARE = { state: '', counters: [], note: '' } as const;
const NOTES: Readonly<Partial<Record<VdevState, string>>> = {
  FAULTED: 'too many errors',
  UNAVAIL: 'cannot open',
};
