import { lastKnown } from '../../domain/feed.ts';
import { bytes, percent, rates, UNKNOWN } from '../../domain/format.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { linksOf } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import { ownPathOf } from '../../domain/own-path.ts';
import { hostRef } from '../../domain/ref.ts';
import { sameFields, settleEach } from '../../domain/same-parts.ts';
import type { BoundRow, Sign } from '../../domain/view.ts';
import type { Keep } from '../kept.ts';
import type { Model } from '../model.ts';
import { atPresent } from '../rows.ts';
import type { RowList } from '../table/row-list.ts';
import { OWN_SIGN } from '../tones.ts';
import { cell, runsWidth } from './canvas.ts';
import type { Run } from './canvas.ts';
import { barRuns, fitRuns, gridLines, muted, run, settleLines } from './lines.ts';
import type { TextLine } from './lines.ts';
import { allPools, capacityTone, linkSign, scanText, signRun } from './look.ts';
import type { Look, PoolFact } from './look.ts';
import { percentSpark, rateSpark } from './sparkline.ts';

const LABEL_WIDTH = 6;
const SPARK_WIDTH = 6;
const RATES_WIDTH = 9;
/** What stands behind the name of a host, with the blanks between. */
const NET_WIDTH = 1 + SPARK_WIDTH + 1 + RATES_WIDTH;

/** Bytes per second in and out over the physical links of a host. */
export function hostRates(host: HostInventory): readonly [number | null, number | null] {
  const wires = linksOf(host).filter((link) => link.class === 'phys');
  const sum = (pick: (link: (typeof wires)[number]) => number | null) =>
    wires.some((link) => pick(link) !== null)
      ? wires.reduce((total, link) => total + (pick(link) ?? 0), 0)
      : null;
  return [sum((link) => link.rxBytesPerSecond), sum((link) => link.txBytesPerSecond)];
}

const label = (text: string): Run => muted(` ${cell(text, LABEL_WIDTH)}`);

/** Facts about all hosts in at most `height` lines: with room a table of pools, then rates, links and releases. */
export function hostFacts(look: Look, width: number, height: number): readonly TextLine[] {
  const { model } = look;
  const { hosts } = model.inventory;
  if (hosts.length === 0 || height <= 0) return [];
  const net = netLines(look, width, height);
  const others = [...net, ...linkLine(look), ...releaseLine(look)];
  const pools = poolsIn(look);
  // The table is worth the last lines, yet not the rates. Where it has no room it is not made.
  const tableHeight = pools.length === 0 ? 0 : pools.length + 1;
  const hasTable = tableHeight > 0 && height >= tableHeight + net.length;
  if (!hasTable)
    return [...net, ...poolLine(pools, width), ...linkLine(look), ...releaseLine(look)].slice(
      0,
      height,
    );
  const table = look.keep(`pool table ${width}`, [pools], () => poolTable(pools, look, width));
  const hasGap = height > tableHeight + others.length + 1;
  return [...table, ...(hasGap ? [{ runs: [] }] : []), ...others].slice(0, height);
}

function poolsIn({ keep, model: { inventory, now } }: Look): readonly PoolFact[] {
  const { hosts, thresholds } = inventory;
  const asked = hosts.flatMap(({ feeds, source }) => [feeds.pools, feeds.poolStatus, source.state]);
  return keep('pools', [thresholds, ...asked], () => allPools(inventory, now));
}

/** Rates of the hosts with their recent past, side by side, as far as there is room. */
function netLines(look: Look, width: number, height: number): readonly TextLine[] {
  const { hosts } = look.model.inventory;
  const widest = Math.max(...hosts.map(({ name }) => name.length)) + NET_WIDTH;
  const perLine = Math.max(1, Math.floor((width - LABEL_WIDTH - 1) / (widest + 2)));
  const lines = Math.min(height, Math.ceil(hosts.length / perLine));
  return look.keep(
    `net ${width} ${lines}`,
    [hosts, look.model.samples],
    () => {
      const parts = hosts.slice(0, lines * perLine).map((host) => netOfHost(host, look));
      return Array.from({ length: lines }, (_, row): TextLine => ({
        runs: [
          label(row === 0 ? 'net' : ''),
          ...parts
            .slice(row * perLine, (row + 1) * perLine)
            .flatMap((runs) => [...fitRuns(runs, widest), run('  ')]),
        ],
      }));
    },
    settleLines,
  );
}

const netOfHost = (host: HostInventory, { keep, model }: Look): readonly Run[] => {
  const ref = hostRef(host.name);
  return keep(`net of ${host.name}`, [host, model.tick(ref)], () => {
    const isBlind = host.source.state !== 'up';
    const [rx, tx] = hostRates(host);
    return [
      run(`${host.name} `, isBlind ? 'stale' : 'plain'),
      run(rateSpark(model, ref, 'rxBytesPerSecond', SPARK_WIDTH), isBlind ? 'muted' : 'accent'),
      isBlind
        ? muted(` ${cell(UNKNOWN, RATES_WIDTH)}`)
        : run(` ${cell(rates(rx, tx), RATES_WIDTH)}`),
    ];
  });
};

/** Pools that are not well, how many are, and the fullest. */
function poolLine(pools: readonly PoolFact[], width: number): readonly TextLine[] {
  if (pools.length === 0) return [];
  const bad = pools.filter(({ sign }) => sign !== 'ok' && sign !== 'unknown');
  const count = (wanted: Sign): number => pools.filter(({ sign }) => sign === wanted).length;
  const fullest = pools
    .filter(({ stale }) => !stale)
    .toSorted((a, b) => (b.pool.capacityPercent ?? -1) - (a.pool.capacityPercent ?? -1))[0];
  const runs: readonly Run[] = [
    label('pools'),
    ...bad
      .slice(0, 2)
      .flatMap(({ sign, host, pool }) => [
        signRun(sign),
        run(` ${host}/${pool.name} ${pool.health}  `),
      ]),
    ...(bad.length > 2 ? [muted(`+${bad.length - 2}  `)] : []),
    ...(count('ok') > 0 ? [signRun('ok'), muted(` ${count('ok')} online  `)] : []),
    ...(count('unknown') > 0 ? [signRun('unknown'), muted(` ${count('unknown')} unknown  `)] : []),
  ];
  const more =
    fullest === undefined
      ? []
      : [
          muted(
            `fullest ${fullest.host}/${fullest.pool.name} ${percent(fullest.pool.capacityPercent)}`,
          ),
        ];
  return [{ runs: runsWidth(runs) + runsWidth(more) <= width ? [...runs, ...more] : runs }];
}

function poolTable(pools: readonly PoolFact[], look: Look, width: number): readonly TextLine[] {
  const bar = width < 64 ? 6 : 10;
  return gridLines(
    [
      { title: '', width: 1 },
      { title: 'POOL', width: 'fit' },
      { title: 'STATE', width: 8 },
      { title: 'USED', width: bar + 5 },
      { title: 'SIZE', width: 4, align: 'right', rank: 2 },
      { title: 'FRAG', width: 4, align: 'right', rank: 4 },
      { title: 'SCAN', width: 'grow', least: 12, rank: 1 },
      { title: 'ERR', width: 3, align: 'right', rank: 3 },
    ],
    pools.map(({ host, pool, status, sign, stale }) => ({
      cells: [
        signRun(sign),
        run(`${host}/${pool.name}`, stale ? 'stale' : 'plain'),
        stale
          ? run('unknown', 'unknown')
          : run(pool.health, pool.health === 'ONLINE' ? 'muted' : 'bad'),
        [
          ...barRuns(
            pool.capacityPercent === null ? null : pool.capacityPercent / 100,
            bar,
            stale ? 'muted' : capacityTone(look.model.inventory, pool.capacityPercent),
          ),
          run(percent(pool.capacityPercent).padStart(5), stale ? 'stale' : 'plain'),
        ],
        muted(bytes(pool.sizeBytes)),
        muted(percent(pool.fragmentationPercent)),
        muted(scanText(status?.scan, look.model.now)),
        status?.errorCount
          ? run(String(status.errorCount), 'bad')
          : muted(
              status?.errorCount === null || status === undefined
                ? UNKNOWN
                : String(status.errorCount),
            ),
      ],
    })),
    width,
  );
}

type Wire = Pick<Link, 'host' | 'name'> & { readonly sign: Sign };

/** The links of a host that carry its others; the same list while it says the same. */
const wiresOf = (host: HostInventory, keep: Keep): readonly Wire[] =>
  keep(
    `wires of ${host.name}`,
    [host],
    (): readonly Wire[] =>
      linksOf(host)
        .filter((link) => link.class === 'phys' || link.class === 'aggr')
        .map((link) => ({
          host: host.name,
          name: link.name,
          sign: linkSign(link, host.source.state !== 'up'),
        })),
    (before, after) => settleEach(before, after, sameFields),
  );

/** Links that carry everything else: how many are up, and which are not. */
function linkLine({ keep, model }: Look): readonly TextLine[] {
  const wires = model.inventory.hosts.map((host) => wiresOf(host, keep));
  return keep('wires', wires, () => makeLinkLine(wires.flat()));
}

function makeLinkLine(wires: readonly Wire[]): readonly TextLine[] {
  if (wires.length === 0) return [];
  const count = (wanted: Sign): number => wires.filter(({ sign }) => sign === wanted).length;
  const down = wires.filter(({ sign }) => sign === 'down');
  return [
    {
      runs: [
        label('links'),
        ...down
          .slice(0, 3)
          .flatMap(({ host, name }) => [signRun('down'), run(` ${host}/${name}  `)]),
        ...(down.length > 3 ? [muted(`+${down.length - 3} down  `)] : []),
        signRun('ok'),
        muted(` ${count('ok')} up  `),
        ...(count('unknown') > 0
          ? [signRun('unknown'), muted(` ${count('unknown')} unknown`)]
          : []),
      ],
    },
  ];
}

/** Which release is on which hosts; one when they are all alike. */
const releaseLine = ({ keep, model }: Look): readonly TextLine[] =>
  keep(
    'releases',
    model.inventory.hosts.map(({ feeds }) => feeds.identity),
    () => makeReleaseLine(model),
  );

function makeReleaseLine(model: Model): readonly TextLine[] {
  const named = model.inventory.hosts.flatMap((host) => {
    const release = lastKnown(host.feeds.identity)?.value.release;
    return release ? [{ name: host.name, release }] : [];
  });
  if (named.length === 0) return [];
  const byRelease = [...Map.groupBy(named, ({ release }) => release)];
  const isEverywhere = byRelease.length === 1 && named.length === model.inventory.hosts.length;
  return [
    {
      runs: [
        label('os'),
        run(
          isEverywhere
            ? `${byRelease[0]?.[0] ?? ''} on every host`
            : byRelease
                .map(
                  ([release, hosts]) => `${release} on ${hosts.map(({ name }) => name).join(' ')}`,
                )
                .join('   '),
          'muted',
        ),
      ],
    },
  ];
}

/** Hosts in one line each, with the names of the values, for a pane without room for a table. */
export function hostSummary(
  look: Look,
  rows: RowList,
  width: number,
  height: number,
): readonly TextLine[] {
  const { model } = look;
  const hosts = rows.slice().flatMap((bound) => {
    const row = atPresent(bound, model.now);
    const host = model.inventory.hosts.find(({ name }) => hostRef(name) === row.ref);
    return host ? [{ row, host }] : [];
  });
  const names = Math.max(...hosts.map(({ host }) => host.name.length), 4);
  const view = model.views.hosts[0];
  const text = (row: BoundRow, id: string): string => {
    const index = view?.columns.findIndex((column) => column.id === id) ?? -1;
    return index < 0 ? UNKNOWN : row.text(index);
  };
  const isCut = hosts.length > height;
  const shown = isCut ? hosts.slice(0, height - 1) : hosts;
  const facts = [...poolLine(poolsIn(look), width), ...linkLine(look), ...releaseLine(look)];
  const spark = Math.max(0, Math.min(8, width - names - 3 - 4 - 5 - 9 - 5 - 2));
  const own = ownPathOf(model.inventory).parts;
  return [
    ...shown.map(({ row, host }): TextLine => {
      const isBlind = host.source.state !== 'up';
      const tone = isBlind ? 'stale' : 'plain';
      const value = (id: string): string => (isBlind ? UNKNOWN : text(row, id));
      return {
        ref: row.ref,
        runs: [
          run(' '),
          own.has(row.ref) && row.sign === 'ok' ? run(OWN_SIGN, 'accent') : signRun(row.sign),
          run(` ${cell(host.name, names)}  `, isBlind ? 'bad' : 'plain'),
          muted('cpu '),
          run(percentSpark(model, row.ref, 'cpuPercent', spark), isBlind ? 'muted' : 'accent'),
          run(`${value('cpu').padStart(4)}  `, tone),
          muted('mem '),
          run(value('mem').padStart(4), tone),
          muted(text(row, 'age').padStart(Math.max(5, width - names - spark - 24))),
        ],
      };
    }),
    ...(isCut
      ? [
          {
            runs: [
              run(' '),
              signRun('ok'),
              muted(
                ` ${hosts.length - shown.length} more  ${hosts
                  .slice(shown.length)
                  .map(({ host }) => host.name)
                  .join(' ')}`,
              ),
            ],
          },
        ]
      : facts),
  ].slice(0, height);
}
