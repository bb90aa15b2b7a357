import { countPods } from '../../derive/pods.ts';
import { clusterState } from '../../derive/summary.ts';
import { componentMemoryRule } from '../../domain/components.ts';
import type { Component } from '../../domain/components.ts';
import { fresh, lastKnown } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import {
  age,
  bytes,
  clock,
  count,
  duration,
  percent,
  shortDuration,
  UNKNOWN,
} from '../../domain/format.ts';
import type { ClusterFeedName, ClusterInventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import { othersOf } from '../../domain/membership.ts';
import type { Problem } from '../../domain/problem.ts';
import { clusterRef, refKind, refName, refPath, refText } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import { toneBy } from '../../domain/thresholds.ts';
import type { BoundRow, Sign } from '../../domain/view.ts';
import { workloadSign, workloadTables } from '../../domain/workload.ts';
import { atPresent } from '../rows.ts';
import { signCounts } from '../table/row-list.ts';
import { SIGN_TONES } from '../tones.ts';
import { runsWidth } from './canvas.ts';
import type { Run } from './canvas.ts';
import { capacityLines, namespaceLines, podRuns } from './cluster.ts';
import {
  instanceName,
  instanceRuns,
  kindName,
  kindsOf,
  shareOf,
  stepMs,
  tellOf,
  verdict,
} from './components.ts';
import type { ClusterKind, ToldInstance } from './components.ts';
import { problemsPanel } from './host-detail.ts';
import { barRuns, gridLines, labelled, muted, run, wrapText } from './lines.ts';
import type { GridColumn, GridRow, TextLine } from './lines.ts';
import { isFaulty, signOf, signRun, worstSign } from './look.ts';
import type { Look } from './look.ts';
import { nodesOnZones } from './nodes.ts';
import type { DetailPage, Panel } from './panel.ts';
import { rootOf } from './problem-tree.ts';
import { percentSpark } from './sparkline.ts';

/** So many rows of a list that may be long are read for a panel. */
const MOST_ROWS = 200;

/** What a page is made of: the clusters, and what is known of them. */
type Subject = { readonly clusters: readonly ClusterInventory[]; readonly look: Look };

const isUp = ({ source }: ClusterInventory): boolean => source.state === 'up';

/** The page of a cluster, or of all: its control plane as the zones show it, its nodes, what does not run in it. */
export function clusterPage(clusters: readonly ClusterInventory[], look: Look): DetailPage {
  const subject: Subject = { clusters, look };
  const plane = controlPlanePanel(subject);
  const nodes = nodesPanel(subject);
  const workloads = workloadsPanel(subject);
  const pods = podsPanel(subject);
  const capacity = capacityPanel(subject);
  const objects = objectsPanel(subject);
  const watches = watchesPanel(subject);
  const problems = clusterProblems(subject);
  const [only, ...others] = clusters;
  const isSilent = clusters.some((cluster) => !isUp(cluster));
  return {
    title: only && others.length === 0 ? `cluster ${only.name}` : 'clusters',
    tabs: [],
    tab: 0,
    note: clusters.flatMap((cluster) => noteRuns(cluster, subject)),
    isUrgent: true,
    panels: isSilent
      ? [plane, problems, nodes, workloads, pods, capacity, watches, objects]
      : [plane, nodes, workloads, pods, problems, capacity, objects, watches],
    bands: (columns) =>
      columns === 2
        ? [[{ ...plane, grows: false }], [nodes, workloads], [pods, problems], [capacity, watches]]
        : [[plane], [nodes, workloads, pods], [problems, capacity], [objects, watches]],
  };
}

const SIGN_WORDS: Readonly<Record<Sign, string>> = {
  ok: 'serving',
  degraded: 'degraded, serving',
  warning: 'serving',
  down: 'down',
  unknown: 'unknown',
  off: 'off',
  changing: 'connecting',
};

/** `● serving  v1.34.1 · api 5ms`, or since when the API is silent. */
function noteRuns(cluster: ClusterInventory, { clusters, look }: Subject): readonly Run[] {
  const { model } = look;
  const { source, version, latencyMs, name } = cluster;
  const sign = worstSign([
    clusterState(cluster, model.problems, model.now),
    signOf(look, clusterRef(name)),
  ]);
  const own = clusters.length > 1 ? `${name} ` : '';
  const state: readonly Run[] =
    source.state === 'up' || sign === 'changing'
      ? [signRun(sign), run(` ${own}${SIGN_WORDS[sign]}`, SIGN_TONES[sign])]
      : [run(`✗ ${own}api ${source.state} ${duration(model.now - source.since)}`, 'bad')];
  return [
    ...state,
    muted(
      [
        `  ${version ?? UNKNOWN}`,
        ...(source.state === 'up' && latencyMs !== null ? [`api ${stepMs(latencyMs)}`] : []),
      ].join(' · '),
    ),
    run('  '),
  ];
}

/** What is said of data that is no longer of now: of when it is. */
function staleRuns({ clusters, look }: Subject, feed: ClusterFeedName): readonly Run[] | null {
  const { now } = look.model;
  const old = clusters.filter((cluster) => !clusterFresh(cluster, feed, now));
  if (old.length === 0) return null;
  const times = old.flatMap(({ feeds }) => lastKnown<unknown>(feeds[feed])?.at ?? []);
  if (times.length === 0)
    return old.length === clusters.length ? [run('unknown', 'unknown')] : null;
  const at = Math.min(...times);
  return [run(`as of ${clock(at)}, ${age(at, now)} ago`, 'unknown')];
}

const plainOr = (stale: boolean, tone: ToneName = 'plain'): ToneName => (stale ? 'stale' : tone);

/** Rows of a view that are of these clusters, those that stand first. */
function rowsOf({ clusters, look }: Subject, view: string): readonly BoundRow[] {
  const { model } = look;
  const rows = look.rows(view);
  const isAll = clusters.length === model.inventory.clusters.length;
  const names = new Set(clusters.map(({ name }) => name));
  return rows
    .slice(0, isAll ? MOST_ROWS : MOST_ROWS * 5)
    .filter(({ ref }) => isAll || names.has(refPath(ref)[0] ?? ''))
    .map((row) => atPresent(row, model.now));
}

const countsOf = ({ clusters, look }: Subject, view: string): ReadonlyMap<Sign, number> => {
  const sums = new Map<Sign, number>();
  for (const { name } of clusters)
    for (const [sign, amount] of signCounts(look.rows(view), name))
      sums.set(sign, (sums.get(sign) ?? 0) + amount);
  return sums;
};

/** A cell of a row by the id of its column. */
function textOf(look: Look, view: string): (row: BoundRow, column: string) => string {
  const columns = new Map(
    (look.model.views.cluster.find(({ id }) => id === view)?.columns ?? []).map(({ id }, index) => [
      id,
      index,
    ]),
  );
  return (row, column) => {
    const index = columns.get(column);
    return index === undefined ? '' : row.text(index);
  };
}

/** The control plane: a line for each part with its instances. It is read from the zones, and of each by itself. */
function controlPlanePanel(subject: Subject): Panel {
  const { clusters, look } = subject;
  const kinds = kindsOf(
    look,
    clusters.map(({ name }) => name),
  );
  const isSilent = clusters.some((cluster) => !isUp(cluster));
  return {
    id: 'control-plane',
    title: isSilent
      ? 'Control plane, read from the zones (the API does not answer)'
      : 'Control plane',
    right: () => (isSilent ? [[run('live', 'ok')]] : [[muted('read from the zones')], []]),
    grows: true,
    lines: (width, height) => {
      if (kinds.length === 0)
        return [
          labelled('', [
            run('unknown: ', 'unknown'),
            muted('no zone is known to run a part of it; `roles` of the configuration can say'),
          ]),
        ];
      const total = kinds.reduce((sum, { components }) => sum + components.length, 0);
      const others = othersLines(look);
      if (height !== null && height > total + others.length)
        return [...instanceLines(kinds, subject, width), ...others];
      const matrix = matrixLines(kinds, subject, width);
      return isSilent
        ? [...matrix, ...wrapText(SILENT, width - 2).map((text) => ({ runs: [muted(` ${text}`)] }))]
        : [...matrix, ...others];
    },
  };
}

/** The sign of a line and the blanks between its other cells. */
const MATRIX_REST = 4;
const LEAST_INSTANCE = 12;

/** A line for each kind with its instances side by side, on as many lines as that takes. */
function matrixLines(
  kinds: readonly ClusterKind[],
  { clusters, look }: Subject,
  width: number,
): readonly TextLine[] {
  const how = width < 100 ? 'short' : 'long';
  const names = kinds.map((kind) => kindName(kind, how));
  const nameWidth = Math.max(how === 'long' ? 19 : 9, ...names.map((name) => name.length));
  const clusterWidth =
    clusters.length > 1
      ? 1 + Math.max(7, ...kinds.map(({ cluster }) => ofText(cluster).length))
      : 0;
  const most = Math.max(1, ...kinds.map(({ components }) => components.length));
  const told = kinds.map(({ components }) => components.map((part) => tellOf(part, look.model)));
  /** Of those that stand side by side. */
  const widest = (withHost: boolean): number =>
    Math.max(
      LEAST_INSTANCE,
      ...told
        .filter(({ length }) => length > 1)
        .flat()
        .map((part) => runsWidth(instanceRuns(part, look, withHost)) + 1 + steadying(part)),
    );
  const roomBeside = (words: (kind: ClusterKind) => string): number =>
    width -
    MATRIX_REST -
    clusterWidth -
    nameWidth -
    Math.max('VERDICT'.length, ...kinds.map((kind) => words(kind).length));
  // Words give way to instances: the sign in front says the same.
  const verdictOf = widest(false) * most <= roomBeside(verdict) ? verdict : shareOf;
  const room = roomBeside(verdictOf);
  const withHost = widest(true) * most <= room;
  const columns = Math.max(1, Math.min(most, Math.floor(room / widest(withHost))));
  const each = Math.floor(room / columns) - 1;
  return gridLines(
    [
      { title: '', width: 1 },
      ...(clusters.length > 1 ? [{ title: 'CLUSTER', width: 'fit' } as const] : []),
      { title: 'COMPONENT', width: nameWidth },
      ...Array.from({ length: columns }, (_, index): GridColumn => ({
        title: columns === most ? `INSTANCE ${index + 1}` : index === 0 ? 'INSTANCES' : '',
        width: 'grow',
      })),
      { title: 'VERDICT', width: 'fit', rank: 1 },
    ],
    kinds.flatMap((kind, row): readonly GridRow[] => {
      const worst = kind.components.find(({ sign }) => isFaulty(sign)) ?? kind.components[0];
      const parts = told[row] ?? [];
      return Array.from({ length: Math.ceil(parts.length / columns) }, (_, line): GridRow => {
        const isFirst = line === 0;
        return {
          ...(worst ? { ref: worst.ref } : {}),
          cells: [
            isFirst ? signRun(kind.sign) : '',
            ...(clusters.length > 1 ? [muted(isFirst ? ofText(kind.cluster) : '')] : []),
            run(isFirst ? (names[row] ?? '') : ''),
            ...Array.from({ length: columns }, (_, index) =>
              instanceCell(parts[line * columns + index], look, withHost, each),
            ),
            isFirst ? run(verdictOf(kind), SIGN_TONES[kind.sign]) : '',
          ],
        };
      });
    }),
    width,
  );
}

/** Cells that an answer's time may still need, so that nothing moves while it does. */
const steadying = ({ told }: ToldInstance): number =>
  /^\d+ms$/.test(told) ? Math.max(0, '100ms'.length - told.length) : 0;

/** The cluster that a kind is of. */
const ofText = (cluster: string | null): string => cluster ?? UNKNOWN;

/** An instance in a cell; an address gives its port away sooner than what is said of it. */
function instanceCell(
  part: ToldInstance | undefined,
  look: Look,
  withHost: boolean,
  room: number,
): readonly Run[] {
  if (part === undefined) return [];
  const runs = instanceRuns(part, look, withHost);
  return runsWidth(runs) <= room
    ? runs
    : instanceRuns({ ...part, name: part.name.replace(PORT, '') }, look, withHost);
}

const PORT = /(?<=[\d\]]):\d+$/;

/** What is left out, where the hosts carry other clusters too. */
function othersLines({ model }: Look): readonly TextLine[] {
  const others = othersOf(model.inventory);
  return others === 0
    ? []
    : [
        {
          runs: [
            muted(
              ` ${others} more on these hosts ${others === 1 ? 'belongs to another cluster' : 'belong to other clusters'}`,
            ),
          ],
        },
      ];
}

/** What a silent API means for what runs. */
const SILENT =
  'what runs in pods goes on; nothing is placed, moved or started anew until the API is back';

/** A line for each instance, where there is room for all. */
const instanceLines = (
  kinds: readonly ClusterKind[],
  { clusters, look: { model } }: Subject,
  width: number,
): readonly TextLine[] =>
  gridLines(
    [
      { title: '', width: 1 },
      ...(clusters.length > 1 ? [{ title: 'CLUSTER', width: 'fit' } as const] : []),
      { title: 'COMPONENT', width: 18 },
      { title: 'INSTANCE', width: 'fit' },
      { title: 'HOST', width: 'fit' },
      { title: 'VLAN', width: 'fit', rank: 6 },
      { title: 'ZONE', width: 'fit', rank: 1 },
      { title: 'ANSWERS', width: 'fit', rank: 2 },
      { title: 'LEADS', width: 6, rank: 3 },
      { title: 'RSS', width: 5, align: 'right', rank: 2 },
      { title: 'OF CAP', width: 16, rank: 4 },
      { title: 'CPU', width: 8, rank: 5 },
      { title: 'CPU%', width: 5, align: 'right', rank: 3 },
      { title: 'UP', width: 5, align: 'right', rank: 4 },
      { title: 'AGE', width: 4, align: 'right', rank: 1 },
      { title: 'VERDICT', width: 'fit', rank: 2 },
    ],
    kinds.flatMap((kind) =>
      kind.components.map((part, index): GridRow => {
        const { zone, zoneFresh, direct, sign, leader } = part;
        const tone = plainOr(!zoneFresh);
        const share =
          zone && zoneFresh && zone.rssBytes !== null && zone.memoryCapBytes
            ? (100 * zone.rssBytes) / zone.memoryCapBytes
            : null;
        const heat = toneBy(model.inventory.thresholds, componentMemoryRule(part), share);
        return {
          ref: part.ref,
          cells: [
            signRun(sign),
            ...(clusters.length > 1 ? [muted(index === 0 ? ofText(kind.cluster) : '')] : []),
            run(index === 0 ? kindName(kind, 'long') : ''),
            run(instanceName(part), plainOr(sign === 'unknown')),
            muted(zone?.host ?? UNKNOWN),
            muted(zone?.vlans.join(',') ?? ''),
            zone === null
              ? muted(UNKNOWN)
              : zoneFresh
                ? run(zone.stateText, zone.state === 'running' ? 'muted' : 'bad')
                : run('unknown', 'unknown'),
            direct === null
              ? muted(UNKNOWN)
              : run(
                  answerText(direct),
                  !direct.fresh ? 'unknown' : direct.state === 'ok' ? 'muted' : 'bad',
                ),
            run(leader === null ? UNKNOWN : leader ? 'leader' : '-', 'muted'),
            run(bytes(zone?.rssBytes), tone),
            [
              ...barRuns(
                share === null ? null : share / 100,
                10,
                heat === 'plain' ? 'accent' : heat,
              ),
              run(percent(share).padStart(5), tone),
            ],
            run(
              zone === null ? '' : percentSpark(model, zone.ref, 'cpuPercent', 8),
              zoneFresh ? 'accent' : 'muted',
            ),
            run(percent(zoneFresh ? zone?.cpuPercent : null), tone),
            muted(
              zone && zoneFresh && zone.bootedAt !== null
                ? shortDuration(model.now - zone.bootedAt)
                : UNKNOWN,
            ),
            run(age(zone?.at ?? direct?.at ?? null, model.now), zoneFresh ? 'muted' : 'warn'),
            index === 0 ? run(verdict(kind), SIGN_TONES[kind.sign]) : '',
          ],
        };
      }),
    ),
    width,
  );

/** `ready 5ms`, or what became of the question. */
const answerText = ({
  state,
  latencyMs,
  fresh: isFresh,
}: NonNullable<Component['direct']>): string =>
  !isFresh
    ? 'unknown'
    : state === 'ok'
      ? `ready${latencyMs === null ? '' : ` ${stepMs(latencyMs)}`}`
      : state;

function nodesPanel(subject: Subject): Panel {
  const { look } = subject;
  const stale = staleRuns(subject, 'nodes');
  const counts = countsOf(subject, 'nodes');
  const total = [...counts.values()].reduce((sum, amount) => sum + amount, 0);
  const ready = (counts.get('ok') ?? 0) + (counts.get('off') ?? 0) + (counts.get('warning') ?? 0);
  const text = textOf(look, 'nodes');
  const machines = nodesOnZones(look.model.inventory);
  return {
    id: 'nodes',
    title: 'Nodes',
    right: () => [stale ?? [run(`${ready}/${total} ready`, ready === total ? 'muted' : 'warn')]],
    lines: (width) => {
      const rows = rowsOf(subject, 'nodes');
      if (rows.length === 0) return [feedLine(subject, 'nodes')];
      const isOneOfSeveral = subject.clusters.length > 1;
      return gridLines(
        [
          { title: '', width: 1 },
          ...(isOneOfSeveral ? [{ title: 'CLUSTER', width: 'fit', most: 16 } as const] : []),
          { title: 'NODE', width: 'fit', most: 24 },
          { title: 'STATUS', width: 'fit', most: 26 },
          ...(machines.length > 0
            ? [{ title: 'ON', width: 'fit', rank: 3 } satisfies GridColumn]
            : []),
          { title: 'ARCH', width: 5, rank: 4 },
          { title: 'VERSION', width: 'fit', rank: 5 },
          { title: 'PODS', width: 7, align: 'right', rank: 1 },
          { title: 'MEM', width: 'fit', align: 'right', rank: 6 },
          { title: 'UP', width: 5, align: 'right', rank: 2 },
        ],
        rows.map((row): GridRow => {
          const [cluster = '', name = ''] = refPath(row.ref);
          const machine = machines.find(
            (each) => each.cluster === cluster && each.name === name,
          )?.machine;
          return {
            ref: row.ref,
            cells: [
              signRun(row.sign, row.stale),
              ...(isOneOfSeveral ? [muted(cluster)] : []),
              run(name, plainOr(row.stale)),
              run(text(row, 'status'), row.sign === 'down' ? 'bad' : 'muted'),
              ...(machines.length > 0
                ? [muted(machine ? `${refPath(machine)[0] ?? ''}/${refName(machine)}` : '-')]
                : []),
              muted(text(row, 'arch')),
              muted(text(row, 'version')),
              run(text(row, 'pods'), plainOr(row.stale)),
              muted(text(row, 'mem')),
              muted(text(row, 'created')),
            ],
          };
        }),
        width,
      );
    },
  };
}

/** Why there is nothing to show of a kind. */
function feedLine({ clusters }: Subject, name: ClusterFeedName): TextLine {
  const [cluster] = clusters;
  const feed: Feed<unknown> | undefined = cluster?.feeds[name];
  switch (feed?.status) {
    case undefined:
      return labelled('', [muted('no cluster configured')]);
    case 'pending':
      return labelled('', [run('nothing known yet', 'unknown')]);
    case 'absent':
      return labelled('', [muted(`not installed: ${feed.reason}`)]);
    case 'denied':
      return labelled('', [run(`denied: ${feed.reason}`, 'warn')]);
    case 'failed':
      return labelled('', [run(feed.error.message, 'bad')]);
    case 'ok':
      return labelled('', [muted('none')]);
  }
}

const WORKLOAD_WORDS: readonly (readonly [sign: Sign, word: string])[] = [
  ['ok', 'available'],
  ['changing', 'changing'],
  ['degraded', 'partly'],
  ['warning', 'stuck'],
  ['down', 'unavailable'],
  ['unknown', 'unknown'],
  ['off', 'ended or suspended'],
];

/** How the workloads were when they were last told, by the signs that they had. */
function lastWorkloads({ clusters }: Subject): ReadonlyMap<Sign, number> {
  const counts = new Map<Sign, number>();
  for (const cluster of clusters)
    for (const { table } of workloadTables(cluster))
      for (const workload of table.byKey.values()) {
        const sign = workloadSign(workload, true);
        counts.set(sign, (counts.get(sign) ?? 0) + 1);
      }
  return counts;
}

/** Workloads that are not as they are meant to be. */
function workloadsPanel(subject: Subject): Panel {
  const { look } = subject;
  const stale = staleRuns(subject, 'deployments');
  const counts = stale ? lastWorkloads(subject) : countsOf(subject, 'workloads');
  const bad = (['down', 'warning', 'degraded'] as const).reduce(
    (sum, sign) => sum + (counts.get(sign) ?? 0),
    0,
  );
  const text = textOf(look, 'workloads');
  return {
    id: 'workloads',
    title: bad > 0 ? 'Workloads not available' : 'Workloads',
    right: () => [stale ?? [bad > 0 ? run(String(bad), 'warn') : muted('all available')]],
    lines: (width) => {
      if (counts.size === 0) return [feedLine(subject, 'deployments')];
      const rows = rowsOf(subject, 'workloads').filter(
        ({ sign }) => isFaulty(sign) && sign !== 'unknown',
      );
      const states = WORKLOAD_WORDS.flatMap(([sign, word]): readonly TextLine[] => {
        const amount = counts.get(sign) ?? 0;
        return amount === 0
          ? []
          : [
              {
                runs: [
                  run(' '),
                  signRun(sign, stale !== null),
                  run(` ${String(amount).padStart(3)} `, plainOr(stale !== null)),
                  muted(word),
                ],
              },
            ];
      });
      if (rows.length === 0) return states;
      return [
        ...gridLines(
          [
            { title: '', width: 1 },
            { title: 'NAME', width: 'grow', least: 16 },
            { title: 'KIND', width: 'fit', rank: 3 },
            { title: 'READY', width: 5, align: 'right' },
            { title: 'STATUS', width: 'fit', most: 24, rank: 1 },
          ],
          rows.map((row): GridRow => ({
            ref: row.ref,
            cells: [
              signRun(row.sign, row.stale),
              run(`${text(row, 'namespace')}/${text(row, 'name')}`, plainOr(row.stale)),
              muted(text(row, 'kind')),
              run(text(row, 'ready'), row.sign === 'down' ? 'bad' : 'warn'),
              muted(text(row, 'status')),
            ],
          })),
          width,
        ),
        ...states,
      ];
    },
  };
}

/** How the pods were when they were last told. */
function lastPods({ feeds }: ClusterInventory): readonly Run[] {
  const table = lastKnown(feeds.pods)?.value;
  if (!table) return [run('unknown', 'unknown')];
  const { running, total, ended, failing } = countPods(table);
  return [
    run(`${running} of ${total - ended} running`, 'stale'),
    muted(failing.length === 0 ? '' : `, ${failing.length} failing`),
    muted(' when last told'),
  ];
}

/** Pods that are not well, and how many there are of each state. */
function podsPanel(subject: Subject): Panel {
  const { look, clusters } = subject;
  const counts = countsOf(subject, 'pods');
  const bad = [...counts].reduce(
    (sum, [sign, amount]) => sum + (isFaulty(sign) && sign !== 'unknown' ? amount : 0),
    0,
  );
  const unknown = counts.get('unknown') ?? 0;
  const stale = staleRuns(subject, 'pods');
  const text = textOf(look, 'pods');
  return {
    id: 'pods',
    title: bad > 0 ? 'Pods in trouble' : 'Pods',
    right: () => [
      stale ?? [
        bad > 0
          ? run(String(bad), 'warn')
          : unknown > 0
            ? run(`${unknown} unknown`, 'unknown')
            : muted('none in trouble'),
      ],
    ],
    lines: (width) => {
      if (counts.size === 0) return [feedLine(subject, 'pods')];
      const rows = rowsOf(subject, 'pods').filter(
        ({ sign }) => isFaulty(sign) && sign !== 'unknown',
      );
      return [
        ...clusters.map((cluster): TextLine => ({
          runs: [
            run(' '),
            ...(clusters.length > 1 ? [muted(`${cluster.name} `)] : []),
            ...(isUp(cluster)
              ? podRuns(cluster, signCounts(look.rows('pods'), cluster.name))
              : lastPods(cluster)),
          ],
        })),
        ...gridLines(
          [
            { title: '', width: 1 },
            { title: '', width: 'grow', least: 16 },
            { title: '', width: 'fit', most: 20 },
            { title: '', width: 'fit', most: 12, align: 'right', rank: 2 },
            { title: '', width: 'fit', rank: 1 },
          ],
          rows.map((row): GridRow => ({
            ref: row.ref,
            cells: [
              signRun(row.sign, row.stale),
              run(`${text(row, 'namespace')}/${text(row, 'name')}`, plainOr(row.stale)),
              run(text(row, 'status'), row.sign === 'down' ? 'bad' : 'warn'),
              muted(text(row, 'restarts')),
              muted(text(row, 'node')),
            ],
          })),
          width,
        ),
      ];
    },
  };
}

/** What the nodes offer, what was started again most, and the pods of each namespace. */
const capacityPanel = (subject: Subject): Panel => ({
  id: 'capacity',
  title: 'Capacity and namespaces',
  right: () => [staleRuns(subject, 'pods') ?? []],
  lines: (width) =>
    subject.clusters.flatMap((cluster) => [
      ...(subject.clusters.length > 1 ? [{ runs: [run(` ${cluster.name}`, 'title')] }] : []),
      ...capacityLines(cluster),
      ...namespaceLines(cluster, width, Number.POSITIVE_INFINITY),
    ]),
});

/** The resources of which there are most. */
function objectsPanel(subject: Subject): Panel {
  const { look } = subject;
  const text = textOf(look, 'objects');
  return {
    id: 'objects',
    title: 'Objects',
    right: () => [staleRuns(subject, 'objects') ?? []],
    lines: (width, height) => {
      const rows = rowsOf(subject, 'objects');
      if (rows.length === 0) return [feedLine(subject, 'objects')];
      return gridLines(
        [
          { title: '', width: 1 },
          { title: 'RESOURCE', width: 'grow', least: 16 },
          { title: 'COUNT', width: 8, align: 'right' },
          { title: '/MIN', width: 7, align: 'right', rank: 1 },
        ],
        rows.slice(0, height === null ? 8 : rows.length).map((row): GridRow => ({
          ref: row.ref,
          cells: [
            signRun(row.sign, row.stale),
            run(text(row, 'resource'), plainOr(row.stale)),
            run(text(row, 'count'), plainOr(row.stale)),
            muted(text(row, 'perMinute')),
          ],
        })),
        width,
      );
    },
  };
}

/** How the console knows all this: each watch with its age and how many objects it has. */
function watchesPanel({ clusters, look }: Subject): Panel {
  const { now } = look.model;
  const feeds = clusters.flatMap((cluster) =>
    (Object.entries(cluster.feeds) as readonly (readonly [ClusterFeedName, Feed<unknown>])[]).map(
      ([name, feed]) => ({
        cluster,
        name,
        feed,
        // Asked past the API that the others come by.
        isFresh:
          name === 'controlPlane'
            ? fresh(feed, now) !== undefined
            : clusterFresh(cluster, name, now),
      }),
    ),
  );
  // What is not installed is known to be so.
  const total = feeds.filter(({ feed }) => feed.status !== 'absent').length;
  const good = feeds.filter(({ isFresh }) => isFresh).length;
  return {
    id: 'watches',
    title: 'Connection and watches',
    right: () => [[run(`${good}/${total} fresh`, good === total ? 'muted' : 'warn')]],
    lines: (width) => [
      ...clusters.flatMap(({ name, source, latencyMs }): readonly TextLine[] => [
        labelled(clusters.length > 1 ? name : 'api', [
          run(source.state, source.state === 'up' ? 'plain' : 'bad'),
          muted(
            ` for ${duration(now - source.since)}${latencyMs === null ? '' : `, answers in ${stepMs(latencyMs)}`}`,
          ),
        ]),
        ...(source.error === null
          ? []
          : [
              labelled('because', [run(source.error.message, 'bad')]),
              ...(source.error.hint === ''
                ? []
                : [labelled('next', [run(source.error.hint, 'accent')])]),
            ]),
      ]),
      ...gridLines(
        [
          { title: '', width: 1 },
          { title: 'WATCH', width: 'fit' },
          { title: 'OBJECTS', width: 7, align: 'right', rank: 1 },
          { title: 'AGE', width: 5, align: 'right' },
          { title: '', width: 'grow', rank: 2 },
        ],
        feeds.map(({ name, feed, isFresh, cluster }): GridRow => ({
          cells: [
            signRun(isFresh ? 'ok' : feed.status === 'absent' ? 'off' : 'unknown'),
            run(clusters.length > 1 ? `${cluster.name} ${name}` : name),
            muted(sizeText(feed)),
            muted(age(lastKnown(feed)?.at ?? null, now)),
            feed.status === 'failed'
              ? run(feed.error.message, 'bad')
              : muted(feed.status === 'ok' ? '' : feed.status),
          ],
        })),
        width,
      ),
    ],
  };
}

function sizeText(feed: Feed<unknown>): string {
  const value = lastKnown(feed)?.value;
  const size =
    typeof value === 'object' && value !== null && 'byKey' in value && value.byKey instanceof Map
      ? value.byKey.size
      : null;
  return size === null ? '' : count(size);
}

/**
 * What is wrong with the clusters, and with the zones that their control planes run in; what explains it elsewhere
 * stands in its place.
 */
function clusterProblems(subject: Subject): Panel {
  const { clusters, look } = subject;
  const names = new Set(clusters.map(({ name }) => name));
  const zones = new Set<Ref>(
    kindsOf(look, [...names]).flatMap(({ components }) =>
      components.flatMap(({ zone }) => zone?.ref ?? []),
    ),
  );
  const { problems } = look.model;
  const isInside = ({ subject: about }: Problem): boolean => {
    if (zones.has(about)) return true;
    const [first = ''] = refPath(about);
    return IN_CLUSTER.has(refKind(about)) && names.has(first);
  };
  const roots = new Set(problems.filter(isInside).map((problem) => rootOf(problem, problems).id));
  const own = problems.filter(({ id }) => roots.has(id));
  const refs = clusters.map(({ name }) => clusterRef(name));
  const [first = clusterRef('')] = refs;
  const panel = problemsPanel(
    first,
    own,
    look,
    worstSign(refs.map((ref) => signOf(look, ref))),
    clusters.length > 1 ? `clusters ${[...names].join(', ')}` : refText(first),
  );
  if (own.length > 0) return { ...panel, title: 'What is wrong, do next' };
  return clusters.every((cluster) => isUp(cluster))
    ? panel
    : {
        ...panel,
        right: () => [[run('unknown', 'unknown')]],
        lines: (width) =>
          wrapText(NOBODY_TELLS, width - 4).map((text, index) => ({
            runs: [run(' '), index === 0 ? signRun('unknown') : run(' '), muted(` ${text}`)],
          })),
      };
}

const NOBODY_TELLS = 'no problem is known; while the API is silent nobody tells of new ones';

const IN_CLUSTER: ReadonlySet<string> = new Set([
  'cluster',
  'node',
  'pod',
  'workload',
  'component',
  'object',
  'storage',
  'kubevirt',
  'resource',
  'source',
]);
