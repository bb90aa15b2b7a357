import type { Program, ProgramContext } from '../machine.ts';
import type { HostModel } from '../model/host.ts';
import { GIB, MIB } from '../plan.ts';
import { between, createRandom } from '../random.ts';
import { formatCtime, formatSize } from './format.ts';
import { getOptions } from './options.ts';
import { formatList } from './zpool.ts';

/** zfs(8): list. */
export const zfs: Program = { name: 'zfs', directory: '/usr/sbin', run };

const USAGE = 2;

type Dataset = {
  readonly name: string;
  readonly type: 'filesystem' | 'volume' | 'snapshot';
  readonly used: number;
  readonly available: number;
  readonly referenced: number;
  readonly mountpoint: string;
  readonly volsize: number | null;
  readonly quota: number | null;
  /** What its snapshots alone hold. */
  readonly snapshots: number;
  readonly creation: number;
};

function run(context: ProgramContext): number {
  const [subcommand, ...args] = context.args;
  if (subcommand === 'list') return list(context, args);
  context.stderr.write(
    subcommand === undefined ? 'missing command\n' : `unrecognized command '${subcommand}'\n`,
  );
  return USAGE;
}

type Form = { readonly exact: boolean; readonly type: Dataset['type'] };
type Property = {
  readonly title: string;
  readonly left?: boolean;
  readonly value: (set: Dataset, form: Form) => string;
};
const size = (bytes: number, { exact }: Form): string =>
  exact ? String(bytes) : formatSize(bytes);
/** A limit that is not set: `none`, or 0 for programs; volumes have none at all. */
const limit = (bytes: number | null, form: Form): string => {
  if (form.type !== 'filesystem') return '-';
  if (bytes === null) return form.exact ? '0' : 'none';
  return size(bytes, form);
};

const PROPERTIES: Readonly<Record<string, Property>> = {
  name: { title: 'NAME', left: true, value: (set) => set.name },
  type: { title: 'TYPE', left: true, value: (set) => set.type },
  used: { title: 'USED', value: (set, form) => size(set.used, form) },
  available: {
    title: 'AVAIL',
    value: (set, form) => (set.type === 'snapshot' ? '-' : size(set.available, form)),
  },
  referenced: { title: 'REFER', value: (set, form) => size(set.referenced, form) },
  quota: { title: 'QUOTA', value: (set, form) => limit(set.quota, form) },
  reservation: {
    title: 'RESERV',
    value: (_, form) => limit(null, { ...form, type: 'filesystem' }),
  },
  refquota: { title: 'REFQUOTA', value: (_, form) => limit(null, form) },
  refreservation: {
    title: 'REFRESERV',
    value: (set, form) => limit(set.volsize, { ...form, type: 'filesystem' }),
  },
  volsize: {
    title: 'VOLSIZE',
    value: (set, form) => (set.volsize === null ? '-' : size(set.volsize, form)),
  },
  usedbysnapshots: {
    title: 'USEDSNAP',
    value: (set, form) => size(set.snapshots, form),
  },
  mountpoint: { title: 'MOUNTPOINT', left: true, value: (set) => set.mountpoint },
  creation: {
    title: 'CREATION',
    left: true,
    value: (set, { exact }) => (exact ? String(set.creation) : formatCtime(set.creation * 1000)),
  },
  origin: { title: 'ORIGIN', left: true, value: () => '-' },
  zoned: {
    title: 'ZONED',
    left: true,
    value: (_, { type }) => (type === 'filesystem' ? 'off' : '-'),
  },
  compressratio: { title: 'RATIO', value: (_, { exact }) => (exact ? '1.62' : '1.62x') },
};
const ALIASES: Readonly<Record<string, string>> = { avail: 'available', refer: 'referenced' };

function list(context: ProgramContext, args: readonly string[]): number {
  const { flags, values, operands, bad } = getOptions(args, 'Hprd:t:o:s:S:');
  if (bad !== null) {
    context.stderr.write(`invalid option '${bad}'\n`);
    return USAGE;
  }
  const names = (values.get('o') ?? 'name,used,avail,refer,mountpoint')
    .split(',')
    .map((name) => ALIASES[name] ?? name);
  const unknown = names.find((name) => !(name in PROPERTIES));
  if (unknown !== undefined) {
    context.stderr.write(`bad property list: invalid property '${unknown}'\n`);
    return USAGE;
  }
  const all = datasets(context.machine.host(), context.machine.clock.now());
  const missing = operands.filter((operand) => !all.some((set) => set.name === operand));
  for (const name of missing)
    context.stderr.write(`cannot open '${name}': dataset does not exist\n`);
  const code = missing.length > 0 ? 1 : 0;
  const types = values.get('t')?.split(',') ?? ['filesystem', 'volume'];
  const depth =
    flags.has('r') || values.has('d') || operands.length === 0 ? Number(values.get('d') ?? 99) : 0;
  const levels = (name: string) => name.split(/[/@]/).length;
  const isChosen = (set: Dataset): boolean => {
    if (!types.includes(set.type) && !types.includes('all')) return false;
    const roots = operands.length === 0 ? [set.name.split('/')[0] ?? ''] : operands;
    return roots.some(
      (root) =>
        (set.name === root || /^[/@]/.test(set.name.slice(root.length))) &&
        set.name.startsWith(root) &&
        levels(set.name) - levels(root) <= depth,
    );
  };
  const form = { exact: flags.has('p') };
  const rows = all
    .filter(isChosen)
    .map((set) =>
      names.map((name) => PROPERTIES[name]?.value(set, { ...form, type: set.type }) ?? '-'),
    );
  const isScripted = flags.has('H');
  if (rows.length === 0 && !isScripted && code === 0) {
    context.stdout.write('no datasets available\n');
    return code;
  }
  context.stdout.write(
    formatList(
      names.map((name) => PROPERTIES[name] ?? { title: name }),
      rows,
      isScripted,
    ),
  );
  return code;
}

/** The datasets of a host by name; what lies below adds up in the used size of what is above. */
function datasets(host: HostModel, now: number): readonly Dataset[] {
  return host.pools.flatMap(({ plan }) => {
    const random = createRandom(`${host.seed}/${host.plan.name}/${plan.name}/datasets`);
    const creation = Math.floor(host.bootedAt / 1000) - 86_400 * 200;
    // zfs(8) counts neither the parity of a raidz nor what the pool keeps for itself.
    const share = plan.name === 'tank' ? 0.64 : 0.97;
    const available = Math.floor((plan.sizeBytes - plan.allocatedBytes) * share);
    const leaf = (
      name: string,
      used: number,
      mountpoint: string,
      volsize: number | null = null,
      quota: number | null = null,
    ): Dataset => ({
      name: `${plan.name}/${name}`,
      type: volsize === null ? 'filesystem' : 'volume',
      used: Math.floor(used),
      available: Math.min(
        quota === null ? Infinity : quota - Math.floor(used),
        available + (volsize === null ? 0 : Math.floor(volsize * 0.4)),
      ),
      referenced: Math.floor(volsize === null ? used : used * 0.6),
      mountpoint,
      volsize,
      quota,
      snapshots: Math.floor(used * SNAPSHOT_SHARE) * SNAPSHOT_COUNT,
      creation,
    });
    const leaves = ((): readonly Dataset[] => {
      switch (plan.name) {
        case 'rpool':
          return [
            leaf('ROOT', 4.2 * GIB, 'legacy'),
            leaf('ROOT/omnios-r151058', 4.1 * GIB, '/'),
            leaf('dump', 8 * GIB, '-', 8 * GIB),
            leaf('export', 1.2 * GIB, '/export'),
            leaf('swap', 8.2 * GIB, '-', 8 * GIB),
          ];
        case 'zones':
          return zoneDatasets(host, (low, high) => between(random, low, high), leaf);
        default:
          return [
            leaf('backup', plan.allocatedBytes * 0.3, `/${plan.name}/backup`),
            leaf('media', plan.allocatedBytes * 0.25, `/${plan.name}/media`),
            leaf('nfs', plan.allocatedBytes * 0.08, `/${plan.name}/nfs`),
          ];
      }
    })();
    const root: Dataset = {
      ...leaf('', Math.floor(plan.allocatedBytes * share), `/${plan.name}`),
      name: plan.name,
      referenced: 96 * 1024,
    };
    return [root, ...leaves]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((set) => [set, ...snapshotsOf(set, now)]);
  });
}

/** A snapshot of each night is kept so long, and holds such a part of what its dataset holds. */
const SNAPSHOT_COUNT = 7;
const SNAPSHOT_SHARE = 0.002;
const SNAPSHOT_AT_SECONDS = 600;
const DAY_SECONDS = 86_400;
const ZONE_QUOTA = 20 * GIB;

/** The snapshots of a dataset, the oldest first. Swap and dump devices, and what only holds others, have none. */
function snapshotsOf(set: Dataset, now: number): readonly Dataset[] {
  if (set.referenced < MIB || /\/(?:dump|swap)$/.test(set.name)) return [];
  const today =
    Math.floor((now / 1000 - SNAPSHOT_AT_SECONDS) / DAY_SECONDS) * DAY_SECONDS +
    SNAPSHOT_AT_SECONDS;
  return Array.from({ length: SNAPSHOT_COUNT }, (_, index): Dataset => {
    const creation = today - (SNAPSHOT_COUNT - 1 - index) * DAY_SECONDS;
    return {
      ...set,
      name: `${set.name}@daily-${new Date(creation * 1000).toISOString().slice(0, 10)}`,
      type: 'snapshot',
      used: Math.floor(set.used * SNAPSHOT_SHARE),
      mountpoint: '-',
      volsize: null,
      quota: null,
      snapshots: 0,
      creation,
    };
  });
}

type Leaf = (
  name: string,
  used: number,
  mountpoint: string,
  volsize?: number | null,
  quota?: number | null,
) => Dataset;

function zoneDatasets(
  host: HostModel,
  amount: (low: number, high: number) => number,
  leaf: Leaf,
): readonly Dataset[] {
  return [...host.zones.values()].flatMap(({ plan }) => {
    const name = plan.name;
    if (!plan.vm) return [leaf(name, amount(300 * MIB, 6 * GIB), plan.zonepath, null, ZONE_QUOTA)];
    const disks = plan.vm.disks.map((disk, index) =>
      leaf(`${name}/disk${index}`, disk.sizeBytes * amount(0.5, 1.03), '-', disk.sizeBytes),
    );
    const used = disks.reduce((sum, disk) => sum + disk.used, 0) + 90 * MIB;
    return [leaf(name, used, plan.zonepath), ...disks];
  });
}
