import { forecastFull } from '../../../derive/forecast.ts';
import { bytes, percent, shortDuration, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { diskOfVdev } from '../../../domain/joined-disks.ts';
import type { PoolEntry, Vdev } from '../../../domain/pool.ts';
import { diskRef, poolRef } from '../../../domain/ref.ts';
import type { Run } from '../canvas.ts';
import { barRuns, gridLines, labelled, muted, paragraph, run } from '../lines.ts';
import type { GridRow, TextLine } from '../lines.ts';
import { capacityTone, poolsOfHost, scanText, signRun, worstSign } from '../look.ts';
import type { Look, PoolFact } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

/** Pools with their devices; in full, or only the devices that are not well. */
export function poolsPanel(host: HostInventory, look: Look, full: boolean, only?: string): Panel {
  const pools = poolsOfHost(host, look.model.now)?.filter(
    ({ pool }) => only === undefined || pool.name === only,
  );
  const fullest = Math.max(-1, ...(pools ?? []).map(({ pool }) => pool.capacityPercent ?? -1));
  return {
    id: 'pools',
    title: only === undefined ? (full ? `Pools and devices of ${host.name}` : 'Pools') : 'Devices',
    right: () =>
      pools === undefined || pools.length === 0
        ? []
        : [[...poolsVerdict(pools), muted(fullest < 0 ? '' : `  fullest ${fullest}%`)]],
    lines: (width, height) => {
      if (pools === undefined) return [labelled('', [feedWords(host.feeds.pools)])];
      if (pools.length === 0) return [labelled('', [muted('no pools')])];
      const short = poolLines(pools, look, width, full);
      if (full || height === null) return short;
      const long = poolLines(pools, look, width, true);
      return long.length <= height ? long : short;
    },
  };
}

const DAY_MS = 86_400_000;
const FORECAST_POINTS = 96;

/** When a pool is full at the slope of its last day, in words. */
export function forecastText(host: string, pool: PoolEntry, { model }: Look): string {
  const { now } = model;
  const past = model.past(poolRef(host, pool.name), 'allocatedBytes', DAY_MS, FORECAST_POINTS, now);
  const forecast = pool.sizeBytes === null ? null : forecastFull(past, pool.sizeBytes, now);
  if (forecast === null) return 'not known before an hour of its past is';
  const { fullAt, bytesPerDay } = forecast;
  if (fullAt === null) return bytesPerDay > 0 ? 'not in ten years' : 'not at the present slope';
  return `in ${shortDuration(fullAt - now)}, at ${bytes(bytesPerDay)} a day`;
}

/** How the pools of a host are, worst first, in a few words. */
function poolsVerdict(pools: readonly PoolFact[]): readonly Run[] {
  const sign = worstSign(pools.map((fact) => fact.sign));
  if (sign === 'ok') return [muted(`${pools.length} online`)];
  if (sign === 'unknown') return [run('unknown', 'unknown')];
  return [run(`worst ${pools[0]?.pool.health ?? ''}`, 'bad')];
}

function poolLines(
  pools: readonly PoolFact[],
  look: Look,
  width: number,
  full: boolean,
): readonly TextLine[] {
  return [
    ...gridLines(
      [
        { title: '', width: 1 },
        { title: full ? 'POOL / DEVICE' : 'POOL', width: 'fit' },
        { title: 'STATE', width: 8 },
        { title: 'USED', width: 15, rank: 3 },
        { title: 'SIZE', width: 4, align: 'right', rank: 2 },
        { title: 'FRAG', width: 4, align: 'right', rank: 4 },
        { title: 'READ', width: 5, align: 'right', rank: 5 },
        { title: 'WRITE', width: 5, align: 'right', rank: 6 },
        { title: 'CKSUM', width: 5, align: 'right', rank: 5 },
        { title: 'SCAN', width: 'grow', rank: 7 },
      ],
      pools.flatMap((fact) => poolRows(fact, look, full)),
      width,
    ),
    ...pools.flatMap((fact) => poolWords(fact, width, full)),
    ...(full
      ? pools.map(({ host, pool }) =>
          labelled(`${pool.name} full`, [muted(forecastText(host, pool, look))]),
        )
      : []),
  ];
}

function poolRows(fact: PoolFact, { model }: Look, full: boolean): readonly GridRow[] {
  const { host, pool, status, sign, stale } = fact;
  const used = pool.capacityPercent;
  const tree = (status?.vdevs ?? []).filter(({ depth }, index) => index > 0 || depth > 0);
  const shown = full ? tree : tree.filter((vdev, index) => isTroubled(vdev, tree, index));
  return [
    {
      ref: poolRef(host, pool.name),
      cells: [
        signRun(sign),
        run(pool.name, 'title'),
        stale
          ? run('unknown', 'unknown')
          : run(pool.health, pool.health === 'ONLINE' ? 'muted' : 'bad'),
        [
          ...barRuns(
            used === null ? null : used / 100,
            10,
            stale ? 'muted' : capacityTone(model.inventory, used),
          ),
          run(percent(used).padStart(5), stale ? 'stale' : 'plain'),
        ],
        muted(bytes(pool.sizeBytes)),
        muted(percent(pool.fragmentationPercent)),
        ...errorCells(status?.vdevs[0]),
        muted(scanText(status?.scan, model.now)),
      ],
    },
    ...shown.map((vdev) => ({
      ...(isDisk(vdev) ? { ref: diskRef(host, diskOfVdev(vdev)) } : {}),
      cells: [
        ' ',
        [run(branchOf(vdev, shown), 'frame'), run(vdev.name, isWell(vdev) ? 'muted' : 'plain')],
        run(vdev.state, isWell(vdev) ? 'muted' : 'bad'),
        '',
        '',
        '',
        ...errorCells(vdev),
        muted(vdev.note ?? ''),
      ],
    })),
  ];
}

/** A device, or one that is missing and called by its GUID; not a mirror above them. */
const isDisk = (vdev: Vdev): boolean => /^c[0-9]+.*d[0-9]+$/.test(diskOfVdev(vdev));

const isWell = ({ state }: Vdev): boolean =>
  state === 'ONLINE' || state === 'AVAIL' || state === 'INUSE';

/** Not well itself or with errors, or above such a device. */
function isTroubled(vdev: Vdev, tree: readonly Vdev[], index: number): boolean {
  const own = (each: Vdev): boolean =>
    !isWell(each) ||
    (each.readErrors ?? 0) + (each.writeErrors ?? 0) + (each.checksumErrors ?? 0) > 0;
  if (own(vdev)) return true;
  for (let below = index + 1; below < tree.length; below += 1) {
    const next = tree[below];
    if (!next || next.depth <= vdev.depth) return false;
    if (own(next)) return true;
  }
  return false;
}

/** The branches in front of a device: what comes below it at its depth or above decides them. */
function branchOf(vdev: Vdev, tree: readonly Vdev[]): string {
  const index = tree.indexOf(vdev);
  const levels = Math.max(1, vdev.section === 'data' ? vdev.depth : vdev.depth + 1);
  const hasMore = (depth: number): boolean => {
    for (let below = index + 1; below < tree.length; below += 1) {
      const next = tree[below];
      const nextDepth = next ? (next.section === 'data' ? next.depth : next.depth + 1) : 0;
      if (nextDepth < depth) return false;
      if (nextDepth === depth) return true;
    }
    return false;
  };
  let text = '';
  for (let depth = 1; depth < levels; depth += 1) text += hasMore(depth) ? '│ ' : '  ';
  return `${text}${hasMore(levels) ? '├ ' : '└ '}${vdev.section === 'data' || levels > 1 ? '' : `${vdev.section} `}`;
}

const errorCells = (vdev: Vdev | undefined): readonly Run[] =>
  [vdev?.readErrors, vdev?.writeErrors, vdev?.checksumErrors].map((value) =>
    value === undefined || value === null
      ? muted('-')
      : run(String(value), value > 0 ? 'bad' : 'muted'),
  );

/** What zpool itself says of a pool that is not well. */
function poolWords({ pool, status }: PoolFact, width: number, full: boolean): readonly TextLine[] {
  if (!status) return [];
  const isScanning = status.scan.kind.endsWith('-running');
  return [
    ...(status.status === null
      ? []
      : paragraph(pool.name, status.status, width, 'warn').slice(0, full ? 9 : 2)),
    ...(status.action === null || !full ? [] : paragraph('action', status.action, width, 'accent')),
    ...(full || isScanning
      ? paragraph(full ? `${pool.name} scan` : 'scan', status.scan.text || UNKNOWN, width, 'muted')
      : []),
    ...(status.errors === null || !full || status.errorCount === 0
      ? []
      : paragraph('errors', status.errors, width, 'bad')),
  ];
}
