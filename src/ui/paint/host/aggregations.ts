import { portFaults, speaksLacp } from '../../../domain/aggr-ports.ts';
import { rates } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { aggrsOf, hostFresh, linksOf } from '../../../domain/joined.ts';
import type { AggrEntry, AggrPort } from '../../../domain/link.ts';
import { linkRef } from '../../../domain/ref.ts';
import type { ToneName } from '../../../domain/theme.ts';
import type { Sign } from '../../../domain/view.ts';
import type { Run } from '../canvas.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import type { GridColumn, GridRow, TextLine } from '../lines.ts';
import { linkSign, signRun, speedText } from '../look.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

const COLUMNS: readonly GridColumn[] = [
  { title: '', width: 1 },
  { title: 'AGGR / PORT', width: 'fit' },
  { title: 'STATE', width: 8 },
  { title: 'SPEED', width: 5, align: 'right', rank: 3 },
  { title: 'DUPLEX', width: 6, rank: 7 },
  { title: 'LACP', width: 8, rank: 2 },
  { title: 'SYNC', width: 4 },
  { title: 'COLL', width: 4, rank: 5 },
  { title: 'DIST', width: 4, rank: 4 },
  { title: 'IN/OUT', width: 11, align: 'right', rank: 1 },
  { title: 'ERR/DROP', width: 9, align: 'right', rank: 6 },
  { title: 'WRONG', width: 'grow', least: 8, rank: 8 },
];

/** The aggregations of a host, each with its ports and what LACP says of them. */
export function aggregationsPanel(host: HostInventory, look: Look): Panel {
  const faulty = aggrsOf(host).flatMap((aggr) =>
    aggr.ports.filter((port) => portFaults(aggr, port).length > 0),
  ).length;
  const isFresh = hostFresh(host, 'aggrs', look.model.now);
  return {
    id: 'aggregations',
    title: 'Aggregations',
    right: () => [
      [
        !isFresh
          ? run('as last known', 'unknown')
          : faulty > 0
            ? run(`${faulty} not well`, 'warn')
            : muted('all ports well'),
      ],
    ],
    lines: (width) => aggregationLines(host, look, width),
  };
}

/** The same as lines; `names` are those that count, all when it is left out. */
export function aggregationLines(
  host: HostInventory,
  { model }: Look,
  width: number,
  names?: ReadonlySet<string>,
): readonly TextLine[] {
  const aggrs = aggrsOf(host).filter(({ name }) => names?.has(name) ?? true);
  if (aggrs.length === 0)
    return [
      labelled('', [
        host.feeds.aggrs.status === 'ok' ? muted('no aggregation') : feedWords(host.feeds.aggrs),
      ]),
    ];
  const isFresh = hostFresh(host, 'aggrs', model.now);
  return gridLines(
    COLUMNS,
    aggrs.flatMap((aggr) => aggrRows(aggr, host, isFresh)),
    width,
  );
}

function aggrRows(aggr: AggrEntry, host: HostInventory, isFresh: boolean): readonly GridRow[] {
  const links = new Map(linksOf(host).map((link) => [link.name, link]));
  const tone: ToneName = isFresh ? 'plain' : 'stale';
  const traffic = (name: string): readonly Run[] => {
    const link = links.get(name);
    return [run(rates(link?.rxBytesPerSecond ?? null, link?.txBytesPerSecond ?? null), tone)];
  };
  const faultsOf = (name: string): Run => faultsRun(links.get(name));
  const sign = !isFresh
    ? 'unknown'
    : aggr.state === 'up' && aggr.ports.some((port) => portFaults(aggr, port).length > 0)
      ? 'degraded'
      : linkSign(aggr, false);
  return [
    {
      ref: linkRef(host.name, aggr.name),
      cells: [
        signRun(sign),
        run(aggr.name, isFresh ? 'title' : 'stale'),
        stateRun(aggr.state, isFresh),
        muted(speedText(aggr.speedMbps)),
        '',
        muted(aggr.lacpActivity ?? '┄'),
        '',
        '',
        '',
        traffic(aggr.name),
        faultsOf(aggr.name),
        muted(aggr.policy === null ? '' : `spreads by ${aggr.policy}`),
      ],
    },
    ...aggr.ports.map((port, index): GridRow => {
      const faults = portFaults(aggr, port);
      return {
        ref: linkRef(host.name, port.name),
        cells: [
          signRun(portSign(port, faults, isFresh)),
          [run(index === aggr.ports.length - 1 ? '└ ' : '├ ', 'frame'), run(port.name, tone)],
          stateRun(port.state, isFresh),
          muted(port.state === 'down' ? '┄' : speedText(port.speedMbps)),
          muted(port.state === 'down' ? '┄' : (port.duplex ?? '┄')),
          muted(port.portState === 'unknown' ? '┄' : port.portState),
          flagRun(aggr, port, port.lacp?.sync),
          flagRun(aggr, port, port.lacp?.collecting),
          flagRun(aggr, port, port.lacp?.distributing),
          traffic(port.name),
          faultsOf(port.name),
          run(faults.join(', '), isFresh ? 'warn' : 'stale'),
        ],
      };
    }),
  ];
}

const portSign = (port: AggrPort, faults: readonly string[], isFresh: boolean): Sign =>
  isFresh && port.state === 'up' && faults.length > 0 ? 'warning' : linkSign(port, !isFresh);

const stateRun = (state: AggrEntry['state'], isFresh: boolean): Run =>
  isFresh ? run(state, state === 'down' ? 'bad' : 'muted') : run('unknown', 'unknown');

/** What LACP says of a port that has a link; of one without it may be what it said before. */
const flagRun = (aggr: AggrEntry, port: AggrPort, flag: boolean | null | undefined): Run =>
  !speaksLacp(aggr)
    ? muted('-')
    : flag === null || flag === undefined || port.state === 'down'
      ? muted('┄')
      : flag
        ? muted('yes')
        : run('no', 'warn');

type Counted = {
  readonly rxErrors: number | null;
  readonly txErrors: number | null;
  readonly rxDrops: number | null;
  readonly txDrops: number | null;
};

const sum = (a: number | null, b: number | null): number | null =>
  a === null && b === null ? null : (a ?? 0) + (b ?? 0);

/** Errors and drops of a link since its counters began: `0/3`. */
export function faultsRun(link: Counted | undefined): Run {
  const errors = link ? sum(link.rxErrors, link.txErrors) : null;
  const drops = link ? sum(link.rxDrops, link.txDrops) : null;
  return run(`${errors ?? '┄'}/${drops ?? '┄'}`, (errors ?? 0) > 0 ? 'warn' : 'muted');
}
