import { mostRestarted } from '../../derive/most-restarted.ts';
import { countNamespaces } from '../../derive/namespaces.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import { bytes, count, duration, plural, UNKNOWN } from '../../domain/format.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import type { KubeNode } from '../../domain/kube.ts';
import { podsByNode } from '../../domain/pods.ts';
import { nodeRef, refName, refPath } from '../../domain/ref.ts';
import type { BoundRow, Sign } from '../../domain/view.ts';
import { viewById } from '../model.ts';
import { atPresent } from '../rows.ts';
import { signCounts } from '../table/row-list.ts';
import type { RowList } from '../table/row-list.ts';
import { SIGN_TONES } from '../tones.ts';
import { cell, runsWidth } from './canvas.ts';
import type { Run } from './canvas.ts';
import { instanceRuns, kindName, kindRuns, stepMs, toldKinds, verdict } from './components.ts';
import type { KindName, ToldKind } from './components.ts';
import { fitRuns, muted, run, settleLines } from './lines.ts';
import type { TextLine } from './lines.ts';
import { isFaulty, signRun } from './look.ts';
import type { Look } from './look.ts';
import { nodesOnZones } from './nodes.ts';

const LABEL_WIDTH = 10;
const ORDER: readonly Sign[] = ['down', 'warning', 'degraded', 'changing', 'unknown'];
const POD_WORDS: Readonly<Partial<Record<Sign, string>>> = {
  down: 'failing',
  warning: 'warning',
  degraded: 'not ready',
  changing: 'starting',
  unknown: 'unknown',
};
const WORKLOAD_WORDS: Readonly<Partial<Record<Sign, string>>> = {
  down: 'unavailable',
  warning: 'stuck',
  degraded: 'partly',
  changing: 'changing',
  unknown: 'unknown',
};
/** The least width of a column of failing pods. */
const POD_COLUMN = 56;
const SHOWN_RESTARTED = 3;

const label = (text: string): Run => muted(` ${cell(text, LABEL_WIDTH)}`);
/** Of several clusters each has its name where its other lines have their labels. */
const nameLabel = ({ name }: ClusterInventory): Run =>
  run(` ${cell(name, Math.max(LABEL_WIDTH, name.length + 2))}`, 'title');

/** The state of a cluster at the right of its title. */
export function clusterRuns(cluster: ClusterInventory, nodes: RowList): readonly Run[] {
  if (cluster.source.state === 'connecting') return [run('↻ connecting', 'info')];
  if (cluster.source.state !== 'up') return [run(`? api ${cluster.source.state}`, 'bad')];
  const down = signCounts(nodes, cluster.name).get('down') ?? 0;
  return down > 0 ? [run(`◐ ${plural(down, 'node')} not ready`, 'warn')] : [run('● serving', 'ok')];
}

/** What is known of a kind: how many, or why not. */
function feedText<T extends { readonly byKey: ReadonlyMap<string, unknown> }>(
  feed: Feed<T>,
): string {
  switch (feed.status) {
    case 'ok':
      return String(feed.value.byKey.size);
    case 'pending':
      return feed.received === undefined ? 'loading' : `loading ${feed.received}`;
    case 'absent':
      return 'not installed';
    case 'denied':
      return 'denied';
    case 'failed':
      return feed.last ? `${feed.last.value.byKey.size} as last known` : 'unknown';
  }
}

/**
 * The clusters in at most `height` lines, of each its nodes and pods first, then what is not well. Several share the
 * lines: what one does not take the next ones have.
 */
export function clusterLines(look: Look, width: number, height: number): readonly TextLine[] {
  const { model } = look;
  const { clusters } = model.inventory;
  if (clusters.length === 0)
    return [{ runs: [muted(model.phase === 'starting' ? ' starting' : ' no cluster configured')] }];
  const share = Math.max(LEAST_SHARE, Math.floor(height / clusters.length));
  const parts = clusters.map((cluster) => partOf(cluster, look, width, share));
  let left = height - parts.reduce((sum, { total }) => sum + Math.min(total, share), 0);
  const laid = parts.map((part, index) => {
    const cluster = clusters[index];
    if (left <= 0 || cluster === undefined) return { part, most: Math.min(part.total, share) };
    // With more room there is more to say.
    const most = Math.min(part.total, share) + left;
    const larger = partOf(cluster, look, width, most);
    left = most - Math.min(larger.total, most);
    return { part: larger, most };
  });
  return look.keep(
    `cluster ${width}x${height}`,
    laid.flatMap(({ part, most }) => [part, most]),
    (): readonly TextLine[] =>
      laid.flatMap(({ part, most }) => atMost(part.lines, part.total, most)).slice(0, height),
    settleLines,
  );
}

/** One cluster laid out for so many lines. */
function partOf(cluster: ClusterInventory, look: Look, width: number, height: number): SomeLines {
  const shell = shellOf(cluster, look, width, height);
  const plane = planeLines(cluster, look, width, shell.room);
  return look.keep(`part of ${cluster.name} ${width}x${height}`, [cluster, shell, plane], () =>
    oneCluster(cluster, shell, plane, look, width, height),
  );
}

/** Of several clusters each has so many lines at least. */
const LEAST_SHARE = 2;

/** @param total how many lines there are in all */
const atMost = (lines: readonly TextLine[], total: number, most: number): readonly TextLine[] =>
  total <= most
    ? lines
    : [
        ...lines.slice(0, Math.max(0, most - 1)),
        { runs: [muted(`   … ${total - most + 1} more`)] },
      ];

/** What is said of a cluster but for its control plane, which alone depends on the zones of the hosts. */
type Shell = {
  /** Up to the nodes. */
  readonly above: readonly TextLine[];
  /** So many lines stand whatever the height is, and one of the control plane with them. */
  readonly least: number;
  readonly isList: boolean;
  readonly workloads: readonly TextLine[];
  readonly failing: SomeLines;
  /** Lines that are left beneath the nodes. */
  readonly room: number;
};

function shellOf(cluster: ClusterInventory, look: Look, width: number, height: number): Shell {
  const { model } = look;
  const inputs = [
    cluster,
    model.inventory.clusters.length,
    model.views,
    look.rows('nodes'),
    look.rows('pods'),
    look.rows('workloads'),
    nodesOnZones(model.inventory),
  ];
  return look.keep(`shell of ${cluster.name} ${width}x${height}`, inputs, () =>
    makeShell(cluster, look, width, height),
  );
}

function makeShell(cluster: ClusterInventory, look: Look, width: number, height: number): Shell {
  const { model } = look;
  const isOnly = model.inventory.clusters.length === 1;
  const own = (rows: readonly BoundRow[]): readonly BoundRow[] =>
    isOnly ? rows : rows.filter(({ ref }) => refPath(ref)[0] === cluster.name);
  const nodes = own(look.rows('nodes').slice());
  const pods = look.rows('pods');
  const counts = signCounts(pods, cluster.name);
  const troubled: Troubled = {
    total: countTroubled(counts),
    // Faults stand first, so that a long list is not read to its end.
    rows: isOnly ? pods : own(pods.slice(0, Math.min(MOST_READ, countTroubled(signCounts(pods))))),
  };
  const { error } = cluster.source;
  const head: readonly TextLine[] = error
    ? [
        {
          runs: [
            ...(isOnly ? [label('api')] : [nameLabel(cluster), muted('api  ')]),
            run(error.message, 'bad'),
            muted(error.hint === '' ? '' : `  ${error.hint}`),
          ],
        },
      ]
    : [];
  const podLine: TextLine = {
    runs: [
      ...(isOnly ? [label('pods')] : [nameLabel(cluster), muted('pods ')]),
      ...podRuns(cluster, counts),
      muted('  api '),
      ...apiRuns(cluster),
    ],
  };
  const room = height - head.length - 1;
  const isList = nodes.length > 0 && width < 100 && room >= nodes.length + 2;
  const nodeLines = isList
    ? nodes.map((row) => nodeLine(row, cluster, look, width))
    : nodeChips(cluster, nodes, width);
  return {
    above: [...head, podLine, ...nodeLines],
    least: head.length + 1 + nodeLines.length,
    isList,
    workloads: workloadLine(cluster, look),
    failing: troubledLines(troubled, look, width, height),
    room: room - nodeLines.length,
  };
}

function oneCluster(
  cluster: ClusterInventory,
  { above, least, isList, workloads, failing }: Shell,
  plane: readonly TextLine[],
  look: Look,
  width: number,
  height: number,
): SomeLines {
  const isTall = height >= 8 && failing.total > 0;
  const known = [...above, ...plane, ...workloads].slice(
    0,
    Math.max(least + Math.min(1, plane.length), height),
  );
  const spare = height - known.length - failing.total - (isTall ? 1 : 0);
  const told = [cluster.feeds.nodes, cluster.feeds.pods];
  const capacity = look.keep(`capacity of ${cluster.name}`, told, () => capacityLines(cluster));
  const most = isList ? spare - capacity.length : 2;
  const namespaces = look.keep(`namespaces of ${cluster.name} ${width}x${most}`, told, () =>
    namespaceLines(cluster, width, most),
  );
  const lines = [
    ...known,
    ...[...capacity, ...namespaces].slice(0, Math.max(0, spare)),
    ...(isTall ? [{ runs: [] }] : []),
    ...failing.lines,
  ];
  return { lines, total: lines.length - failing.lines.length + failing.total };
}

/** Lines from the first one on, and how many there are in all. */
type SomeLines = { readonly lines: readonly TextLine[]; readonly total: number };

/** Pods that are not well: how many, and those that stand first in some rows. */
type Troubled = { readonly total: number; readonly rows: RowList };

/** So many pods that are not well are read when several clusters share their list. */
const MOST_READ = 1000;

/** What is unknown is so because its node or the API is silent, which is said already. */
const countTroubled = (counts: ReadonlyMap<Sign, number>): number =>
  [...counts].reduce(
    (sum, [sign, amount]) => sum + (isFaulty(sign) && sign !== 'unknown' ? amount : 0),
    0,
  );

export function podRuns(
  cluster: ClusterInventory,
  counts: ReadonlyMap<Sign, number>,
): readonly Run[] {
  const total = [...counts.values()].reduce((sum, amount) => sum + amount, 0);
  if (total === 0) return [run(feedText(cluster.feeds.pods), 'unknown')];
  return [
    run(`${counts.get('ok') ?? 0}/${total - (counts.get('off') ?? 0)} running  `),
    ...ORDER.flatMap((sign): readonly Run[] => {
      const amount = counts.get(sign) ?? 0;
      return amount === 0 ? [] : [signRun(sign), run(` ${amount} ${POD_WORDS[sign] ?? ''}  `)];
    }),
  ];
}

const apiRuns = (cluster: ClusterInventory): readonly Run[] => [
  cluster.latencyMs === null
    ? run(cluster.source.state, cluster.source.state === 'up' ? 'plain' : 'bad')
    : run(stepMs(cluster.latencyMs)),
  muted(cluster.version === null ? '' : `  ${cluster.version}`),
];

/**
 * The control plane as its zones and itself tell: a line for each kind where there is much room, all instances by name
 * in a wide one, else their signs.
 */
function planeLines(
  cluster: ClusterInventory,
  look: Look,
  width: number,
  room: number,
): readonly TextLine[] {
  const kinds = toldKinds(look, cluster.name);
  const isTall = room >= kinds.length + TALL_ROOM;
  return look.keep(
    `control plane of ${cluster.name} ${width} ${isTall}`,
    [kinds, look.model.views],
    () => makePlaneLines(kinds, look, width, isTall),
    settleLines,
  );
}

function makePlaneLines(
  kinds: readonly ToldKind[],
  look: Look,
  width: number,
  isTall: boolean,
): readonly TextLine[] {
  if (kinds.length === 0) return [];
  if (isTall)
    return kinds.map((kind) => ({
      runs: [
        label(kindLabel(kind)),
        ...kind.components.flatMap((part) => [...instanceRuns(part, look, false), run('  ')]),
        ...(kind.sign === 'ok' ? [] : [run(verdict(kind), SIGN_TONES[kind.sign])]),
      ],
    }));
  if (width < WIDE_PLANE) return compactPlane(kinds, width);
  const pairs = kinds.map((kind) => [
    muted(`${kindName(kind, 'short')} `),
    ...kind.components.flatMap((part) => [...instanceRuns(part, look, false), run('  ')]),
    ...(kind.sign === 'ok' ? [] : [run(`${verdict(kind)}  `, SIGN_TONES[kind.sign])]),
  ]);
  return flowRuns('plane', pairs, width);
}

/** What stands before the instances of a kind: of an etcd cluster that keeps something apart, what that is. */
function kindLabel(kind: ToldKind): string {
  const name = kindName(kind, 'short');
  return name.length < LABEL_WIDTH ? name : name.replace(/^etcd-/, '');
}

/** Wordings of a kind in a line with all others, the one that says most first. */
const COMPACT: readonly (readonly [how: KindName, isCounted: boolean])[] = [
  ['short', true],
  ['brief', true],
  ['brief', false],
];

/** All kinds by the signs of their instances, in one line where any wording fits there. */
function compactPlane(kinds: readonly ToldKind[], width: number): readonly TextLine[] {
  const wordings = COMPACT.map(([how, isCounted]) =>
    kinds.map((kind) => kindRuns(kind, how, isCounted)),
  );
  const needed = (parts: readonly (readonly Run[])[]): number =>
    LABEL_WIDTH + 1 + parts.reduce((sum, part) => sum + runsWidth(part) + 2, -2);
  const fitting = wordings.find((parts) => needed(parts) <= width);
  if (!fitting) return flowRuns('plane', wordings[0] ?? [], width, 2);
  return [
    {
      runs: [
        label('plane'),
        ...fitting.flatMap((part, index) => [run(index === 0 ? '' : '  '), ...part]),
      ],
    },
  ];
}

/** Lines that are left for other things when each kind has its own. */
const TALL_ROOM = 6;
/** From this width on the instances are told by name. */
const WIDE_PLANE = 100;

/** Parts one behind the other, some blanks apart, on as many lines as it takes. */
function flowRuns(
  title: string,
  parts: readonly (readonly Run[])[],
  width: number,
  gap = 1,
): readonly TextLine[] {
  const lines: Run[][] = [];
  let used = width;
  for (const part of parts) {
    const needed = runsWidth(part) + gap;
    if (used + needed > width + gap) {
      lines.push([label(lines.length === 0 ? title : '')]);
      used = LABEL_WIDTH + 1;
    }
    lines.at(-1)?.push(...part, run(' '.repeat(gap)));
    used += needed;
  }
  return lines.map((runs) => ({ runs }));
}

/** How many workloads are as they are meant to be, and what the others are. */
function workloadLine(cluster: ClusterInventory, look: Look): readonly TextLine[] {
  const counts = signCounts(look.rows('workloads'), cluster.name);
  if (counts.size === 0) return [];
  return [
    {
      runs: [
        label('workload'),
        run(`${counts.get('ok') ?? 0} available  `),
        ...ORDER.flatMap((sign): readonly Run[] => {
          const amount = counts.get(sign) ?? 0;
          return amount === 0
            ? []
            : [signRun(sign), run(` ${amount} ${WORKLOAD_WORDS[sign] ?? ''}  `)];
        }),
      ],
    },
  ];
}

/** What the nodes offer together, and the pods that were restarted most. */
export function capacityLines(cluster: ClusterInventory): readonly TextLine[] {
  const nodes = [...(lastKnown(cluster.feeds.nodes)?.value.byKey.values() ?? [])];
  const table = lastKnown(cluster.feeds.pods)?.value;
  if (nodes.length === 0) return [];
  const sum = (pick: (node: KubeNode) => number | null): number | null =>
    nodes.some((node) => pick(node) !== null)
      ? nodes.reduce((total, node) => total + (pick(node) ?? 0), 0)
      : null;
  const restarted = table ? mostRestarted(table, SHOWN_RESTARTED) : [];
  return [
    {
      runs: [
        label('offers'),
        run(`${count(sum((node) => node.cpuAllocatable))} cpus  `),
        run(`${bytes(sum((node) => node.memoryAllocatableBytes))}  `),
        run(
          `${table ? table.byKey.size : UNKNOWN} of ${count(sum((node) => node.podsAllocatable))} pods`,
        ),
      ],
    },
    ...(restarted.length === 0
      ? []
      : [
          {
            runs: [
              label('restarts'),
              ...restarted.flatMap(({ name, restarts }) => [
                run(String(restarts)),
                muted(` ${name}  `),
              ]),
            ],
          },
        ]),
  ];
}

/** How many pods of each namespace are ready, as last told. */
export function namespaceLines(
  cluster: ClusterInventory,
  width: number,
  most: number,
): readonly TextLine[] {
  const table = lastKnown(cluster.feeds.pods)?.value;
  if (!table || most <= 0) return [];
  const counts = [...countNamespaces(table).values()].toSorted((a, b) =>
    a.name.localeCompare(b.name),
  );
  const parts = counts.map(({ name, ready, total }): readonly Run[] => [
    muted(`${name} `),
    run(ready === total ? String(total) : `${ready}/${total}`, ready === total ? 'plain' : 'warn'),
  ]);
  const lines: Run[][] = [];
  let used = width;
  for (const part of parts) {
    const needed = runsWidth(part) + 2;
    if (used + needed > width) {
      if (lines.length === most) break;
      lines.push([label(lines.length === 0 ? 'ready' : '')]);
      used = LABEL_WIDTH + 1;
    }
    lines.at(-1)?.push(...part, run('  '));
    used += needed;
  }
  return lines.map((runs) => ({ runs }));
}

/** Nodes in a flow over as many lines as it takes, faults first. */
function nodeChips(
  cluster: ClusterInventory,
  nodes: readonly BoundRow[],
  width: number,
): readonly TextLine[] {
  if (nodes.length === 0)
    return [{ runs: [label('nodes'), run(feedText(cluster.feeds.nodes), 'unknown')] }];
  const lines: Run[][] = [];
  let used = width;
  for (const row of nodes) {
    const name = row.text(0);
    if (used + name.length + 4 > width) {
      lines.push([label(lines.length === 0 ? 'nodes' : '')]);
      used = LABEL_WIDTH + 1;
    }
    lines
      .at(-1)
      ?.push(
        signRun(row.sign, row.stale),
        run(` ${name}  `, row.sign === 'down' ? 'bad' : row.stale ? 'stale' : 'plain'),
      );
    used += name.length + 4;
  }
  return lines.map((runs) => ({ runs }));
}

/** A node with where it runs, how many pods it has and its version. */
function nodeLine(row: BoundRow, cluster: ClusterInventory, look: Look, width: number): TextLine {
  const name = row.text(0);
  const node = lastKnown(cluster.feeds.nodes)?.value.byKey.get(name);
  const table = lastKnown(cluster.feeds.pods)?.value;
  const pods = table ? (podsByNode(table).get(name)?.size ?? 0) : null;
  const machine = nodesOnZones(look.model.inventory).find(
    (each) => each.cluster === cluster.name && each.name === name,
  )?.machine;
  const { sign, stale } = row;
  const since = node?.readySince ?? null;
  const body: readonly Run[] = [
    run(`${cell(name, 12)} `, sign === 'down' ? 'bad' : stale ? 'stale' : 'plain'),
    sign === 'ok'
      ? muted(cell('ready', 16))
      : run(
          cell(
            `${(node?.status ?? '').split(',')[0] ?? ''}${since === null ? '' : ` ${duration(look.model.now - since)}`}`,
            16,
          ),
          sign === 'down' ? 'bad' : 'warn',
        ),
    run(cell(pods === null ? '┄' : plural(pods, 'pod'), 9)),
    muted(machine ? `on ${refName(machine)} ` : ''),
  ];
  return {
    ref: nodeRef(cluster.name, name),
    runs: [run(' '), signRun(sign, stale), run(' '), ...fitRuns(body, width - 4)],
  };
}

/** Pods that are not well, in as many columns as fit; at most so many lines are made. */
function troubledLines(
  { total, rows }: Troubled,
  look: Look,
  width: number,
  most: number,
): SomeLines {
  const view = viewById(look.model.views, 'pods');
  if (!view || total === 0) return { lines: [], total: 0 };
  const column = (id: string): number => view.columns.findIndex((each) => each.id === id);
  const [status, restarts] = [column('status'), column('restarts')];
  const columns = Math.max(1, Math.floor(width / POD_COLUMN));
  const each = Math.floor(width / columns);
  const count = Math.ceil(total / columns);
  const at = (index: number): BoundRow | undefined =>
    index < total ? atPresent(rows.at(index), look.model.now) : undefined;
  const part = (row: BoundRow | undefined): readonly Run[] =>
    row === undefined
      ? [run(' '.repeat(each))]
      : fitRuns(
          [
            run(' '),
            signRun(row.sign, row.stale),
            run(` ${cell(`${row.text(0)}/${row.text(1)}`, Math.min(34, each - 22))} `),
            run(row.text(status), row.sign === 'down' ? 'bad' : 'warn'),
            muted(row.value(restarts) === 0 ? '' : `  restarts ${row.text(restarts)}`),
          ],
          each,
        );
  const lines = Array.from({ length: Math.min(count, most) }, (_, index): TextLine => {
    const first = at(index);
    return {
      runs: Array.from({ length: columns }, (_, position) =>
        part(at(index + position * count)),
      ).flat(),
      ...(columns === 1 && first ? { ref: first.ref } : {}),
    };
  });
  return { lines, total: count };
}
