import { lastKnown } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import { plural } from '../../domain/format.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import type { Ref } from '../../domain/ref.ts';
import type { BoundRow, BoundView, Sign } from '../../domain/view.ts';
import { textWidth } from '../../term/width.ts';
import { inside } from '../layout.ts';
import type { Box, Rect } from '../layout.ts';
import { viewById, viewOf } from '../model.ts';
import type { Model } from '../model.ts';
import type { ShownRows } from '../rows.ts';
import type { PaneId } from '../session.ts';
import { SIGN_TONES, SIGNS } from '../tones.ts';
import { frameRight, line, runsWidth, wipe } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { paintTable } from './table.ts';

export type RowsOf = (view: BoundView) => ShownRows;

/** From how many lines on a pane has a table with a header. */
const TABLE_LINES = 6;

const countSigns = (rows: readonly BoundRow[]): ReadonlyMap<Sign, number> => {
  const counts = new Map<Sign, number>();
  for (const { sign } of rows) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return counts;
};

const WORDS: Readonly<Record<'zones' | 'vms', Readonly<Partial<Record<Sign, string>>>>> = {
  zones: {
    ok: 'running',
    warning: 'warning',
    degraded: 'degraded',
    down: 'down',
    unknown: 'unknown',
    off: 'off',
    changing: 'changing',
  },
  vms: {
    ok: 'running',
    warning: 'warning',
    down: 'down',
    unknown: 'unknown',
    off: 'off',
    changing: 'changing',
  },
};
const ORDER: readonly Sign[] = ['down', 'warning', 'degraded', 'changing', 'unknown', 'ok', 'off'];

const signRuns = (rows: readonly BoundRow[], pane: 'zones' | 'vms'): readonly Run[] => {
  const counts = countSigns(rows);
  return ORDER.flatMap((sign): readonly Run[] => {
    const amount = counts.get(sign) ?? 0;
    const word = WORDS[pane][sign];
    return amount === 0 || word === undefined
      ? []
      : [
          { text: SIGNS[sign], tone: SIGN_TONES[sign] },
          {
            text: ` ${amount} ${word}  `,
            tone: sign === 'ok' || sign === 'off' ? 'muted' : 'plain',
          },
        ];
  });
};

/** What stands at the right of a pane's title: how many are well. */
export function paneSummary(pane: PaneId, rows: readonly BoundRow[], model: Model): readonly Run[] {
  const counts = countSigns(rows);
  const bad = (counts.get('down') ?? 0) + (counts.get('unknown') ?? 0);
  const up =
    rows.length -
    bad -
    (pane === 'hosts' ? (counts.get('changing') ?? 0) : (counts.get('off') ?? 0));
  switch (pane) {
    case 'hosts':
      return [{ text: `${up}/${rows.length} up`, tone: bad > 0 ? 'bad' : 'muted' }];
    case 'zones':
    case 'vms':
      return [
        {
          text: `${counts.get('ok') ?? 0}/${rows.length} running`,
          tone: (counts.get('down') ?? 0) > 0 ? 'bad' : 'muted',
        },
      ];
    case 'vlans':
      return [{ text: String(rows.length), tone: 'muted' }];
    case 'cluster': {
      const [cluster] = model.inventory.clusters;
      if (!cluster)
        return model.phase === 'starting' ? [] : [{ text: 'none configured', tone: 'muted' }];
      return clusterRuns(cluster, rows);
    }
  }
}

function clusterRuns(cluster: ClusterInventory, nodes: readonly BoundRow[]): readonly Run[] {
  if (cluster.source.state === 'connecting') return [{ text: '↻ connecting', tone: 'info' }];
  if (cluster.source.state !== 'up')
    return [{ text: `? api ${cluster.source.state}`, tone: 'bad' }];
  const down = nodes.filter(({ sign }) => sign === 'down').length;
  return down > 0
    ? [{ text: `◐ ${plural(down, 'node')} not ready`, tone: 'warn' }]
    : [{ text: '● serving', tone: 'ok' }];
}

/** Paints one pane of the overview. */
export function paintOverviewPane(
  canvas: Canvas,
  box: Box,
  pane: PaneId,
  model: Model,
  rowsOf: RowsOf,
  focused: boolean,
): void {
  const view = viewOf(model.views, pane, 0);
  if (!view) return;
  const { rows } = rowsOf(view);
  frameRight(canvas, box.rect, textWidth(box.title), paneSummary(pane, rows, model));
  const area = inside(box.rect);
  if (area.width <= 0 || area.height <= 0) return;
  if (pane === 'cluster') {
    paintCluster(canvas, area, model, rowsOf);
    return;
  }
  if (pane === 'vlans' && area.height < TABLE_LINES) {
    wipe(canvas, area);
    paintChips(canvas, area, rows, view);
    return;
  }
  const selected = focused ? (model.session.cursors[`${pane}.0`]?.ref ?? null) : null;
  paintRows(canvas, area, model, view, rows, pane, selected);
}

/** A table that folds the healthy rest into its last line before a faulty row is cut. */
function paintRows(
  canvas: Canvas,
  area: Rect,
  model: Model,
  view: BoundView,
  rows: readonly BoundRow[],
  pane: PaneId,
  selected: Ref | null,
): void {
  const header = area.height >= TABLE_LINES;
  let { y, height } = area;
  const end = area.x + area.width;
  if (!header && (pane === 'zones' || pane === 'vms')) {
    line(canvas, area.x, y, end, [{ text: ' ', tone: 'plain' }, ...signRuns(rows, pane)]);
    y += 1;
    height -= 1;
  }
  const room = height - (header ? 1 : 0);
  const folded = rows.length > room;
  const top = follow(rows, selected, folded ? room - 1 : room);
  const table = { x: area.x, y, width: area.width, height: folded ? height - 1 : height };
  paintTable(canvas, table, model, view, rows, {
    selected,
    top,
    header,
    focused: selected !== null,
    empty: emptyText(model, pane),
  });
  if (!folded) return;
  const hidden = rows.filter((_, index) => index < top || index >= top + room - 1);
  const sign: Sign = hidden.find((row) => row.sign !== 'ok' && row.sign !== 'off')?.sign ?? 'ok';
  line(canvas, area.x, y + height - 1, end, [
    { text: ` ${SIGNS[sign]} `, tone: SIGN_TONES[sign] },
    { text: `${hidden.length} more  `, tone: 'muted' },
    { text: hidden.map((row) => row.text(0)).join(' '), tone: 'muted' },
  ]);
}

const follow = (rows: readonly BoundRow[], selected: Ref | null, room: number): number => {
  if (selected === null) return 0;
  const index = rows.findIndex(({ ref }) => ref === selected);
  return index < room ? 0 : index - room + 1;
};

function emptyText({ inventory, phase }: Model, pane: PaneId): string {
  if (phase === 'starting') return 'starting';
  if (phase === 'failed') return 'not connected';
  if (inventory.hosts.length === 0) return 'no hosts configured';
  const waiting = inventory.hosts.filter(({ feeds }) => feeds.zones.status === 'pending').length;
  return waiting > 0 ? `waiting for ${plural(waiting, 'host')}` : `no ${pane}`;
}

/** Signs and names in a flow, faults first. */
function paintChips(canvas: Canvas, area: Rect, rows: readonly BoundRow[], view: BoundView): void {
  const name = view.columns.findIndex(({ id }) => id === 'name');
  const lines: Run[][] = [[]];
  let used = 1;
  for (const [index, row] of rows.entries()) {
    const text = `${row.text(0)} ${name < 0 ? '' : row.text(name)}`.trim();
    const width = textWidth(text) + 4;
    if (used + width > area.width) {
      if (lines.length === area.height) {
        const more = `+${rows.length - index}`;
        const last = lines.at(-1) ?? [];
        let dropped = 0;
        while (dropped < last.length && used + more.length + 1 > area.width) {
          dropped += 2;
          used -= runsWidth(last.slice(-dropped).slice(0, 2));
        }
        last.splice(last.length - dropped);
        last.push({ text: more, tone: 'muted' });
        break;
      }
      lines.push([]);
      used = 1;
    }
    lines.at(-1)?.push(
      {
        text: SIGNS[row.sign],
        tone: SIGN_TONES[row.sign],
        change: row.stale ? { dim: true } : {},
      },
      {
        text: ` ${text}  `,
        tone: row.sign === 'ok' ? 'plain' : SIGN_TONES[row.sign],
        change: row.stale ? { dim: true } : {},
      },
    );
    used += width;
  }
  for (const [index, runs] of lines.entries())
    line(canvas, area.x, area.y + index, area.x + area.width, [
      { text: ' ', tone: 'plain' },
      ...runs,
    ]);
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

function paintCluster(canvas: Canvas, area: Rect, model: Model, rowsOf: RowsOf): void {
  wipe(canvas, area);
  const end = area.x + area.width;
  const nodeView = viewById(model.views, 'nodes');
  const podView = viewById(model.views, 'pods');
  const [cluster] = model.inventory.clusters;
  if (!cluster || !nodeView || !podView) {
    line(canvas, area.x, area.y, end, [
      { text: model.phase === 'starting' ? ' starting' : ' no cluster configured', tone: 'muted' },
    ]);
    return;
  }
  const nodes = rowsOf(nodeView).rows;
  const pods = rowsOf(podView).rows;
  const podCounts = countSigns(pods);
  const troubled = pods.filter(({ sign }) => sign !== 'ok' && sign !== 'off');
  const status = podView.columns.findIndex(({ id }) => id === 'status');
  const lines: (readonly Run[])[] = [
    [
      { text: ' nodes  ', tone: 'muted' },
      ...(nodes.length === 0
        ? [{ text: feedText(cluster.feeds.nodes), tone: 'unknown' as const }]
        : nodes.flatMap((row): readonly Run[] => [
            { text: `${SIGNS[row.sign]} `, tone: SIGN_TONES[row.sign] },
            { text: `${row.text(0)}  `, tone: row.sign === 'ok' ? 'plain' : SIGN_TONES[row.sign] },
          ])),
    ],
    [
      { text: ' pods   ', tone: 'muted' },
      ...(pods.length === 0
        ? [{ text: feedText(cluster.feeds.pods), tone: 'unknown' as const }]
        : [
            {
              text: `${podCounts.get('ok') ?? 0}/${pods.length - (podCounts.get('off') ?? 0)} running  `,
              tone: 'plain' as const,
            },
            ...ORDER.flatMap((sign): readonly Run[] => {
              const amount = podCounts.get(sign) ?? 0;
              return amount === 0 || sign === 'ok' || sign === 'off'
                ? []
                : [{ text: `${SIGNS[sign]} ${amount}  `, tone: SIGN_TONES[sign] }];
            }),
          ]),
      { text: '  api ', tone: 'muted' },
      cluster.latencyMs === null
        ? { text: cluster.source.state, tone: cluster.source.state === 'up' ? 'plain' : 'bad' }
        : { text: `${Math.max(1, Math.round(cluster.latencyMs / 5) * 5)}ms`, tone: 'plain' },
      { text: `  ${cluster.version ?? ''}`, tone: 'muted' },
    ],
    ...(cluster.source.error
      ? [
          [
            { text: ' api    ', tone: 'muted' },
            { text: `${cluster.source.error.message}  ${cluster.source.error.hint}`, tone: 'bad' },
          ] as const,
        ]
      : []),
    ...troubled.map((row): readonly Run[] => [
      { text: ` ${SIGNS[row.sign]} `, tone: SIGN_TONES[row.sign] },
      { text: `${row.text(0)}/${row.text(1)}  `, tone: 'plain' },
      { text: row.text(status), tone: SIGN_TONES[row.sign] },
    ]),
  ];
  const shown = lines.length > area.height ? lines.slice(0, area.height - 1) : lines;
  for (const [index, runs] of shown.entries()) line(canvas, area.x, area.y + index, end, runs);
  if (shown.length < lines.length)
    line(canvas, area.x, area.y + area.height - 1, end, [
      { text: `   … ${lines.length - shown.length} more`, tone: 'muted' },
    ]);
  if (lastKnown(cluster.feeds.nodes) === undefined && area.height > 3 && !cluster.source.error)
    line(canvas, area.x, area.y + 2, end, [
      { text: ` ${cluster.name} ${cluster.source.state}`, tone: 'muted' },
    ]);
}
