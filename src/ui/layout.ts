import { sameFields, settleEach, whileSame } from '../domain/same-parts.ts';
import type { PaneId, Place } from './session.ts';

export type Rect = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** A framed area of the screen. */
export type Box = { readonly id: string; readonly rect: Rect; readonly title: string };

/** Where everything is; depends on the size, the place and how much there is to say. */
export type Layout = {
  readonly header: Rect;
  /** One line with the place and its filter; null where there is no room. */
  readonly crumbs: Rect | null;
  /** Framed when it has more than one line. */
  readonly problems: { readonly rect: Rect; readonly framed: boolean };
  readonly boxes: readonly Box[];
  readonly footer: Rect | null;
};

/** Whether two framed areas are the same, in the same place. */
export const sameBox = (a: Box, b: Box): boolean =>
  a === b || (a.id === b.id && a.title === b.title && sameFields(a.rect, b.rect));

/** The layout of before when everything is where it was: nothing is painted anew for it. */
export const settleLayout = (before: Layout, after: Layout): Layout =>
  sameRect(before.header, after.header) &&
  sameRect(before.crumbs, after.crumbs) &&
  sameRect(before.footer, after.footer) &&
  before.problems.framed === after.problems.framed &&
  sameRect(before.problems.rect, after.problems.rect) &&
  settleEach(before.boxes, after.boxes, sameBox) === before.boxes
    ? before
    : after;

const sameRect = (a: Rect | null, b: Rect | null): boolean =>
  a === b || (a !== null && b !== null && sameFields(a, b));

/** Lines that parts of the screen would like to have, without their frames. */
export type Wants = {
  readonly panes: Readonly<Record<PaneId, number>>;
  /** Of the list of problems with what stands beneath it. */
  readonly problemList: number;
  readonly ledger: number;
};

/** Panels of a place that take turns where there is no room for all. */
export type PanelChoice = {
  /** The one that keys go to. */
  readonly focus: string | null;
  /** The one that has the place for itself. */
  readonly zoomed: string | null;
  /** The place is a page of panels, which are placed later. */
  readonly isPage?: boolean;
};
const noChoice: PanelChoice = { focus: null, zoomed: null };

/** What can have the focus in the places of several frames, the first one at first. */
export const PROBLEM_PANELS = ['problem-list', 'problem-tree', 'problem-detail'] as const;
export const MAP_PANELS = ['vlan-map', 'vlan-members', 'vlan-checks'] as const;

/** A part of a length: what it needs at least, what it can fill, its share of what is left then. */
export type Part = { readonly least: number; readonly wants: number; readonly grow: number };

const PANE_TITLES: Record<PaneId, string> = {
  hosts: '1 Hosts',
  zones: '2 Zones',
  vms: '3 VMs',
  vlans: '4 VLANs',
  cluster: '5 Cluster',
};

/** From this width on the overview has a third column. */
const WIDE = { cols: 160, rows: 30 } as const;
/** Lanes, changes and the axis of time, in a frame. */
const TIMELINE = { rows: 44, height: 7 } as const;
const LEDGER = { rows: 48, most: 4 } as const;

/**
 * Divides a length: every part gets what it needs, then what lacks most in proportion is filled first, then what is
 * left goes by the shares. The last parts give way when there is not enough. The sizes add up to the length, unless
 * no part takes what is left.
 */
export function shareOut(length: number, parts: readonly Part[]): readonly number[] {
  const sizes = parts.map(({ least }) => least);
  let left = length - sizes.reduce((a, b) => a + b, 0);
  for (let index = sizes.length - 1; index >= 0 && left < 0; index -= 1) {
    const less = Math.min(sizes[index] ?? 0, -left);
    sizes[index] = (sizes[index] ?? 0) - less;
    left += less;
  }
  for (; left > 0; left -= 1) {
    const neediest = parts
      .map(({ wants }, index) => ({ index, fill: (sizes[index] ?? 0) / Math.max(1, wants) }))
      .filter(({ fill }) => fill < 1)
      .toSorted((a, b) => a.fill - b.fill)[0];
    if (!neediest) break;
    sizes[neediest.index] = (sizes[neediest.index] ?? 0) + 1;
  }
  let shares = parts.reduce((sum, { grow }) => sum + grow, 0);
  for (const [index, { grow }] of parts.entries()) {
    if (left <= 0 || grow === 0) continue;
    const more = Math.ceil((left * grow) / shares);
    sizes[index] = (sizes[index] ?? 0) + more;
    left -= more;
    shares -= grow;
  }
  return sizes;
}

const equal = (length: number, count: number): readonly number[] =>
  shareOut(
    length,
    Array.from({ length: count }, () => ({ least: 0, wants: 0, grow: 1 })),
  );

/** The inside of a frame. */
export const inside = ({ x, y, width, height }: Rect): Rect => ({
  x: x + 1,
  y: y + 1,
  width: Math.max(0, width - 2),
  height: Math.max(0, height - 2),
});

/** The widths of the columns of a wide overview: hosts and VMs, zones and VLANs, the cluster. */
const wideColumns = (cols: number): readonly number[] =>
  shareOut(
    cols,
    [34, 35, 31].map((grow) => ({ least: 0, wants: 0, grow })),
  );

/** How wide the panes of the overview are inside their frames. */
export const paneWidths = (cols: number, rows: number): Readonly<Record<PaneId, number>> =>
  samePaneWidths([cols, rows], () => makePaneWidths(cols, rows));

const samePaneWidths = whileSame<Readonly<Record<PaneId, number>>>();

function makePaneWidths(cols: number, rows: number): Readonly<Record<PaneId, number>> {
  const columns = isWide(cols, rows) ? wideColumns(cols) : [...equal(cols, 2), cols];
  const [first = 0, second = 0, third = 0] = columns.map((width) => Math.max(0, width - 2));
  return { hosts: first, zones: second, vms: first, vlans: second, cluster: third };
}

/** Whether the overview has its three columns on a screen of that size. */
export const isWide = (cols: number, rows: number): boolean =>
  cols >= WIDE.cols && rows >= WIDE.rows;

/**
 * @param problemLines lines that the problem strip would like to have; 0 when nothing is wrong.
 * @param wants what the panes would like to have; without it they share by fixed proportions.
 * @param choice what has the focus: it is laid out, whatever the size.
 */
export function layout(
  cols: number,
  rows: number,
  place: Place,
  focus: PaneId,
  problemLines: number,
  wants?: Wants,
  choice: PanelChoice = noChoice,
): Layout {
  const hasFooter = rows >= 10;
  const hasCrumbs = rows >= 34 || (place.kind !== 'overview' && rows >= 16);
  const header: Rect = { x: 0, y: 0, width: cols, height: 1 };
  let y = 1;
  const crumbs = hasCrumbs ? { x: 0, y: y++, width: cols, height: 1 } : null;
  const footer = hasFooter ? { x: 0, y: rows - 1, width: cols, height: 1 } : null;
  const bottom = rows - (hasFooter ? 1 : 0);
  const overview = place.kind === 'overview';
  const threeColumns = overview && isWide(cols, rows);
  const aside = threeColumns && problemLines > 0;
  // The list of problems says itself what is the worst.
  const isListed =
    place.kind === 'problems' && bottom - y >= STACKED_FROM && choice.zoomed === null;
  const strip = aside || isListed ? 0 : stripHeight(rows, overview, problemLines);
  const problems = { rect: { x: 0, y, width: cols, height: strip }, framed: strip >= 3 };
  y += strip;
  const area: Rect = { x: 0, y, width: cols, height: Math.max(0, bottom - y) };
  const rest = { header, crumbs, footer };
  if (!overview) return { ...rest, problems, boxes: placeBoxes(place, area, wants, choice) };
  if (threeColumns) {
    const { boxes, lanes } = withLanes(area, rows, wants);
    const wide = wideOverview(boxes, aside ? problemLines : 0, wants);
    return {
      ...rest,
      problems: aside ? { rect: wide.strip, framed: true } : problems,
      boxes: [...wide.boxes, ...lanes],
    };
  }
  if (cols < 72 || area.height < 11) return { ...rest, problems, boxes: [paneBox(focus, area)] };
  return { ...rest, problems, boxes: twoColumns(area, wants) };
}

const paneBox = (id: PaneId, rect: Rect): Box => ({ id, rect, title: PANE_TITLES[id] });

function stripHeight(rows: number, overview: boolean, lines: number): number {
  if (!overview || lines === 0 || rows < 20 || (lines === 1 && rows < 30)) return 1;
  const most = rows < 30 ? 6 : Math.floor(rows * 0.25);
  return Math.min(lines + 2, most);
}

/** From this height on the cluster has five lines at least. */
const HIGH = 30;

/** Pairs of panes one below the other, then the cluster over the whole width. */
function twoColumns(area: Rect, wants: Wants | undefined): readonly Box[] {
  const { y, height } = area;
  const [top = 0, middle = 0, low = 0] = shareOut(
    height,
    wants
      ? [
          band(5, [wants.panes.hosts, wants.panes.zones], 3),
          band(4, [wants.panes.vms, wants.panes.vlans], 2),
          band(Math.min(height < HIGH ? 5 : 7, wants.panes.cluster + 2), [wants.panes.cluster], 0),
        ]
      : [46, 30, 24].map((grow) => ({ least: 3, wants: 3, grow })),
  );
  const [left = 0, right = 0] = equal(area.width, 2);
  return [
    paneBox('hosts', { x: 0, y, width: left, height: top }),
    paneBox('zones', { x: left, y, width: right, height: top }),
    paneBox('vms', { x: 0, y: y + top, width: left, height: middle }),
    paneBox('vlans', { x: left, y: y + top, width: right, height: middle }),
    paneBox('cluster', { x: 0, y: y + top + middle, width: area.width, height: low }),
  ];
}

const band = (least: number, lines: readonly number[], grow: number): Part => ({
  least,
  wants: Math.max(...lines) + 2,
  grow,
});

/** Takes the timeline and the ledger off the lower end of a high screen. */
function withLanes(
  area: Rect,
  rows: number,
  wants: Wants | undefined,
): { readonly boxes: Rect; readonly lanes: readonly Box[] } {
  if (!wants || rows < TIMELINE.rows) return { boxes: area, lanes: [] };
  const ledger =
    rows < LEDGER.rows || wants.ledger === 0 ? 0 : Math.min(LEDGER.most, wants.ledger) + 2;
  const height = area.height - TIMELINE.height - ledger;
  const { x, width } = area;
  const y = area.y + height;
  return {
    boxes: { ...area, height },
    lanes: [
      timelineBox({ x, y, width, height: TIMELINE.height }),
      ...(ledger === 0
        ? []
        : [
            {
              id: 'ledger',
              rect: { x, y: y + TIMELINE.height, width, height: ledger },
              title: 'Actions',
            },
          ]),
    ],
  };
}

/** Three columns: hosts and VMs, zones and VLANs, problems and the cluster; without problems the cluster alone. */
function wideOverview(
  area: Rect,
  problemLines: number,
  wants: Wants | undefined,
): { readonly strip: Rect; readonly boxes: readonly Box[] } {
  const { y, height } = area;
  const [first = 0, second = 0, third = 0] = wideColumns(area.width);
  const [top = 0, low = 0] = shareOut(
    height,
    wants
      ? [
          band(6, [wants.panes.hosts, wants.panes.zones], 3),
          band(5, [wants.panes.vms, wants.panes.vlans], 2),
        ]
      : [55, 45].map((grow) => ({ least: 3, wants: 3, grow })),
  );
  const strip = problemLines === 0 ? 0 : stripBeside(problemLines, top, height, wants);
  const x = first + second;
  return {
    strip: { x, y, width: third, height: strip },
    boxes: [
      paneBox('hosts', { x: 0, y, width: first, height: top }),
      paneBox('zones', { x: first, y, width: second, height: top }),
      paneBox('vms', { x: 0, y: y + top, width: first, height: low }),
      paneBox('vlans', { x: first, y: y + top, width: second, height: low }),
      paneBox('cluster', { x, y: y + strip, width: third, height: height - strip }),
    ],
  };
}

/** The height of the problems in a column of their own: in line with the panes beside it when that is near. */
function stripBeside(lines: number, top: number, height: number, wants: Wants | undefined): number {
  const most = Math.max(4, Math.min(Math.floor(height * 0.7), height - 5));
  const own = Math.min(most, Math.max(4, lines + 2));
  const spare = height - own - ((wants?.panes.cluster ?? 0) + 2);
  return Math.abs(own - top) <= 3 || (own < top && spare >= top - own) ? Math.min(most, top) : own;
}

const PREVIEW = { from: 17, most: 10, share: 0.3 } as const;
const BESIDE = { cols: 110, height: 22 } as const;
/** From this height on two frames stand one below the other; beneath it the one with the focus is alone. */
const STACKED_FROM = 16;

function placeBoxes(
  place: Exclude<Place, { kind: 'overview' }>,
  area: Rect,
  wants: Wants | undefined,
  choice: PanelChoice,
): readonly Box[] {
  switch (place.kind) {
    case 'pane': {
      if (choice.isPage === true) return [{ id: 'detail', rect: area, title: '' }];
      const preview =
        area.height >= PREVIEW.from && choice.zoomed === null
          ? Math.min(PREVIEW.most, Math.floor(area.height * PREVIEW.share))
          : 0;
      const table = { ...area, height: area.height - preview };
      const box: Box = { id: 'table', rect: table, title: PANE_TITLES[place.pane].slice(2) };
      return preview === 0
        ? [box]
        : [
            box,
            {
              id: 'preview',
              rect: { ...area, y: area.y + table.height, height: preview },
              title: '',
            },
          ];
    }
    case 'problems':
      return problemPlace(area, wants, choice);
    case 'vlan-map':
      return mapBoxes(area, choice);
    case 'detail':
      return [{ id: 'detail', rect: area, title: '' }];
    case 'log':
    case 'document':
      return [{ id: 'text', rect: area, title: '' }];
  }
}

const TITLES: Readonly<Record<string, string>> = {
  'problem-list': 'What is wrong right now',
  'problem-tree': 'Cause tree',
  'problem-detail': 'Why, what, next',
  'vlan-map': 'VLAN by host',
  'vlan-checks': 'Checks on this map',
};
const panelBox = (id: string, rect: Rect): Box => ({ id, rect, title: TITLES[id] ?? '' });

/** On a high screen the last hour stands below the problems. */
function problemPlace(area: Rect, wants: Wants | undefined, choice: PanelChoice): readonly Box[] {
  if (choice.zoomed !== null) return [panelBox(choice.zoomed, area)];
  if (!wants || area.height < TIMELINE.rows - 6 || area.width < BESIDE.cols)
    return problemBoxes(area, wants, choice.focus ?? 'problem-list');
  const height = area.height - TIMELINE.height;
  return [
    ...problemBoxes({ ...area, height }, wants, choice.focus ?? 'problem-list'),
    timelineBox({ ...area, y: area.y + height, height: TIMELINE.height }),
  ];
}

const timelineBox = (rect: Rect): Box => ({
  id: 'timeline',
  rect,
  title: 'Timeline, last 60 min',
});

/** The list, the tree of causes and what is known of the selected problem. */
function problemBoxes(area: Rect, wants: Wants | undefined, focus: string): readonly Box[] {
  const { x, y, width, height } = area;
  const wanted = (wants?.problemList ?? 6) + 3;
  if (width < BESIDE.cols || height < BESIDE.height) {
    if (height < STACKED_FROM) return [panelBox(focus, area)];
    const below = Math.floor(height * 0.45);
    const lower = { ...area, y: y + height - below, height: below };
    return [
      panelBox('problem-list', { ...area, height: height - below }),
      panelBox(focus === 'problem-tree' ? focus : 'problem-detail', lower),
    ];
  }
  const top = Math.max(8, Math.min(wanted, Math.floor(height * 0.5)));
  if (width >= WIDE.cols) {
    const [left = 0, right = 0] = shareOut(width, [
      { least: 0, wants: 0, grow: 62 },
      { least: 0, wants: 0, grow: 38 },
    ]);
    return [
      panelBox('problem-list', { x, y, width: left, height: top }),
      panelBox('problem-tree', { x, y: y + top, width: left, height: height - top }),
      panelBox('problem-detail', { x: x + left, y, width: right, height }),
    ];
  }
  const [left = 0, right = 0] = equal(width, 2);
  return [
    panelBox('problem-list', { x, y, width, height: top }),
    panelBox('problem-tree', { x, y: y + top, width: left, height: height - top }),
    panelBox('problem-detail', { x: x + left, y: y + top, width: right, height: height - top }),
  ];
}

/** The matrix, and beneath it who is on the selected VLAN and what was checked. */
function mapBoxes(area: Rect, { focus, zoomed }: PanelChoice): readonly Box[] {
  const { x, y, width, height } = area;
  const own = zoomed ?? focus ?? 'vlan-map';
  if (zoomed !== null || height < STACKED_FROM - 1) return [panelBox(own, area)];
  const below = Math.max(6, Math.min(18, Math.floor(height * 0.42)));
  const top = y + height - below;
  const map = panelBox('vlan-map', { ...area, height: height - below });
  if (width < BESIDE.cols) {
    const lower = { x, y: top, width, height: below };
    return [map, panelBox(own === 'vlan-checks' ? own : 'vlan-members', lower)];
  }
  const [left = 0, right = 0] = equal(width, 2);
  return [
    map,
    panelBox('vlan-members', { x, y: top, width: left, height: below }),
    panelBox('vlan-checks', { x: x + left, y: top, width: right, height: below }),
  ];
}
