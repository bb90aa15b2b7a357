import { lastKnown } from '../../domain/feed.ts';
import { shortDuration, UNKNOWN } from '../../domain/format.ts';
import { groupStates } from '../../domain/groups.ts';
import type { GroupState } from '../../domain/groups.ts';
import type { HostInventory, Inventory } from '../../domain/inventory.ts';
import { hostFresh } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import type { PoolEntry, PoolScan, PoolStatus } from '../../domain/pool.ts';
import type { Ref } from '../../domain/ref.ts';
import { sameFields, settleEach } from '../../domain/same-parts.ts';
import type { ToneName } from '../../domain/theme.ts';
import { toneBy } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { BoundRow, BoundView, Sign } from '../../domain/view.ts';
import { makeAnew } from '../kept.ts';
import type { Keep } from '../kept.ts';
import { viewById, viewOfRef } from '../model.ts';
import type { Model } from '../model.ts';
import { atPresent } from '../rows.ts';
import type { ShownRows } from '../rows.ts';
import { rowOf } from '../table/row-list.ts';
import type { RowList } from '../table/row-list.ts';
import { SIGN_CHANGES, SIGN_RANK, SIGN_TONES, SIGNS } from '../tones.ts';
import type { Run } from './canvas.ts';

export type RowsOf = (view: BoundView) => ShownRows;

/** The model with the rows of its views, so that every place judges a thing as its table does. */
export type Look = {
  readonly model: Model;
  /** The rows of a view, faults first; none when there is no such view. Who prints one binds it to the present. */
  readonly rows: (view: string) => RowList;
  /** The row of a thing. */
  readonly row: (ref: Ref) => BoundRow | undefined;
  /** Keeps what was worked out from one frame to the next. */
  readonly keep: Keep;
};

export function createLook(model: Model, rowsOf: RowsOf, keep: Keep = makeAnew): Look {
  const rows = (id: string): RowList => {
    const view = viewById(model.views, id);
    return view ? rowsOf(view).rows : [];
  };
  return {
    model,
    rows,
    keep,
    row: (ref) => {
      const view = viewOfRef(model.views, ref);
      if (!view) return undefined;
      return atPresent(rowOf(rows(view.id), ref), model.now);
    },
  };
}

/** The sign of a thing as its table shows it; unknown when no table has it. */
export const signOf = (look: Look, ref: Ref): Sign => look.row(ref)?.sign ?? 'unknown';

/** A sign in its tone. */
export const signRun = (sign: Sign, stale = false): Run => ({
  text: SIGNS[sign],
  tone: SIGN_TONES[sign],
  change: { ...SIGN_CHANGES[sign], ...(stale && sign !== 'unknown' ? { dim: true } : {}) },
});

/** The worst of several signs; ok when there is none. */
export const worstSign = (signs: readonly Sign[]): Sign =>
  signs.reduce<Sign>((worst, sign) => (SIGN_RANK[sign] < SIGN_RANK[worst] ? sign : worst), 'ok');

/** Something is wrong with it, or nothing is known. */
export const isFaulty = (sign: Sign): boolean => SIGN_RANK[sign] < SIGN_RANK.ok;

/** A pool with what the list and the status say of it. */
export type PoolFact = {
  readonly host: string;
  readonly pool: PoolEntry;
  readonly status: PoolStatus | undefined;
  readonly sign: Sign;
  readonly stale: boolean;
};

/** The pools of a host, worst first; undefined when they were never told. */
export function poolsOfHost(host: HostInventory, now: EpochMs): readonly PoolFact[] | undefined {
  const pools = lastKnown(host.feeds.pools)?.value;
  if (!pools) return undefined;
  const isFresh = hostFresh(host, 'pools', now);
  const statuses = new Map(
    (lastKnown(host.feeds.poolStatus)?.value ?? []).map((status) => [status.name, status]),
  );
  return pools
    .map((pool): PoolFact => ({
      host: host.name,
      pool,
      status: statuses.get(pool.name),
      sign: isFresh ? poolSign(pool) : 'unknown',
      stale: !isFresh,
    }))
    .toSorted((a, b) => SIGN_RANK[a.sign] - SIGN_RANK[b.sign]);
}

/** The pools of all hosts, worst first. */
export const allPools = (inventory: Inventory, now: EpochMs): readonly PoolFact[] =>
  inventory.hosts
    .flatMap((host) => poolsOfHost(host, now) ?? [])
    .toSorted((a, b) => SIGN_RANK[a.sign] - SIGN_RANK[b.sign]);

const poolSign = ({ health }: PoolEntry): Sign =>
  health === 'ONLINE'
    ? 'ok'
    : health === 'DEGRADED'
      ? 'degraded'
      : health === 'UNKNOWN'
        ? 'unknown'
        : 'down';

/** The last scan in a few cells: `scrub 6d` ago, `resilver 62%` done. */
export function scanText(scan: PoolScan | undefined, now: EpochMs): string {
  if (!scan) return UNKNOWN;
  const [what = '', how = ''] = scan.kind.split('-');
  const ago = scan.finishedAt === null ? '' : ` ${shortDuration(now - scan.finishedAt)}`;
  const errors = scan.errors ? `, ${scan.errors} errors` : '';
  switch (how) {
    case 'done':
      return `${what}${ago || ' done'}${errors}`;
    case 'running':
    case 'paused':
      return `${what}${scan.percentDone === null ? '' : ` ${Math.floor(scan.percentDone)}%`}${how === 'paused' ? ' paused' : ''}`;
    case 'canceled':
      return `${what} canceled${ago}`;
    default:
      return scan.kind === 'none' ? 'never scrubbed' : UNKNOWN;
  }
}

/** The sign of a link; what a silent host said is no longer true for sure. */
export const linkSign = ({ state }: Pick<Link, 'state'>, isBlind: boolean): Sign =>
  isBlind || state === 'unknown' ? 'unknown' : state === 'up' ? 'ok' : 'down';

/** A link's speed: `10G`, `1G`, `100M`. */
export const speedText = (mbps: number | null): string =>
  mbps === null || mbps === 0
    ? UNKNOWN
    : mbps >= 1000
      ? `${Number((mbps / 1000).toFixed(1))}G`
      : `${mbps}M`;

/** The groups of the configuration with what is known of their members; the same list while it says the same. */
export const groupFacts = ({ keep, model: { inventory, now } }: Look): readonly GroupState[] =>
  keep(
    'groups',
    [inventory.hosts, inventory.groups],
    () => groupStates(inventory, now),
    (before, after) => settleEach(before, after, sameGroup),
  );

const sameGroup = (a: GroupState, b: GroupState): boolean =>
  a.name === b.name &&
  a.atLeast === b.atLeast &&
  a.sign === b.sign &&
  settleEach(a.members, b.members, sameFields) === a.members;

/** What a group can still lose, in words: `2/3, no loss left`. */
export const groupText = ({ up, atLeast, members, sign }: GroupState): string => {
  const share = `${up}/${members.length}`;
  if (sign === 'unknown') return `${share} seen up, needs ${atLeast}`;
  if (sign === 'down') return `${share}, needs ${atLeast}`;
  return up === atLeast ? `${share}, no loss left` : `${share}, may lose ${up - atLeast}`;
};

/** Of the bar that shows how full a pool is. */
export function capacityTone({ thresholds }: Inventory, percentUsed: number | null): ToneName {
  const heat = toneBy(thresholds, 'pool.capacity', percentUsed);
  return heat === 'plain' ? 'accent' : heat;
}
